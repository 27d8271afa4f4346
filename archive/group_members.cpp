#include "archive/group_members.hpp"

#include <algorithm>
#include <optional>

#include "verifier/texts.hpp"

namespace perdura::archive {
namespace {

using verifier::DataObject;
using verifier::Hasher;
using verifier::Statement;
using verifier::StatementDocument;

std::optional<Digest> stated(const StatementDocument& document, DigestAlgorithm algorithm) {
  if (algorithm == DigestAlgorithm::sha256) return document.sha256;
  if (algorithm == DigestAlgorithm::sha512) return document.sha512;
  if (algorithm == DigestAlgorithm::sha3_256) return document.sha3_256;
  return std::nullopt;
}

// One Hasher an algorithm and thread.
Hasher& hasher_for(DigestAlgorithm algorithm) {
  thread_local std::vector<Hasher> hashers;
  const auto known = std::ranges::find(hashers, algorithm, &Hasher::algorithm);
  return known != hashers.end() ? *known : hashers.emplace_back(algorithm);
}

DataObject statement_object(const std::string& text, std::span<const DigestAlgorithm> algorithms) {
  DataObject object{"the statement", {}};
  for (const DigestAlgorithm algorithm : algorithms) {
    object.digests.emplace_back(algorithm,
                                hasher_for(algorithm).update(verifier::as_bytes(text)).finish());
  }
  return object;
}

Error altered(const StatementDocument& document, const std::string& what) {
  return {Errc::malformed, what, "document '" + document.name + "'",
          "bring the content back from a replica or a backup"};
}

Result<Statement> statement_of(const DepositRow& row, const std::string& text) {
  auto statement = verifier::parse_statement(text);
  if (!statement) return statement;
  const bool same = std::ranges::equal(row.documents, statement->documents, {},
                                       &ContentReference::address, &StatementDocument::sha256);
  if (same) return statement;
  return Error{Errc::malformed, "the index and the statement name different documents",
               "record " + row.statement.address.hex(), "restore the store from a backup"};
}

Result<DataObject> read_object(const Archive& archive, ContentReader& reader,
                               const ContentReference& reference, const StatementDocument& document,
                               std::span<const DigestAlgorithm> algorithms) {
  std::uint64_t length = 0;
  const auto sink = [&](ByteView part) -> Result<Ok> {
    length += part.size();
    for (const DigestAlgorithm algorithm : algorithms) {
      // The reader takes SHA-256 itself, and holds it against the address.
      if (algorithm != DigestAlgorithm::sha256) hasher_for(algorithm).update(part);
    }
    return Ok{};
  };
  const auto read = read_content(archive, reader, reference, sink);
  DataObject object{"'" + document.name + "'", {}};
  bool same = true;
  for (const DigestAlgorithm algorithm : algorithms) {  // finishing makes the hashers new again
    const Digest digest =
        algorithm == DigestAlgorithm::sha256 ? reference.address : hasher_for(algorithm).finish();
    const auto said = stated(document, algorithm);
    same &= !said || *said == digest;
    object.digests.emplace_back(algorithm, digest);
  }
  if (!read) {
    Error error = read.error();
    error.where = "document '" + document.name + "', " + error.where;
    return error;
  }
  if (!same) return altered(document, "it does not have the digests that the statement fixed");
  if (length != document.length) return altered(document, "it has another length than was stated");
  return object;
}

}  // namespace

Result<std::vector<Digest>> values_of(const DataObjects& objects, DigestAlgorithm algorithm) {
  std::vector<Digest> values;
  for (const DataObject& object : objects) {
    const auto digest =
        std::ranges::find(object.digests, algorithm, &std::pair<DigestAlgorithm, Digest>::first);
    if (digest == object.digests.end()) {
      return Error{Errc::not_found,
                   "there is no " + std::string(verifier::name(algorithm)) + " digest of it",
                   verifier::in_english(object.name), ""};
    }
    values.push_back(digest->second);
  }
  return values;
}

bool is_stated(const Config& config, DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::sha256 || algorithm == DigestAlgorithm::sha512 ||
         (algorithm == DigestAlgorithm::sha3_256 && config.sha3_256);
}

Result<DataObjects> stated_objects(const DepositRow& row, const std::string& text,
                                   std::span<const DigestAlgorithm> algorithms) {
  const auto statement = statement_of(row, text);
  if (!statement) return statement.error();
  DataObjects objects{statement_object(text, algorithms)};
  for (const StatementDocument& document : statement->documents) {
    DataObject object{"'" + document.name + "'", {}};
    for (const DigestAlgorithm algorithm : algorithms) {
      if (const auto digest = stated(document, algorithm)) {
        object.digests.emplace_back(algorithm, *digest);
      }
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

Result<DataObjects> read_objects(const Archive& archive, ContentReader& reader,
                                 const DepositRow& row, const std::string& text,
                                 std::span<const DigestAlgorithm> algorithms) {
  const auto statement = statement_of(row, text);
  if (!statement) return statement.error();
  DataObjects objects{statement_object(text, algorithms)};
  for (std::size_t i = 0; i < row.documents.size(); ++i) {
    auto object =
        read_object(archive, reader, row.documents[i], statement->documents[i], algorithms);
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  return objects;
}

MembersOf record_members(const Archive& archive, ContentReader& reader, const DepositRow& row,
                         const std::string& text) {
  return [&](DigestAlgorithm algorithm) -> Result<std::vector<Digest>> {
    const auto said = stated_objects(row, text, {&algorithm, 1});
    if (!said) return said.error();
    auto values = values_of(*said, algorithm);
    if (values) return values;
    const auto read = read_objects(archive, reader, row, text, {&algorithm, 1});
    if (!read) return read.error();
    return values_of(*read, algorithm);
  };
}

MembersOf checkpoint_members(const Batch& batch) {
  return [&](DigestAlgorithm algorithm) -> Result<std::vector<Digest>> {
    return std::vector{verifier::hash(algorithm, verifier::as_bytes(batch.checkpoint))};
  };
}

}  // namespace perdura::archive
