// The statement: what the archive writes about a record when it is deposited. Canonical JSON
// (RFC 8785); the record's identifier is the SHA-256 of its octets. formats/statement.md.
//
// Thread safety: plain values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// One document of a record. The name is the depositor's, for people; it is no path.
struct StatementDocument {
  std::string name;
  std::string media_type;
  std::uint64_t length = 0;  // octets, at most 2^53 - 1
  Digest sha256;
  Digest sha512;
  std::optional<Digest> sha3_256;
};

// A patient by an identifier and who issued it.
struct Patient {
  std::string id;
  std::string issuer;  // "" = not stated
};

// Another record that this one has to do with.
struct Related {
  std::string relation;  // "amends", "replaces", ...
  std::string record;    // its identifier: 64 lower-case hex digits
};

// Text members that are "" are not stated, and left out of the JSON.
struct Statement {
  using Patient = verifier::Patient;
  using Related = verifier::Related;

  std::string archive;    // the archive's name: the origin of its journal
  std::string depositor;  // as authenticated
  Time deposit_time;
  std::optional<Time> event_time;
  std::optional<Patient> patient;
  std::string record_type;
  std::string author;
  std::string source_system;
  std::string language;
  std::string retention_class;
  int sensitivity = 3;  // 1 (least) to 5, after ISO 13606-4
  std::vector<Related> related;
  std::vector<StatementDocument> documents;  // at least one
  Bytes salt;                                // 32 random octets
};

// What a statement may hold. Text is UTF-8 without control characters.
struct StatementLimits {
  static constexpr std::size_t size_max = 8u << 20;  // octets of JSON
  static constexpr std::size_t documents_max = 9999;
  static constexpr std::size_t related_max = 1000;
  static constexpr std::size_t text_max = 1024;  // octets of one text
  static constexpr std::uint64_t length_max = (std::uint64_t{1} << 53) - 1;
  static constexpr std::size_t salt_size = 32;
};

// Whether write_statement() takes `statement`: call it on what people typed. Errors: misuse;
// `where` names the member.
Result<Ok> check_statement(const Statement& statement);

// The JSON. What check_statement() refuses must not be passed: the result could not be read.
std::string write_statement(const Statement& statement);

// Reads a statement. Errors: malformed (not canonical, or not a statement), unsupported (another
// version), too_large.
Result<Statement> parse_statement(std::string_view json);

// The record's identifier: the SHA-256 of the statement's octets, as lower-case hex.
std::string record_id(std::string_view statement_json);

// Whether `text` is 64 lower-case hex digits.
bool is_record_id(std::string_view text);

}  // namespace perdura::verifier
