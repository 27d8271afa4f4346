// Any octets as the answer of an OCSP responder: reading ends, and what is taken lies in the input.
//
// The certificate asked about is made afresh, so no answer in the corpus is about it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "archive/key_kind.hpp"
#include "archive/local_ca.hpp"
#include "archive/ocsp.hpp"

namespace {

using perdura::archive::openssl_der;

perdura::archive::OcspQuestion make_question() {
  const perdura::archive::KeyHandle key =
      *perdura::archive::new_key(*perdura::archive::key_kind("p-256"));
  const perdura::archive::CertificateOrder order{
      .organisation = "Fuzz", .from = {}, .until = {4'000'000'000}};
  const auto ca = perdura::archive::make_ca_certificate(key.get(), order);
  const auto tsa = perdura::archive::make_tsa_certificate(key.get(), order, ca.get(), key.get());
  return perdura::archive::ocsp_question(
      perdura::verifier::read_certificate(openssl_der(i2d_X509, tsa.get())),
      perdura::verifier::read_certificate(openssl_der(i2d_X509, ca.get())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const perdura::archive::OcspQuestion question = make_question();
  const perdura::verifier::ByteView input(data, size);
  const auto answer = perdura::archive::read_ocsp_answer(input, question, {2'000'000'000});
  if (answer &&
      std::search(input.begin(), input.end(), answer->begin(), answer->end()) == input.end()) {
    std::abort();
  }
  return 0;
}
