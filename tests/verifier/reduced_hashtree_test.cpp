// Hash trees: the known answers, and the fast code against the RFC's own words.
#include "verifier/reduced_hashtree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/verifier/octets.hpp"
#include "verifier/evidence_record_writer.hpp"

namespace perdura::verifier {
namespace {

using test::sha256;

Digest h(std::string_view text, DigestAlgorithm algorithm = sha256) {
  return hash(algorithm, as_bytes(text));
}

// What RFC 4998 §4.2 says, slow and word for word.
// "2. ... concatenate in binary ascending order and hash"
Digest rfc_node(std::vector<Digest> values) {
  std::sort(values.begin(), values.end(), [](const Digest& a, const Digest& b) {
    return std::lexicographical_compare(a.view().begin(), a.view().end(), b.view().begin(),
                                        b.view().end());
  });
  Bytes all;
  for (const Digest& value : values) {
    all.insert(all.end(), value.view().begin(), value.view().end());
  }
  return hash(sha256, all);
}

// §4.3 steps 2 and 3: "if there is one value, it is taken as it is; concatenate ... and hash;
// add the result to the next list".
Digest rfc_root(const ReducedHashtree& lists, std::size_t from, std::vector<Digest> carried) {
  if (from == lists.size()) return carried.at(0);
  std::vector<Digest> list = lists[from];
  list.insert(list.end(), carried.begin(), carried.end());
  const Digest value = list.size() == 1 ? list[0] : rfc_node(list);
  return rfc_root(lists, from + 1, {value});
}

// The lists as PartialHashtrees of an encoded archive timestamp (with a token that is none).
struct Encoded {
  Bytes octets;
  std::optional<EvidenceRecord> record;
  explicit Encoded(const ReducedHashtree& lists) {
    const Bytes no_token{0x30, 0x00};
    const DigestAlgorithm algorithms[] = {sha256};
    octets =
        write_evidence_record(algorithms, {{write_archive_timestamp(sha256, lists, no_token)}});
    auto parsed = parse_evidence_record(octets);
    EXPECT_TRUE(parsed);
    record = *std::move(parsed);
  }
  const std::vector<PartialHashtree>& lists() const {
    return *record->chains[0].archive_timestamps[0].reduced_hashtree;
  }
};

// printf 1 | openssl dgst -sha256 and so on; STANDARDS of the project, RFC 4998 §4.2's example.
TEST(ReducedHashtree, GivesTheKnownAnswers) {
  Hasher hasher(sha256);
  const Digest h4 = group_hash(hasher, std::vector{h("4a"), h("4b")});
  EXPECT_EQ(h4.hex(), "a2950a010612379ce129c9b62ca1889d747d677c1845dba959bb6b5112330df7");
  const Digest n12 = node_hash(hasher, h("1"), h("2"));
  EXPECT_EQ(n12.hex(), "4295f72eeb1e3507b8461e240e3b8d18c1e7bd2f1122b11fc9ec40a65894031a");
  const Digest n34 = node_hash(hasher, h4, h("3"));
  EXPECT_EQ(n34.hex(), "ab045cdcc07620415db9bac9ae908ef23dfed26ef34c79d7b91bf026eac90954");
  const std::string top = "aaeea01a530da32f66b57d182e449804b051755ffc67fe4965586a0119d18945";
  EXPECT_EQ(node_hash(hasher, n34, n12).hex(), top);
  const Encoded single({{h("1"), h("2")}, {n34}});
  EXPECT_EQ(root(hasher, single.lists(), ListReading::usual).hex(), top);
  const Encoded group({{h("4a"), h("4b")}, {h("3")}, {n12}});
  EXPECT_EQ(root(hasher, group.lists(), ListReading::usual).hex(), top);
}

TEST(ReducedHashtree, JoinsARenewedLeafByPosition) {
  constexpr auto sha384 = DigestAlgorithm::sha384;
  Hasher hasher(sha384);
  const Digest sequence = hash(sha384, *from_hex("30053003040141"));
  const Digest object = h("6", sha384);
  EXPECT_EQ(renewed_leaf(hasher, object, sequence).hex(),
            "5ff409b28f50c74bbdd5a7308f2fd1ef36c27397b114150a6df4b1198ee1a492"
            "5b278e21f18884a5d861b194bfa660d3");
  EXPECT_EQ(node_hash(hasher, object, sequence).hex(),
            "bc4522c162cebbde6b215508e47a57a7e5c13477bf0fc8c35223197587fccb75"
            "74a8b18299a1e4afacba7f0a613f301d");
}

TEST(ReducedHashtree, CarriesASingleHashUpUnhashed) {
  Hasher hasher(sha256);
  EXPECT_EQ(combine(hasher, std::vector{h("1")}), h("1"));
  const Encoded one({{h("1")}});
  EXPECT_EQ(root(hasher, one.lists(), ListReading::usual), h("1"));
  const Encoded two({{h("1")}, {h("2")}});
  EXPECT_EQ(root(hasher, two.lists(), ListReading::usual), rfc_node({h("1"), h("2")}));
}

TEST(ReducedHashtree, SortsAsUnsignedOctets) {
  const Bytes low(32, 0x7F);
  const Bytes high(32, 0x80);
  Bytes both = low;
  both.insert(both.end(), high.begin(), high.end());
  Hasher hasher(sha256);
  EXPECT_EQ(node_hash(hasher, Digest(high), Digest(low)), hash(sha256, both));
}

TEST(ReducedHashtree, IsTheRfcsRecursionForAllShapesUpTo64Values) {
  Hasher hasher(sha256);
  std::uint32_t seed = 4998;
  const auto random = [&](std::uint32_t below) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % below;
  };
  for (std::size_t size = 1; size <= 64; ++size) {
    for (int round = 0; round < 8; ++round) {
      ReducedHashtree lists;
      for (std::size_t left = size; left > 0;) {
        const std::size_t length =
            1 + random(static_cast<std::uint32_t>(std::min<std::size_t>(left, 5)));
        std::vector<Digest> list;
        for (std::size_t i = 0; i < length && left > 0; ++i, --left) {
          list.push_back(h(std::to_string(random(1000))));
        }
        lists.push_back(std::move(list));
      }
      const Encoded encoded(lists);
      EXPECT_EQ(root(hasher, encoded.lists(), ListReading::usual), rfc_root(lists, 0, {}));
      EXPECT_EQ(combine(hasher, lists[0]), lists[0].size() == 1 ? lists[0][0] : rfc_node(lists[0]));
    }
  }
}

// Builds the whole tree as §4.2 does, reduces it for each leaf, and climbs back.
TEST(ReducedHashtree, LeadsFromEveryLeafToTheRootForAllSizesUpTo64) {
  Hasher hasher(sha256);
  for (std::size_t size = 1; size <= 64; ++size) {
    std::vector<std::vector<Digest>> levels(1);
    for (std::size_t i = 0; i < size; ++i) levels[0].push_back(h(std::to_string(i)));
    while (levels.back().size() > 1) {
      std::vector<Digest> parents;
      for (std::size_t i = 0; i < levels.back().size(); i += 2) {
        const bool pair = i + 1 < levels.back().size();
        parents.push_back(pair ? rfc_node({levels.back()[i], levels.back()[i + 1]})
                               : levels.back()[i]);
      }
      levels.push_back(std::move(parents));
    }
    for (std::size_t leaf = 0; leaf < size; ++leaf) {
      ReducedHashtree lists{{levels[0][leaf]}};
      std::size_t at = leaf;
      for (std::size_t level = 0; level + 1 < levels.size(); ++level, at /= 2) {
        if ((at ^ 1) < levels[level].size()) lists.push_back({levels[level][at ^ 1]});
      }
      const Encoded encoded(lists);
      EXPECT_TRUE(contains(encoded.lists().front(), levels[0][leaf]));
      EXPECT_EQ(root(hasher, encoded.lists(), ListReading::usual), levels.back()[0]);
    }
  }
}

TEST(ReducedHashtree, CountsEqualValuesOnceWhenAsked) {
  Hasher hasher(sha256);
  const Encoded lists({{h("1"), h("2"), h("2")}, {h("3")}});
  EXPECT_EQ(root(hasher, lists.lists(), ListReading::equal_values_once),
            rfc_node({rfc_node({h("1"), h("2")}), h("3")}));
  EXPECT_EQ(root(hasher, lists.lists(), ListReading::usual),
            rfc_node({rfc_node({h("1"), h("2"), h("2")}), h("3")}));
}

TEST(ReducedHashtree, HashesASingleFirstValueWhenAsked) {
  Hasher hasher(sha256);
  const Digest again = hash(sha256, h("1"));
  const Encoded one({{h("1")}});
  EXPECT_EQ(root(hasher, one.lists(), ListReading::single_value_hashed), again);
  const Encoded two({{h("1")}, {h("2")}});
  EXPECT_EQ(root(hasher, two.lists(), ListReading::single_value_hashed),
            rfc_node({again, h("2")}));
}

}  // namespace
}  // namespace perdura::verifier
