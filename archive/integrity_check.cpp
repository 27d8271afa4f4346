#include "archive/integrity_check.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <thread>

#include "archive/batch_state.hpp"
#include "archive/batch_tree.hpp"
#include "archive/group_members.hpp"
#include "archive/keyspace.hpp"
#include "archive/log_tree.hpp"
#include "archive/receipts.hpp"
#include "archive/records.hpp"
#include "archive/renewal_check.hpp"
#include "archive/stamp.hpp"
#include "verifier/verify_token.hpp"

namespace perdura::archive {
namespace {

using verifier::Hasher;
using verifier::Verdict;

constexpr std::uint64_t deposits_at_once = 256;

// Collects what all threads find.
class Findings {
 public:
  Findings(CheckResult& result, const CheckOptions& options) : result_(result), options_(options) {}

  void problem(std::string subject, std::string what) {
    const std::lock_guard lock(mutex_);
    if (result_.problem_count++ < options_.problems_max) {
      result_.problems.push_back({std::move(subject), std::move(what)});
    }
  }
  void record(std::uint64_t documents, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    ++result_.records;
    result_.documents += documents;
    result_.bytes += bytes;
    if (options_.progress) options_.progress(result_.records, result_.bytes);
  }
  CheckResult& result() { return result_; }

 private:
  std::mutex mutex_;
  CheckResult& result_;
  const CheckOptions& options_;
};

// Reads one record after the other back; one for each thread.
class RecordChecker {
 public:
  RecordChecker(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
                const verifier::TokenJudge& judge, Findings& findings)
      : archive_(archive),
        lineages_(lineages),
        findings_(findings),
        reader_(archive.reader()),
        renewed_(archive, lineages, judge) {}

  void check(std::uint64_t index, const DepositRow& row) {
    findings_.record(row.documents.size(), read_all(index, row));
  }

 private:
  // How many octets it read back.
  std::uint64_t read_all(std::uint64_t index, const DepositRow& row) {
    const std::string subject = "record " + row.statement.address.hex();
    const auto text = read_statement_text(archive_, reader_, row);
    if (!text) {
      findings_.problem(subject, "its statement: " + to_string(text.error()));
      return 0;
    }
    renewed_.follow(lineages_->batch_of(index));
    const auto objects = read_objects(archive_, reader_, row, *text, renewed_.algorithms());
    if (!objects) {
      findings_.problem(subject, to_string(objects.error()));
      return text->size();
    }
    for (std::string& problem : renewed_.problems(row, *objects)) {
      findings_.problem(subject, std::move(problem));
    }
    std::uint64_t bytes = text->size();
    for (const ContentReference& document : row.documents) bytes += document.length;
    return bytes;
  }

