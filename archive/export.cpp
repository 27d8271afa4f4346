#include "archive/export.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "archive/damaged_records.hpp"
#include "archive/evidence.hpp"
#include "archive/files.hpp"
#include "archive/group_members.hpp"
#include "archive/package_texts.hpp"
#include "archive/package_writer.hpp"
#include "archive/receipts.hpp"
#include "verifier/package.hpp"
#include "verifier/receipt.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

namespace names = verifier::package_name;
using verifier::as_bytes;

constexpr std::uint64_t gathered_document_max = 1u << 20;  // gathered in memory

// One export on its way.
class Export {
 public:
  Export(const Archive& archive, const ExportOptions& options, PackageWriter& package)
      : archive_(archive),
        options_(options),
        package_(package),
        reader_(archive.reader()),
        evidence_(archive),
        damaged_(archive, options) {}

  Result<ExportResult> run() {
    if (auto done = add_records(); !done) return done.error();
    if (auto allowed = damaged_.allow(result_.records); !allowed) return allowed.error();
    result_.left_out = damaged_.count();
    if (result_.records == 0) {
      return Error{Errc::not_found, "no record is selected, so there is nothing to export",
                   archive_.folder().string(), "'perdura list' shows what there is"};
    }
    if (auto done = add_journal(); !done) return done.error();
    if (auto done = add_trust(); !done) return done.error();
    if (auto done = add_verifier(); !done) return done.error();
    package_.header() = header();
    if (auto done = add_left_out(); !done) return done.error();
    return result_;
  }

 private:
  Result<Ok> add_records() {
    return for_each_selected(archive_, options_,
                             [&](std::uint64_t index, const DepositRow& row) -> Result<bool> {
                               if (auto taken = take(index, row); !taken) return taken.error();
                               return true;
                             });
  }

  Result<Ok> take(std::uint64_t index, const DepositRow& row) {
    if (auto on = go_on(options_); !on) return on;
    // Before a part of it is in the package.
    if (options_.leave_out_damaged && damaged_.take_note(index, row)) return Ok{};
    // There will be no package: the others are read to name all that are damaged.
    if (!options_.leave_out_damaged && damaged_.count() > 0) {
      damaged_.take_note(index, row);
      return Ok{};
    }
    auto added = add_record(index, row);
    // What failed may be the package: a full disk, say.
    if (added || options_.leave_out_damaged || !damaged_.take_note(index, row)) return added;
    return Ok{};
  }

  Result<Ok> add_record(std::uint64_t index, const DepositRow& row) {
    const std::string id = row.statement.address.hex();
    const std::string folder = names::record_folder(id);
    const auto text = read_statement_text(archive_, reader_, row);
    if (!text) return text.error();
    const auto statement = verifier::parse_statement(*text);
    if (!statement) return statement.error();
    if (auto added = package_.add(folder + std::string(names::statement), as_bytes(*text)); !added)
      return added;
    for (std::size_t i = 0; i < row.documents.size(); ++i) {
      const std::string name = names::document(i + 1, statement->documents[i].name);
      if (auto added = add_document(folder + name, row.documents[i]); !added) return added;
    }
    if (auto added = add_evidence(folder, index, row, *text); !added) return added;
    const auto receipt = receipt_of(archive_.journal(), index);
    if (!receipt) return receipt.error();
    const std::string written = verifier::write_receipt(*receipt) + "\n";
    if (auto added = package_.add(folder + std::string(names::receipt), as_bytes(written)); !added)
      return added;
    ++result_.records;
    if (options_.progress) options_.progress(result_.records);
    return Ok{};
  }

  Result<Ok> add_document(const std::string& name, const ContentReference& document) {
    ++result_.documents;
    result_.bytes += document.length;
    if (document.length <= gathered_document_max) return add_small_document(name, document);
    if (auto begun = package_.begin_file(name); !begun) return begun;
    const auto sink = [&](ByteView part) {
      auto on = go_on(options_);
      return on ? package_.write(part) : on;
    };
    if (auto read = read_content(archive_, reader_, document, sink); !read) return read;
    return package_.end_file();
  }

