// Reads algorithm policies of RFC 5698 in both forms, XML and ASN.1, and writes the ASN.1 form.
//
// Hostile input is expected. Names are held against this program's own: published policies have
// given a hash function the OBJECT IDENTIFIER of something else. What a reader must refuse, and how
// dates become moments, is specified in formats/policy.md. Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "verifier/policy.hpp"
#include "verifier/result.hpp"

namespace perdura::verifier {

// How a policy was written down.
enum class PolicyForm { xml, asn1 };

// A policy that was read.
struct PolicyFile {
  PolicyTable table;
  PolicyForm form = PolicyForm::xml;
  bool has_signature = false;      // it bears one; nobody checked it
  std::vector<std::string> notes;  // what was left out or taken otherwise than written, and why
};

// Reads a SecuritySuitabilityPolicy: XML, or DER of a TBSPolicy, of a ContentInfo with one, or of a
// SignedData with one. Errors: malformed (with line or offset), unsupported, too_large.
Result<PolicyFile> read_policy(ByteView octets);

// Its TBSPolicy, DER. Reading that yields the table again.
Bytes write_policy(const PolicyTable& table);

// The octets of policies/default.der, which the build puts into the program.
ByteView built_in_policy();

// What is true of every policy.
namespace policy_limits {
inline constexpr std::size_t size = std::size_t{4} << 20;  // octets of the whole file
inline constexpr std::size_t algorithms = 4096;
inline constexpr std::size_t list = 256;        // evaluations, parameters, names of one algorithm
inline constexpr std::size_t text = 16 * 1024;  // octets of one text
inline constexpr int parameter = 1'000'000'000;
}  // namespace policy_limits

// An end as it is written, the last moment at which an algorithm is fit, and as it is kept, the
// first at which it is not. Midnight in UTC stands for its whole day, as in RFC 5698's examples.
Time first_unfit(Time last_fit);
Time last_fit(Time first_unfit);

// The two forms, before names are held against this program's own. Use read_policy.
Result<PolicyFile> read_policy_xml(ByteView octets);
Result<PolicyFile> read_policy_asn1(ByteView octets);

}  // namespace perdura::verifier
