// A time-stamping authority for tests: CA, certificates, revocation lists and tokens, at any time
// and with any fault. Written apart from what it tests, but for DerWriter.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/bytes.hpp"
#include "verifier/digest.hpp"
#include "verifier/time.hpp"
#include "verifier/trust_anchors.hpp"

struct evp_pkey_st;

namespace perdura::verifier::test {

using Key = std::shared_ptr<evp_pkey_st>;

// "rsa", "ec", "ed25519", "ed448": made once a process and name, so that tests are quick.
Key key_named(const std::string& kind, const std::string& name);

struct Identity {
  std::string name;
  std::string kind;
  Key key;
  Bytes certificate;  // DER
};

struct CertificateSpec {
  std::string name;
  std::string kind = "ec";
  std::string key_name = {};  // empty: the name
  std::string not_before = "2020-01-01";
  std::string not_after = "2060-01-01";
  std::vector<std::pair<std::string, std::string>> extensions = {};  // as openssl.cnf spells them
  long serial = 1;
};

// The extensions of a proper CA and of a proper time-stamping certificate.
std::vector<std::pair<std::string, std::string>> ca_extensions();
std::vector<std::pair<std::string, std::string>> tsa_extensions();

// A certificate signed by `issuer`, or by itself.
Identity make_identity(const CertificateSpec& spec, const Identity* issuer);

struct RevokedSpec {
  long serial = 2;
  std::string when;
  int reason = -1;  // -1: none given
  std::string invalidity = {};
};
struct CrlSpec {
  std::string this_update;
  std::string next_update;
  std::vector<RevokedSpec> revoked = {};
  std::string expired_since = {};  // expiredCertsOnCRL
  std::string of_a_kind = {};      // a critical extension, dotted, whose value is the number 1
  std::string for_a_part = {};     // issuingDistributionPoint, as openssl.cnf spells it
};
Bytes make_crl(const Identity& issuer, const CrlSpec& spec);

struct TokenSpec {
  Digest imprint;
  DigestAlgorithm imprint_algorithm = DigestAlgorithm::sha256;
  std::string gen_time = "20300101000000Z";
  DigestAlgorithm digest = DigestAlgorithm::sha256;
  bool pss = false;
  std::string ess = "v2";  // "v1", "v2", "none", "foreign": names another certificate
  bool wrong_content_type = false;
  bool wrong_message_digest = false;
  int tst_version = 1;
  std::optional<int> accuracy_s = 1;
  std::string critical_extension;  // an OID
  bool indefinite = false;         // BER: outer lengths and the content in segments
  bool by_key_identifier = false;  // that is how the signer is named
  // Types, dotted, and values of unsigned attributes.
  std::vector<std::pair<std::string, Bytes>> unsigned_attributes = {};
  std::vector<Bytes> certificates;
  std::vector<Bytes> crls;
};
Bytes make_token(const Identity& tsa, const TokenSpec& spec);

// A root and a TSA under it, with everything as it should be.
struct Authority {
  explicit Authority(const std::string& kind = "ec", const std::string& name = "Clock");
  // A token at `gen_time` over `imprint`, with the TSA's certificate and a CRL that is current from
  // then for a century.
  Bytes stamp(DigestAlgorithm algorithm, const Digest& imprint, const std::string& gen_time) const;
  TokenSpec spec(DigestAlgorithm algorithm, const Digest& imprint,
                 const std::string& gen_time) const;
  JudgeOptions options(const std::string& at) const;

  std::string kind;  // of its keys
  Identity root;
  Identity tsa;
};

// One that tests share when it does not matter which.
const Authority& authority();
// The hash value of some document.
Digest imprint();

}  // namespace perdura::verifier::test
