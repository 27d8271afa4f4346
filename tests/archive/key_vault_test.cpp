#include "archive/key_vault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "archive/key_file.hpp"
#include "tests/archive/temporary_folder.hpp"

namespace perdura::archive {
namespace {

using testing::HasSubstr;

// Asking for a passphrase that is not needed is a failure of the test.
Result<std::string> nobody_asks() {
  ADD_FAILURE() << "the passphrase was asked for";
  return std::string();
}

PassphraseProvider says(std::string passphrase) {
  return [passphrase]() -> Result<std::string> { return passphrase; };
}

class KeyVaultTest : public testing::Test {
 protected:
  KeyVault create(const KeyProtection& protection = {}) {
    return *KeyVault::create(folder, protection, {{"log-key-seed", Bytes(32, 9)}});
  }
  // With a cost that tests can afford.
  static KeyProtection cheap(std::string passphrase) { return {std::move(passphrase), 10}; }
  Error refused(const PassphraseProvider& passphrase) {
    const auto opened = KeyVault::open(folder, passphrase);
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
  Bytes file() {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void overwrite(const Bytes& octets) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(octets.data()),
               static_cast<std::streamsize>(octets.size()));
  }

  TemporaryFolder outside;
  std::filesystem::path folder = outside.path() / "keys";
  std::filesystem::path path = folder / "archive.key";
};

TEST_F(KeyVaultTest, ReopensWithTheSameKeys) {
  for (const bool sealed : {false, true}) {
    std::filesystem::remove_all(folder);
    const KeyVault made = create(sealed ? cheap("correct horse") : KeyProtection{});
    const DataKey key = made.new_data_key();
    const Bytes wrapped = made.wrap(key);
    const auto opened =
        KeyVault::open(folder, sealed ? says("correct horse") : PassphraseProvider(nobody_asks));
    ASSERT_TRUE(opened) << to_string(opened.error());
    EXPECT_TRUE(verifier::equal(opened->unwrap(wrapped)->view(), key.view()));
    EXPECT_TRUE(verifier::equal(opened->index_key(), made.index_key()));
    EXPECT_TRUE(verifier::equal(*opened->get("log-key-seed"), Bytes(32, 9)));
    EXPECT_EQ(opened->get("other").error().code, Errc::not_found);
  }
}

TEST_F(KeyVaultTest, OnlyItsOwnerMayReadTheFile) {
  create();
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  ASSERT_EQ(stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1)
      << "no temporary file is left";
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  const Error error = refused(nobody_asks);
  EXPECT_EQ(error.code, Errc::denied);
  EXPECT_THAT(error.what, HasSubstr("0640"));
  EXPECT_THAT(error.hint, HasSubstr("chmod 600"));
}

TEST_F(KeyVaultTest, IsNeverOverwritten) {
  const KeyVault made = create();
  const Bytes before = file();
  const auto again = KeyVault::create(folder, {}, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(file(), before);
}

TEST_F(KeyVaultTest, AWrongPassphraseIsDenied) {
  create(cheap("correct horse"));
  const Error error = refused(says("battery staple"));
  EXPECT_EQ(error.code, Errc::denied);
  EXPECT_THAT(error.what, HasSubstr("passphrase is wrong"));
  EXPECT_EQ(refused([]() -> Result<std::string> {
              return Error{Errc::unavailable, "no terminal", "", ""};
            }).code,
            Errc::unavailable);
}

TEST_F(KeyVaultTest, AMissingFileIsNotFound) {
  EXPECT_EQ(refused(nobody_asks).code, Errc::not_found);
}

TEST_F(KeyVaultTest, NoAlteredOctetGoesUnseen) {
  for (const bool sealed : {false, true}) {
    std::filesystem::remove_all(folder);
    create(sealed ? cheap("p") : KeyProtection{});
    const Bytes whole = file();
    for (std::size_t at = 0; at < whole.size(); ++at) {
      // Without a passphrase there is no salt or nonce: they are summed all the same.
      Bytes altered = whole;
      altered[at] ^= 1;
      const auto read = read_key_file(altered, says("p"), "file");
      EXPECT_FALSE(read) << "octet " << at << (sealed ? " sealed" : "");
    }
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_FALSE(read_key_file(ByteView(whole).first(size), says("p"), "file")) << size;
    }
  }
}

TEST_F(KeyVaultTest, ANewerVersionIsUnsupported) {
  create();
  Bytes newer = file();
  newer[8] = 2;
  overwrite(newer);
  const Error error = refused(nobody_asks);
  EXPECT_EQ(error.code, Errc::unsupported);
  EXPECT_THAT(error.what, HasSubstr("version 2"));
}

TEST_F(KeyVaultTest, AKeyWrappedElsewhereIsDenied) {
  const KeyVault first = create();
  const auto second = *KeyVault::create(outside.path() / "others", {}, {});
  const Bytes wrapped = first.wrap(first.new_data_key());
  EXPECT_EQ(wrapped.size(), KeyVault::wrapped_size);
  EXPECT_EQ(second.unwrap(wrapped).error().code, Errc::denied);
  EXPECT_TRUE(first.unwrap(wrapped)) << "a refusal leaves the vault as it was";
  EXPECT_EQ(first.unwrap({}).error().code, Errc::denied);
  for (std::size_t at = 0; at < wrapped.size(); ++at) {
    Bytes altered = wrapped;
    altered[at] ^= 0x80;
    EXPECT_FALSE(first.unwrap(altered)) << at;
    EXPECT_TRUE(first.unwrap(wrapped));
  }
}

TEST_F(KeyVaultTest, SecretsThatDoNotFitAreRefused) {
  EXPECT_EQ(KeyVault::create(folder, {}, {{"", Bytes(1)}}).error().code, Errc::misuse);
  EXPECT_EQ(KeyVault::create(folder, {}, {{".hidden", Bytes(1)}}).error().code, Errc::misuse);
  EXPECT_EQ(KeyVault::create(folder, {}, {{"a", Bytes(5000)}}).error().code, Errc::misuse);
  EXPECT_EQ(KeyVault::create(folder, cheap(""), {}).error().code, Errc::misuse);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(DataKeySource, NeverRepeatsAKey) {
  DataKeySource source;
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(seen.insert(verifier::to_bytes(source.next().view())).second);
}

}  // namespace
}  // namespace perdura::archive
