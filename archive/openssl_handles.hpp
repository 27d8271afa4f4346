// Owners for the OpenSSL objects that the archive's certificates and keys are made of, and what
// OpenSSL said last.
//
// Thread safety: as OpenSSL's own objects; the error queue belongs to the thread.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "verifier/bytes.hpp"

namespace perdura::archive {

// Frees a T with the function that OpenSSL has for it.
template <auto free_function>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};
template <typename T, auto free_function>
using OpensslHandle = std::unique_ptr<T, OpensslFree<free_function>>;

using KeyHandle = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using CertificateHandle = OpensslHandle<X509, X509_free>;
using CrlHandle = OpensslHandle<X509_CRL, X509_CRL_free>;
using CipherHandle = OpensslHandle<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = OpensslHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using BioHandle = OpensslHandle<BIO, BIO_free_all>;

// The DER of `object` by its i2d function; empty when OpenSSL cannot.
template <typename T, typename Encode>
verifier::Bytes openssl_der(Encode encode, T* object) {
  const int size = encode(object, nullptr);
  if (size <= 0) return {};
  verifier::Bytes out(static_cast<std::size_t>(size));
  unsigned char* at = out.data();
  encode(object, &at);
  return out;
}

// The certificate or CRL in `der`, which must fill it; null when it is none.
inline CertificateHandle read_certificate(verifier::ByteView der) {
  const unsigned char* at = der.data();
  CertificateHandle read(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (read && at != der.data() + der.size()) return nullptr;
  return read;
}
// A CRL that fills `der` exactly; empty when it is none.
inline CrlHandle read_crl(verifier::ByteView der) {
  const unsigned char* at = der.data();
  CrlHandle read(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (read && at != der.data() + der.size()) return nullptr;
  return read;
}

// A distinguished name in one line, after RFC 2253: "CN=...,O=...". UTF-8 stays readable.
inline std::string name_text(const X509_NAME* name) {
  BioHandle out(BIO_new(BIO_s_mem()));
  constexpr unsigned long flags =
      (ASN1_STRFLGS_RFC2253) & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  X509_NAME_print_ex(out.get(), name, 0,
                     flags | XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

// The last error of this thread in OpenSSL's words; clears them all.
inline std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = reason != nullptr ? reason : "no reason given";
  ERR_clear_error();
  return text;
}

}  // namespace perdura::archive