  Result<Ok> add_small_document(const std::string& name, const ContentReference& document) {
    small_document_.clear();
    const auto sink = [&](ByteView part) -> Result<Ok> {
      small_document_.insert(small_document_.end(), part.begin(), part.end());
      return Ok{};
    };
    if (auto read = read_content(archive_, reader_, document, sink); !read) return read;
    return package_.add(name, small_document_);
  }

  Result<Ok> add_evidence(const std::string& folder, std::uint64_t index, const DepositRow& row,
                          const std::string& text) {
    const auto lineages = evidence_.lineages();
    if (!lineages) return lineages.error();
    const Batch* batch = (*lineages)->batch_of(index);
    if (batch == nullptr) {
      ++result_.unsealed;
      if (options_.include_unsealed) return Ok{};
      return Error{Errc::conflict, "the record is not sealed yet, so there is no evidence for it",
                   row.statement.address.hex(),
                   "run 'perdura seal' first, or export it all the same with --unsealed"};
    }
    const auto evidence =
        evidence_.evidence_for(index, row, record_members(archive_, reader_, row, text));
    if (!evidence) return evidence.error();
    for (const TrackEvidence& track : *evidence) {
      auto added = package_.add(folder + track.track + ".ers", track.evidence_record);
      if (!added) return added;
    }
    batches_.insert(batch->number);
    return add_journal_proof(folder, index, *batch);
  }

  Result<Ok> add_journal_proof(const std::string& folder, std::uint64_t index, const Batch& batch) {
    auto proof = archive_.journal().inclusion_proof(index, batch.end);
    if (!proof) return proof.error();
    const std::string text = verifier::write_tlog_proof(
        {.extra = verifier::to_bytes(as_bytes(std::to_string(batch.number))),
         .index = index,
         .proof = *std::move(proof),
         .checkpoint = batch.checkpoint});
    return package_.add(folder + std::string(names::journal_proof), as_bytes(text));
  }

  Result<Ok> add_journal() {
    const std::uint64_t size = archive_.journal().head().size;
    const auto newest = archive_.journal().checkpoint(size);
    if (!newest) return newest.error();
    if (auto added = package_.add(names::newest_checkpoint, as_bytes(*newest)); !added)
      return added;
    const auto lineages = evidence_.lineages();
    if (!lineages) return lineages.error();
    for (const Batch& batch : (*lineages)->batches()) {
      if (!batches_.contains(batch.number)) continue;
      if (auto added = add_batch(batch, size); !added) return added;
    }
    return Ok{};
  }

  Result<Ok> add_batch(const Batch& batch, std::uint64_t newest_size) {
    const std::string folder = names::batch_folder(batch.number);
    auto added = package_.add(folder + "checkpoint", as_bytes(batch.checkpoint));
    if (!added) return added;
    const auto proof = archive_.journal().consistency_proof(batch.end, newest_size);
    if (!proof) return proof.error();
    const std::string text = verifier::write_consistency({batch.end, newest_size, *proof});
    added = package_.add(folder + "consistency.json", as_bytes(text));
    if (!added) return added;
    note_times(batch);
    const auto evidence = evidence_.evidence_for_checkpoint(batch);
    if (!evidence) return evidence.error();
    for (const TrackEvidence& track : *evidence) {
      added = package_.add(folder + track.track + ".ers", track.evidence_record);
      if (!added) return added;
    }
    return Ok{};
  }

  // A token stands for a moment within its accuracy, and an authority's clock is another: no
  // package says that it was exported before what it holds was stamped.
  void note_times(const Batch& batch) {
    const auto lineages = evidence_.lineages();
    for (const std::string& track : (*lineages)->tracks()) {
      const Lineage lineage = (*lineages)->of(batch, track);
      if (lineage.empty()) continue;
      const auto token = verifier::parse_timestamp_token(lineage.back().back().token());
      if (token) stamped_ = std::max(stamped_, token->tst_info.latest());
    }
  }

