#include "verifier/evidence_record.hpp"

#include <algorithm>

#include "verifier/timestamp_token.hpp"

namespace perdura::verifier {
namespace {

// The OBJECT IDENTIFIER of a hash algorithm, whose parameters are absent or NULL (RFC 5754 §2).
ByteView read_hash_algorithm(DerReader& in, Tag tag) {
  DerReader algorithm = in.constructed(tag);
  const ByteView oid = algorithm.oid();
  if (algorithm.more()) algorithm.null();
  algorithm.end();
  return oid;
}

std::vector<ByteView> read_digest_algorithms(DerReader& in) {
  std::vector<ByteView> oids;
  DerReader list = in.constructed(tag::sequence);
  while (list.more()) oids.push_back(read_hash_algorithm(list, tag::sequence));
  return oids;
}

// [n] of one or more Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }.
std::optional<ByteView> read_attributes(DerReader& in, Tag tag) {
  if (!in.next_is(tag)) return std::nullopt;
  DerReader attributes = in.constructed(tag);
  if (!attributes.more()) attributes.fail("list of attributes is empty");
  while (attributes.more()) {
    DerReader attribute = attributes.constructed(tag::sequence);
    attribute.oid();
    attribute.element(tag::set);
    attribute.end();
  }
  return attributes.encoding();
}

// EncryptionInfo ::= SEQUENCE { encryptionInfoType OBJECT IDENTIFIER, encryptionInfoValue ANY }
std::optional<ByteView> read_encryption_info(DerReader& in) {
  if (!in.next_is(tag::context(1))) return std::nullopt;
  DerReader info = in.constructed(tag::context(1));
  info.oid();
  info.any();
  info.end();
  return info.encoding();
}

std::optional<std::vector<PartialHashtree>> read_reduced_hashtree(DerReader& in) {
  if (!in.next_is(tag::context(2))) return std::nullopt;
  DerReader tree = in.constructed(tag::context(2));
  std::vector<PartialHashtree> lists;
  lists.reserve(32);
  if (!tree.more()) tree.fail("reduced hash tree is empty");
  while (tree.more()) lists.push_back(PartialHashtree::read(tree));
  return lists;
}

ArchiveTimeStamp read_archive_timestamp(DerReader& in) {
  DerReader ats = in.constructed(tag::sequence);
  ArchiveTimeStamp result;
  result.encoding = ats.encoding();
  if (ats.next_is(tag::context(0))) {
    result.digest_algorithm = read_hash_algorithm(ats, tag::context(0));
  }
  result.attributes = read_attributes(ats, tag::context(1));
  result.reduced_hashtree = read_reduced_hashtree(ats);
  result.time_stamp = ats.element_ber(tag::sequence);
  ats.end();
  return result;
}

ArchiveTimeStampChain read_chain(DerReader& in) {
  DerReader chain = in.constructed(tag::sequence);
  ArchiveTimeStampChain result;
  result.encoding = chain.encoding();
  if (!chain.more()) chain.fail("chain has no archive time-stamp");
  while (chain.more()) result.archive_timestamps.push_back(read_archive_timestamp(chain));
  return result;
}

EvidenceRecord read_evidence_record(DerReader& in) {
  DerReader record = in.constructed(tag::sequence);
  EvidenceRecord result;
  result.encoding = record.encoding();
  const std::uint64_t version = record.small_integer();
  // RFC 4998 §3.1
  if (version != 1) {
    record.fail("version " + std::to_string(version) + " of an evidence record is not known",
                Errc::unsupported);
  }
  result.digest_algorithms = read_digest_algorithms(record);
  result.crypto_infos = read_attributes(record, tag::context(0));
  result.encryption_info = read_encryption_info(record);
  DerReader sequence = record.constructed(tag::sequence);
  result.archive_timestamp_sequence = sequence.encoding();
  if (!sequence.more()) sequence.fail("sequence has no chain");
  std::size_t count = 0;
  while (sequence.more()) {
    result.chains.push_back(read_chain(sequence));
    count += result.chains.back().archive_timestamps.size();
    if (count > archive_timestamps_max) {
      sequence.fail("more than " + std::to_string(archive_timestamps_max) + " archive time-stamps",
                    Errc::too_large);
    }
  }
  record.end();
  return result;
}

Result<DigestAlgorithm> known_algorithm(ByteView oid) {
  if (const auto algorithm = digest_algorithm_from_oid(oid)) return *algorithm;
  return Error{Errc::unsupported, "hash function " + oid_text(oid) + " is not known", "",
               "a newer version of this program may know it"};
}

// RFC 4998 §4.1: the field, or when it is absent the algorithm of the token's imprint.
Result<DigestAlgorithm> chain_algorithm(const ArchiveTimeStamp& first) {
  if (first.digest_algorithm) return known_algorithm(*first.digest_algorithm);
  const auto token = parse_timestamp_token(first.time_stamp);
  if (!token) return token.error();
  return known_algorithm(token->tst_info.imprint_algorithm.oid);
}

}  // namespace

PartialHashtree PartialHashtree::read(DerReader& in) {
  DerReader list = in.constructed(tag::sequence);
  PartialHashtree result;
  result.values_ = list.contents();
  if (!list.more()) list.fail("list of hash values is empty");
  while (list.more()) {
    const ByteView value = list.octet_string();
    // Lengths of one octet only: no known hash value needs more, and walking stays simple.
    if (value.size() > Digest::size_max) list.fail("hash value is over 64 octets");
    ++result.size_;
  }
  return result;
}

ByteView PartialHashtree::Iterator::operator*() const { return rest_.subspan(2, rest_[1]); }

PartialHashtree::Iterator& PartialHashtree::Iterator::operator++() {
  rest_ = rest_.subspan(std::size_t{2} + rest_[1]);
  return *this;
}

Result<EvidenceRecord> parse_evidence_record(ByteView der, DerLimits limits) {
  DerInput input(der, limits);
  DerReader in = input.reader();
  EvidenceRecord record = read_evidence_record(in);
  in.end();
  return input.result(std::move(record));
}

Result<EvidenceRecord> parse_evidence_record(ByteView der) {
  return parse_evidence_record(der, DerLimits());
}

Result<std::vector<DigestAlgorithm>> digest_algorithms(const EvidenceRecord& record) {
  std::vector<DigestAlgorithm> algorithms;
  for (const ArchiveTimeStampChain& chain : record.chains) {
    const ArchiveTimeStamp& first = chain.archive_timestamps.front();
    const auto algorithm = chain_algorithm(first);
    if (!algorithm) return algorithm.error();
    if (std::ranges::find(algorithms, *algorithm) == algorithms.end()) {
      algorithms.push_back(*algorithm);
    }
  }
  return algorithms;
}

}  // namespace perdura::verifier
