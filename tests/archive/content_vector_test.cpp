// Contents and key files that another program made from the format documents alone
// (tests/vectors/content/make.py), and those that the documents tell a reader to refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "archive/content_reader.hpp"
#include "archive/key_file.hpp"
#include "archive/memory_store.hpp"
#include "archive/new_file.hpp"
#include "tests/archive/temporary_folder.hpp"

namespace perdura::archive {
namespace {

using testing::HasSubstr;
using verifier::from_hex;

std::vector<std::string> vectors_in(const std::string& folder, const std::string& suffix) {
  std::vector<std::string> paths;
  const auto place = std::filesystem::path(PERDURA_SOURCE_DIR) / "tests/vectors" / folder;
  for (const auto& entry : std::filesystem::directory_iterator(place)) {
    if (entry.path().extension() == suffix) paths.push_back(entry.path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string name_of(const testing::TestParamInfo<std::string>& path) {
  return std::filesystem::path(path.param).stem().string();
}

// "zeros 5 then 0a0b", or hex.
Bytes document_of(const std::string& text) {
  std::istringstream in(text);
  std::string word;
  in >> word;
  if (word != "zeros") return *from_hex(word);
  std::size_t count = 0;
  std::string then;
  in >> count >> word >> then;
  Bytes out(count);
  const Bytes tail = *from_hex(then);
  out.insert(out.end(), tail.begin(), tail.end());
  return out;
}

// A vault of the key-encryption key 00 01 … 1F, which all vectors use.
KeyVault vault_of_vectors(const TemporaryFolder& folder) {
  NamedSecrets secrets;
  for (const char* name : {".key-encryption-key", ".index-key"}) {
    Bytes& key = secrets[name];
    for (std::uint8_t i = 0; i < DataKey::size; ++i) key.push_back(i);
  }
  EXPECT_TRUE(write_new_file(folder.path() / "archive.key", *write_key_file(secrets, {}), 0600));
  return *KeyVault::open(folder.path(), {});
}

class ContentVector : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    std::ifstream file(GetParam());
    for (std::string line; std::getline(file, line);) take(line);
  }
  void take(const std::string& line) {
    const std::string name = line.substr(0, line.find(": "));
    const std::string value = line.substr(name.size() + 2);
    if (name != "object") {
      fields[name] = value;
      return;
    }
    const std::string object = value.substr(0, value.find(' '));
    ASSERT_TRUE(store.put({{object, *from_hex(value.substr(object.size() + 1))}}));
  }
  // Decodes the location, reads, and gives what came out.
  Result<Bytes> read() {
    if (fields.contains("dictionary")) {
      const Bytes bytes = *from_hex(fields["dictionary"]);
      const Digest address = hash(verifier::DigestAlgorithm::sha256, bytes);
      EXPECT_TRUE(dictionaries.load("a/b", address, bytes));
    }
    const auto location = decode_content_location(*from_hex(fields["location"]), "row");
    if (!location) return location.error();
    EXPECT_EQ(verifier::to_hex(encode(*location)), fields["location"]);
    ContentReader reader(store, vault, dictionaries);
    Bytes out;
    const auto done = reader.read(*location, Digest(*from_hex(fields["address"])),
                                  [&](ByteView octets) -> Result<Ok> {
                                    out.insert(out.end(), octets.begin(), octets.end());
                                    return Ok{};
                                  });
    if (!done) return done.error();
    return out;
  }

  TemporaryFolder folder;
  KeyVault vault = vault_of_vectors(folder);
  MemoryStore store;
  Dictionaries dictionaries;
  std::map<std::string, std::string> fields;
};

TEST_P(ContentVector, IsReadOrRefusedAsItsNameSays) {
  const auto back = read();
  if (!fields.contains("refused")) {
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_EQ(*back, document_of(fields["document"]));
    return;
  }
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().what, HasSubstr(fields["refused"]));
}

INSTANTIATE_TEST_SUITE_P(, ContentVector, testing::ValuesIn(vectors_in("content", ".vec")),
                         name_of);

class KeyFileVector : public testing::TestWithParam<std::string> {};

TEST_P(KeyFileVector, IsReadOrRefusedAsItsNameSays) {
  std::ifstream in(GetParam());
  std::string hex;
  in >> hex;
  const TemporaryFolder folder;
  ASSERT_TRUE(write_new_file(folder.path() / "archive.key", *from_hex(hex), 0600));
  const auto vault = KeyVault::open(
      folder.path(), []() -> Result<std::string> { return std::string("correct horse"); });
  if (GetParam().find("refused_") != std::string::npos) {
    EXPECT_FALSE(vault);
    return;
  }
  ASSERT_TRUE(vault) << to_string(vault.error());
  EXPECT_EQ(vault->index_key()[0], 80);
  EXPECT_EQ((*vault->get("log-key-seed"))[31], 143);
}

INSTANTIATE_TEST_SUITE_P(, KeyFileVector, testing::ValuesIn(vectors_in("keys", ".hex")), name_of);

}  // namespace
}  // namespace perdura::archive
