#include "archive/confirm.hpp"

#include <boost/json.hpp>
#include <optional>

#include "archive/group_members.hpp"
#include "archive/keyspace.hpp"
#include "archive/lineage.hpp"
#include "archive/random.hpp"
#include "archive/row_codec.hpp"
#include "verifier/ordered_pipeline.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::uint64_t done = ~std::uint64_t{0};
constexpr std::size_t rows_at_once = 64;

// How many batches of a renewal are confirmed; `done` when all are.
Result<std::uint64_t> confirmed_batches(const Archive& archive, const Renewal& renewal) {
  const auto row = archive.store().get(keys::archive_partition, keys::confirmation_key(renewal.id));
  if (!row) return row.error();
  if (!*row) return std::uint64_t{0};
  RowReader in(**row);
  const std::uint64_t count = in.number();
  if (in.done()) return count;
  return Error{Errc::malformed, "the note of a confirmation is damaged", "renewal " + renewal.id,
               "restore the store from a backup"};
}

Result<Ok> note_confirmed(Archive& archive, const Renewal& renewal, std::uint64_t count) {
  return archive.store().commit(
      {.partition = keys::archive_partition,
       .conditions = {},
       .writes = {{keys::confirmation_key(renewal.id), RowWriter().number(count).take()}}});
}

struct Rows {
  std::vector<std::pair<std::uint64_t, Bytes>> rows;  // journal entry, deposit row
};
struct RowsRead {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::vector<SetAside> altered;
  std::optional<Error> error;
};

// Reads the documents of deposits under the hash function of the renewal.
class RowsReader {
 public:
  RowsReader(const Archive& archive, DigestAlgorithm algorithm)
      : archive_(archive), algorithm_(algorithm), reader_(archive.reader()) {}

  RowsRead run(const Rows& job) {
    RowsRead result;
    for (const auto& [index, octets] : job.rows) {
      const auto row = decode_deposit_row(octets);
      if (!row) {
        result.error = row.error();
        return result;
      }
      ++result.records;
      for (const ContentReference& document : row->documents) result.bytes += document.length;
      const auto text = read_statement_text(archive_, reader_, *row);
      const auto objects = text ? read_objects(archive_, reader_, *row, *text, {&algorithm_, 1})
                                : Result<DataObjects>(text.error());
      if (objects) continue;
      if (objects.error().code == Errc::io) {
        result.error = objects.error();
        return result;
      }
      result.altered.push_back({index, row->statement.address.hex(), to_string(objects.error())});
    }
    return result;
  }

 private:
  const Archive& archive_;
  DigestAlgorithm algorithm_;
  ContentReader reader_;
};

// One renewal.
class Confirmation {
 public:
  Confirmation(Archive& archive, const Lineages& lineages, const Renewal& renewal,
               const ConfirmOptions& options, ConfirmResult& result)
      : archive_(archive),
        lineages_(lineages),
        renewal_(renewal),
        options_(options),
        result_(result),
        pipeline_(
            std::max(1u, options.threads), std::size_t{4} * std::max(1u, options.threads),
            [&](unsigned) {
              auto reader = std::make_shared<RowsReader>(archive, renewal.algorithm);
              return [reader](Rows& job) { return reader->run(job); };
            },
            [this](RowsRead read) { take(std::move(read)); }) {}

  Result<Ok> run(std::uint64_t from) {
    const std::vector<std::uint64_t>& batches = lineages_.covered(renewal_);
    for (std::uint64_t i = from; i < batches.size(); ++i) {
      if (auto read = read_batch(*lineages_.batch(batches[i])); !read) return read;
      // With something altered the renewal stays unconfirmed, and is read again from here.
      if (result_.altered.size() > before_) continue;
      if (auto noted = note_confirmed(archive_, renewal_, i + 1); !noted) return noted;
    }
    if (result_.altered.size() > before_) return Ok{};
    if (auto written = write_entry(); !written) return written;
    return note_confirmed(archive_, renewal_, done);
  }

 private:
  Result<Ok> read_batch(const Batch& batch) {
    Rows job;
    const auto take_row = [&](std::uint64_t index, ByteView value) -> Result<bool> {
      job.rows.emplace_back(index, verifier::to_bytes(value));
      if (job.rows.size() == rows_at_once) pipeline_.push(std::exchange(job, {}));
      return !failure_;
    };
    auto scanned = archive_.journal().scan(keys::deposit_prefix, batch.first, batch.end, take_row);
    if (!job.rows.empty()) pipeline_.push(std::move(job));
    pipeline_.drain();
    if (failure_) return *failure_;
    return scanned;
  }

  void take(RowsRead read) {
    if (read.error) failure_ = std::move(read.error);
    result_.records += read.records;
    bytes_ += read.bytes;
    std::ranges::move(read.altered, std::back_inserter(result_.altered));
    if (options_.progress) options_.progress(result_.records, bytes_);
  }

  Result<Ok> write_entry() {
    const std::string text =
        boost::json::serialize(boost::json::object{{"act", "confirm"},
                                                   {"actor", options_.actor},
                                                   {"renewal", renewal_.entry},
                                                   {"time", to_string(archive_.clock().now())}});
    Journal::Turn turn = archive_.journal().turn();
    JournalHead head = turn.head();
    head.derived = head.size;
    return turn.append({{.text = text, .salt = random_octets(32)}}, {}, head);
  }

  Archive& archive_;
  const Lineages& lineages_;
  const Renewal& renewal_;
  const ConfirmOptions& options_;
  ConfirmResult& result_;
  const std::size_t before_ = result_.altered.size();
  std::uint64_t bytes_ = 0;
  std::optional<Error> failure_;
  verifier::OrderedPipeline<Rows, RowsRead> pipeline_;  // last: its workers end first
};

}  // namespace

Result<ConfirmResult> confirm_renewals(Archive& archive, const ConfirmOptions& options) {
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  ConfirmResult result;
  for (const Renewal* renewal : (*lineages)->renewals()) {
    if (!renewal->from_digests) continue;
    const auto confirmed = confirmed_batches(archive, *renewal);
    if (!confirmed) return confirmed.error();
    if (*confirmed == done) continue;
    ++result.renewals;
    auto read = Confirmation(archive, **lineages, *renewal, options, result).run(*confirmed);
    if (!read) return read.error();
  }
  return result;
}

Result<std::uint64_t> unconfirmed_renewals(const Archive& archive) {
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  std::uint64_t count = 0;
  for (const Renewal* renewal : (*lineages)->renewals()) {
    if (!renewal->from_digests) continue;
    const auto confirmed = confirmed_batches(archive, *renewal);
    if (!confirmed) return confirmed.error();
    if (*confirmed != done) ++count;
  }
  return count;
}

}  // namespace perdura::archive
