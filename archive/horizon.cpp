#include "archive/horizon.hpp"

#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>

#include "archive/validation_data.hpp"

namespace perdura::archive {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Result<Horizon> end_of_certificate(ByteView der) {
  const unsigned char* at = der.data();
  const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), &X509_free);
  std::tm end{};
  if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1) {
    return Error{Errc::malformed, "a certificate does not parse", "time-stamp", ""};
  }
  std::array<char, 256> subject{};
  X509_NAME_oneline(X509_get_subject_name(certificate.get()), subject.data(),
                    static_cast<int>(subject.size()));
  return Horizon{{static_cast<std::int64_t>(::timegm(&end))},
                 std::string("certificate of ") + subject.data()};
}

}  // namespace

Result<Horizon> horizon(const BatchTrack& track, const verifier::AlgorithmPolicy& policy) {
  const auto certificates = certificates_of(track.token);
  if (!certificates) return certificates.error();
  std::optional<Horizon> earliest;
  const auto take = [&](Horizon end) {
    if (!earliest || end.end < earliest->end) earliest = std::move(end);
  };
  for (const Bytes& certificate : *certificates) {
    auto end = end_of_certificate(certificate);
    if (!end) return end;
    take(*std::move(end));
  }
  if (const auto end = policy.end_of(track.algorithm)) {
    take({*end, std::string(verifier::name(track.algorithm))});
  }
  if (!earliest) return Error{Errc::malformed, "the token holds no certificate", track.name, ""};
  return *earliest;
}

}  // namespace perdura::archive
