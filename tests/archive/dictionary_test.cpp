#include "archive/dictionary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "archive/content.hpp"
#include "archive/content_form.hpp"
#include "archive/content_reader.hpp"
#include "archive/frame.hpp"
#include "archive/memory_store.hpp"
#include "archive/pack.hpp"
#include "tests/archive/temporary_folder.hpp"

namespace perdura::archive {
namespace {

using verifier::DigestAlgorithm;

// One of many observations that differ in a few values.
Bytes observation(unsigned seed) {
  std::mt19937 random(seed);
  const auto number = [&](unsigned below) { return std::to_string(random() % below); };
  const std::string text =
      R"({"resourceType":"Observation","id":")" + number(1u << 30) +
      R"(","status":"final","category":[{"coding":[{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],)"
      R"("code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}]},)"
      R"("subject":{"reference":"Patient/)" +
      number(100000) + R"("},"effectiveDateTime":"2041-0)" + number(9) + "-1" + number(9) +
      R"(T08:00:00Z","valueQuantity":{"value":)" + number(200) +
      R"(,"unit":"beats/minute","system":"http://unitsofmeasure.org","code":"/min"}})";
  return verifier::to_bytes(verifier::as_bytes(text));
}

std::optional<NewDictionary> teach(Dictionaries& dictionaries, unsigned from, unsigned to) {
  for (unsigned i = from; i < to; ++i) {
    if (auto made = dictionaries.learn("application/fhir+json", observation(i))) return made;
  }
  return std::nullopt;
}

Digest address_of(const Bytes& bytes) { return hash(DigestAlgorithm::sha256, bytes); }

class DictionaryTest : public testing::Test {
 protected:
  void load(Dictionaries& into, const NewDictionary& made) {
    ASSERT_TRUE(into.load(made.media_type, address_of(made.bytes), made.bytes));
  }

  TemporaryFolder folder;
  KeyVault vault = *KeyVault::create(folder.path() / "keys", {}, {});
  MemoryStore store;
  Dictionaries dictionaries;
};

TEST_F(DictionaryTest, MakesSmallDocumentsManyTimesSmaller) {
  ContentSealer sealer(store, vault, dictionaries);
  const Bytes document = observation(999'999);
  const auto before = sealer.seal(document, "application/fhir+json");
  const auto made = teach(dictionaries, 0, 5000);
  ASSERT_TRUE(made);
  EXPECT_LE(made->bytes.size(), 112u << 10);
  load(dictionaries, *made);
  const auto after = sealer.seal(document, "application/fhir+json");
  EXPECT_LT(after->octets.size() * 2, before->octets.size());
  EXPECT_EQ(sealer.seal(document, "text/plain")->octets.size(), before->octets.size())
      << "other media types are not touched";

  PackBuilder pack(new_pack_name());
  const ContentLocation location = pack.add(*after);
  ASSERT_TRUE(store.put({pack.finish()}));
  ContentReader reader(store, vault, dictionaries);
  Bytes back;
  ASSERT_TRUE(reader.read(location, after->sha256, [&](ByteView octets) -> Result<Ok> {
    back = verifier::to_bytes(octets);
    return Ok{};
  }));
  EXPECT_EQ(back, document);

  const Dictionaries none;
  ContentReader without(store, vault, none);
  const auto failed = without.read(location, after->sha256, [](ByteView) -> Result<Ok> {
    ADD_FAILURE();
    return Ok{};
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::not_found);
}

TEST_F(DictionaryTest, IsLearnedOnce) {
  ASSERT_TRUE(teach(dictionaries, 0, 5000));
  EXPECT_FALSE(teach(dictionaries, 5000, 15'000)) << "the caller may still be storing it";
}

TEST_F(DictionaryTest, IsNeverLearnedForAMediaTypeThatHasOne) {
  Dictionaries reopened;
  load(reopened, *teach(dictionaries, 0, 5000));
  EXPECT_FALSE(teach(reopened, 5000, 15'000));
}

TEST_F(DictionaryTest, MakesNoMoreThanSixtyFour) {
  for (unsigned i = 0; i < 64; ++i) dictionaries.learn("type/" + std::to_string(i), observation(i));
  EXPECT_FALSE(teach(dictionaries, 0, 5000));
}

TEST_F(DictionaryTest, IsNotMadeWhereItGainsNothing) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    Bytes noise(8000);
    for (auto& octet : noise) octet = static_cast<std::uint8_t>(random());
    EXPECT_FALSE(dictionaries.learn("image/jpeg", noise));
  }
}

TEST_F(DictionaryTest, OlderOnesStillExpand) {
  const auto made = teach(dictionaries, 0, 5000);
  load(dictionaries, *made);
  const auto old = dictionaries.current("application/fhir+json");
  Dictionaries others;
  NewDictionary other = *teach(others, 100'000, 105'000);
  load(dictionaries, other);
  EXPECT_NE(dictionaries.current("application/fhir+json"), old);
  EXPECT_EQ(dictionaries.find(old->id()), old);
}

TEST_F(DictionaryTest, IsTheOneNamedAlsoAfterADocumentThatDidNotCompress) {
  const auto made = teach(dictionaries, 0, 5000);
  ASSERT_TRUE(made);
  load(dictionaries, *made);
  Bytes other = made->bytes;
  std::reverse(other.end() - 4096, other.end());
  ASSERT_TRUE(dictionaries.load("text/plain", address_of(other), other));
  Bytes noise(5000);
  std::mt19937 random(1);
  for (auto& octet : noise) octet = static_cast<std::uint8_t>(random());
  const auto first = dictionaries.current("application/fhir+json");
  const auto second = dictionaries.current("text/plain");
  FrameCompressor compressor(3);
  EXPECT_EQ(compressor.compress(noise, first.get()).method, FrameMethod::stored);
  const Bytes document = observation(999'999);
  const auto [method, octets] = compressor.compress(document, second.get());
  FrameExpander expander;
  const auto back = expander.expand(method, octets, document.size(), second.get());
  ASSERT_TRUE(back);
  EXPECT_TRUE(verifier::equal(*back, document));
}

TEST_F(DictionaryTest, OctetsThatAreNotItsAddressAreRefused) {
  const auto made = teach(dictionaries, 0, 5000);
  Bytes altered = made->bytes;
  altered.back() ^= 1;
  const auto load = dictionaries.load("a/b", address_of(made->bytes), altered);
  ASSERT_FALSE(load);
  EXPECT_EQ(load.error().code, verifier::Errc::malformed);
  const Bytes text(1000, 'x');
  EXPECT_FALSE(dictionaries.load("a/b", address_of(text), text));
  EXPECT_FALSE(dictionaries.current("a/b"));
}

}  // namespace
}  // namespace perdura::archive
