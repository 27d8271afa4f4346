#include "archive/evidence.hpp"

#include <algorithm>

#include "archive/group_members.hpp"
#include "archive/keyspace.hpp"
#include "verifier/evidence_record_writer.hpp"

namespace perdura::archive {
namespace {

constexpr std::size_t pyramids_max = 64;
constexpr std::size_t pages_max = 8;
constexpr std::size_t token_hashes_max = 4096;

// RFC 4998 section 4.2: the first list holds a group's members, or a single object and its sibling;
// each further one the next sibling up.
verifier::ReducedHashtree reduced_hashtree(std::vector<Digest> first_list,
                                           const std::vector<Digest>& path) {
  verifier::ReducedHashtree tree;
  const bool single = first_list.size() == 1;
  tree.reserve(path.size() + 1);
  tree.push_back(std::move(first_list));
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (single && i == 0) {
      tree.front().push_back(path[i]);
    } else {
      tree.push_back({path[i]});
    }
  }
  return tree;
}

void append(std::vector<Digest>& path, const std::vector<Digest>& more) {
  path.insert(path.end(), more.begin(), more.end());
}

// Moves the named entry of a list of recently used things to its front; null when there is none.
template <typename Value>
Value* recently_used(std::list<std::pair<std::string, Value>>& list, const std::string& name) {
  const auto at = std::ranges::find(list, name, &std::pair<std::string, Value>::first);
  if (at == list.end()) return nullptr;
  list.splice(list.begin(), list, at);
  return &list.front().second;
}

}  // namespace

void add_once(std::vector<DigestAlgorithm>& algorithms, DigestAlgorithm algorithm) {
  if (std::ranges::find(algorithms, algorithm) == algorithms.end()) {
    algorithms.push_back(algorithm);
  }
}

Bytes EvidenceChains::evidence_record() const {
  return verifier::write_evidence_record(algorithms, chains);
}

EvidenceAssembler::EvidenceAssembler(const Archive& archive) : archive_(archive) {}

EvidenceAssembler::EvidenceAssembler(const Archive& archive,
                                     std::shared_ptr<const Lineages> lineages)
    : archive_(archive), lineages_(std::move(lineages)) {}

Result<std::shared_ptr<const Lineages>> EvidenceAssembler::lineages() {
  if (lineages_ == nullptr) {
    auto loaded = Lineages::load(archive_.store(), archive_.journal());
    if (!loaded) return loaded;
    lineages_ = *std::move(loaded);
  }
  return lineages_;
}

Result<std::vector<TrackEvidence>> EvidenceAssembler::evidence_for(std::uint64_t index,
                                                                   const DepositRow& row,
                                                                   const MembersOf& members) {
  const auto known = lineages();
  if (!known) return known.error();
  const Batch* batch = (*known)->batch_of(index);
  if (batch == nullptr) return std::vector<TrackEvidence>{};
  return on_all_tracks(*batch, 1 + row.record_number - batch->first_record, members);
}

Result<std::vector<TrackEvidence>> EvidenceAssembler::evidence_for_checkpoint(const Batch& batch) {
  const auto known = lineages();
  if (!known) return known.error();
  return on_all_tracks(batch, 0, checkpoint_members(batch));
}

Result<std::vector<TrackEvidence>> EvidenceAssembler::on_all_tracks(const Batch& batch,
                                                                    std::uint64_t leaf,
                                                                    const MembersOf& members) {
  std::vector<TrackEvidence> evidence;
  for (const std::string& track : lineages_->tracks()) {
    const Lineage lineage = lineages_->of(batch, track);
    if (lineage.empty()) continue;
    const auto chains = chains_of(batch, lineage, leaf, members);
    if (!chains) return chains.error();
    evidence.push_back({track, chains->evidence_record()});
  }
  return evidence;
}