  Result<Ok> add_left_out() {
    if (result_.left_out == 0) return Ok{};
    auto added = package_.add(names::left_out, as_bytes(damaged_.list()));
    if (!added) return added;
    return package_.add("README.txt", as_bytes(readme_text(package_.header(), result_.left_out)));
  }

  Result<Ok> add_trust() {
    for (const Track& track : archive_.config().tracks) {
      const auto octets = read_file(archive_.folder() / track.ca_file, ca_size_max);
      if (!octets) return octets.error();
      if (auto added = package_.add(std::string(names::trust) + track.name + ".pem", *octets);
          !added)
        return added;
    }
    return Ok{};
  }

  Result<Ok> add_verifier() {
    if (!options_.verifier) return Ok{};
    if (auto done = add_file("verify/perdura-verify", options_.verifier->program); !done)
      return done;
    return add_file("verify/perdura-verify-source.tar", options_.verifier->source);
  }

  // A file of the system, as a file of the package.
  Result<Ok> add_file(const std::string& name, const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return Error{Errc::io, "can't be opened", path.string(), ""};
    if (auto begun = package_.begin_file(name); !begun) return begun;
    std::vector<char> part(1u << 16);
    while (in.read(part.data(), static_cast<std::streamsize>(part.size())) || in.gcount() > 0) {
      const std::string_view octets(part.data(), static_cast<std::size_t>(in.gcount()));
      if (auto written = package_.write(as_bytes(octets)); !written) return written;
    }
    if (in.bad() || !in.eof()) return Error{Errc::io, "can't be read", path.string(), ""};
    return package_.end_file();
  }

  verifier::PackageHeader header() const {
    const Config& config = archive_.config();
    verifier::PackageHeader header{.archive = config.origin,
                                   .log_key = archive_.journal().key().vkey(),
                                   .exported_at = std::max(stamped_, archive_.clock().now()),
                                   .exported_by = options_.exported_by,
                                   .records = result_.records,
                                   .tracks = {},
                                   .selection = options_.selection_json};
    for (const Track& track : config.tracks) {
      header.tracks.push_back({.name = track.name,
                               .digest = std::string(verifier::name(track.algorithm)),
                               .self_asserted = track.url.empty(),
                               .tsa = track.url.empty() ? "the archive's own" : track.url});
    }
    return header;
  }

  const Archive& archive_;
  const ExportOptions& options_;
  PackageWriter& package_;
  ContentReader reader_;
  EvidenceAssembler evidence_;
  DamagedRecords damaged_;
  Time stamped_;  // the latest moment of any token in the package
  Bytes small_document_;
  std::set<std::uint64_t> batches_;  // whose checkpoints the records' proofs need
  ExportResult result_;
};

}  // namespace

Result<Ok> go_on(const ExportOptions& options) {
  if (!options.given_up || !options.given_up()) return Ok{};
  return Error{Errc::busy, "it was interrupted: nothing was exported", "", ""};
}

Result<Ok> for_each_selected(const Archive& archive, const ExportOptions& options,
                             const RecordVisitor& visit) {
  if (options.records.empty()) return for_each_record(archive, options.selection, visit);
  // Each once, in order of deposit, however they were named.
  for (const std::uint64_t index :
       std::set<std::uint64_t>(options.records.begin(), options.records.end())) {
    const auto row = deposit_row(archive.journal(), index);
    if (!row) return row.error();
    const auto visited = visit(index, *row);
    if (!visited) return visited.error();
    if (!*visited) break;
  }
  return Ok{};
}

Result<ExportResult> export_package(const Archive& archive, const std::filesystem::path& path,
                                    const ExportOptions& options) {
  auto package = PackageWriter::open(path, options.form, {});
  if (!package) return package.error();
  auto result = Export(archive, options, *package).run();
  if (!result) return result;
  if (auto finished = package->finish(); !finished) return finished.error();
  return result;
}

}  // namespace perdura::archive
