#include "archive/records.hpp"

#include <algorithm>
#include <set>

#include "archive/derived_rows.hpp"
#include "archive/keyspace.hpp"
#include "archive/receipts.hpp"

namespace perdura::archive {
namespace {

constexpr std::size_t page = 256;
constexpr std::size_t statement_size_max = 64u << 20;

bool in_time(const Selection& selection, const DepositRow& row) {
  const Time time = row.event_time.value_or(row.deposit_time);
  return (!selection.from || time >= *selection.from) && (!selection.to || time < *selection.to);
}

// Which rows may be meant, by what the row itself shows.
class RowFilter {
 public:
  RowFilter(const Archive& archive, const Selection& selection) : selection_(selection) {
    if (selection.record_type) type_ = blind(archive.vault(), "type", *selection.record_type);
    if (selection.depositor) depositor_ = blind(archive.vault(), "depositor", *selection.depositor);
  }
  bool passes(const DepositRow& row) const {
    return (!type_ || row.record_type == type_) && (!depositor_ || row.depositor == *depositor_) &&
           in_time(selection_, row);
  }

 private:
  const Selection& selection_;
  std::optional<Blinded> type_;
  std::optional<Blinded> depositor_;
};

// Whether the statement's patient is the one meant: the index knows identifiers, not issuers.
Result<bool> is_patient(const Archive& archive, ContentReader& reader, const Selection& selection,
                        const DepositRow& row) {
  if (!selection.patient_issuer) return true;
  const auto statement = read_statement(archive, reader, row);
  if (!statement) return statement.error();
  return statement->patient && statement->patient->issuer == *selection.patient_issuer;
}

// Visits the deposits whose index rows a process that died may not have written; opening the
// archive for writing writes them.
Result<Ok> for_each_underived(const Archive& archive, const RecordVisitor& visit) {
  const JournalHead head = archive.journal().head();
  return archive.journal().scan(keyspace::deposit_prefix, head.derived, head.size,
                                [&](std::uint64_t index, ByteView value) -> Result<bool> {
                                  const auto row = decode_deposit_row(value);
                                  if (!row) return row.error();
                                  return visit(index, *row);
                                });
}

// The deposits whose record identifier starts with these hex digits; two, if there are more.
Result<std::set<std::uint64_t>> find_some(const Archive& archive, const std::string& identifier) {
  std::set<std::uint64_t> found;
  const auto take = [&](const Digest& address) -> Result<bool> {
    const auto home = find_content(archive.store(), address);
    if (!home) return home.error();
    // At any other place there is a document, not a statement.
    if (*home && (*home)->place == 0) found.insert((*home)->deposit);
    return found.size() < 2;
  };
  if (auto done = for_each_content(archive.store(), identifier, take); !done) return done.error();
  const auto take_row = [&](std::uint64_t index, const DepositRow& row) -> Result<bool> {
    if (row.statement.address.hex().starts_with(identifier)) found.insert(index);
    return found.size() < 2;
  };
  if (auto done = for_each_underived(archive, take_row); !done) return done.error();
  return found;
}

// The deposits of a patient, in order.
Result<Ok> for_each_of_patient(const Archive& archive, const Blinded& patient,
                               const RecordVisitor& visit) {
  std::optional<std::uint64_t> after;
  while (true) {
    const auto deposits = deposits_of_patient(archive.store(), patient, after, page);
    if (!deposits) return deposits.error();
    for (const std::uint64_t index : *deposits) {
      const auto row = deposit_row(archive.journal(), index);
      if (!row) return row.error();
      const Result<bool> on = visit(index, *row);
      if (!on) return on.error();
      if (!*on) return Ok{};
    }
    if (!deposits->empty()) after = deposits->back();
    if (deposits->size() < page) break;
  }
  return for_each_underived(archive,
                            [&](std::uint64_t index, const DepositRow& row) -> Result<bool> {
                              if (row.patient != patient || (after && index <= *after)) return true;
                              return visit(index, row);
                            });
}

}  // namespace

Result<std::uint64_t> find_record(const Archive& archive, const std::string& identifier) {
  std::string digits = identifier;
  std::ranges::transform(digits, digits.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c;
  });
  const auto found = find_some(archive, digits);
  if (!found) return found.error();
  if (found->empty()) {
    return Error{Errc::not_found, "there is no such record", identifier,
                 "'perdura list' shows what there is"};
  }
  if (found->size() > 1) {
    return Error{Errc::conflict, "several records start with these digits", identifier,
                 "give more digits"};
  }
  return *found->begin();
}

Result<Ok> for_each_record(const Archive& archive, const Selection& selection,
                           const RecordVisitor& visit) {
  const RowFilter filter(archive, selection);
  if (!selection.patient) {
    return archive.journal().scan(keyspace::deposit_prefix, 0, archive.journal().head().size,
                                  [&](std::uint64_t index, ByteView value) -> Result<bool> {
                                    const auto row = decode_deposit_row(value);
                                    if (!row) return row.error();
                                    if (!filter.passes(*row)) return true;
                                    return visit(index, *row);
                                  });
  }
  ContentReader reader = archive.reader();
  const auto take = [&](std::uint64_t index, const DepositRow& row) -> Result<bool> {
    if (!filter.passes(row)) return true;
    const Result<bool> meant = is_patient(archive, reader, selection, row);
    if (!meant) return meant.error();
    return *meant ? visit(index, row) : Result<bool>(true);
  };
  return for_each_of_patient(archive, blind(archive.vault(), "patient", *selection.patient), take);
}

