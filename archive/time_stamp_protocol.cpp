#include "archive/time_stamp_protocol.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

#include "archive/openssl_handles.hpp"
#include "verifier/der.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

namespace tag = verifier::tag;
using verifier::DerInput;
using verifier::DerLimits;
using verifier::DerReader;
using verifier::DerWriter;
using verifier::TimestampToken;
using verifier::TstInfo;

constexpr std::size_t tsa_answer_size_max = std::size_t{1} << 20;
constexpr std::size_t quoted_size_max = 200;

const char ask_the_tsa[] = "ask who runs this authority, or use another";

Error bad_answer(std::string what, std::string hint = ask_the_tsa) {
  return {Errc::unavailable, std::move(what), "", std::move(hint)};
}

// Somebody else's text, made harmless for a terminal and a log.
std::string quoted(ByteView text) {
  if (!verifier::is_utf8(verifier::as_text(text))) return "(not text)";
  std::string out = "'";
  for (const std::uint8_t octet : text.first(std::min(text.size(), quoted_size_max))) {
    out += octet < 0x20 || octet == 0x7F ? ' ' : static_cast<char>(octet);
  }
  return out + (text.size() > quoted_size_max ? "...'" : "'");
}

// PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString SEQUENCE OF UTF8String OPTIONAL,
//   failInfo BIT STRING OPTIONAL }                                 -- RFC 3161 section 2.4.2
struct StatusInfo {
  std::uint64_t status = 0;
  std::string text;  // quoted, joined; may be empty
  std::vector<int> failures;
};

StatusInfo read_status(DerReader& in) {
  StatusInfo info;
  DerReader status = in.constructed(tag::sequence);
  info.status = status.small_integer();
  if (status.next_is(tag::sequence)) {
    DerReader texts = status.constructed(tag::sequence);
    while (texts.more()) {
      constexpr verifier::Tag utf8_string = 0x0C;
      if (!info.text.empty()) info.text += ' ';
      info.text += quoted(texts.primitive(utf8_string));
    }
  }
  if (status.next_is(tag::bit_string)) {
    const ByteView bits = status.primitive(tag::bit_string);  // the first octet: unused bits
    for (std::size_t i = 0; bits.size() > 1 && i < std::min<std::size_t>(8 * (bits.size() - 1), 64);
         ++i) {
      if ((bits[1 + i / 8] >> (7 - i % 8) & 1) != 0) info.failures.push_back(static_cast<int>(i));
    }
  }
  status.end();
  return info;
}

std::string failure_text(int bit) {
  switch (bit) {
    case failure::bad_algorithm:
      return "it does not support the hash algorithm (badAlg)";
    case failure::bad_request:
      return "it does not allow this request (badRequest)";
    case failure::bad_data_format:
      return "it could not read the request (badDataFormat)";
    case failure::time_not_available:
      return "its time source is not available (timeNotAvailable)";
    case failure::unaccepted_policy:
      return "it does not support the policy (unacceptedPolicy)";
    case failure::unaccepted_extension:
      return "it refuses an extension (unacceptedExtension)";
    case failure::additional_info_not_available:
      return "it lacks the additional information (addInfoNotAvailable)";
    case failure::system_failure:
      return "it has an internal failure (systemFailure)";
    default:
      return "for a reason that RFC 3161 does not know (bit " + std::to_string(bit) + ")";
  }
}

Error refusal(const StatusInfo& info) {
  constexpr const char* names[] = {
      "", "", "rejection", "waiting", "revocationWarning", "revocationNotification"};
  std::string what = "the request was refused with status " + std::to_string(info.status) + " (" +
                     (info.status < std::size(names) ? names[info.status] : "unknown") + ")";
  for (const int bit : info.failures) what += ": " + failure_text(bit);
  if (!info.text.empty()) what += "; its words: " + info.text;
  return {Errc::denied, std::move(what), "", ask_the_tsa};
}

ByteView without_leading_zeros(ByteView integer) {
  while (integer.size() > 1 && integer[0] == 0) integer = integer.subspan(1);
  return integer;
}

