#include "verifier/policy.hpp"

#include <span>

namespace perdura::verifier {
namespace {

struct Step {
  int bits;         // keys of this size and more, up to the next step
  const char* end;  // empty: none known
};

// ETSI TS 119 312 V1.5.1, as in DSS's default policy of 2024-10-13.
constexpr Step rsa_pkcs1_steps[] = {
    // clang-format off
    {0, "0000-01-01"}, {786, "2010-08-01"}, {1024, "2019-10-01"}, {1900, "2029-01-01"},
};
constexpr Step rsa_pss_steps[] = {
    {0, "0000-01-01"}, {786, "2010-08-01"}, {1024, "2019-10-01"}, {1900, "2029-01-01"}, {3000, ""},
};
constexpr Step dsa_steps[] = {
    {0, "0000-01-01"}, {1024, "2015-12-01"}, {1900, "2029-01-01"}, {3000, ""},
};
constexpr Step ecdsa_steps[] = {
    {0, "0000-01-01"}, {160, "2012-08-01"}, {224, "2021-10-01"}, {250, ""},
    // clang-format on
};

std::optional<Time> end_in(std::span<const Step> steps, int bits) {
  std::string_view end;
  for (const Step& step : steps) {
    if (bits >= step.bits) end = step.end;
  }
  if (end.empty()) return std::nullopt;
  return parse_time(end);
}

}  // namespace

std::string_view name(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::rsa_pkcs1:
      return "RSA PKCS#1 v1.5";
    case SignatureScheme::rsa_pss:
      return "RSASSA-PSS";
    case SignatureScheme::dsa:
      return "DSA";
    case SignatureScheme::ecdsa:
      return "ECDSA";
    case SignatureScheme::eddsa:
      return "EdDSA";
    case SignatureScheme::other:
      break;
  }
  return "other scheme";
}

std::optional<Time> end_of(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha1:
      return parse_time("2012-08-01");
    case DigestAlgorithm::ripemd160:
      return parse_time("2014-08-01");
    case DigestAlgorithm::sha224:
      return parse_time("2029-01-01");
    default:
      return std::nullopt;
  }
}

std::optional<Time> end_of(SignatureScheme scheme, int key_bits) {
  switch (scheme) {
    case SignatureScheme::rsa_pkcs1:
      return end_in(rsa_pkcs1_steps, key_bits);
    case SignatureScheme::rsa_pss:
      return end_in(rsa_pss_steps, key_bits);
    case SignatureScheme::dsa:
      return end_in(dsa_steps, key_bits);
    case SignatureScheme::ecdsa:
      return end_in(ecdsa_steps, key_bits);
    default:
      return std::nullopt;
  }
}

}  // namespace perdura::verifier