Result<EvidenceChains> EvidenceAssembler::chains_of(const Batch& batch, const Lineage& lineage,
                                                    std::uint64_t leaf, const MembersOf& members) {
  EvidenceChains result;
  for (std::size_t c = 0; c < lineage.size(); ++c) {
    const std::vector<Link>& chain = lineage[c];
    const DigestAlgorithm algorithm = chain.front().algorithm();
    std::vector<Bytes> stamps;
    if (c == 0) {
      auto values = members(algorithm);
      if (!values) return values.error();
      auto first = first_of_sequence(batch, chain.front(), leaf, *std::move(values));
      if (!first) return first.error();
      stamps.push_back(*std::move(first));
    } else {
      auto first = first_of_renewed_chain(batch, chain.front(), leaf);
      if (!first) return first.error();
      result.set_aside = !*first;
      if (result.set_aside) continue;
      stamps.push_back(**std::move(first));
    }
    for (std::size_t j = 1; j < chain.size(); ++j) {
      auto renewed = timestamp_renewal(chain, j);
      if (!renewed) return renewed.error();
      stamps.push_back(*std::move(renewed));
    }
    add_once(result.algorithms, algorithm);
    result.chains.push_back(std::move(stamps));
  }
  return result;
}

Result<Bytes> EvidenceAssembler::first_of_sequence(const Batch& batch, const Link& link,
                                                   std::uint64_t leaf,
                                                   std::vector<Digest> members) {
  auto path = batch_path(batch, link.algorithm(), leaf);
  if (!path) return path.error();
  if (link.renewal != nullptr) {
    const auto on = path_to_root(*link.renewal, link.unit);
    if (!on) return on.error();
    append(*path, *on);
  }
  return verifier::write_archive_timestamp(
      link.algorithm(), reduced_hashtree(std::move(members), *path), link.token());
}

Result<std::optional<Bytes>> EvidenceAssembler::first_of_renewed_chain(const Batch& batch,
                                                                       const Link& link,
                                                                       std::uint64_t leaf) {
  const auto page = members_page(batch, *link.renewal, leaf / tree_tile_width);
  if (!page) return page.error();
  RenewedMembers members = (**page)[leaf % tree_tile_width];
  if (members.empty()) return std::optional<Bytes>{};
  auto path = renewed_path(batch, *link.renewal, leaf);
  if (!path) return path.error();
  const auto on = path_to_root(*link.renewal, link.unit);
  if (!on) return on.error();
  append(*path, *on);
  return std::optional(verifier::write_archive_timestamp(
      link.algorithm(), reduced_hashtree(std::move(members), *path), link.token()));
}

// RFC 4998 section 5.2: the first list holds the hashes of all earlier tokens of the chain.
Result<Bytes> EvidenceAssembler::timestamp_renewal(const std::vector<Link>& chain,
                                                   std::size_t position) {
  const Link& link = chain[position];
  std::vector<Digest> earlier;
  for (std::size_t i = 0; i < position; ++i) {
    earlier.push_back(token_hash(chain[i], link.algorithm()));
  }
  const auto path = path_to_root(*link.renewal, link.unit);
  if (!path) return path.error();
  return verifier::write_archive_timestamp(
      link.algorithm(), reduced_hashtree(std::move(earlier), *path), link.token());
}

Result<std::vector<Digest>> EvidenceAssembler::batch_path(const Batch& batch,
                                                          DigestAlgorithm algorithm,
                                                          std::uint64_t leaf) {
  const std::size_t size = verifier::digest_size(algorithm);
  return tree_path(leaf, batch.leaves(), size, [&](unsigned level, std::uint64_t number) {
    const std::string object = keyspace::tree_tile_object(batch.number, algorithm, level, number);
    return pyramid(object, algorithm, [&] {
      return read_nodes(object, tile_nodes(level, number, batch.leaves()) * size);
    });
  });
}

