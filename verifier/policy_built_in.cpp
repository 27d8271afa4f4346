// The policy that ships with the program: ETSI TS 119 312 V1.5.1, as in DSS's default policy of
// 2024-10-13.
#include "verifier/policy.hpp"

namespace perdura::verifier {
namespace {

PolicyEvaluation until(const char* end) { return {{}, {std::nullopt, parse_time(end)}}; }

PolicyEvaluation from_bits(const char* parameter, int bits, const char* end) {
  return {{{parameter, bits, std::nullopt}}, {std::nullopt, parse_time(end)}};
}

}  // namespace

const std::shared_ptr<const AlgorithmPolicy>& AlgorithmPolicy::built_in() {
  static const std::shared_ptr<const AlgorithmPolicy> policy = [] {
    PolicyTable table;
    table.name = "ETSI TS 119 312 V1.5.1";
    table.algorithms = {
        // clang-format off
        {"SHA-1",       {"1.3.14.3.2.26"},           {}, {until("2012-08-01")}, ""},
        {"RIPEMD-160",  {"1.3.36.3.2.1"},            {}, {until("2014-08-01")}, ""},
        {"SHA-224",     {"2.16.840.1.101.3.4.2.4"},  {}, {until("2029-01-01")}, ""},
        {"SHA-256",     {"2.16.840.1.101.3.4.2.1"},  {}, {until("")}, ""},
        {"SHA-384",     {"2.16.840.1.101.3.4.2.2"},  {}, {until("")}, ""},
        {"SHA-512",     {"2.16.840.1.101.3.4.2.3"},  {}, {until("")}, ""},
        {"SHA-512/256", {"2.16.840.1.101.3.4.2.6"},  {}, {until("")}, ""},
        {"SHA3-256",    {"2.16.840.1.101.3.4.2.8"},  {}, {until("")}, ""},
        {"SHA3-384",    {"2.16.840.1.101.3.4.2.9"},  {}, {until("")}, ""},
        {"SHA3-512",    {"2.16.840.1.101.3.4.2.10"}, {}, {until("")}, ""},
        {"RSA PKCS#1 v1.5", {"1.2.840.113549.1.1.1"}, {},
         {from_bits("moduluslength", 786, "2010-08-01"),
          from_bits("moduluslength", 1024, "2019-10-01"),
          from_bits("moduluslength", 1900, "2029-01-01")}, ""},
        {"RSASSA-PSS", {"1.2.840.113549.1.1.10"}, {},
         {from_bits("moduluslength", 786, "2010-08-01"),
          from_bits("moduluslength", 1024, "2019-10-01"),
          from_bits("moduluslength", 1900, "2029-01-01"),
          from_bits("moduluslength", 3000, "")}, ""},
        {"DSA", {"1.2.840.10040.4.1"}, {},
         {from_bits("plength", 1024, "2015-12-01"),
          from_bits("plength", 1900, "2029-01-01"),
          from_bits("plength", 3000, "")}, ""},
        {"ECDSA", {"1.2.840.10045.2.1"}, {},
         {from_bits("qlength", 160, "2012-08-01"),
          from_bits("qlength", 224, "2021-10-01"),
          from_bits("qlength", 250, "")}, ""},
        {"Ed25519", {"1.3.101.112"}, {}, {until("")}, ""},
        {"Ed448",   {"1.3.101.113"}, {}, {until("")}, ""},
        // clang-format on
    };
    return std::make_shared<const AlgorithmPolicy>(std::move(table));
  }();
  return policy;
}

}  // namespace perdura::verifier
