#include "archive/prepare.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "archive/put_ahead.hpp"
#include "archive/recognize.hpp"
#include "archive/records.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::archive {
namespace {

using verifier::as_bytes;
using verifier::check;
using verifier::DigestAlgorithm;
using verifier::Hasher;
using verifier::Statement;
using verifier::StatementDocument;

constexpr std::size_t small_document_max = 1u << 20;
constexpr std::size_t head_max = 4u << 20;
constexpr std::size_t recently_blinded_max = 16;
constexpr std::string_view statement_media_type = "application/vnd.perdura.statement+json";

// The first octets of a document, and whether they are all of it.
struct Head {
  ByteView octets;
  bool whole = false;
};

// Reads until `buffer` is full or the document ends.
Result<Head> read_head(const Source& source, Bytes& buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto got = source(std::span(buffer).subspan(filled));
    if (!got) return got.error();
    if (*got == 0) return Head{ByteView(buffer).first(filled), true};
    filled += *got;
  }
  return Head{buffer, false};
}

// `head`, then whatever `rest` still yields.
Source joined(ByteView head, Source rest) {
  return
      [head, rest = std::move(rest)](std::span<std::uint8_t> into) mutable -> Result<std::size_t> {
        if (head.empty()) return rest(into);
        const std::size_t size = std::min(into.size(), head.size());
        std::ranges::copy(head.first(size), into.begin());
        head = head.subspan(size);
        return size;
      };
}

// What the depositor did not say is taken from what the document says of itself.
void fill_in(RecordMetadata& metadata, const Recognized& recognized) {
  if (!metadata.patient && recognized.patient) {
    metadata.patient = {recognized.patient->id, recognized.patient->issuer};
  }
  if (!metadata.event_time) metadata.event_time = recognized.event_time;
  if (metadata.record_type.empty()) metadata.record_type = recognized.record_type;
  if (metadata.author.empty()) metadata.author = recognized.author;
  if (metadata.language.empty()) metadata.language = recognized.language;
}

Statement statement_of(const Archive& archive, const RecordInput& record,
                       const RecordMetadata& metadata, std::vector<StatementDocument> documents,
                       Bytes salt) {
  return {.archive = archive.config().origin,
          .depositor = record.depositor,
          .deposit_time = archive.clock().now(),
          .event_time = metadata.event_time,
          .patient = metadata.patient,
          .record_type = metadata.record_type,
          .author = metadata.author,
          .source_system = metadata.source_system,
          .language = metadata.language,
          .retention_class = metadata.retention_class,
          .sensitivity = metadata.sensitivity,
          .related = metadata.related,
          .documents = std::move(documents),
          .salt = std::move(salt)};
}

// The leaf of the data object group {statement, documents…} under SHA-512, RFC 4998 section 4.2.
Digest group_sha512(const Digest& statement, const std::vector<StatementDocument>& documents) {
  thread_local Hasher hasher(DigestAlgorithm::sha512);
  std::vector<Digest> members{statement};
  for (const StatementDocument& document : documents) members.push_back(document.sha512);
  return verifier::group_hash(hasher, members);
}

}  // namespace

std::size_t PreparedRecord::footprint() const {
  std::size_t size = statement.octets.size() + 1024;
  for (const SealedContent& document : documents) size += document.octets.size() + 256;
  return size;
}

Bytes SaltSource::next() {
  if (left_ == 0) {
    check(RAND_bytes(drawn_.data(), static_cast<int>(drawn_.size())) == 1,
          "the machine gives random octets");
    left_ = drawn_.size() / verifier::journal_salt_size;
  }
  return verifier::to_bytes(
      ByteView(drawn_).subspan(--left_ * verifier::journal_salt_size, verifier::journal_salt_size));
}

Preparer::Preparer(Archive& archive, KeepDictionary keep_dictionary)
    : archive_(archive),
      keep_dictionary_(std::move(keep_dictionary)),
      sealer_(archive.store(), archive.vault(), archive.dictionaries(), ContentSealer::usual_level,
              archive.config().sha3_256, [&archive] { return archive.object_names().large(); }),
      reader_(archive.reader()),
      head_buffer_(head_max) {}

Blinded Preparer::blinded(std::string_view kind, const std::string& value) {
  const std::string name = std::string(kind) + '\0' + value;
  const auto known =
      std::ranges::find(recently_blinded_, name, &std::pair<std::string, Blinded>::first);
  if (known != recently_blinded_.end()) return known->second;
  if (recently_blinded_.size() == recently_blinded_max) recently_blinded_.clear();
  recently_blinded_.emplace_back(name, blind(archive_.vault(), kind, value));
  return recently_blinded_.back().second;
}

