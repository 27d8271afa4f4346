#include "archive/local_ca.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <ctime>

#include "archive/key_kind.hpp"
#include "verifier/der.hpp"

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::check;
using verifier::Errc;
using verifier::Error;
using verifier::Result;

// So much earlier a certificate begins, as is usual: a clock a little behind takes it all the same.
constexpr std::int64_t earlier_s = 3600;

using IntegerHandle = OpensslHandle<ASN1_INTEGER, ASN1_INTEGER_free>;
using TimeHandle = OpensslHandle<ASN1_TIME, ASN1_TIME_free>;
using ExtensionHandle = OpensslHandle<X509_EXTENSION, X509_EXTENSION_free>;
using NameHandle = OpensslHandle<X509_NAME, X509_NAME_free>;

// The texts that BIO_new_mem_buf takes without copying must outlive it.
BioHandle reader_of(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

TimeHandle asn1_time(Time time) {
  TimeHandle made(ASN1_TIME_set(nullptr, static_cast<time_t>(time.seconds)));
  check(made != nullptr, "the time can be written in a certificate");
  return made;
}

void add_to_name(X509_NAME* name, const char* field, const std::string& value) {
  check(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(value.data()),
                                   static_cast<int>(value.size()), -1, 0) == 1,
        "the name fits into a certificate");
}

// "Perdura local time-stamp CA 2 (self-asserted)".
NameHandle make_name(const CertificateOrder& order, const std::string& role) {
  NameHandle name(X509_NAME_new());
  const std::string number = order.generation > 1 ? " " + std::to_string(order.generation) : "";
  add_to_name(name.get(), "O", order.organisation);
  if (!order.unit.empty()) add_to_name(name.get(), "OU", order.unit);
  add_to_name(name.get(), "CN", "Perdura local time-stamp " + role + number + " (self-asserted)");
  return name;
}

IntegerHandle asn1_integer(const Bytes& octets) {
  const OpensslHandle<BIGNUM, BN_free> number(
      BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  return IntegerHandle(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

// An extension from OpenSSL's words for it, as in its configuration files.
ExtensionHandle extension(X509V3_CTX& context, int nid, const char* words) {
  ExtensionHandle made(X509V3_EXT_conf_nid(nullptr, &context, nid, words));
  check(made != nullptr, "libcrypto can make the extension");
  return made;
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* words) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionHandle made = extension(context, nid, words);
  check(X509_add_ext(certificate, made.get(), -1) == 1, "the extension fits into a certificate");
}

// A certificate with everything but extensions and signature.
CertificateHandle begin_certificate(EVP_PKEY* key, const X509_NAME* subject,
                                    const X509_NAME* issuer, Time from, Time until) {
  CertificateHandle made(X509_new());
  const IntegerHandle integer = asn1_integer(new_serial_number());
  check(X509_set_version(made.get(), 2) == 1 &&
            X509_set_serialNumber(made.get(), integer.get()) == 1 &&
            X509_set_subject_name(made.get(), subject) == 1 &&
            X509_set_issuer_name(made.get(), issuer) == 1 &&
            X509_set1_notBefore(made.get(), asn1_time(from + -earlier_s).get()) == 1 &&
            X509_set1_notAfter(made.get(), asn1_time(until).get()) == 1 &&
            X509_set_pubkey(made.get(), key) == 1,
        "libcrypto can make a certificate");
  return made;
}

// GeneralizedTime, whatever the year: entry extensions have no other form.
OpensslHandle<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> generalized(Time time) {
  OpensslHandle<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free> made(
      ASN1_GENERALIZEDTIME_set(nullptr, static_cast<time_t>(time.seconds)));
  check(made != nullptr, "the time can be written in a status list");
  return made;
}

// expiredCertsOnCRL ::= GeneralizedTime, 2.5.29.60, which libcrypto does not know.
ExtensionHandle expired_certificates_since(Time time) {
  const OpensslHandle<ASN1_OBJECT, ASN1_OBJECT_free> oid(OBJ_txt2obj("2.5.29.60", 1));
  const Bytes der = openssl_der(i2d_ASN1_GENERALIZEDTIME, generalized(time).get());
  const OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> value(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(value.get(), der.data(), static_cast<int>(der.size()));
  ExtensionHandle made(X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), 0, value.get()));
  check(made != nullptr, "libcrypto can make the extension");
  return made;
}

void add_revoked(X509_CRL* crl, const RevokedCertificate& one) {
  OpensslHandle<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
  const OpensslHandle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(ASN1_ENUMERATED_new());
  check(X509_REVOKED_set_serialNumber(entry.get(), asn1_integer(one.serial_number).get()) == 1 &&
            X509_REVOKED_set_revocationDate(entry.get(), asn1_time(one.when).get()) == 1 &&
            ASN1_ENUMERATED_set(reason.get(), one.reason) == 1 &&
            X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, reason.get(), 0, 0) == 1,
        "libcrypto can make an entry of a status list");
  if (one.invalidity) {
    check(X509_REVOKED_add1_ext_i2d(entry.get(), NID_invalidity_date,
                                    generalized(*one.invalidity).get(), 0, 0) == 1,
          "libcrypto can make an entry of a status list");
  }
  check(X509_CRL_add0_revoked(crl, entry.get()) == 1, "the entry fits into the status list");
  (void)entry.release();  // belongs to `crl` now
}

