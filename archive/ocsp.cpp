#include "archive/ocsp.hpp"

#include <openssl/ocsp.h>
#include <openssl/rand.h>

#include "archive/openssl_handles.hpp"
#include "verifier/der.hpp"
#include "verifier/revocation.hpp"

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::ByteView;
using verifier::check;
using verifier::Errc;
using verifier::Error;
using verifier::Result;

using RequestHandle = OpensslHandle<OCSP_REQUEST, OCSP_REQUEST_free>;
using ResponseHandle = OpensslHandle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using BasicHandle = OpensslHandle<OCSP_BASICRESP, OCSP_BASICRESP_free>;

// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1: the content octets.
constexpr std::uint8_t id_ocsp_basic[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
constexpr std::size_t ocsp_answer_size_max = std::size_t{1} << 20;

Error bad(std::string what) { return {Errc::malformed, std::move(what), "", ""}; }

// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT SEQUENCE {
//   responseType OBJECT IDENTIFIER, response OCTET STRING } OPTIONAL }   -- RFC 6960 section 4.2.1
Result<Bytes> basic_response(ByteView der) {
  constexpr verifier::Tag enumerated = 0x0A;
  constexpr const char* statuses[] = {"successful", "malformedRequest", "internalError", "tryLater",
                                      "status 4",   "sigRequired",      "unauthorized"};
  namespace tag = verifier::tag;
  verifier::DerInput input(der, verifier::DerLimits{.size = ocsp_answer_size_max},
                           verifier::EncodingRules::ber);
  verifier::DerReader top = input.reader();
  verifier::DerReader response = top.constructed(tag::sequence);
  top.end();
  const ByteView status = response.primitive(enumerated);
  if (!input.failed() && (status.size() != 1 || status[0] != 0)) {
    const std::size_t number = status.size() == 1 ? status[0] : std::size(statuses);
    return Error{Errc::unavailable,
                 std::string("the responder does not answer: ") +
                     (number < std::size(statuses) ? statuses[number] : "unknown status"),
                 "", ""};
  }
  verifier::DerReader holder = response.constructed(tag::context(0));
  verifier::DerReader bytes = holder.constructed(tag::sequence);
  const ByteView type = bytes.oid();
  const ByteView basic = bytes.octet_string();
  if (input.failed()) return bad("what it sent is not an OCSP response");
  if (!verifier::equal(type, id_ocsp_basic)) return bad("its OCSP response is not a basic one");
  return verifier::to_bytes(basic);
}

// Whether the response has another nonce than the question; one without is from stock.
bool other_nonce(OCSP_BASICRESP* response, const OcspQuestion& question) {
  const int at = OCSP_BASICRESP_get_ext_by_NID(response, NID_id_pkix_OCSP_Nonce, -1);
  if (at < 0) return false;
  const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(response, at));
  // Some responders leave out the OCTET STRING around it.
  const ByteView octets(ASN1_STRING_get0_data(value),
                        static_cast<std::size_t>(ASN1_STRING_length(value)));
  verifier::DerWriter whole;
  whole.octet_string(question.nonce);
  return !verifier::equal(octets, whole.view()) && !verifier::equal(octets, question.nonce);
}

}  // namespace

OcspQuestion ocsp_question(verifier::CertificatePtr certificate, verifier::CertificatePtr issuer) {
  const RequestHandle request(OCSP_REQUEST_new());
  OcspQuestion question{std::move(certificate), std::move(issuer), Bytes(16), {}};
  check(RAND_bytes(question.nonce.data(), 16) == 1, "libcrypto gives random octets");
  OCSP_CERTID* id =
      OCSP_cert_to_id(EVP_sha1(), question.certificate->handle(), question.issuer->handle());
  // The request owns the id once it is added.
  check(id != nullptr && OCSP_request_add0_id(request.get(), id) != nullptr &&
            OCSP_request_add1_nonce(request.get(), question.nonce.data(), 16) == 1,
        "libcrypto can make an OCSP request");
  question.request = openssl_der(i2d_OCSP_REQUEST, request.get());
  return question;
}

Result<Bytes> read_ocsp_answer(ByteView der, const OcspQuestion& question, verifier::Time now,
                               const std::shared_ptr<const verifier::AlgorithmPolicy>& policy) {
  auto basic = basic_response(der);
  if (!basic) return basic;
  const unsigned char* at = basic->data();
  const BasicHandle response(d2i_OCSP_BASICRESP(nullptr, &at, static_cast<long>(basic->size())));
  ERR_clear_error();
  if (!response || at != basic->data() + basic->size()) {
    return bad("what it sent is not an OCSP response");
  }
  if (other_nonce(response.get(), question)) {
    return bad("its OCSP response answers another question (nonce)");
  }
  std::vector<std::string> notes;
  const verifier::StatusSource source{.octets = *basic, .ocsp = true, .proven = now, .from = "it"};
  const auto statuses =
      verifier::read_status({.certificate = question.certificate,
                             .issuer = question.issuer,
                             .gen_time = now,
                             .reference = now,
                             .policy = policy ? policy : verifier::AlgorithmPolicy::built_in()},
                            std::span(&source, 1), notes);
  if (!statuses.empty()) return basic;
  return bad(notes.empty() ? "its OCSP response does not know this certificate"
                           : "its OCSP response does not count: " + notes.front());
}

}  // namespace perdura::archive
