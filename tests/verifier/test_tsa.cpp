#include "tests/verifier/test_tsa.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <map>

#include "verifier/der.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier::test {
namespace {

struct FreeAsn1Time {
  void operator()(ASN1_TIME* t) const { ASN1_TIME_free(t); }
};
using TimePtr = std::unique_ptr<ASN1_TIME, FreeAsn1Time>;

TimePtr asn1_time(const std::string& text) {
  const auto time = parse_time(text);
  check(time.has_value(), "test time");
  return TimePtr(ASN1_TIME_set(nullptr, static_cast<std::time_t>(time->seconds)));
}

bool is_eddsa(const std::string& kind) { return kind == "ed25519" || kind == "ed448"; }

const EVP_MD* digest_for(const std::string& kind) {
  return is_eddsa(kind) ? nullptr : EVP_sha256();
}

Bytes oid_octets(const std::string& text) {
  const std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> object(OBJ_txt2obj(text.c_str(), 1),
                                                                    ASN1_OBJECT_free);
  check(object != nullptr, "test OID");
  return {OBJ_get0_data(object.get()), OBJ_get0_data(object.get()) + OBJ_length(object.get())};
}

void write_algorithm(DerWriter& out, const Bytes& oid, bool null) {
  out.constructed(tag::sequence, [&] {
    out.oid(oid);
    if (null) out.element(tag::null, {});
  });
}

void write_digest_algorithm(DerWriter& out, DigestAlgorithm algorithm) {
  write_algorithm(out, to_bytes(oid(algorithm)), false);
}

const EVP_MD* evp(DigestAlgorithm algorithm) {
  return EVP_get_digestbyname(std::string(name(algorithm)).c_str());
}

void write_pss_parameters(DerWriter& out, DigestAlgorithm digest) {
  out.constructed(tag::sequence, [&] {
    out.oid(oid_octets("1.2.840.113549.1.1.10"));
    out.constructed(tag::sequence, [&] {
      out.constructed(tag::context(0), [&] { write_digest_algorithm(out, digest); });
      out.constructed(tag::context(1), [&] {
        out.constructed(tag::sequence, [&] {
          out.oid(oid_octets("1.2.840.113549.1.1.8"));
          write_digest_algorithm(out, digest);
        });
      });
      out.constructed(tag::context(2), [&] { out.integer(digest_size(digest)); });
    });
  });
}

void write_signature_algorithm(DerWriter& out, const Identity& tsa, const TokenSpec& spec) {
  if (spec.pss) return write_pss_parameters(out, spec.digest);
  if (tsa.kind == "rsa") return write_algorithm(out, oid_octets("1.2.840.113549.1.1.1"), true);
  if (tsa.kind == "ed25519") return write_algorithm(out, oid_octets("1.3.101.112"), false);
  if (tsa.kind == "ed448") return write_algorithm(out, oid_octets("1.3.101.113"), false);
  const bool wide = spec.digest == DigestAlgorithm::sha512;
  write_algorithm(out, oid_octets(wide ? "1.2.840.10045.4.3.4" : "1.2.840.10045.4.3.2"), false);
}

Bytes sign(const Identity& tsa, const TokenSpec& spec, ByteView message) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_PKEY_CTX* key_context = nullptr;
  const EVP_MD* md = is_eddsa(tsa.kind) ? nullptr : evp(spec.digest);
  check(EVP_DigestSignInit(context.get(), &key_context, md, nullptr, tsa.key.get()) == 1, "sign");
  if (spec.pss) {
    check(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) > 0, "padding");
    check(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) > 0, "salt");
  }
  std::size_t size = 0;
  check(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()) == 1, "size");
  Bytes signature(size);
  check(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1,
        "signature");
  signature.resize(size);
  return signature;
}

Bytes write_tst_info(const TokenSpec& spec) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.integer(static_cast<std::uint64_t>(spec.tst_version));
    out.oid(oid_octets("1.3.6.1.4.1.55555.1"));
    out.constructed(tag::sequence, [&] {
      write_digest_algorithm(out, spec.imprint_algorithm);
      out.octet_string(spec.imprint);
    });
    out.integer(4711);
    out.element(tag::generalized_time, as_bytes(spec.gen_time));
    if (spec.accuracy_s) {
      out.constructed(tag::sequence,
                      [&] { out.integer(static_cast<std::uint64_t>(*spec.accuracy_s)); });
    }
    if (!spec.critical_extension.empty()) {
      out.constructed(tag::context(1), [&] {
        out.constructed(tag::sequence, [&] {
          out.oid(oid_octets(spec.critical_extension));
          const std::uint8_t yes = 0xFF;
          out.element(tag::boolean, {&yes, 1});
          out.octet_string({});
        });
      });
    }
  });
  return out.take();
}