Time time_of(const ASN1_TIME* time) {
  std::tm tm{};
  check(ASN1_TIME_to_tm(time, &tm) == 1, "a certificate's time can be read");
  const auto read = verifier::time_from_utc(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                                            tm.tm_hour, tm.tm_min, tm.tm_sec);
  check(read.has_value(), "a certificate's time exists");
  return *read;
}

// OpenSSL asks for the passphrase through this.
int give_passphrase(char* buffer, int size, int, void* data) {
  const auto& passphrase = *static_cast<const std::string_view*>(data);
  if (passphrase.empty() || passphrase.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, passphrase.data(), passphrase.size());
  return static_cast<int>(passphrase.size());
}

// Signs a certificate or a status list; a signature of the usual size.
template <typename Signed>
void sign_as_ca(int (*sign_it)(Signed*, EVP_MD_CTX*), Signed* made, EVP_PKEY* key,
                verifier::DigestAlgorithm digest) {
  int size = 0;
  do {
    size = sign_it(made, signing_context(key, digest).get());
    check(size > 0, "libcrypto signs with the local CA's key");
  } while (!has_usual_size(key, static_cast<std::size_t>(size)));
}

}  // namespace

Bytes new_serial_number() {
  Bytes serial(16);
  check(RAND_bytes(serial.data(), 16) == 1, "libcrypto gives random octets");
  // Positive, and never shorter: 01xxxxxx.
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3F) | 0x40);
  return serial;
}

Bytes serial_number(const X509* certificate) {
  const OpensslHandle<BIGNUM, BN_free> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  Bytes octets(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), octets.data());
  if (octets.empty() || (octets[0] & 0x80) != 0) octets.insert(octets.begin(), 0);
  return octets;
}

