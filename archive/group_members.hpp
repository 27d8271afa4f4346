// The hash values of a record's data object group {statement, documents…}: as the statement fixes
// them, or taken anew from the documents themselves.
//
// Thread safety: any thread; a ContentReader is each thread's own.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "archive/evidence.hpp"
#include "archive/records.hpp"
#include "verifier/statement.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::archive {

// A record's data objects with their hash values, the statement first.
using DataObjects = std::vector<verifier::DataObject>;

// The objects' values under one hash function. Errors: not_found (not all have one).
Result<std::vector<Digest>> values_of(const DataObjects& objects, DigestAlgorithm algorithm);

// Whether the archive's statements fix documents' digests under this function: "sha256", "sha512",
// and "sha3-256" where it is set so.
bool is_stated(const Config& config, DigestAlgorithm algorithm);

// By the statement's digests, without reading a document; the statement itself is hashed. Functions
// of `algorithms` that the statement does not have for each document are left out. `text` is the
// statement as stored. Errors: malformed.
Result<DataObjects> stated_objects(const DepositRow& row, const std::string& text,
                                   std::span<const DigestAlgorithm> algorithms);

// Reads every document, in one pass for all of `algorithms`, and holds it against its address and
// each digest among them that the statement has. Errors: malformed (it is not what was deposited),
// not_found (an object is missing), io.
Result<DataObjects> read_objects(const Archive& archive, ContentReader& reader,
                                 const DepositRow& row, const std::string& text,
                                 std::span<const DigestAlgorithm> algorithms);

// For putting evidence together: stated values where there are any, else by reading. What it was
// given must outlive it.
MembersOf record_members(const Archive& archive, ContentReader& reader, const DepositRow& row,
                         const std::string& text);
// For a batch's checkpoint.
MembersOf checkpoint_members(const Batch& batch);

}  // namespace perdura::archive
