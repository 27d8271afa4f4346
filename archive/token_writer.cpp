#include "archive/token_writer.hpp"

#include <algorithm>
#include <string>

#include "archive/key_kind.hpp"
#include "verifier/der.hpp"
#include "verifier/result.hpp"

namespace perdura::archive {
namespace {

namespace tag = verifier::tag;
using verifier::Bytes;
using verifier::ByteView;
using verifier::DerWriter;
using verifier::DigestAlgorithm;

// clang-format off
constexpr std::uint8_t id_signed_data[]    = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02};
constexpr std::uint8_t id_tst_info[]       = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04};
constexpr std::uint8_t id_content_type[]   = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03};
constexpr std::uint8_t id_message_digest[] = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04};
constexpr std::uint8_t id_signing_certificate_v2[] =
    {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F};
// clang-format on

// GeneralizedTime in whole seconds: "20410601000000Z".
std::string generalized_text(Time time) {
  std::string text = to_string(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  return text;
}

// AlgorithmIdentifier without parameters, as RFC 5754 section 2 wants for hashes.
void write_algorithm(DerWriter& out, ByteView oid) {
  out.constructed(tag::sequence, [&] { out.oid(oid); });
}

Bytes tst_info(const TokenFields& fields) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.integer(1);
    out.oid(fields.policy);
    out.constructed(tag::sequence, [&] {
      write_algorithm(out, verifier::oid(fields.algorithm));
      out.octet_string(fields.imprint);
    });
    out.element(tag::integer, fields.serial_number);
    out.element(tag::generalized_time, verifier::as_bytes(generalized_text(fields.gen_time)));
    out.constructed(tag::sequence, [&] { out.integer(1); });  // accuracy: one second
    if (!fields.nonce.empty()) out.element(tag::integer, fields.nonce);
  });
  return out.take();
}

// The members in the order of DER's SET OF, one after the other (X.690 section 11.6).
Bytes sorted(std::vector<Bytes> members) {
  std::sort(members.begin(), members.end(),
            [](const Bytes& a, const Bytes& b) { return verifier::compare(a, b) < 0; });
  Bytes out;
  for (const Bytes& member : members) out.insert(out.end(), member.begin(), member.end());
  return out;
}

template <typename Value>
Bytes attribute(ByteView type, Value write_value) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.oid(type);
    out.constructed(tag::set, [&] { write_value(out); });
  });
  return out.take();
}

// SigningCertificateV2 with one ESSCertIDv2 (RFC 5035 section 3): SHA-256 is the default, and DER
// leaves defaults out.
void write_signing_certificate(DerWriter& out, const TokenSigner& signer) {
  out.constructed(tag::sequence, [&] {
    out.constructed(tag::sequence, [&] {
      out.constructed(tag::sequence, [&] {
        if (signer.hash != DigestAlgorithm::sha256) {
          write_algorithm(out, verifier::oid(signer.hash));
        }
        out.octet_string(verifier::hash(signer.hash, signer.certificate));
      });
    });
  });
}

// The contents of the signed attributes: content-type, message-digest, signing certificate.
Bytes signed_attributes(ByteView content, const TokenSigner& signer) {
  return sorted({
      attribute(id_content_type, [&](DerWriter& out) { out.oid(id_tst_info); }),
      attribute(id_message_digest,
                [&](DerWriter& out) { out.octet_string(verifier::hash(signer.hash, content)); }),
      attribute(id_signing_certificate_v2,
                [&](DerWriter& out) { write_signing_certificate(out, signer); }),
  });
}

// SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0] IMPLICIT,
//   signatureAlgorithm, signature OCTET STRING }                             -- RFC 5652
//   section 5.3
void write_signer_info(DerWriter& out, ByteView content, const TokenSigner& signer) {
  const Bytes attributes = signed_attributes(content, signer);
  DerWriter to_sign;  // RFC 5652 section 5.4: as a SET OF, not as [0]
  to_sign.element(tag::set, attributes);
  const Signature signature = sign(signer.key, signer.hash, to_sign.view());
  out.constructed(tag::sequence, [&] {
    out.integer(1);
    out.constructed(tag::sequence, [&] {
      out.raw(signer.issuer);
      out.element(tag::integer, signer.serial_number);
    });
    write_algorithm(out, verifier::oid(signer.hash));
    out.element(tag::context(0), attributes);
    out.raw(signature.algorithm);
    out.octet_string(signature.value);
  });
}

}  // namespace

Bytes write_token(const TokenFields& fields, const TokenSigner& signer,
                  const std::vector<Bytes>& certificates, const std::vector<Bytes>& crls) {
  const Bytes content = tst_info(fields);
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.oid(id_signed_data);
    out.constructed(tag::context(0), [&] {
      out.constructed(tag::sequence, [&] {
        out.integer(3);  // as the content is not id-data (RFC 5652 section 5.1)
        out.constructed(tag::set, [&] { write_algorithm(out, verifier::oid(signer.hash)); });
        out.constructed(tag::sequence, [&] {
          out.oid(id_tst_info);
          out.constructed(tag::context(0), [&] { out.octet_string(content); });
        });
        if (!certificates.empty()) out.element(tag::context(0), sorted(certificates));
        if (!crls.empty()) out.element(tag::context(1), sorted(crls));
        out.constructed(tag::set, [&] { write_signer_info(out, content, signer); });
      });
    });
  });
  return out.take();
}

}  // namespace perdura::archive