CertificateHandle make_ca_certificate(EVP_PKEY* key, const CertificateOrder& order) {
  const NameHandle name = make_name(order, "CA");
  CertificateHandle made = begin_certificate(key, name.get(), name.get(), order.from, order.until);
  add_extension(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(made.get(), made.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(made.get(), made.get(), NID_subject_key_identifier, "hash");
  sign_as_ca(X509_sign_ctx, made.get(), key, order.digest);
  return made;
}

CertificateHandle make_tsa_certificate(EVP_PKEY* key, const CertificateOrder& order, X509* ca,
                                       EVP_PKEY* ca_key) {
  const NameHandle name = make_name(order, "authority");
  CertificateHandle made =
      begin_certificate(key, name.get(), X509_get_subject_name(ca), order.from, order.until);
  add_extension(made.get(), ca, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made.get(), ca, NID_key_usage, "critical,digitalSignature");
  add_extension(made.get(), ca, NID_ext_key_usage, "critical,timeStamping");
  add_extension(made.get(), ca, NID_subject_key_identifier, "hash");
  add_extension(made.get(), ca, NID_authority_key_identifier, "keyid:always");
  sign_as_ca(X509_sign_ctx, made.get(), ca_key, order.digest);
  return made;
}

Bytes make_crl(X509* ca, EVP_PKEY* ca_key, verifier::DigestAlgorithm digest, Time this_update,
               Time next_update, std::span<const RevokedCertificate> revoked) {
  const CrlHandle crl(X509_CRL_new());
  const IntegerHandle number(ASN1_INTEGER_new());
  check(X509_CRL_set_version(crl.get(), 1) == 1 &&
            X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(ca)) == 1 &&
            X509_CRL_set1_lastUpdate(crl.get(), asn1_time(this_update).get()) == 1 &&
            X509_CRL_set1_nextUpdate(crl.get(), asn1_time(next_update).get()) == 1 &&
            ASN1_INTEGER_set_int64(number.get(), this_update.seconds) == 1,
        "libcrypto can make a status list");
  for (const RevokedCertificate& one : revoked) add_revoked(crl.get(), one);
  X509_CRL_sort(crl.get());
  X509V3_CTX context{};
  X509V3_set_ctx(&context, ca, nullptr, nullptr, crl.get(), 0);
  const ExtensionHandle issuer_key =
      extension(context, NID_authority_key_identifier, "keyid:always");
  const ExtensionHandle expired = expired_certificates_since(not_before(ca));
  check(X509_CRL_add_ext(crl.get(), issuer_key.get(), -1) == 1 &&
            X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, number.get(), 0, 0) == 1 &&
            X509_CRL_add_ext(crl.get(), expired.get(), -1) == 1,
        "a status list takes its extensions");
  sign_as_ca(X509_CRL_sign_ctx, crl.get(), ca_key, digest);
  return openssl_der(i2d_X509_CRL, crl.get());
}

Time not_before(const X509* certificate) { return time_of(X509_get0_notBefore(certificate)); }
Time not_after(const X509* certificate) { return time_of(X509_get0_notAfter(certificate)); }

std::string certificate_pem(X509* certificate) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_X509(out.get(), certificate) == 1, "libcrypto writes the certificate");
  return text_of(out.get());
}

std::string key_pem(EVP_PKEY* key, std::string_view passphrase) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  OpensslHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> plain(EVP_PKEY2PKCS8(key));
  if (passphrase.empty()) {
    check(PEM_write_bio_PKCS8_PRIV_KEY_INFO(out.get(), plain.get()) == 1,
          "libcrypto writes the key");
    return text_of(out.get());
  }
  OpensslHandle<X509_ALGOR, X509_ALGOR_free> scrypt(
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 16, nullptr, 1 << 14, 8, 5));
  check(scrypt != nullptr, "libcrypto has scrypt");
  const OpensslHandle<X509_SIG, X509_SIG_free> sealed(PKCS8_set0_pbe(
      passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), scrypt.get()));
  check(sealed != nullptr, "libcrypto encrypts the key");
  (void)scrypt.release();  // belongs to `sealed` now
  check(PEM_write_bio_PKCS8(out.get(), sealed.get()) == 1, "libcrypto writes the key");
  return text_of(out.get());
}

Result<KeyHandle> key_from_pem(const std::string& pem, std::string_view passphrase) {
  const bool encrypted = pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string::npos;
  if (encrypted && passphrase.empty()) {
    return Error{Errc::denied, "the key is protected by a passphrase", "", "give its passphrase"};
  }
  const BioHandle in = reader_of(pem);
  KeyHandle key(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase, &passphrase));
  const std::string reason = key ? std::string() : openssl_reason();
  if (key) return key;
  if (encrypted) {
    return Error{Errc::denied, "the key cannot be opened with this passphrase", "",
                 "check the passphrase"};
  }
  return Error{Errc::malformed, "this is not a private key in PEM: " + reason, "",
               "restore the file from a backup"};
}

Result<CertificateHandle> certificate_from_pem(const std::string& pem) {
  const BioHandle in = reader_of(pem);
  CertificateHandle certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (certificate) return certificate;
  return Error{Errc::malformed, "this is not a certificate in PEM: " + openssl_reason(), "",
               "restore the file from a backup"};
}

}  // namespace perdura::archive
