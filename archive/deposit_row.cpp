#include "archive/deposit_row.hpp"

#include <algorithm>

#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

constexpr std::uint64_t deposit_version = 1;
constexpr std::size_t documents_max = 100'000;

// Which optional fields a row has.
constexpr std::uint64_t has_event_time = 1;
constexpr std::uint64_t has_patient = 2;
constexpr std::uint64_t has_record_type = 4;
constexpr std::uint64_t has_idempotency = 8;

void write(RowWriter& row, const ContentReference& reference) {
  row.fixed(reference.address.view()).number(reference.length);
  row.octets(reference.location ? encode(*reference.location) : Bytes{});
}

std::optional<ContentReference> read_reference(RowReader& row) {
  ContentReference reference;
  reference.address = Digest(row.fixed(32));
  reference.length = row.number();
  const ByteView location = row.octets();
  if (!row.good()) return std::nullopt;
  if (location.empty()) return reference;
  auto decoded = decode_content_location(location, "deposit row");
  if (!decoded) return std::nullopt;
  reference.location = *std::move(decoded);
  return reference;
}

Blinded read_blinded(RowReader& row) {
  Blinded blinded{};
  std::ranges::copy(row.fixed(blinded.size()), blinded.begin());
  return blinded;
}

Error damaged_deposit() { return {Errc::malformed, "the deposit's row is damaged", "journal", ""}; }

}  // namespace

Bytes encode(const DepositRow& row) {
  RowWriter out(320 + 128 * row.documents.size());
  out.number(deposit_version);
  out.number((row.event_time ? has_event_time : 0) | (row.patient ? has_patient : 0) |
             (row.record_type ? has_record_type : 0) | (row.idempotency ? has_idempotency : 0));
  out.number(row.record_number).number(row.receipt_size);
  out.signed_number(row.deposit_time.seconds);
  if (row.event_time) out.signed_number(row.event_time->seconds);
  if (row.patient) out.fixed(*row.patient);
  out.fixed(row.depositor);
  if (row.record_type) out.fixed(*row.record_type);
  if (row.idempotency) out.fixed(*row.idempotency);
  out.fixed(row.group_sha512.view());
  write(out, row.statement);
  out.number(row.documents.size());
  for (const ContentReference& document : row.documents) write(out, document);
  return out.take();
}

Result<DepositRow> decode_deposit_row(ByteView octets) {
  RowReader in(octets);
  if (in.number() != deposit_version) {
    return Error{Errc::unsupported, "the deposit's row is of a newer version", "journal",
                 "use a newer perdura"};
  }
  DepositRow row;
  const std::uint64_t fields = in.number();
  row.record_number = in.number();
  row.receipt_size = in.number();
  row.deposit_time.seconds = in.signed_number();
  if (fields & has_event_time) row.event_time = Time{in.signed_number()};
  if (fields & has_patient) row.patient = read_blinded(in);
  row.depositor = read_blinded(in);
  if (fields & has_record_type) row.record_type = read_blinded(in);
  if (fields & has_idempotency) row.idempotency = read_blinded(in);
  row.group_sha512 = Digest(in.fixed(64));
  auto statement = read_reference(in);
  if (!statement) return damaged_deposit();
  row.statement = *std::move(statement);
  const std::uint64_t count = in.number();
  if (!in.good() || count > documents_max) return damaged_deposit();
  for (std::uint64_t i = 0; i < count; ++i) {
    auto document = read_reference(in);
    if (!document) return damaged_deposit();
    row.documents.push_back(*std::move(document));
  }
  if (!in.done()) return damaged_deposit();
  return row;
}

}  // namespace perdura::archive
