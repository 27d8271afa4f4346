#include "verifier/evidence_record_writer.hpp"

#include <algorithm>

#include "verifier/der.hpp"

namespace perdura::verifier {
namespace {

void write_list(DerWriter& out, const std::vector<Digest>& list) {
  out.constructed(tag::sequence, [&] {
    if (std::ranges::is_sorted(list)) {
      for (const Digest& value : list) out.octet_string(value);
      return;
    }
    std::vector<Digest> sorted = list;
    std::ranges::sort(sorted);
    for (const Digest& value : sorted) out.octet_string(value);
  });
}

void write_sequence(DerWriter& out, const std::vector<std::vector<Bytes>>& chains) {
  out.constructed(tag::sequence, [&] {
    for (const std::vector<Bytes>& chain : chains) {
      out.constructed(tag::sequence, [&] {
        for (const Bytes& archive_timestamp : chain) out.raw(archive_timestamp);
      });
    }
  });
}

std::size_t size_of(const std::vector<std::vector<Bytes>>& chains) {
  std::size_t size = 64;
  for (const std::vector<Bytes>& chain : chains) {
    for (const Bytes& archive_timestamp : chain) size += archive_timestamp.size() + 16;
  }
  return size;
}

}  // namespace

Bytes write_archive_timestamp(DigestAlgorithm algorithm, const ReducedHashtree& tree,
                              ByteView token) {
  DerWriter out;
  std::size_t values = 0;
  for (const std::vector<Digest>& list : tree) values += list.size() + 1;
  out.reserve(token.size() + 64 + values * (Digest::size_max + 4));
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::context(0), [&] { out.oid(oid(algorithm)); });
    if (!tree.empty()) {
      out.constructed(tag::context(2), [&] {
        for (const std::vector<Digest>& list : tree) write_list(out, list);
      });
    }
    out.raw(token);
  });
  return out.take();
}

Bytes write_archive_timestamp_sequence(const std::vector<std::vector<Bytes>>& chains) {
  DerWriter out;
  out.reserve(size_of(chains));
  write_sequence(out, chains);
  return out.take();
}

Bytes write_evidence_record(std::span<const DigestAlgorithm> algorithms,
                            const std::vector<std::vector<Bytes>>& chains) {
  DerWriter out;
  out.reserve(size_of(chains) + algorithms.size() * 16);
  out.constructed(tag::sequence, [&] {
    out.integer(1);
    out.constructed(tag::sequence, [&] {
      for (const DigestAlgorithm algorithm : algorithms) {
        out.constructed(tag::sequence, [&] { out.oid(oid(algorithm)); });
      }
    });
    write_sequence(out, chains);
  });
  return out.take();
}

}  // namespace perdura::verifier