// Takes note of an error of the document.
Result<Source> Preparer::open(const DocumentInput& document) {
  auto opened = document.open();
  document_failed_ = !opened;
  if (!opened) return opened;
  return Source([this, source = *std::move(opened)](std::span<std::uint8_t> into) {
    auto got = source(into);
    document_failed_ = !got;
    return got;
  });
}

Result<SealedContent> Preparer::seal_document(const DocumentInput& document,
                                              StatementDocument& described,
                                              RecordMetadata& metadata) {
  auto source = open(document);
  if (!source) return source.error();
  const auto head = read_head(*source, head_buffer_);
  if (!head) return head.error();
  const Recognized recognized = recognize(head->octets, head->whole, document.name);
  fill_in(metadata, recognized);
  described.name = document.name;
  described.media_type = document.media_type.empty() ? recognized.media_type : document.media_type;
  if (head->whole && head->octets.size() <= small_document_max) {
    auto trained = archive_.dictionaries().learn(described.media_type, head->octets);
    if (trained) {
      if (auto kept = keep_dictionary_(*trained); !kept) return kept.error();
    }
    return sealer_.seal(head->octets, described.media_type);
  }
  return sealer_.seal(joined(head->octets, *std::move(source)), described.media_type);
}

Result<PreparedRecord> Preparer::prepare(const RecordInput& record) {
  PreparedRecord prepared;
  document_failed_ = archive_failed_ = false;
  if (auto done = prepare(record, prepared); !done) {
    archive_failed_ = done.error().code == Errc::io && !document_failed_;
    // Some of its documents may be in the store already. Where erasing them fails too, it is done
    // when the archive is opened next.
    static_cast<void>(erase_objects(archive_, objects_of(prepared.documents)));
    return done.error();
  }
  return prepared;
}

Result<Ok> Preparer::prepare(const RecordInput& record, PreparedRecord& prepared) {
  check(!record.documents.empty(), "a record has a document");
  if (record.documents.size() > verifier::StatementLimits::documents_max) {
    return Error{Errc::too_large,
                 std::to_string(record.documents.size()) +
                     " documents are more than one record can have, which is " +
                     std::to_string(verifier::StatementLimits::documents_max),
                 "", "make several records of them; see --manifest"};
  }
  RecordMetadata metadata = record.metadata;
  std::vector<StatementDocument> described;
  PutAhead ahead(archive_, prepared.damaged);
  for (const DocumentInput& document : record.documents) {
    StatementDocument description;
    auto sealed = seal_document(document, description, metadata);
    if (!sealed) return sealed.error();
    description.length = sealed->length;
    description.sha256 = sealed->sha256;
    description.sha512 = sealed->sha512;
    description.sha3_256 = sealed->sha3_256;
    prepared.bytes_in += sealed->length;
    prepared.row.documents.push_back({sealed->sha256, sealed->length, std::nullopt});
    prepared.documents.push_back(*std::move(sealed));
    const Result<bool> damaged = is_damaged(archive_, reader_, description.sha256);
    if (!damaged) return damaged.error();
    if (*damaged) prepared.damaged.insert(description.sha256);
    if (auto taken = ahead.take_last(prepared.documents); !taken) return taken;
    described.push_back(std::move(description));
  }
  const Statement statement =
      statement_of(archive_, record, metadata, std::move(described), salts_.next());
  if (auto fit = verifier::check_statement(statement); !fit) return fit.error();
  const std::string text = verifier::write_statement(statement);
  auto sealed = sealer_.seal(as_bytes(text), statement_media_type);
  if (!sealed) return sealed.error();
  DepositRow& row = prepared.row;
  row.statement = {sealed->sha256, sealed->length, std::nullopt};
  row.deposit_time = statement.deposit_time;
  row.event_time = statement.event_time;
  if (statement.patient) row.patient = blinded("patient", statement.patient->id);
  row.depositor = blinded("depositor", statement.depositor);
  if (!statement.record_type.empty()) row.record_type = blinded("type", statement.record_type);
  row.group_sha512 = group_sha512(sealed->sha512, statement.documents);
  prepared.id = sealed->sha256.hex();
  prepared.entry = {.text = verifier::write_journal_act({.act = "deposit",
                                                         .actor = statement.depositor,
                                                         .record = prepared.id,
                                                         .time = statement.deposit_time}),
                    .salt = salts_.next()};
  if (!record.idempotency_key.empty()) {
    row.idempotency = blind(archive_.vault(), "idempotency", record.idempotency_key);
  }
  prepared.statement = *std::move(sealed);
  return Ok{};
}

}  // namespace perdura::archive
