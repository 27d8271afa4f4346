#include "archive/keyspace.hpp"

#include "archive/row_codec.hpp"
#include "verifier/result.hpp"

namespace perdura::archive::keyspace {
namespace {

using verifier::ByteView;

// "name/xyz": the first 12 bits of `value` in hex.
std::string shard(const std::string& name, ByteView value) {
  verifier::check(value.size() >= 2, "a value to shard by has two octets");
  return name + "/" + verifier::to_hex(value.first(2)).substr(0, 3);
}

std::string key_of(ByteView value) { return std::string(verifier::as_text(value)); }

std::string decimal20(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits;
}

}  // namespace

std::string object_name_key(ByteView token) { return object_name_prefix + key_of(token); }
verifier::Bytes token_in(const std::string& object_name_key) {
  const std::string_view key = object_name_key;
  return verifier::to_bytes(verifier::as_bytes(key.substr(object_name_prefix.size())));
}
std::string dictionary_key(const std::string& media_type, unsigned number) {
  return dictionary_prefix + media_type + '/' + decimal20(number);
}
std::string media_type_in(const std::string& dictionary_key) {
  const std::size_t end = dictionary_key.rfind('/');
  return dictionary_key.substr(dictionary_prefix.size(), end - dictionary_prefix.size());
}

std::string renewal_intent_key(const std::string& track) { return "renewal-intent/" + track; }

std::string confirmation_key(const std::string& renewal_id) {
  return "renewal-confirmed/" + renewal_id;
}

std::string segment_partition(std::uint64_t segment) { return "journal/" + decimal20(segment); }
std::string entry_key(std::uint64_t index) { return entry_prefix + big_endian(index); }
std::string deposit_key(std::uint64_t index) { return deposit_prefix + big_endian(index); }
std::string batch_key(std::uint64_t index) { return batch_prefix + big_endian(index); }
std::string renewal_key(std::uint64_t index) { return renewal_prefix + big_endian(index); }
std::string tile_key(std::uint64_t tile) { return tile_prefix + big_endian(tile); }
std::string tile_root_key(std::uint64_t tile) { return tile_root_prefix + big_endian(tile); }

std::uint64_t number_in(const std::string& key) {
  return key.size() < 8 ? 0 : from_big_endian(std::string_view(key).substr(key.size() - 8));
}

std::string content_partition(ByteView address) { return shard("content", address); }
std::string content_key(ByteView address) { return key_of(address); }
std::string patient_partition(ByteView blinded) { return shard("patient", blinded); }
std::string patient_key(ByteView blinded, std::uint64_t index) {
  return key_of(blinded) + big_endian(index);
}
std::string idempotency_partition(ByteView blinded) { return shard("idempotency", blinded); }
std::string idempotency_key(ByteView blinded) { return key_of(blinded); }

std::string tree_tile_object(std::uint64_t batch, verifier::DigestAlgorithm algorithm,
                             unsigned level, std::uint64_t tile) {
  return "batch/" + std::to_string(batch) + "/" + std::string(verifier::name(algorithm)) + "/" +
         std::to_string(level) + "/" + std::to_string(tile);
}

std::string renewal_batches_object(const std::string& id) { return "renewal/" + id + "/batches"; }

std::string renewal_tile_object(const std::string& id, unsigned level, std::uint64_t tile) {
  return "renewal/" + id + "/tree/" + std::to_string(level) + "/" + std::to_string(tile);
}

std::string renewed_tile_object(const std::string& id, std::uint64_t batch, unsigned level,
                                std::uint64_t tile) {
  return "renewal/" + id + "/" + std::to_string(batch) + "/" + std::to_string(level) + "/" +
         std::to_string(tile);
}

std::string renewed_members_object(const std::string& id, std::uint64_t batch, std::uint64_t page) {
  return "renewal/" + id + "/" + std::to_string(batch) + "/members/" + std::to_string(page);
}

}  // namespace perdura::archive::keyspace
