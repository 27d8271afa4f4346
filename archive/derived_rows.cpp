#include "archive/derived_rows.hpp"

#include <map>

#include "archive/keyspace.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::size_t recovered_at_once = 4096;
constexpr std::size_t contents_page = 256;

// Commits for many partitions, one each.
class Commits {
 public:
  void add(const std::string& partition, std::string key, Bytes value) {
    by_partition_[partition].push_back({std::move(key), std::move(value)});
  }
  std::vector<Commit> take() {
    std::vector<Commit> commits;
    for (auto& [partition, writes] : by_partition_) {
      commits.push_back({partition, {}, std::move(writes)});
    }
    return commits;
  }

 private:
  std::map<std::string, std::vector<Write>> by_partition_;
};

void add_home(Commits& commits, const ContentReference& reference, const ContentHome& home) {
  if (!reference.location) return;  // an earlier deposit is its home
  const ByteView address = reference.address.view();
  commits.add(keys::content_partition(address), keys::content_key(address),
              RowWriter().number(home.deposit).number(home.place).take());
}

}  // namespace

Result<Ok> write_derived_rows(Store& store, std::uint64_t first,
                              const std::vector<DepositRow>& deposits) {
  Commits commits;
  for (std::size_t i = 0; i < deposits.size(); ++i) {
    const DepositRow& row = deposits[i];
    const std::uint64_t index = first + i;
    add_home(commits, row.statement, {index, 0});
    for (std::size_t place = 0; place < row.documents.size(); ++place) {
      add_home(commits, row.documents[place], {index, place + 1});
    }
    if (row.patient) {
      commits.add(keys::patient_partition(*row.patient), keys::patient_key(*row.patient, index),
                  {});
    }
    if (row.idempotency) {
      commits.add(keys::idempotency_partition(*row.idempotency),
                  keys::idempotency_key(*row.idempotency), RowWriter().number(index).take());
    }
  }
  return store.commit_derived(commits.take());
}

Result<Ok> recover_derived_rows(Store& store, const Journal& journal) {
  const JournalHead head = journal.head();
  // Deposits may be interrupted by other acts: each run of them is written on its own.
  std::vector<DepositRow> run;
  std::uint64_t next = head.derived;
  const auto flush = [&]() -> Result<Ok> {
    if (run.empty()) return Ok{};
    auto done = write_derived_rows(store, next - run.size(), run);
    run.clear();
    return done;
  };
  const auto take = [&](std::uint64_t index, ByteView value) -> Result<bool> {
    if (index != next || run.size() >= recovered_at_once) {
      if (auto done = flush(); !done) return done.error();
    }
    auto row = decode_deposit_row(value);
    if (!row) return row.error();
    run.push_back(*std::move(row));
    next = index + 1;
    return true;
  };
  if (auto done = journal.scan(keys::deposit_prefix, head.derived, head.size, take); !done) {
    return done;
  }
  return flush();
}

Result<std::optional<ContentHome>> find_content(const Store& store, const Digest& address) {
  const auto row =
      store.get(keys::content_partition(address.view()), keys::content_key(address.view()));
  if (!row) return row.error();
  if (!*row) return std::optional<ContentHome>{};
  RowReader in(**row);
  const ContentHome home{.deposit = in.number(), .place = in.number()};
  if (!in.done()) {
    return Error{Errc::malformed, "the row is damaged", "index of contents: " + address.hex(), ""};
  }
  return std::optional<ContentHome>{home};
}

Result<Ok> for_each_content(const Store& store, const std::string& hex_prefix,
                            const std::function<Result<bool>(const Digest& address)>& visit) {
  const std::string even = hex_prefix.substr(0, hex_prefix.size() / 2 * 2);
  const auto octets = verifier::from_hex(even);
  if (!octets || octets->size() < 2) {
    return Error{Errc::misuse, "an identifier is at least 4 hex digits", hex_prefix, ""};
  }
  const std::string partition = keys::content_partition(*octets);
  const std::string prefix(verifier::as_text(*octets));
  std::string after;
  while (true) {
    const auto rows = store.scan(partition, prefix, after, contents_page);
    if (!rows) return rows.error();
    for (const Row& row : *rows) {
      const Digest address(verifier::as_bytes(row.key));
      if (!address.hex().starts_with(hex_prefix)) continue;
      const Result<bool> on = visit(address);
      if (!on) return on.error();
      if (!*on) return Ok{};
    }
    if (rows->size() < contents_page) return Ok{};
    after = rows->back().key;
  }
}

Result<std::optional<std::uint64_t>> find_idempotency(const Store& store, const Blinded& key) {
  const auto row = store.get(keys::idempotency_partition(key), keys::idempotency_key(key));
  if (!row) return row.error();
  if (!*row) return std::optional<std::uint64_t>{};
  return std::optional<std::uint64_t>{RowReader(**row).number()};
}

Result<std::vector<std::uint64_t>> deposits_of_patient(const Store& store, const Blinded& patient,
                                                       std::optional<std::uint64_t> after,
                                                       std::size_t limit) {
  const std::string prefix(verifier::as_text(patient));
  const auto rows = store.scan(keys::patient_partition(patient), prefix,
                               after ? keys::patient_key(patient, *after) : std::string{}, limit);
  if (!rows) return rows.error();
  std::vector<std::uint64_t> deposits;
  for (const Row& row : *rows) deposits.push_back(keys::number_in(row.key));
  return deposits;
}

}  // namespace perdura::archive
