#include "archive/renewal_check.hpp"

#include <algorithm>

#include "archive/hash_tree.hpp"
#include "archive/keyspace.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::Verdict;

// Builds a tree again and holds each tile against the stored one.
class TreeAgain {
 public:
  using TileName = std::function<std::string(unsigned level, std::uint64_t tile)>;
  TreeAgain(const Archive& archive, DigestAlgorithm algorithm, TileName name,
            std::vector<std::string>& problems)
      : builder_(algorithm,
                 [&archive, name = std::move(name), &problems](unsigned level, std::uint64_t tile,
                                                               Bytes nodes) -> Result<Ok> {
                   const std::string object = name(level, tile);
                   if (object.empty()) return Ok{};
                   const auto stored = archive.store().read(object, 0, nodes.size() + 1);
                   if (!stored || *stored != nodes)
                     problems.push_back(object + " is missing or altered");
                   return Ok{};
                 }) {}

  void add(const Digest& leaf) { verifier::check(bool(builder_.add(leaf)), "it only compares"); }
  Digest root() { return *builder_.finish(); }

 private:
  HashTreeBuilder builder_;
};

// The root over the pages of one batch; nothing when one is missing.
std::optional<Digest> renewed_root(const Archive& archive, const Renewal& renewal,
                                   const Batch& batch, std::vector<std::string>& problems) {
  TreeAgain tree(
      archive, renewal.algorithm,
      [&](unsigned level, std::uint64_t tile) {
        if (level == 0) return std::string();
        return keys::renewed_tile_object(renewal.id, batch.number, level, tile);
      },
      problems);
  verifier::Hasher hasher(renewal.algorithm);
  for (std::uint64_t page = 0; page * tree_tile_width < batch.leaves(); ++page) {
    const std::string object = keys::renewed_members_object(renewal.id, batch.number, page);
    const auto octets = archive.store().read(object, 0, Store::object_size_max);
    const auto members = octets ? decode_members_page(*octets, renewal.algorithm)
                                : Result<std::vector<RenewedMembers>>(octets.error());
    if (!members || members->size() != tile_nodes(0, page, batch.leaves())) {
      problems.push_back(object + " is missing or damaged");
      return std::nullopt;
    }
    for (std::size_t i = 0; i < members->size(); ++i) {
      tree.add(renewed_group(hasher, (*members)[i], page * tree_tile_width + i));
    }
  }
  return tree.root();
}

}  // namespace

RenewedEvidenceCheck::RenewedEvidenceCheck(const Archive& archive,
                                           const std::shared_ptr<const Lineages>& lineages,
                                           const verifier::TokenJudge& judge)
    : lineages_(lineages), judge_(judge), assembler_(archive, lineages) {}

void RenewedEvidenceCheck::follow(const Batch* batch) {
  if (batch_ == batch) return;
  batch_ = batch;
  renewed_.clear();
  algorithms_ = {DigestAlgorithm::sha256};
  if (batch == nullptr) return;
  for (const std::string& track : lineages_->tracks()) {
    Lineage lineage = lineages_->of(*batch, track);
    if (lineage.size() < 2) continue;
    for (const std::vector<Link>& chain : lineage) {
      add_once(algorithms_, chain.front().algorithm());
    }
    renewed_.emplace_back(track, std::move(lineage));
  }
}

std::vector<std::string> RenewedEvidenceCheck::problems(const DepositRow& row,
                                                        const DataObjects& objects) {
  std::vector<std::string> problems;
  const auto values = [&](DigestAlgorithm algorithm) { return values_of(objects, algorithm); };
  for (const auto& [track, lineage] : renewed_) {
    const std::uint64_t leaf = 1 + row.record_number - batch_->first_record;
    const auto chains = assembler_.chains_of(*batch_, lineage, leaf, values);
    if (!chains) {
      problems.push_back("track " + track + ": " + to_string(chains.error()));
      continue;
    }
    if (chains->set_aside) {
      problems.push_back("track " + track +
                         ": a renewal set the record aside, so its evidence there is not renewed: "
                         "bring its documents back, then run 'perdura renew --rejoin'");
      continue;
    }
    const Bytes encoded = chains->evidence_record();
    const auto record = verifier::parse_evidence_record(encoded);
    if (!record) {
      problems.push_back("track " + track + ": " + to_string(record.error()));
      continue;
    }
    const auto judged = verifier::judge_evidence_record(*record, objects,
                                                        verifier::GroupProof::whole_group, judge_);
    if (judged.report.verdict() == Verdict::passed) continue;
    problems.push_back("track " + track + ": " +
                       verifier::in_english(judged.report.decisive()->what));
  }
  return problems;
}

std::vector<std::string> renewal_problems(const Archive& archive, const Lineages& lineages,
                                          const Renewal& renewal) {
  std::vector<std::string> problems;
  TreeAgain tree(
      archive, renewal.algorithm,
      [&](unsigned level, std::uint64_t tile) {
        return keys::renewal_tile_object(renewal.id, level, tile);
      },
      problems);
  if (renewal.kind != RenewalKind::hash_tree) return problems;  // batches show its tree
  for (const std::uint64_t number : lineages.covered(renewal)) {
    const Batch* batch = lineages.batch(number);
    const auto root =
        batch == nullptr ? std::nullopt : renewed_root(archive, renewal, *batch, problems);
    if (!root) return problems;
    tree.add(*root);
  }
  if (tree.root() != renewal.root) {
    problems.push_back("its tree has another root than was stamped");
  }
  return problems;
}

}  // namespace perdura::archive
