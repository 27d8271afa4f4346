#include "archive/renewal.hpp"

#include <algorithm>

#include "archive/hash_tree.hpp"
#include "archive/row_codec.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::archive {
namespace {

constexpr std::uint64_t renewal_version = 1;

Error damaged_renewal(const char* what) {
  return {Errc::malformed, std::string(what) + " is damaged", "journal",
          "restore the store from a backup"};
}

}  // namespace

std::string_view name(RenewalKind kind) {
  switch (kind) {
    case RenewalKind::initial:
      return "initial";
    case RenewalKind::time_stamp:
      return "time-stamp";
    case RenewalKind::hash_tree:
      break;
  }
  return "hash-tree";
}

Bytes encode(const Renewal& renewal) {
  RowWriter row;
  row.number(renewal_version)
      .number(renewal.entry)
      .number(static_cast<std::uint64_t>(renewal.kind));
  row.text(renewal.track).text(verifier::name(renewal.algorithm)).text(renewal.id);
  row.number(renewal.batches).fixed(renewal.batch_list.view()).octets(renewal.root.view());
  row.number(renewal.from_digests ? 1 : 0).number(renewal.set_aside.size());
  for (const std::uint64_t deposit : renewal.set_aside) row.number(deposit);
  row.octets(renewal.token);
  return row.take();
}

Result<Renewal> decode_renewal(ByteView octets) {
  RowReader row(octets);
  if (row.number() != renewal_version) {
    return Error{Errc::unsupported, "the renewal's row is of a newer version", "journal",
                 "use a newer perdura"};
  }
  Renewal renewal;
  renewal.entry = row.number();
  const std::uint64_t kind = row.number();
  renewal.track = row.text();
  const auto algorithm = verifier::digest_algorithm_from_name(row.text());
  renewal.id = row.text();
  renewal.batches = row.number();
  const ByteView batch_list = row.fixed(32);
  const ByteView root = row.octets();
  renewal.from_digests = row.number() != 0;
  const std::uint64_t set_aside = row.number();
  if (!row.good() || !algorithm || kind > 2 || root.size() != verifier::digest_size(*algorithm) ||
      set_aside > octets.size()) {
    return damaged_renewal("the renewal's row");
  }
  renewal.kind = static_cast<RenewalKind>(kind);
  renewal.algorithm = *algorithm;
  renewal.batch_list = Digest(batch_list);
  renewal.root = Digest(root);
  for (std::uint64_t i = 0; i < set_aside; ++i) renewal.set_aside.push_back(row.number());
  renewal.token = verifier::to_bytes(row.octets());
  if (!row.done()) return damaged_renewal("the renewal's row");
  return renewal;
}

Bytes encode_batch_list(const std::vector<std::uint64_t>& batches) {
  RowWriter list;
  for (const std::uint64_t batch : batches) list.fixed(verifier::as_bytes(big_endian(batch)));
  return list.take();
}

Result<std::vector<std::uint64_t>> decode_batch_list(ByteView octets) {
  std::vector<std::uint64_t> batches;
  if (octets.size() % 8 != 0) return damaged_renewal("the list of a renewal's batches");
  for (std::size_t i = 0; i < octets.size(); i += 8) {
    batches.push_back(from_big_endian(verifier::as_text(octets.subspan(i, 8))));
  }
  const auto not_ascending = std::ranges::adjacent_find(batches, std::greater_equal<>());
  if (not_ascending != batches.end()) return damaged_renewal("the list of a renewal's batches");
  return batches;
}

Bytes encode_members_page(const std::vector<RenewedMembers>& page) {
  RowWriter out;
  for (const RenewedMembers& members : page) {
    out.number(members.size());
    for (const Digest& member : members) out.fixed(member.view());
  }
  return out.take();
}

Result<std::vector<RenewedMembers>> decode_members_page(ByteView octets,
                                                        DigestAlgorithm algorithm) {
  const std::size_t size = verifier::digest_size(algorithm);
  std::vector<RenewedMembers> page;
  for (RowReader in(octets); !in.done();) {
    const std::uint64_t count = in.number();
    if (!in.good() || count > octets.size() / size || page.size() == tree_tile_width) {
      return damaged_renewal("a page of renewed hash values");
    }
    RenewedMembers members;
    members.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      const ByteView member = in.fixed(size);
      if (!in.good()) return damaged_renewal("a page of renewed hash values");
      members.emplace_back(member);
    }
    page.push_back(std::move(members));
  }
  return page;
}

Digest renewed_group(verifier::Hasher& hasher, const RenewedMembers& members,
                     std::uint64_t position) {
  if (members.empty()) return hasher.update(verifier::as_bytes(big_endian(position))).finish();
  return verifier::group_hash(hasher, members);
}

}  // namespace perdura::archive
