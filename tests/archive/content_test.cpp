#include "archive/content.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "archive/content_form.hpp"
#include "archive/content_reader.hpp"
#include "archive/memory_store.hpp"
#include "archive/pack.hpp"
#include "tests/archive/octets.hpp"
#include "tests/archive/temporary_folder.hpp"

namespace perdura::archive {
namespace {

using testing::HasSubstr;
using verifier::as_bytes;
using verifier::DigestAlgorithm;

// Octets that do not compress, the same for the same seed.
Bytes noise(std::size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  Bytes out(size);
  for (auto& octet : out) octet = static_cast<std::uint8_t>(random());
  return out;
}

// Octets that compress well.
Bytes text(std::size_t size) {
  constexpr std::string_view line =
      "Patient rests, pulse regular, no complaints since the morning. ";
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t letter = static_cast<std::uint8_t>(line[i % line.size()]);
    out[i] = static_cast<std::uint8_t>(letter + (i / 5000) % 3);
  }
  return out;
}

// Half of it does compress: frames of both methods.
Bytes mixed(std::size_t size) {
  Bytes out = text(size);
  const Bytes rest = noise(size / 2);
  std::ranges::copy(rest, out.begin() + static_cast<std::ptrdiff_t>(size - rest.size()));
  return out;
}

KeyVault new_vault(const TemporaryFolder& folder) {
  return *KeyVault::create(folder.path() / "keys", {}, {});
}

class ContentTest : public testing::Test {
 protected:
  // Seals, packs and puts.
  ContentLocation keep(ByteView document, std::string_view media_type = "") {
    ContentSealer sealer(store, vault, dictionaries);
    const auto sealed = sealer.seal(document, media_type);
    EXPECT_TRUE(sealed) << (sealed ? "" : to_string(sealed.error()));
    address = sealed->sha256;
    if (!sealed->object.empty()) return sealed->location();
    PackBuilder pack(new_pack_name());
    const ContentLocation location = pack.add(*sealed);
    EXPECT_TRUE(store.put({pack.finish()}));
    return location;
  }
  Result<Bytes> read(const ContentLocation& location) {
    Bytes out;
    ContentReader reader(store, vault, dictionaries);
    const auto done = reader.read(location, address, into(out));
    if (!done) return done.error();
    return out;
  }
  Result<Bytes> read_range(const ContentLocation& location, std::uint64_t offset,
                           std::uint64_t length) {
    Bytes out;
    ContentReader reader(store, vault, dictionaries);
    const auto done = reader.read_range(location, address, offset, length, into(out));
    if (!done) return done.error();
    return out;
  }
  static Sink into(Bytes& out) {
    return [&out](ByteView octets) -> Result<Ok> {
      out.insert(out.end(), octets.begin(), octets.end());
      return Ok{};
    };
  }
  // A source that hands out at most `step` octets a call.
  static Source drip(ByteView document, std::size_t step) {
    return [document, step](std::span<std::uint8_t> to) mutable -> Result<std::size_t> {
      const std::size_t size = std::min({step, to.size(), document.size()});
      std::copy_n(document.begin(), size, to.begin());
      document = document.subspan(size);
      return size;
    };
  }