template <typename Value>
void write_attribute(DerWriter& out, const std::string& oid, Value value) {
  out.constructed(tag::sequence, [&] {
    out.oid(oid_octets(oid));
    out.constructed(tag::set, value);
  });
}

void write_ess(DerWriter& out, const Identity& tsa, const TokenSpec& spec) {
  if (spec.ess == "none") return;
  const bool v1 = spec.ess == "v1";
  const Bytes foreign{1, 2, 3};
  const Digest digest = hash(v1 ? DigestAlgorithm::sha1 : DigestAlgorithm::sha256,
                             spec.ess == "foreign" ? foreign : tsa.certificate);
  write_attribute(out, v1 ? "1.2.840.113549.1.9.16.2.12" : "1.2.840.113549.1.9.16.2.47", [&] {
    out.constructed(tag::sequence, [&] {
      out.constructed(tag::sequence,
                      [&] { out.constructed(tag::sequence, [&] { out.octet_string(digest); }); });
    });
  });
}

// The contents of the SET OF signed attributes.
Bytes write_attributes(const Identity& tsa, const TokenSpec& spec, const Bytes& tst_info) {
  DerWriter out;
  write_attribute(out, "1.2.840.113549.1.9.3", [&] {
    out.oid(
        oid_octets(spec.wrong_content_type ? "1.2.840.113549.1.7.1" : "1.2.840.113549.1.9.16.1.4"));
  });
  Bytes covered = tst_info;
  if (spec.wrong_message_digest) covered.push_back(0);
  write_attribute(out, "1.2.840.113549.1.9.4",
                  [&] { out.octet_string(hash(spec.digest, covered)); });
  write_ess(out, tsa, spec);
  return out.take();
}

void write_signer_info(DerWriter& out, const Identity& tsa, const TokenSpec& spec,
                       const Bytes& tst_info) {
  const unsigned char* at = tsa.certificate.data();
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(tsa.certificate.size())), X509_free);
  const unsigned char* name = nullptr;
  std::size_t name_size = 0;
  X509_NAME_get0_der(X509_get_issuer_name(certificate.get()), &name, &name_size);
  const Bytes attributes = write_attributes(tsa, spec, tst_info);
  DerWriter message;
  message.element(tag::set, attributes);
  const Bytes signature = sign(tsa, spec, message.view());
  out.constructed(tag::sequence, [&] {
    out.integer(spec.by_key_identifier ? 3 : 1);
    if (spec.by_key_identifier) {
      const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(certificate.get());
      check(id != nullptr, "a certificate with an identifier of its key");
      out.element(tag::context_primitive(0),
                  {ASN1_STRING_get0_data(id), static_cast<std::size_t>(ASN1_STRING_length(id))});
    } else {
      out.constructed(tag::sequence, [&] {
        out.raw({name, name_size});
        out.integer(static_cast<std::uint64_t>(
            ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get()))));
      });
    }
    write_digest_algorithm(out, spec.digest);
    out.element(tag::context(0), attributes);
    write_signature_algorithm(out, tsa, spec);
    out.octet_string(signature);
    if (spec.unsigned_attributes.empty()) return;
    out.constructed(tag::context(1), [&] {
      for (const auto& one : spec.unsigned_attributes) {
        write_attribute(out, one.first, [&] { out.raw(one.second); });
      }
    });
  });
}

void write_all(DerWriter& out, Tag tag, const std::vector<Bytes>& elements) {
  if (elements.empty()) return;
  out.constructed(tag, [&] {
    for (const Bytes& element : elements) out.raw(element);
  });
}

// An element of indefinite length.
template <typename Contents>
void write_indefinite(DerWriter& out, Tag tag, Contents contents) {
  const Bytes open{tag, 0x80};
  const Bytes close{0, 0};
  out.raw(open);
  contents();
  out.raw(close);
}

void write_content(DerWriter& out, const TokenSpec& spec, const Bytes& tst_info) {
  out.oid(oid_octets("1.2.840.113549.1.9.16.1.4"));
  if (!spec.indefinite) {
    out.constructed(tag::context(0), [&] { out.octet_string(tst_info); });
    return;
  }
  write_indefinite(out, tag::context(0), [&] {
    write_indefinite(out, 0x24, [&] {
      out.octet_string(ByteView(tst_info).first(10));
      out.octet_string(ByteView(tst_info).subspan(10));
    });
  });
}

}  // namespace