std::optional<Error> check_imprint(const TstInfo& info, const TimeStampQuestion& question) {
  const auto algorithm = verifier::digest_algorithm(info.imprint_algorithm);
  if (algorithm == question.algorithm && verifier::equal(info.hashed_message, question.imprint)) {
    return std::nullopt;
  }
  return bad_answer("its token is over another imprint than the one sent: " +
                    verifier::oid_text(info.imprint_algorithm.oid) + " " +
                    verifier::to_hex(info.hashed_message) + " in place of " +
                    std::string(verifier::name(question.algorithm)) + " " + question.imprint.hex());
}

std::optional<Error> check_nonce(const TstInfo& info, const TimeStampQuestion& question) {
  if (question.nonce.empty()) return std::nullopt;
  if (!info.nonce) {
    return bad_answer("its token lacks the nonce that was sent: it may be an old answer, replayed");
  }
  if (verifier::equal(without_leading_zeros(*info.nonce), without_leading_zeros(question.nonce))) {
    return std::nullopt;
  }
  return bad_answer("its token has another nonce than the one sent: it answers another question");
}

std::optional<Error> check_time(const TstInfo& info, Time now, int tolerance_s) {
  const std::int64_t ahead = info.gen_time - now;
  if (std::abs(ahead) <= tolerance_s) return std::nullopt;
  return bad_answer("its time " + to_string(info.gen_time) + " is " +
                        std::to_string(std::abs(ahead)) + " s " +
                        (ahead > 0 ? "ahead of" : "behind") + " this machine's clock, " +
                        to_string(now) + "; " + std::to_string(tolerance_s) + " s are allowed",
                    "check this machine's clock; if that is right, the authority's is wrong");
}

const std::optional<verifier::SigningCertificate>& named_signer(const TimestampToken& token) {
  return token.signer.signing_certificate_v2 ? token.signer.signing_certificate_v2
                                             : token.signer.signing_certificate;
}

std::optional<Error> check_signer(const TimestampToken& token) {
  const auto& named = named_signer(token);
  if (!named) {
    return bad_answer("its token does not say which certificate signed it (no ESSCertID)");
  }
  if (token.certificates.empty()) {
    return bad_answer("its token holds no certificate although one was asked for (certReq)");
  }
  // An unknown hash function is the verifier's to judge.
  if (!named->algorithm || signer_certificate(token)) return std::nullopt;
  return bad_answer("its token holds certificates, but not that of its signer");
}

std::optional<Error> check_token(ByteView octets, const TimeStampQuestion& question, Time now,
                                 int tolerance_s) {
  const auto token = verifier::parse_timestamp_token(octets);
  if (!token) {
    return bad_answer("its token cannot be read: " + to_string(token.error()),
                      "check that the URL is that of an RFC 3161 authority");
  }
  const TstInfo& info = token->tst_info;
  if (info.version != 1) {
    return bad_answer("its token has version " + std::to_string(info.version) + ", not 1");
  }
  if (auto wrong = check_imprint(info, question)) return wrong;
  if (auto wrong = check_nonce(info, question)) return wrong;
  if (!question.policy.empty() && !verifier::equal(info.policy, question.policy)) {
    return bad_answer("its token is under the policy " + verifier::oid_text(info.policy) +
                      ", not the one asked for, " + verifier::oid_text(question.policy));
  }
  if (auto wrong = check_time(info, now, tolerance_s)) return wrong;
  return check_signer(*token);
}

}  // namespace

std::optional<ByteView> signer_certificate(const TimestampToken& token) {
  const auto& named = named_signer(token);
  if (!named || !named->algorithm) return std::nullopt;
  for (const ByteView certificate : token.certificates) {
    const Digest hash = verifier::hash(*named->algorithm, certificate);
    if (verifier::equal(hash, named->hash)) return certificate;
  }
  return std::nullopt;
}

TimeStampQuestion fresh_question(DigestAlgorithm algorithm, const Digest& imprint) {
  TimeStampQuestion question{.algorithm = algorithm,
                             .imprint = imprint,
                             .policy = {},
                             .nonce = Bytes(16),
                             .certificates = true};
  verifier::check(RAND_bytes(question.nonce.data(), 16) == 1, "libcrypto gives random octets");
  // Positive, and never shorter: 01xxxxxx.
  question.nonce[0] = static_cast<std::uint8_t>((question.nonce[0] & 0x3F) | 0x40);
  return question;
}