  TemporaryFolder folder;
  KeyVault vault = new_vault(folder);
  MemoryStore store;
  Dictionaries dictionaries;
  Digest address;
};

class ContentOfSize : public ContentTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(ContentOfSize, ComesBackAsItWas) {
  for (const Bytes& document : {text(GetParam()), noise(GetParam()), mixed(GetParam())}) {
    const ContentLocation location = keep(document);
    EXPECT_EQ(location.length, document.size());
    EXPECT_EQ(address, hash(DigestAlgorithm::sha256, document));
    const auto back = read(location);
    ASSERT_TRUE(back) << to_string(back.error());
    EXPECT_EQ(*back, document);
  }
}

TEST_P(ContentOfSize, IsSealedTheSameFromAStream) {
  const Bytes document = mixed(GetParam());
  ContentSealer sealer(store, vault, dictionaries);
  const auto whole = sealer.seal(document, "");
  const auto stream = sealer.seal(drip(document, 40'000), "");
  ASSERT_TRUE(whole && stream);
  EXPECT_EQ(stream->sha256, whole->sha256);
  EXPECT_EQ(stream->sha512, hash(DigestAlgorithm::sha512, document));
  EXPECT_EQ(stream->length, whole->length);
  EXPECT_EQ(stream->stored_length, whole->stored_length);
}

TEST_P(ContentOfSize, GivesAnyRange) {
  const Bytes document = mixed(GetParam());
  const ContentLocation location = keep(document);
  const std::uint64_t size = document.size();
  for (const std::uint64_t offset :
       {std::uint64_t{0}, size / 3, size - std::min<std::uint64_t>(size, 1), size, size + 5}) {
    for (const std::uint64_t length :
         {std::uint64_t{0}, std::uint64_t{1}, size / 2, ~std::uint64_t{0}}) {
      const auto part = read_range(location, offset, length);
      ASSERT_TRUE(part) << to_string(part.error());
      const std::uint64_t from = std::min(offset, size);
      const std::uint64_t count = std::min(length, size - from);
      const ByteView expected = ByteView(document).subspan(from, count);
      EXPECT_TRUE(verifier::equal(*part, expected)) << offset << "+" << length;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ContentOfSize,
                         testing::Values(0, 1, 100, 4096, mebi - 1, mebi, mebi + 1, 2 * mebi,
                                         17 * mebi + 3));

TEST_F(ContentTest, NothingOfAnAlteredDocumentIsDelivered) {
  const ContentLocation location = keep(text(5000));
  for (std::uint64_t at = location.offset; at < location.offset + location.stored_length; ++at) {
    store.flip_bit(location.object, at, at % 8);
    Bytes out;
    ContentReader reader(store, vault, dictionaries);
    const auto done = reader.read(location, address, into(out));
    ASSERT_FALSE(done) << "octet " << at;
    EXPECT_TRUE(out.empty());
    EXPECT_THAT(done.error().where, HasSubstr(address.hex()));
    store.flip_bit(location.object, at, at % 8);
  }
  EXPECT_TRUE(read(location));
}

TEST_F(ContentTest, AnAlteredFrameIsNamed) {
  const ContentLocation location = keep(noise(5 * mebi));
  store.flip_bit(location.object + "/00000000", 3 * (mebi + seal_size) + 77, 0);
  const auto back = read(location);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Errc::malformed);
  EXPECT_EQ(back.error().what, "frame 3 does not decrypt: stored octets were altered");
  EXPECT_TRUE(read_range(location, 4 * mebi, 10)) << "the frames beside it can still be read";
}

TEST_F(ContentTest, AnotherAddressIsRefused) {
  const ContentLocation location = keep(text(5000));
  address = hash(DigestAlgorithm::sha256, as_bytes("another document"));
  const auto back = read(location);
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().what, HasSubstr("SHA-256"));
}

TEST_F(ContentTest, TheLastFrameIsHeldBackUntilTheDigestHolds) {
  const ContentLocation location = keep(noise(3 * mebi));
  const Digest other = hash(DigestAlgorithm::sha256, as_bytes("another document"));
  Bytes out;
  ContentReader reader(store, vault, dictionaries);
  EXPECT_FALSE(reader.read(location, other, into(out)));
  EXPECT_EQ(out.size(), 2 * mebi);
}

TEST_F(ContentTest, AWrappedKeyOfAnotherContentIsRefused) {
  ContentLocation first = keep(text(5000));
  const ContentLocation second = keep(text(6000));
  first.wrapped_key = second.wrapped_key;
  EXPECT_FALSE(read(first));
}

TEST_F(ContentTest, AMissingObjectIsNotFound) {
  const ContentLocation location = keep(noise(3 * mebi));
  ASSERT_TRUE(store.erase(location.object + "/00000000"));
  const auto back = read(location);
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().code, Errc::not_found);
  EXPECT_THAT(back.error().where, HasSubstr(address.hex()));
}

TEST_F(ContentTest, ALargeOneThatCannotBeSealedLeavesNothing) {
  const Bytes document = noise(20 * mebi);
  for (const unsigned nth : {1u, 2u, 3u, 4u}) {
    store.inject(MemoryStore::Call::put, nth, MemoryStore::Fault::done);
    ContentSealer sealer(store, vault, dictionaries);
    const auto sealed = sealer.seal(document, "");
    EXPECT_FALSE(sealed) << nth;
    EXPECT_TRUE(store.objects().empty()) << nth;
    // The sealer is as good as new.
    EXPECT_EQ(sealer.seal(text(10), "")->sha256, hash(DigestAlgorithm::sha256, text(10)));
  }
}

TEST_F(ContentTest, ASourceThatFailsLeavesNothing) {
  ContentSealer sealer(store, vault, dictionaries);
  std::size_t left = 12 * mebi;
  const auto sealed = sealer.seal(
      [&](std::span<std::uint8_t> to) -> Result<std::size_t> {
        if (left < to.size()) return Error{Errc::io, "cable pulled", "", ""};
        left -= to.size();
        return to.size();
      },
      "");
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().what, "cable pulled");
  EXPECT_TRUE(store.objects().empty());
}

TEST_F(ContentTest, ALargeOneIsErasedWhole) {
  ContentSealer sealer(store, vault, dictionaries);
  const auto sealed = sealer.seal(noise(20 * mebi), "");
  ASSERT_TRUE(sealed);
  EXPECT_EQ(store.objects().size(), 4u);
  ASSERT_TRUE(erase_large_content(store, sealed->object));
  EXPECT_TRUE(store.objects().empty());
  EXPECT_TRUE(erase_large_content(store, sealed->object)) << "twice is no error";
}

TEST_F(ContentTest, ErasingThatWasCutShortCanBeRepeated) {
  ContentSealer sealer(store, vault, dictionaries);
  const auto sealed = sealer.seal(noise(20 * mebi), "");
  store.inject(MemoryStore::Call::erase, 3, MemoryStore::Fault::not_done);
  EXPECT_FALSE(erase_large_content(store, sealed->object));
  EXPECT_TRUE(erase_large_content(store, sealed->object));
  EXPECT_TRUE(store.objects().empty());
}

TEST_F(ContentTest, APackTakesContentsUpToItsTarget) {
  ContentSealer sealer(store, vault, dictionaries);
  PackBuilder pack(new_pack_name());
  EXPECT_TRUE(pack.empty());
  std::vector<ContentLocation> locations;
  std::vector<Bytes> documents;
  const std::string first_name = pack.add(*sealer.seal(text(10), "")).object;
  for (unsigned i = 0; !pack.full_with(100'000); ++i) {
    documents.push_back(noise(100'000 - 100, i));
    locations.push_back(pack.add(*sealer.seal(documents.back(), "")));
    EXPECT_EQ(locations.back().object, first_name);
  }
  EXPECT_GT(pack.size(), PackBuilder::target_size - 100'000);
  EXPECT_LE(pack.size(), PackBuilder::target_size);
  ASSERT_TRUE(store.put({pack.finish()}));
  for (std::size_t i = 0; i < documents.size(); ++i) {
    address = hash(DigestAlgorithm::sha256, documents[i]);
    EXPECT_EQ(*read(locations[i]), documents[i]);
  }
}

TEST_F(ContentTest, ALocationReadsBackAsItWasWritten) {
  for (const std::size_t size : {0u, 5000u, 3u << 20}) {
    const ContentLocation location = keep(noise(size));
    const auto back = decode_content_location(encode(location), "row");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->object, location.object);
    EXPECT_EQ(back->offset, location.offset);
    EXPECT_EQ(back->stored_length, location.stored_length);
    EXPECT_EQ(back->length, location.length);
    EXPECT_EQ(back->wrapped_key, location.wrapped_key);
  }
}

}  // namespace
}  // namespace perdura::archive
