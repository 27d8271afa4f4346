#include "archive/record_renewer.hpp"

#include <algorithm>

#include "verifier/evidence_record_writer.hpp"
#include "verifier/reduced_hashtree.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::archive {
namespace {

using verifier::GroupProof;
using verifier::Verdict;

// Whether an error is about this one record, and not about the disk.
bool of_the_record(const Error& error) {
  return error.code == Errc::malformed || error.code == Errc::not_found ||
         error.code == Errc::denied || error.code == Errc::unsupported;
}

// The values of `read` where there are any, else those of `stated`.
void add_missing(DataObjects& read, const DataObjects& stated) {
  for (std::size_t i = 0; i < read.size(); ++i) {
    auto& digests = read[i].digests;
    for (const auto& digest : stated[i].digests) {
      const auto known =
          std::ranges::find(digests, digest.first, &std::pair<DigestAlgorithm, Digest>::first);
      if (known == digests.end()) digests.push_back(digest);
    }
  }
}

}  // namespace

RecordRenewer::RecordRenewer(const Archive& archive, std::shared_ptr<const Lineages> lineages,
                             const verifier::TokenJudge& judge, const HashTreeTask& task)
    : archive_(archive),
      lineages_(lineages),
      judge_(judge),
      task_(task),
      reader_(archive.reader()),
      assembler_(archive, std::move(lineages)),
      hasher_(task.algorithm) {}

void RecordRenewer::follow(const Batch& batch) {
  if (batch_ == &batch) return;
  batch_ = &batch;
  lineage_ = lineages_->of(batch, task_.track);
  verifier::check(!lineage_.empty(), "a hash-tree renewal has something to renew");
  algorithms_.clear();
  for (const std::vector<Link>& chain : lineage_) add_once(algorithms_, chain.front().algorithm());
  add_once(algorithms_, task_.algorithm);
  set_aside_ = set_aside_of(batch, lineage_);
}

Result<RenewedLeaf> RecordRenewer::renew(const Batch& batch, const LeafToRenew& leaf) {
  follow(batch);
  if (leaf.deposit) {
    const auto row = decode_deposit_row(leaf.row);
    if (!row) return row.error();
    return renew_record(batch, *leaf.deposit, *row);
  }
  DataObjects checkpoint{{"the journal's checkpoint", {}}};
  for (const DigestAlgorithm algorithm : algorithms_) {
    checkpoint.front().digests.emplace_back(
        algorithm, verifier::hash(algorithm, verifier::as_bytes(batch.checkpoint)));
  }
  RenewedLeaf renewed;
  const auto problem = join(batch, 0, checkpoint, GroupProof::single_objects, renewed.members);
  if (!problem) return problem.error();
  if (!*problem) return renewed;
  return Error{Errc::malformed, "the evidence of its checkpoint does not hold: " + **problem,
               "batch " + std::to_string(batch.number), "run 'perdura check'"};
}

Result<RenewedLeaf> RecordRenewer::renew_record(const Batch& batch, std::uint64_t deposit,
                                                const DepositRow& row) {
  RenewedLeaf renewed;
  const bool rejoins = std::ranges::binary_search(set_aside_, deposit);
  renewed.record = row.statement.address.hex();
  const auto set_aside = [&](const Error& error) -> Result<RenewedLeaf> {
    if (!of_the_record(error)) return error;
    renewed.why = to_string(error);
    renewed.members.clear();
    return renewed;
  };
  const auto text = read_statement_text(archive_, reader_, row);
  if (!text) return set_aside(text.error());
  const auto objects = objects_of(row, *text, task_.from_digests && !rejoins, renewed.bytes);
  if (!objects) return set_aside(objects.error());
  const auto problem = join(batch, 1 + row.record_number - batch.first_record, *objects,
                            GroupProof::whole_group, renewed.members);
  if (!problem) return problem.error();
  if (*problem) renewed.why = **problem;
  return renewed;
}

// The values under every hash function of the evidence and the new one. Documents are read for
// those that the statement does not have; but for `by_digests` also for the new one and for that
// of the newest chain, which is the one that still counts.
Result<DataObjects> RecordRenewer::objects_of(const DepositRow& row, const std::string& text,
                                              bool by_digests, std::uint64_t& bytes) {
  auto said = stated_objects(row, text, algorithms_);
  if (!said) return said;
  std::vector<DigestAlgorithm> to_read;
  for (const DigestAlgorithm algorithm : algorithms_) {
    if (!values_of(*said, algorithm)) to_read.push_back(algorithm);
  }
  if (!by_digests) {
    add_once(to_read, lineage_.back().front().algorithm());
    add_once(to_read, task_.algorithm);
  }
  if (to_read.empty()) return said;
  auto read = read_objects(archive_, reader_, row, text, to_read);
  if (!read) return read;
  for (const ContentReference& document : row.documents) bytes += document.length;
  add_missing(*read, *said);
  return read;
}

// Holds the objects against the evidence so far and gives their new values; or what is wrong.
Result<std::optional<std::string>> RecordRenewer::join(const Batch& batch, std::uint64_t leaf,
                                                       const DataObjects& objects, GroupProof proof,
                                                       RenewedMembers& members) {
  const auto values = [&](DigestAlgorithm algorithm) { return values_of(objects, algorithm); };
  const auto chains = assembler_.chains_of(batch, lineage_, leaf, values);
  if (!chains) return chains.error();
  const Bytes encoded = chains->evidence_record();
  const auto record = verifier::parse_evidence_record(encoded);
  if (!record) return record.error();
  const auto judged = verifier::judge_evidence_record(*record, objects, proof, judge_);
  if (judged.report.verdict() == Verdict::failed) {
    return std::optional<std::string>(verifier::in_english(judged.report.decisive()->what));
  }
  // What ended meanwhile can't be renewed any more: a chain is unbroken, or it proves nothing.
  if (chains->set_aside && judged.report.verdict() != Verdict::passed) {
    return std::optional<std::string>(
        "an earlier renewal had set it aside, and its evidence from before no longer stands: " +
        verifier::in_english(judged.report.decisive()->what));
  }
  const Digest sequence = hasher_.update(record->archive_timestamp_sequence).finish();
  const auto renewed_values = values_of(objects, task_.algorithm);
  if (!renewed_values) return renewed_values.error();
  for (const Digest& value : *renewed_values) {
    members.push_back(verifier::renewed_leaf(hasher_, value, sequence));
  }
  return std::optional<std::string>();
}

}  // namespace perdura::archive