Key key_named(const std::string& kind, const std::string& name) {
  static std::map<std::string, Key> keys;
  Key& key = keys[kind + "/" + name];
  if (key == nullptr) {
    EVP_PKEY* made = nullptr;
    if (kind == "rsa") made = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
    if (kind == "ec") made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    if (kind == "ed25519") made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (kind == "ed448") made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
    check(made != nullptr, "test key");
    key = Key(made, EVP_PKEY_free);
  }
  return key;
}

std::vector<std::pair<std::string, std::string>> ca_extensions() {
  return {{"basicConstraints", "critical,CA:TRUE"}, {"keyUsage", "critical,keyCertSign,cRLSign"}};
}

std::vector<std::pair<std::string, std::string>> tsa_extensions() {
  return {{"basicConstraints", "critical,CA:FALSE"},
          {"keyUsage", "critical,digitalSignature"},
          {"extendedKeyUsage", "critical,timeStamping"}};
}

Identity make_identity(const CertificateSpec& spec, const Identity* issuer) {
  Identity result{spec.name, spec.kind, nullptr, {}};
  result.key = key_named(spec.kind, spec.key_name.empty() ? spec.name : spec.key_name);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), spec.serial);
  X509_set1_notBefore(x, asn1_time(spec.not_before).get());
  X509_set1_notAfter(x, asn1_time(spec.not_after).get());
  X509_set_pubkey(x, result.key.get());
  const std::string& issuer_name = issuer != nullptr ? issuer->name : spec.name;
  const auto add_name = [](X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
  };
  add_name(X509_get_subject_name(x), spec.name);
  add_name(X509_get_issuer_name(x), issuer_name);
  for (const auto& extension : spec.extensions) {
    X509_EXTENSION* made =
        X509V3_EXT_conf(nullptr, nullptr, extension.first.c_str(), extension.second.c_str());
    check(made != nullptr, "test extension");
    X509_add_ext(x, made, -1);
    X509_EXTENSION_free(made);
  }
  const Identity& signer = issuer != nullptr ? *issuer : result;
  check(X509_sign(x, signer.key.get(), digest_for(signer.kind)) > 0, "test certificate");
  unsigned char* der = nullptr;
  const int size = i2d_X509(x, &der);
  result.certificate.assign(der, der + size);
  OPENSSL_free(der);
  return result;
}

static void add_extension(X509_CRL* crl, const std::string& dotted, bool critical, ByteView value) {
  const std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> oid(OBJ_txt2obj(dotted.c_str(), 1),
                                                                 ASN1_OBJECT_free);
  ASN1_OCTET_STRING* data = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(data, value.data(), static_cast<int>(value.size()));
  X509_EXTENSION* extension =
      X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), critical ? 1 : 0, data);
  X509_CRL_add_ext(crl, extension, -1);
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(data);
}