Bytes write_question(const TimeStampQuestion& question) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.integer(1);
    out.constructed(tag::sequence, [&] {
      out.constructed(tag::sequence, [&] { out.oid(verifier::oid(question.algorithm)); });
      out.octet_string(question.imprint);
    });
    if (!question.policy.empty()) out.oid(question.policy);
    if (!question.nonce.empty()) out.element(tag::integer, question.nonce);
    constexpr std::uint8_t yes[] = {0xFF};
    if (question.certificates) out.element(tag::boolean, yes);
  });
  return out.take();
}

std::variant<TimeStampQuestion, UnreadableQuestion> read_question(ByteView der) {
  DerInput input(der, DerLimits{.size = 64 * 1024});
  DerReader top = input.reader();
  TimeStampQuestion question;
  DerReader request = top.constructed(tag::sequence);
  top.end();
  const std::uint64_t version = request.small_integer();
  DerReader imprint = request.constructed(tag::sequence);
  const auto algorithm = verifier::digest_algorithm(verifier::read_algorithm_identifier(imprint));
  const ByteView hashed = imprint.octet_string();
  imprint.end();
  if (request.next_is(tag::oid)) question.policy = verifier::to_bytes(request.oid());
  if (request.next_is(tag::integer)) question.nonce = verifier::to_bytes(request.integer());
  if (request.next_is(tag::boolean)) question.certificates = request.boolean();
  const bool extensions = request.next_is(tag::context(0));
  if (extensions) request.any();
  request.end();
  if (input.failed()) {
    return UnreadableQuestion{failure::bad_data_format, to_string(*input.error())};
  }
  if (version != 1) return UnreadableQuestion{failure::bad_request, "the version is not 1"};
  if (!algorithm) return UnreadableQuestion{failure::bad_algorithm, "unknown hash algorithm"};
  if (hashed.size() != verifier::digest_size(*algorithm)) {
    return UnreadableQuestion{failure::bad_data_format, "the imprint is not as long as its hash"};
  }
  if (extensions) {
    return UnreadableQuestion{failure::unaccepted_extension, "extensions are not supported"};
  }
  question.algorithm = *algorithm;
  question.imprint = Digest(hashed);
  return question;
}

Bytes write_granted(ByteView token) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::sequence, [&] { out.integer(0); });
    out.raw(token);
  });
  return out.take();
}

Bytes write_rejected(const std::string& text, int failure_bit) {
  // DER: a named bit list ends with its last bit that is set (X.690 section 11.2.2).
  const auto bit = static_cast<std::size_t>(failure_bit);
  Bytes failures(2 + bit / 8, 0);
  failures[0] = static_cast<std::uint8_t>(7 - bit % 8);
  failures.back() = static_cast<std::uint8_t>(0x80 >> bit % 8);
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::sequence, [&] {
      out.integer(2);
      out.constructed(tag::sequence, [&] { out.element(0x0C, verifier::as_bytes(text)); });
      out.element(tag::bit_string, failures);
    });
  });
  return out.take();
}

Result<Bytes> read_answer(ByteView der, const TimeStampQuestion& question, Time now,
                          int tolerance_s) {
  DerInput input(der, DerLimits{.size = tsa_answer_size_max});
  DerReader top = input.reader();
  DerReader response = top.constructed(tag::sequence);
  top.end();
  const StatusInfo status = read_status(response);
  // The token of other makers may be BER inside: its octets are kept as they came.
  const bool has_token = response.more();
  const ByteView token = has_token ? response.element_ber(tag::sequence) : ByteView();
  response.end();
  if (input.failed()) {
    return bad_answer("its answer is not a TimeStampResp: " + to_string(*input.error()),
                      "check that the URL is that of an RFC 3161 authority");
  }
  if (status.status > 1) return refusal(status);
  if (!has_token) return bad_answer("it granted the request, but sent no token");
  if (auto wrong = check_token(token, question, now, tolerance_s)) return *wrong;
  return verifier::to_bytes(token);
}

}  // namespace perdura::archive
