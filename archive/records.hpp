// Finding and reading records: by identifier, patient, time, type and depositor; statements and
// documents back, verified against their addresses while they stream.
//
// Thread safety: any thread; a ContentReader is each thread's own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/deposit_row.hpp"
#include "verifier/statement.hpp"

namespace perdura::archive {

// Which records are meant; what is not set does not restrict.
struct Selection {
  std::optional<std::string> patient;         // identifier
  std::optional<std::string> patient_issuer;  // only with `patient`
  std::optional<std::string> record_type;
  std::optional<std::string> depositor;
  std::optional<Time> from;  // event time, or deposit time where there is none: not before
  std::optional<Time> to;    // before
};

// Takes a record: its journal entry, and what was deposited. False stops.
using RecordVisitor = std::function<Result<bool>(std::uint64_t index, const DepositRow& row)>;

// The deposit whose record identifier starts with these hex digits. Errors: not_found, conflict
// (several do), misuse (not hex, or too short), io.
Result<std::uint64_t> find_record(const Archive& archive, const std::string& identifier);

// Visits the deposits that `selection` means, in order of deposit, until `visit` returns false.
// Errors: io, malformed, those of `visit`.
Result<Ok> for_each_record(const Archive& archive, const Selection& selection,
                           const RecordVisitor& visit);

// The octets of a record's statement. Errors: malformed (altered), io.
Result<std::string> read_statement_text(const Archive& archive, ContentReader& reader,
                                        const DepositRow& row);
// The same, parsed.
Result<verifier::Statement> read_statement(const Archive& archive, ContentReader& reader,
                                           const DepositRow& row);

// Whether the store holds this content, but no longer as it was: reads it whole. Errors: io.
Result<bool> is_damaged(const Archive& archive, ContentReader& reader, const Digest& address);

// Where a content that a row refers to lies, whichever deposit stored it. Errors: malformed, io.
Result<ContentLocation> locate(const Archive& archive, const ContentReference& reference);

// Streams a content into `sink`, verified as content_reader.hpp says. Errors: malformed (altered),
// io, those of `sink`.
Result<Ok> read_content(const Archive& archive, ContentReader& reader,
                        const ContentReference& reference, const Sink& sink);

// The same of `length` octets at `offset`: only what is needed is read, and authenticated; the
// digest of the whole is not checked.
Result<Ok> read_content_range(const Archive& archive, ContentReader& reader,
                              const ContentReference& reference, std::uint64_t offset,
                              std::uint64_t length, const Sink& sink);

}  // namespace perdura::archive