Result<std::vector<Digest>> EvidenceAssembler::renewed_path(const Batch& batch,
                                                            const Renewal& renewal,
                                                            std::uint64_t leaf) {
  const std::size_t size = verifier::digest_size(renewal.algorithm);
  // The lowest tiles are made from the members of each leaf.
  const auto leaves_of = [&](std::uint64_t number) -> Result<Bytes> {
    const auto page = members_page(batch, renewal, number);
    if (!page) return page.error();
    Bytes nodes;
    nodes.reserve((*page)->size() * size);
    for (std::size_t i = 0; i < (*page)->size(); ++i) {
      const Digest node =
          renewed_group(hasher(renewal.algorithm), (**page)[i], number * tree_tile_width + i);
      nodes.insert(nodes.end(), node.view().begin(), node.view().end());
    }
    return nodes;
  };
  return tree_path(leaf, batch.leaves(), size, [&](unsigned level, std::uint64_t number) {
    const std::string object =
        keyspace::renewed_tile_object(renewal.id, batch.number, level, number);
    return pyramid(object, renewal.algorithm, [&] {
      return level == 0 ? leaves_of(number)
                        : read_nodes(object, tile_nodes(level, number, batch.leaves()) * size);
    });
  });
}

Result<std::vector<Digest>> EvidenceAssembler::path_to_root(const Renewal& renewal,
                                                            std::uint64_t unit) {
  const std::size_t size = verifier::digest_size(renewal.algorithm);
  return tree_path(unit, renewal.batches, size, [&](unsigned level, std::uint64_t number) {
    const std::string object = keyspace::renewal_tile_object(renewal.id, level, number);
    return pyramid(object, renewal.algorithm, [&] {
      return read_nodes(object, tile_nodes(level, number, renewal.batches) * size);
    });
  });
}

Result<const EvidenceAssembler::Page*> EvidenceAssembler::members_page(const Batch& batch,
                                                                       const Renewal& renewal,
                                                                       std::uint64_t page) {
  std::string name = keyspace::renewed_members_object(renewal.id, batch.number, page);
  if (const Page* known = recently_used(pages_, name)) return known;
  const auto octets = archive_.store().read(name, 0, Store::object_size_max);
  if (!octets) return octets.error();
  auto decoded = decode_members_page(*octets, renewal.algorithm);
  if (!decoded) return decoded.error();
  if (decoded->size() != tile_nodes(0, page, batch.leaves())) {
    return Error{Errc::malformed, "a page of renewed hash values is cut short", name,
                 "restore it from a backup"};
  }
  pages_.emplace_front(std::move(name), *std::move(decoded));
  if (pages_.size() > pages_max) pages_.pop_back();
  return &pages_.front().second;
}

Result<const TilePyramid*> EvidenceAssembler::pyramid(std::string name, DigestAlgorithm algorithm,
                                                      const MakeNodes& nodes) {
  if (const TilePyramid* known = recently_used(pyramids_, name)) return known;
  auto made = nodes();
  if (!made) return made.error();
  pyramids_.emplace_front(std::move(name), pyramid_over(hasher(algorithm), *std::move(made)));
  if (pyramids_.size() > pyramids_max) pyramids_.pop_back();
  return &pyramids_.front().second;
}

Result<Bytes> EvidenceAssembler::read_nodes(const std::string& object, std::size_t size) const {
  auto nodes = archive_.store().read(object, 0, size);
  if (!nodes || nodes->size() == size) return nodes;
  return Error{Errc::malformed, "the tile is cut short", object, "restore it from a backup"};
}

const Digest& EvidenceAssembler::token_hash(const Link& link, DigestAlgorithm algorithm) {
  const auto key = std::pair(link.token().data(), algorithm);
  if (const auto known = token_hashes_.find(key); known != token_hashes_.end()) {
    return known->second;
  }
  if (token_hashes_.size() >= token_hashes_max) token_hashes_.clear();
  return token_hashes_.emplace(key, hasher(algorithm).update(link.token()).finish()).first->second;
}

verifier::Hasher& EvidenceAssembler::hasher(DigestAlgorithm algorithm) {
  return hashers_.try_emplace(algorithm, algorithm).first->second;
}

}  // namespace perdura::archive