Bytes make_crl(const Identity& issuer, const CrlSpec& spec) {
  const std::unique_ptr<X509_CRL, void (*)(X509_CRL*)> crl(X509_CRL_new(), X509_CRL_free);
  const unsigned char* at = issuer.certificate.data();
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(issuer.certificate.size())), X509_free);
  X509_CRL_set_version(crl.get(), 1);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(certificate.get()));
  X509_CRL_set1_lastUpdate(crl.get(), asn1_time(spec.this_update).get());
  if (!spec.next_update.empty()) {
    X509_CRL_set1_nextUpdate(crl.get(), asn1_time(spec.next_update).get());
  }
  for (const RevokedSpec& row : spec.revoked) {
    X509_REVOKED* entry = X509_REVOKED_new();
    const std::unique_ptr<ASN1_INTEGER, void (*)(ASN1_INTEGER*)> serial(ASN1_INTEGER_new(),
                                                                        ASN1_INTEGER_free);
    ASN1_INTEGER_set(serial.get(), row.serial);
    X509_REVOKED_set_serialNumber(entry, serial.get());
    X509_REVOKED_set_revocationDate(entry, asn1_time(row.when).get());
    if (row.reason >= 0) {
      ASN1_ENUMERATED* reason = ASN1_ENUMERATED_new();
      ASN1_ENUMERATED_set(reason, row.reason);
      X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0);
      ASN1_ENUMERATED_free(reason);
    }
    if (!row.invalidity.empty()) {
      ASN1_GENERALIZEDTIME* time = ASN1_GENERALIZEDTIME_set(
          nullptr, static_cast<std::time_t>(parse_time(row.invalidity)->seconds));
      X509_REVOKED_add1_ext_i2d(entry, NID_invalidity_date, time, 0, 0);
      ASN1_GENERALIZEDTIME_free(time);
    }
    X509_CRL_add0_revoked(crl.get(), entry);
  }
  if (!spec.expired_since.empty()) {
    DerWriter value;
    value.element(tag::generalized_time, as_bytes(spec.expired_since));
    add_extension(crl.get(), "2.5.29.60", false, value.view());
  }
  if (!spec.of_a_kind.empty()) {
    DerWriter value;
    value.integer(1);
    add_extension(crl.get(), spec.of_a_kind, true, value.view());
  }
  if (!spec.for_a_part.empty()) {
    X509_EXTENSION* extension = X509V3_EXT_conf(nullptr, nullptr, "issuingDistributionPoint",
                                                ("critical," + spec.for_a_part).c_str());
    check(extension != nullptr, "test extension");
    X509_CRL_add_ext(crl.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_CRL_sort(crl.get());
  check(X509_CRL_sign(crl.get(), issuer.key.get(), digest_for(issuer.kind)) > 0, "test CRL");
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(crl.get(), &der);
  Bytes octets(der, der + size);
  OPENSSL_free(der);
  return octets;
}

Bytes make_token(const Identity& tsa, const TokenSpec& spec) {
  const Bytes tst_info = write_tst_info(spec);
  DerWriter out;
  const auto signed_data = [&] {
    out.integer(3);
    out.constructed(tag::set, [&] { write_digest_algorithm(out, spec.digest); });
    const auto content = [&] { write_content(out, spec, tst_info); };
    if (spec.indefinite) {
      write_indefinite(out, tag::sequence, content);
    } else {
      out.constructed(tag::sequence, content);
    }
    write_all(out, tag::context(0), spec.certificates);
    write_all(out, tag::context(1), spec.crls);
    out.constructed(tag::set, [&] { write_signer_info(out, tsa, spec, tst_info); });
  };
  const auto content_info = [&](auto wrap) {
    wrap(tag::sequence, [&] {
      out.oid(oid_octets("1.2.840.113549.1.7.2"));
      wrap(tag::context(0), [&] { wrap(tag::sequence, signed_data); });
    });
  };
  if (spec.indefinite) {
    content_info([&](Tag tag, auto contents) { write_indefinite(out, tag, contents); });
  } else {
    content_info([&](Tag tag, auto contents) { out.constructed(tag, contents); });
  }
  return out.take();
}

Authority::Authority(const std::string& its_kind, const std::string& name)
    : kind(its_kind),
      root(make_identity({.name = name + " Root",
                          .kind = kind,
                          .not_after = "2080-01-01",
                          .extensions = ca_extensions()},
                         nullptr)),
      tsa(make_identity(
          {.name = name + " TSA", .kind = kind, .extensions = tsa_extensions(), .serial = 2},
          &root)) {}

TokenSpec Authority::spec(DigestAlgorithm algorithm, const Digest& imprint,
                          const std::string& gen_time) const {
  TokenSpec result;
  result.imprint = imprint;
  result.imprint_algorithm = algorithm;
  if (kind.starts_with("ed")) result.digest = algorithm;  // its signatures are bound to none
  std::string text = to_string(*parse_time(gen_time));
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  result.gen_time = text;
  result.certificates = {tsa.certificate};
  const std::string century = to_string(*parse_time(gen_time) + 36525LL * 86400);
  result.crls = {make_crl(root, {.this_update = gen_time, .next_update = century})};
  return result;
}

Bytes Authority::stamp(DigestAlgorithm algorithm, const Digest& imprint,
                       const std::string& gen_time) const {
  return make_token(tsa, spec(algorithm, imprint, gen_time));
}

JudgeOptions Authority::options(const std::string& at) const {
  JudgeOptions result;
  result.anchors.certificates = {root.certificate};
  result.at = *parse_time(at);
  return result;
}

const Authority& authority() {
  static const Authority one;
  return one;
}

Digest imprint() { return hash(DigestAlgorithm::sha256, as_bytes("a document")); }

}  // namespace perdura::verifier::test
