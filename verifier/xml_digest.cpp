#include "verifier/xml_digest.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace perdura::verifier {
namespace {

struct UriRow {
  std::string_view uri;
  DigestAlgorithm algorithm;
};

constexpr std::array uri_rows = {
    UriRow{"http://www.w3.org/2000/09/xmldsig#sha1", DigestAlgorithm::sha1},
    UriRow{"http://www.w3.org/2001/04/xmlenc#ripemd160", DigestAlgorithm::ripemd160},
    UriRow{"http://www.w3.org/2001/04/xmldsig-more#sha224", DigestAlgorithm::sha224},
    UriRow{"http://www.w3.org/2001/04/xmlenc#sha256", DigestAlgorithm::sha256},
    UriRow{"http://www.w3.org/2001/04/xmldsig-more#sha384", DigestAlgorithm::sha384},
    UriRow{"http://www.w3.org/2001/04/xmlenc#sha512", DigestAlgorithm::sha512},
    UriRow{"http://www.w3.org/2007/05/xmldsig-more#sha3-224", DigestAlgorithm::sha3_224},
    UriRow{"http://www.w3.org/2007/05/xmldsig-more#sha3-256", DigestAlgorithm::sha3_256},
    UriRow{"http://www.w3.org/2007/05/xmldsig-more#sha3-384", DigestAlgorithm::sha3_384},
    UriRow{"http://www.w3.org/2007/05/xmldsig-more#sha3-512", DigestAlgorithm::sha3_512},
};

}  // namespace

std::optional<DigestAlgorithm> digest_algorithm_from_uri(std::string_view uri) {
  const auto found = std::ranges::find(uri_rows, uri, &UriRow::uri);
  if (found == uri_rows.end()) return std::nullopt;
  return found->algorithm;
}

std::string_view digest_uri(DigestAlgorithm algorithm) {
  const auto found = std::ranges::find(uri_rows, algorithm, &UriRow::algorithm);
  return found == uri_rows.end() ? std::string_view() : found->uri;
}

std::optional<Bytes> from_xml_base64(std::string_view text) {
  std::string packed(text);
  std::erase_if(packed, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return from_base64(packed);
}

}  // namespace perdura::verifier