Result<std::string> read_statement_text(const Archive& archive, ContentReader& reader,
                                        const DepositRow& row) {
  std::string text;
  const auto sink = [&](ByteView part) -> Result<Ok> {
    if (text.size() + part.size() > statement_size_max) {
      return Error{Errc::too_large, "the statement is too large", row.statement.address.hex(), ""};
    }
    text += verifier::as_text(part);
    return Ok{};
  };
  if (auto read = read_content(archive, reader, row.statement, sink); !read) return read.error();
  return text;
}

Result<verifier::Statement> read_statement(const Archive& archive, ContentReader& reader,
                                           const DepositRow& row) {
  const auto text = read_statement_text(archive, reader, row);
  if (!text) return text.error();
  return verifier::parse_statement(*text);
}

// Among the deposits that the index may not have yet.
static Result<std::optional<ContentLocation>> locate_underived(const Archive& archive,
                                                               const Digest& address) {
  std::optional<ContentLocation> found;
  const auto look = [&](std::uint64_t, const DepositRow& row) -> Result<bool> {
    const auto take = [&](const ContentReference& stored) {
      if (stored.location && stored.address == address) found = stored.location;
    };
    take(row.statement);
    for (const ContentReference& document : row.documents) take(document);
    return !found;
  };
  if (auto done = for_each_underived(archive, look); !done) return done.error();
  return found;
}

Result<ContentLocation> locate(const Archive& archive, const ContentReference& reference) {
  if (reference.location) return *reference.location;
  const auto lost = [&] {
    return Error{Errc::malformed, "the index does not lead to the content",
                 "content " + reference.address.hex(), "restore the store from a backup"};
  };
  const auto home = find_content(archive.store(), reference.address);
  if (!home) return home.error();
  if (!*home) {
    const auto found = locate_underived(archive, reference.address);
    if (!found) return found.error();
    return *found ? Result<ContentLocation>(**found) : lost();
  }
  const auto row = deposit_row(archive.journal(), (*home)->deposit);
  if (!row) return row.error();
  const std::uint64_t place = (*home)->place;
  if (place > row->documents.size()) return lost();
  const ContentReference& stored = place == 0 ? row->statement : row->documents[place - 1];
  if (!stored.location || stored.address != reference.address) return lost();
  return *stored.location;
}

// Whether a content could not be read for what has become of it, and not for want of anything else.
static bool tells_of_damage(const Error& error) {
  return error.code == Errc::malformed || error.code == Errc::not_found ||
         error.code == Errc::denied;
}

Result<bool> is_damaged(const Archive& archive, ContentReader& reader, const Digest& address) {
  const auto home = find_content(archive.store(), address);
  if (!home) return home.error();
  if (!*home) return false;
  const auto nowhere = [](ByteView) -> Result<Ok> { return Ok{}; };
  const auto read =
      read_content(archive, reader, {.address = address, .length = 0, .location = {}}, nowhere);
  if (read || tells_of_damage(read.error())) return !read;
  return read.error();
}

// Where else a content lies, of which the copy at `location` could not be read: a later deposit of
// the same document stored it anew, if it found this copy damaged.
static std::optional<ContentLocation> stored_anew(const Archive& archive,
                                                  const ContentReference& reference,
                                                  const ContentLocation& location,
                                                  const Error& error) {
  if (!reference.location || !tells_of_damage(error)) return std::nullopt;
  auto anew = locate(archive, {.address = reference.address, .length = 0, .location = {}});
  const bool same = anew && anew->object == location.object && anew->offset == location.offset;
  return anew && !same ? std::optional(*std::move(anew)) : std::nullopt;
}

// `sink`, counting in `delivered` the octets that it is given.
static Sink counted(const Sink& sink, std::uint64_t& delivered) {
  return [&](ByteView part) {
    delivered += part.size();
    return sink(part);
  };
}

Result<Ok> read_content(const Archive& archive, ContentReader& reader,
                        const ContentReference& reference, const Sink& sink) {
  const auto location = locate(archive, reference);
  if (!location) return location.error();
  std::uint64_t delivered = 0;
  auto read = reader.read(*location, reference.address, counted(sink, delivered));
  if (read) return read;
  const auto anew = stored_anew(archive, reference, *location, read.error());
  if (!anew) return read;
  return reader.read(*anew, reference.address, [&](ByteView part) -> Result<Ok> {
    const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(delivered, part.size()));
    delivered -= known;
    return known == part.size() ? Result<Ok>(Ok{}) : sink(part.subspan(known));
  });
}

Result<Ok> read_content_range(const Archive& archive, ContentReader& reader,
                              const ContentReference& reference, std::uint64_t offset,
                              std::uint64_t length, const Sink& sink) {
  const auto location = locate(archive, reference);
  if (!location) return location.error();
  std::uint64_t delivered = 0;
  auto read =
      reader.read_range(*location, reference.address, offset, length, counted(sink, delivered));
  if (read) return read;
  const auto anew = stored_anew(archive, reference, *location, read.error());
  if (!anew) return read;
  return reader.read_range(*anew, reference.address, offset + delivered, length - delivered, sink);
}

}  // namespace perdura::archive
