// Any bytes: parsing ends, what it returns lies inside what it was given, and judging it against
// its own certificates as anchors ends.
#include <cstdint>
#include <cstdlib>

#include "verifier/verify_token.hpp"

namespace {

using namespace perdura::verifier;

void inside(ByteView part, ByteView whole) {
  if (part.empty()) return;
  if (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size()) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView octets(data, size);
  const auto token = parse_timestamp_token(octets);
  if (!token) return 0;
  inside(token->signer.encoding, octets);
  inside(token->signer.signed_attributes, token->signer.encoding);
  for (const ByteView certificate : token->certificates) inside(certificate, octets);
  for (const ByteView crl : token->crls) inside(crl, octets);
  for (const ByteView response : token->ocsp_responses) inside(response, octets);
  inside(token->tst_info.hashed_message, token->content);
  JudgeOptions options;
  options.at = token->tst_info.gen_time + 86400;
  for (const ByteView certificate : token->certificates) {
    options.anchors.certificates.push_back(to_bytes(certificate));
  }
  const Digest imprint = hash(DigestAlgorithm::sha256, as_bytes("a document"));
  TokenJudge(options).judge(octets, options.at, &imprint);
  return 0;
}
