#include "verifier/timestamp_token.hpp"

#include <array>

namespace perdura::verifier {
namespace {

// Content octets of object identifiers.
// clang-format off
constexpr std::array<std::uint8_t, 9>  signed_data_oid          = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
constexpr std::array<std::uint8_t, 11> tst_info_oid             = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04};
constexpr std::array<std::uint8_t, 9>  content_type_oid         = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03};
constexpr std::array<std::uint8_t, 9>  message_digest_oid       = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04};
constexpr std::array<std::uint8_t, 11> signing_certificate_oid  = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x0C};
constexpr std::array<std::uint8_t, 11> signing_certificate2_oid = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F};
constexpr std::array<std::uint8_t, 11> certificate_values_oid   = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x17};
constexpr std::array<std::uint8_t, 11> revocation_values_oid    = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x18};
constexpr std::array<std::uint8_t, 9>  ocsp_basic_oid           = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
constexpr std::array<std::uint8_t, 8>  ocsp_response_oid        = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x10, 0x02};
// clang-format on

constexpr Tag enumerated = 0x0A;
constexpr std::uint8_t successful_status[] = {0};  // OCSPResponseStatus of RFC 6960 §4.2.1
constexpr std::int64_t micros_per_second = 1'000'000;

std::int64_t read_accuracy_part(DerReader& accuracy, Tag tag, std::uint64_t limit) {
  if (!accuracy.next_is(tag)) return 0;
  const std::uint64_t value = accuracy.small_integer(tag);
  if (value > limit) accuracy.fail("accuracy is out of range");
  return static_cast<std::int64_t>(value);
}

// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL,
//   micros [1] INTEGER (1..999) OPTIONAL }                                  -- RFC 3161 §2.4.2
std::int64_t read_accuracy(DerReader& in) {
  DerReader accuracy = in.constructed(tag::sequence);
  const auto seconds = read_accuracy_part(accuracy, tag::integer, 1'000'000'000);
  const auto millis = read_accuracy_part(accuracy, tag::context_primitive(0), 999);
  const auto micros = read_accuracy_part(accuracy, tag::context_primitive(1), 999);
  accuracy.end();
  return seconds * micros_per_second + millis * 1000 + micros;
}

// genTime. A fraction with trailing zeros is not DER, but some makers write it.
void read_gen_time(DerReader& in, TimestampToken& token) {
  std::string text(as_text(in.primitive(tag::generalized_time)));
  std::int64_t micros = 0;
  const std::size_t point = text.find('.');
  if (point != std::string::npos && text.back() == 'Z') {
    const std::size_t full = text.size();
    while (text[text.size() - 2] == '0') text.erase(text.size() - 2, 1);
    if (text[text.size() - 2] == '.') text.erase(text.size() - 2, 1);
    if (text.size() != full) token.deviations.emplace_back("genTime has trailing zeros (not DER)");
    std::int64_t unit = micros_per_second / 10;
    for (std::size_t i = point + 1; i + 1 < text.size() && unit > 0; ++i, unit /= 10) {
      micros += (text[i] - '0') * unit;
    }
  }
  const auto time = parse_generalized_time(text);
  if (!time) in.fail("genTime is malformed");
  token.tst_info.gen_time = time.value_or(Time{});
  token.tst_info.gen_time_micros = time ? micros : 0;
}

std::vector<ByteView> read_critical_extensions(DerReader& in) {
  std::vector<ByteView> critical;
  if (!in.next_is(tag::context(1))) return critical;
  DerReader extensions = in.constructed(tag::context(1));
  while (extensions.more()) {
    DerReader extension = extensions.constructed(tag::sequence);
    const ByteView oid = extension.oid();
    if (extension.next_is(tag::boolean) && extension.boolean()) critical.push_back(oid);
    extension.octet_string();
    extension.end();
  }
  return critical;
}

void read_tst_info(ByteView content, TimestampToken& token, DerReader& outer) {
  DerInput input(content);
  DerReader whole = input.reader();
  DerReader in = whole.constructed(tag::sequence);
  TstInfo& info = token.tst_info;
  info.encoding = in.encoding();
  info.version = in.small_integer();
  info.policy = in.oid();
  DerReader imprint = in.constructed(tag::sequence);
  info.imprint_algorithm = read_algorithm_identifier(imprint);
  info.hashed_message = imprint.octet_string();
  imprint.end();
  info.serial_number = in.integer();
  read_gen_time(in, token);
  if (in.next_is(tag::sequence)) info.accuracy_micros = read_accuracy(in);
  if (in.next_is(tag::boolean)) info.ordering = in.boolean();
  if (in.next_is(tag::integer)) info.nonce = in.integer();
  if (in.next_is(tag::context(0))) {
    DerReader tsa = in.constructed(tag::context(0));
    info.tsa = tsa.any();
    tsa.end();
  }
  info.critical_extensions = read_critical_extensions(in);
  in.end();
  whole.end();
  if (input.error()) {
    outer.fail("TSTInfo: " + input.error()->what + " at " + input.error()->where);
  }
}

// The one value of an attribute, a reader of the SET that holds it.
template <typename Read>
void read_single_value(DerReader& attribute, bool seen, Read read) {
  if (seen) attribute.fail("signed attribute occurs twice");
  DerReader values = attribute.constructed(tag::set);
  read(values);
  values.end();
}

// SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2), policies OPTIONAL }
// ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, certHash OCTET STRING,
//   issuerSerial IssuerSerial OPTIONAL }                                    -- RFC 5035 §4, §5
SigningCertificate read_signing_certificate(DerReader& values, DigestAlgorithm preset) {
  DerReader attribute = values.constructed(tag::sequence);
  DerReader certificates = attribute.constructed(tag::sequence);
  DerReader first = certificates.constructed(tag::sequence);
  SigningCertificate result;
  result.algorithm = preset;
  if (preset != DigestAlgorithm::sha1 && first.next_is(tag::sequence)) {
    result.hash_algorithm = read_algorithm_identifier(first);
    result.algorithm = digest_algorithm(result.hash_algorithm);
  }
  result.hash = first.octet_string();
  result.issuer_serial = first.optional_element(tag::sequence);
  first.end();
  return result;
}

void read_signed_attribute(DerReader& attribute, SignerInfo& signer) {
  const ByteView type = attribute.oid();
  if (equal(type, content_type_oid)) {
    read_single_value(attribute, signer.content_type.has_value(),
                      [&](DerReader& values) { signer.content_type = values.oid(); });
  } else if (equal(type, message_digest_oid)) {
    read_single_value(attribute, signer.message_digest.has_value(),
                      [&](DerReader& values) { signer.message_digest = values.octet_string(); });
  } else if (equal(type, signing_certificate_oid)) {
    read_single_value(attribute, signer.signing_certificate.has_value(), [&](DerReader& values) {
      signer.signing_certificate = read_signing_certificate(values, DigestAlgorithm::sha1);
    });
  } else if (equal(type, signing_certificate2_oid)) {
    read_single_value(attribute, signer.signing_certificate_v2.has_value(), [&](DerReader& values) {
      signer.signing_certificate_v2 = read_signing_certificate(values, DigestAlgorithm::sha256);
    });
  } else {
    attribute.element(tag::set);
  }
  attribute.end();
}

void read_signed_attributes(DerReader& in, SignerInfo& signer) {
  DerReader attributes = in.constructed(tag::context(0));
  signer.signed_attributes = attributes.encoding();
  // RFC 5652 §5.3: these are DER even where the rest is BER.
  if (signer.signed_attributes.size() > 1 && signer.signed_attributes[1] == 0x80) {
    in.fail("signed attributes have an indefinite length");
  }
  while (attributes.more()) {
    DerReader attribute = attributes.constructed(tag::sequence);
    read_signed_attribute(attribute, signer);
  }
}

// OtherRevocationInfoFormat's value for an OCSP response of either kind: the BasicOCSPResponse.
std::optional<ByteView> basic_response(ByteView format, ByteView value) {
  if (equal(format, ocsp_basic_oid)) return value;
  if (!equal(format, ocsp_response_oid)) return std::nullopt;
  return basic_ocsp_response(value);
}

// RevocationInfoChoices ::= SET OF CHOICE { crl CertificateList, other [1] { format, info } }
void read_revocation_info(ByteView choice, TimestampToken& token) {
  if (choice.empty()) return;
  if (choice[0] == tag::sequence) {
    token.crls.push_back(choice);
    return;
  }
  DerInput input(choice, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader other = in.constructed(tag::context(1));
  const ByteView format = other.oid();
  const ByteView value = other.any();
  if (input.failed()) return;
  if (const auto response = basic_response(format, value)) {
    token.ocsp_responses.push_back(*response);
  }
}

// CertificateValues ::= SEQUENCE OF Certificate                              -- RFC 5126 §6.3.3
void read_certificate_values(ByteView value, TimestampToken& token) {
  DerInput input(value, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader list = in.constructed(tag::sequence);
  while (list.more()) {
    const ByteView certificate = list.element(tag::sequence);
    if (!input.failed()) token.certificates.push_back(certificate);
  }
}

// RevocationValues ::= SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL,
//   ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] OPTIONAL } -- §6.3.4
void read_revocation_values(ByteView value, TimestampToken& token) {
  DerInput input(value, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader values = in.constructed(tag::sequence);
  for (unsigned n = 0; n < 2; ++n) {
    if (!values.next_is(tag::context(n))) continue;
    DerReader holder = values.constructed(tag::context(n));
    DerReader list = holder.constructed(tag::sequence);
    while (list.more()) {
      const ByteView element = list.element(tag::sequence);
      if (!input.failed()) (n == 0 ? token.crls : token.ocsp_responses).push_back(element);
    }
  }
}

// Unsigned attributes: what is of use is taken, what is malformed inside is left alone, for
// nothing protects it.
void read_unsigned_attributes(DerReader& in, TimestampToken& token) {
  if (!in.next_is(tag::context(1))) return;
  DerReader attributes = in.constructed(tag::context(1));
  while (attributes.more()) {
    DerReader attribute = attributes.constructed(tag::sequence);
    const ByteView type = attribute.oid();
    DerReader values = attribute.constructed(tag::set);
    while (values.more()) {
      const ByteView value = values.any();
      if (equal(type, certificate_values_oid)) read_certificate_values(value, token);
      if (equal(type, revocation_values_oid)) read_revocation_values(value, token);
    }
    attribute.end();
  }
}

// SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] OPTIONAL,
//   signatureAlgorithm, signature OCTET STRING, unsignedAttrs [1] OPTIONAL }  -- RFC 5652 §5.3
void read_signer_info(DerReader& in, TimestampToken& token) {
  DerReader info = in.constructed(tag::sequence);
  SignerInfo& signer = token.signer;
  signer.encoding = info.encoding();
  signer.version = info.small_integer();
  if (info.next_is(tag::context_primitive(0))) {
    signer.subject_key_identifier = info.primitive(tag::context_primitive(0));
  } else {
    DerReader sid = info.constructed(tag::sequence);
    signer.issuer = sid.element(tag::sequence);
    signer.serial_number = sid.integer();
    sid.end();
  }
  if (signer.version != (signer.subject_key_identifier ? 3u : 1u)) {
    info.fail("version of SignerInfo does not match how it names the signer");
  }
  signer.digest_algorithm = read_algorithm_identifier(info);
  if (!info.next_is(tag::context(0))) info.fail("signed attributes are missing");
  read_signed_attributes(info, signer);
  signer.signature_algorithm = read_algorithm_identifier(info);
  auto storage = std::make_shared<Bytes>();
  signer.signature = info.octet_string(*storage);
  token.gathered.push_back(std::move(storage));
  read_unsigned_attributes(info, token);
  info.end();
}

// EncapsulatedContentInfo ::= SEQUENCE { eContentType, eContent [0] EXPLICIT OCTET STRING }
void read_content(DerReader& in, TimestampToken& token) {
  DerReader encapsulated = in.constructed(tag::sequence);
  token.content_type = encapsulated.oid();
  if (!equal(token.content_type, tst_info_oid)) {
    encapsulated.fail("signed content is not a TSTInfo but " + oid_text(token.content_type),
                      Errc::unsupported);
  }
  DerReader holder = encapsulated.constructed(tag::context(0));
  auto storage = std::make_shared<Bytes>();
  token.content = holder.octet_string(*storage);
  token.gathered.push_back(std::move(storage));
  holder.end();
  encapsulated.end();
  if (in.more()) read_tst_info(token.content, token, in);
}

void read_certificates_and_crls(DerReader& in, TimestampToken& token) {
  if (in.next_is(tag::context(0))) {
    DerReader certificates = in.constructed(tag::context(0));
    while (certificates.more()) {
      const bool certificate = certificates.next_is(tag::sequence);
      const ByteView element = certificates.any();
      if (certificate) token.certificates.push_back(element);
    }
  }
  if (in.next_is(tag::context(1))) {
    DerReader crls = in.constructed(tag::context(1));
    while (crls.more()) read_revocation_info(crls.any(), token);
  }
}

// SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo, certificates [0]
//   OPTIONAL, crls [1] OPTIONAL, signerInfos SET }                          -- RFC 5652 §5.1
void read_signed_data(DerReader& in, TimestampToken& token) {
  DerReader data = in.constructed(tag::sequence);
  token.version = data.small_integer();
  // 3 by the content's type; 4 and 5 by what kinds of certificates and revocation data are there,
  // on which makers differ.
  if (token.version < 3 || token.version > 5) data.fail("version of SignedData is not 3 to 5");
  DerReader algorithms = data.constructed(tag::set);
  while (algorithms.more()) {
    token.digest_algorithms.push_back(read_algorithm_identifier(algorithms));
  }
  read_content(data, token);
  read_certificates_and_crls(data, token);
  DerReader signers = data.constructed(tag::set);
  data.end();
  read_signer_info(signers, token);
  if (signers.more()) signers.fail("a time-stamp has exactly one signer");
}

// id-shake256-len with INTEGER 512: what RFC 8419 section 3.1 wants beside Ed448.
bool is_shake256_512(const AlgorithmIdentifier& algorithm) {
  constexpr std::uint8_t octets_512[] = {0x02, 0x02, 0x02, 0x00};
  return oid_text(algorithm.oid) == "2.16.840.1.101.3.4.2.18" && algorithm.parameters &&
         equal(*algorithm.parameters, octets_512);
}

}  // namespace

std::optional<ByteView> basic_ocsp_response(ByteView ocsp_response) {
  DerInput input(ocsp_response, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader response = in.constructed(tag::sequence);
  const bool successful = equal(response.primitive(enumerated), successful_status);
  DerReader holder = response.constructed(tag::context(0));
  DerReader bytes = holder.constructed(tag::sequence);
  const bool basic = equal(bytes.oid(), ocsp_basic_oid);
  const ByteView octets = bytes.octet_string();
  if (input.failed() || !successful || !basic) return std::nullopt;
  return octets;
}

namespace oid_of {
const ByteView signed_data = signed_data_oid;
const ByteView tst_info = tst_info_oid;
}  // namespace oid_of

bool AlgorithmIdentifier::plain() const {
  return !parameters || (parameters->size() == 2 && (*parameters)[0] == tag::null);
}

AlgorithmIdentifier read_algorithm_identifier(DerReader& in, Tag tag) {
  DerReader algorithm = in.constructed(tag);
  AlgorithmIdentifier result;
  result.encoding = algorithm.encoding();
  result.oid = algorithm.oid();
  if (algorithm.more()) result.parameters = algorithm.any();
  algorithm.end();
  return result;
}

std::optional<DigestAlgorithm> digest_algorithm(const AlgorithmIdentifier& algorithm) {
  if (is_shake256_512(algorithm)) return DigestAlgorithm::shake256;
  if (!algorithm.plain()) return std::nullopt;
  return digest_algorithm_from_oid(algorithm.oid);
}

Time TstInfo::latest() const {
  const std::int64_t micros = gen_time_micros + accuracy_micros.value_or(0);
  return gen_time + (micros + micros_per_second - 1) / micros_per_second;
}

Result<TimestampToken> parse_timestamp_token(ByteView content_info) {
  DerInput input(content_info, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader content = in.constructed(tag::sequence);
  TimestampToken token;
  token.encoding = content.encoding();
  if (!equal(content.oid(), signed_data_oid)) {
    content.fail("token is not CMS SignedData", Errc::unsupported);
  }
  DerReader holder = content.constructed(tag::context(0));
  read_signed_data(holder, token);
  holder.end();
  content.end();
  in.end();
  return input.result(std::move(token));
}

}  // namespace perdura::verifier
