// What the archive keeps about one deposit beside its journal entry: where the statement and the
// documents lie, and what a search and a seal need without opening them. One row, in the journal's
// segment, written in the commit that makes the deposit durable. Layout: formats/rows.md.
//
// Thread safety: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "archive/content.hpp"
#include "archive/store.hpp"
#include "verifier/digest.hpp"
#include "verifier/time.hpp"

namespace perdura::archive {

using verifier::Digest;
using verifier::Time;

// A value blinded under the archive's index key: equal values have equal ones, and no more is
// shown.
using Blinded = std::array<std::uint8_t, 16>;

// A content that a record refers to. No location: it was stored by an earlier deposit already, and
// the content index knows where.
struct ContentReference {
  Digest address;
  std::uint64_t length = 0;
  std::optional<ContentLocation> location;
};

// All that the archive looks up about one deposit.
struct DepositRow {
  std::uint64_t record_number = 0;  // how many records were deposited before
  std::uint64_t receipt_size = 0;   // size of the journal that the receipt's checkpoint covers
  Time deposit_time;
  std::optional<Time> event_time;
  std::optional<Blinded> patient;
  Blinded depositor{};
  std::optional<Blinded> record_type;
  std::optional<Blinded> idempotency;  // of the depositor's key for this deposit
  Digest group_sha512;  // hash of the data object group under SHA-512, RFC 4998 section 4.2
  ContentReference statement;
  std::vector<ContentReference> documents;
};

// As a row.
Bytes encode(const DepositRow& row);
// Errors: malformed, unsupported (written by a newer version).
Result<DepositRow> decode_deposit_row(ByteView octets);

}  // namespace perdura::archive
