// The bill of materials that the build writes beside perdura-verify: what CycloneDX 1.5 asks of
// one.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <regex>
#include <set>

#include "outside_world.hpp"
#include "verifier/digest.hpp"

namespace perdura::tests {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

std::string sha256_in(const json::object& component) {
  const json::object& hash = component.at("hashes").as_array().at(0).as_object();
  EXPECT_EQ(hash.at("alg").as_string(), "SHA-256");
  return text_of(hash.at("content"));
}

TEST(Sbom, NamesEveryLibraryInTheVerifierAsCycloneDxHasIt) {
  const fs::path bin = PERDURA_BIN_DIR;
  const json::value parsed = json::parse(read_text(bin / "perdura-verify.cdx.json"));
  const json::object& bom = parsed.as_object();
  EXPECT_EQ(bom.at("bomFormat").as_string(), "CycloneDX");
  EXPECT_EQ(bom.at("specVersion").as_string(), "1.5");
  EXPECT_EQ(bom.at("version").as_int64(), 1);
  const json::object& program = bom.at("metadata").at("component").as_object();
  EXPECT_EQ(program.at("type").as_string(), "application");
  EXPECT_EQ(program.at("version").as_string(), PERDURA_VERSION);
  const std::string octets = read_text(bin / "perdura-verify");
  EXPECT_EQ(sha256_in(program),
            verifier::hash(verifier::DigestAlgorithm::sha256, verifier::as_bytes(octets)).hex());

  std::set<std::string> references;
  std::set<std::string> names;
  for (const json::value& value : bom.at("components").as_array()) {
    const json::object& component = value.as_object();
    EXPECT_EQ(component.at("type").as_string(), "library");
    names.insert(text_of(component.at("name")));
    EXPECT_TRUE(references.insert(text_of(component.at("bom-ref"))).second) << value;
    EXPECT_EQ(sha256_in(component).size(), 64u);
    if (component.contains("purl")) {
      const std::regex form("pkg:deb/debian/[a-z0-9.+-]+@[^?]+\\?arch=[a-z0-9]+");
      EXPECT_TRUE(std::regex_match(text_of(component.at("purl")), form)) << value;
      EXPECT_FALSE(component.at("version").as_string().empty());
    }
  }
  // By its sources: libraries, and those that are headers alone.
  for (const char* name : {"cxxopts.hpp", "libboost_json.a", "libcrypto.a", "libz.a"}) {
    EXPECT_TRUE(references.contains(name)) << name;
  }
  // Under sanitizers it is the system's.
  const bool linked_statically = octets.find("/ld-linux") == std::string::npos;
  EXPECT_EQ(references.contains("libc.a"), linked_statically);
  EXPECT_FALSE(names.contains(""));
  const json::object& dependency = bom.at("dependencies").as_array().at(0).as_object();
  EXPECT_EQ(dependency.at("ref"), program.at("bom-ref"));
  std::set<std::string> needed;
  for (const json::value& one : dependency.at("dependsOn").as_array()) needed.insert(text_of(one));
  EXPECT_EQ(needed, references);
}

}  // namespace
}  // namespace perdura::tests