  const Archive& archive_;
  const std::shared_ptr<const Lineages>& lineages_;
  Findings& findings_;
  ContentReader reader_;
  RenewedEvidenceCheck renewed_;
};

// Every record, on all threads: each takes the next run of entries.
Result<Ok> check_records(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
                         const verifier::TokenJudge& judge, Findings& findings, std::uint64_t size,
                         unsigned threads) {
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  std::optional<Error> failure;
  const auto work = [&] {
    RecordChecker checker(archive, lineages, judge, findings);
    while (true) {
      const std::uint64_t first = next.fetch_add(deposits_at_once);
      if (first >= size) return;
      const auto visit = [&](std::uint64_t index, ByteView value) -> Result<bool> {
        const auto row = decode_deposit_row(value);
        if (!row) return row.error();
        checker.check(index, *row);
        return true;
      };
      auto done = archive.journal().scan(keyspace::deposit_prefix, first,
                                         std::min(size, first + deposits_at_once), visit);
      if (done) continue;
      const std::lock_guard lock(mutex);
      failure = done.error();
      next = size;
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1u, threads); ++i) workers.emplace_back(work);
  }
  if (failure) return *failure;
  return Ok{};
}

// Every entry hashed again, against the tree that proofs are made from.
Result<Ok> check_journal(const Archive& archive, Findings& findings, std::uint64_t size) {
  const Journal& journal = archive.journal();
  LogTree again({}, {}, [&](std::uint64_t tile) -> Result<Bytes> {
    return Error{Errc::not_found, "tile " + std::to_string(tile), "", ""};
  });
  Hasher hasher(DigestAlgorithm::sha256);
  std::uint64_t expected = 0;
  const auto visit = [&](std::uint64_t index, ByteView value) -> Result<bool> {
    if (index != expected || value.size() <= 32) return false;
    const JournalEntry entry{.text = std::string(verifier::as_text(value.subspan(32))),
                             .salt = verifier::to_bytes(value.first(32))};
    again.append(verifier::journal_leaf(hasher, entry));
    ++expected;
    return true;
  };
  if (auto done = journal.scan(keyspace::entry_prefix, 0, size, visit); !done) return done;
  findings.result().entries = expected;
  if (expected != size) {
    findings.problem("journal entry " + std::to_string(expected),
                     "the entry is missing or damaged");
    return Ok{};
  }
  const auto root = again.root(size);
  if (!root) return root.error();
  const auto checkpoint = journal.checkpoint(size);
  if (!checkpoint) return checkpoint.error();
  const auto stated = verifier::parse_checkpoint_unverified(*checkpoint);
  if (!stated) return stated.error();
  if (stated->root != *root) findings.problem("journal", "an entry was altered: its tree differs");
  return Ok{};
}

// What each track has of a batch: its archive timestamps, whole, by the verifier.
void check_evidence(const Lineages& lineages, BatchStates& states, Findings& findings,
                    const Batch& batch) {
  for (const std::string& track : lineages.tracks()) {
    const std::string subject = "batch " + std::to_string(batch.number) + ", track " + track;
    const auto state = states.of(batch, track);
    if (!state) {
      findings.problem(subject, to_string(state.error()));
    } else if (!state->lineage.empty() && state->verdict != Verdict::passed) {
      findings.problem(subject, std::string(name(state->verdict)) + ": " + state->problem);
    }  // none: owed, 'perdura seal' asks again
  }
}

Result<Ok> check_batch(const Archive& archive, Findings& findings, const Batch& batch) {
  const std::string subject = "batch " + std::to_string(batch.number);
  std::set<DigestAlgorithm> algorithms;
  for (const BatchTrack& track : batch.tracks) algorithms.insert(track.algorithm);
  const auto take = [&](DigestAlgorithm algorithm, unsigned level, std::uint64_t number,
                        Bytes nodes) -> Result<Ok> {
    const std::string object = keyspace::tree_tile_object(batch.number, algorithm, level, number);
    const auto stored = archive.store().read(object, 0, nodes.size() + 1);
    if (!stored && stored.error().code != Errc::not_found) return stored.error();
    if (!stored || *stored != nodes) findings.problem(subject, object + " is missing or altered");
    return Ok{};
  };
  const auto trees = build_batch_trees(archive, batch.first, batch.end, batch.checkpoint,
                                       algorithms, take, [](std::uint64_t) {});
  if (!trees) return trees.error();
  if (trees->records != batch.records) {
    findings.problem(subject, "it covers " + std::to_string(batch.records) + " records, but " +
                                  std::to_string(trees->records) + " are there");
  }
  const auto now = archive.journal().checkpoint(batch.end);
  if (!now) return now.error();
  if (*now != batch.checkpoint) {
    findings.problem(subject, "the journal is not the one whose checkpoint was sealed");
  }
  for (const BatchTrack& track : batch.tracks) {
    if (track.root == trees->roots.at(track.algorithm)) continue;
    findings.problem(subject + ", track " + track.name,
                     "the tree over its records has another root than was stamped");
  }
  ++findings.result().batches;
  return Ok{};
}

// Every batch with its evidence, and every renewal.
Result<Ok> check_batches(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
                         const verifier::TokenJudge& judge, Findings& findings) {
  BatchStates states(archive, lineages, &judge);
  for (const Batch& batch : lineages->batches()) {
    if (auto checked = check_batch(archive, findings, batch); !checked) return checked;
    check_evidence(*lineages, states, findings, batch);
  }
  for (const Renewal* renewal : lineages->renewals()) {
    for (std::string& problem : renewal_problems(archive, *lineages, *renewal)) {
      findings.problem("renewal at journal entry " + std::to_string(renewal->entry),
                       std::move(problem));
    }
  }
  return Ok{};
}

}  // namespace

Result<CheckResult> check_archive(const Archive& archive, const CheckOptions& options) {
  CheckResult result;
  Findings findings(result, options);
  const JournalHead head = archive.journal().head();
  const auto lineages = Lineages::load(archive.store(), archive.journal());
  if (!lineages) return lineages.error();
  auto judge_options = archive::judge_options(archive);
  if (!judge_options) return judge_options.error();
  const verifier::TokenJudge judge(*std::move(judge_options));
  // Beside the records, since the journal and the batches are one thread's work.
  auto records = std::async(std::launch::async, [&] {
    return check_records(archive, *lineages, judge, findings, head.size, options.threads);
  });
  const auto journal = check_journal(archive, findings, head.size);
  const auto batches = check_batches(archive, *lineages, judge, findings);
  for (const Result<Ok>& done : {journal, batches, records.get()}) {
    if (!done) return done.error();
  }
  if (result.records != head.records) {
    findings.problem("journal", std::to_string(head.records) + " records were acknowledged, but " +
                                    std::to_string(result.records) + " read back");
  }
  result.unsealed = head.records - head.sealed_records;
  return result;
}

}  // namespace perdura::archive
