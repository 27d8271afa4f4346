// Evidence put together by somebody who can write any octets and make keys and authorities of their
// own, but has neither the trusted authority's key nor collisions of a sound hash function.
#include <gtest/gtest.h>

#include "tests/verifier/der_tree.hpp"
#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/reduced_hashtree.hpp"

namespace perdura::verifier {
namespace {

using test::Authority;
using test::EvidenceMaker;
using test::Identity;
using test::judge_octets;
using test::LengthForm;
using test::make_crl;
using test::make_identity;
using test::make_token;
using test::Node;
using test::NodePath;
using test::outcome;
using test::sha256;
using test::sha512;
using test::text;
using test::TokenSpec;

constexpr DigestAlgorithm only_sha256[] = {sha256};

const Authority& attacked_authority() {
  static const Authority one("ec", "Attacked");
  return one;
}

class EvidenceAttack : public testing::Test {
 protected:
  std::string judge(ByteView record, const std::vector<DataObject>& objects,
                    GroupProof proof = GroupProof::whole_group) {
    return judge_octets(record, objects, proof, judge_, &report_);
  }
  std::string judge(const Node& record) {
    return judge(test::write_tree(record), maker_.objects());
  }
  std::string judge_token(const Bytes& token) {
    const Report report = judge_.judge(token, judge_.options().at, nullptr);
    report_ = report;
    return outcome(report);
  }
  // The record as a tree: {version, algorithms, sequence of chains of {algorithm, tree, token}}.
  Node tree() const { return test::read_tree(maker_.record()).at(0); }

  EvidenceMaker maker_{attacked_authority(), {"statement", "bundle", "image"}};
  TokenJudge judge_{attacked_authority().options("2050-01-01")};
  Report report_;
};

// --- documents

TEST_F(EvidenceAttack, ADocumentAddedToTheGroupFails) {
  maker_.stamp_at("2030-01-01", sha256);
  auto objects = maker_.objects();
  objects.push_back({"added", {{sha256, hash(sha256, as_bytes("added"))}}});
  EXPECT_EQ(judge(maker_.record(), objects), "FAILED HASH_FAILURE");
  EXPECT_EQ(judge(maker_.record(), objects, GroupProof::single_objects), "FAILED HASH_FAILURE");
}

TEST_F(EvidenceAttack, ANodeOfTheTreeIsNoDocument) {
  maker_.stamp_at("2030-01-01", sha256, 3);
  const Bytes octets = maker_.record();
  const auto record = parse_evidence_record(octets);
  // Whoever claims that a value of a later list, or the value of a list, is a document's hash.
  Hasher hasher(sha256);
  const auto hashes = maker_.hashes(sha256);
  std::vector<Digest> nodes{group_hash(hasher, hashes)};
  const auto& lists = *record->chains[0].archive_timestamps[0].reduced_hashtree;
  for (std::size_t i = 1; i < lists.size(); ++i) {
    nodes.emplace_back(*lists[i].begin());
    nodes.push_back(node_hash(hasher, nodes[0], Digest(*lists[i].begin())));
  }
  for (const Digest& node : nodes) {
    EXPECT_EQ(judge(octets, {{"node", {{sha256, node}}}}, GroupProof::single_objects),
              "FAILED HASH_FAILURE");
  }
}

// --- chains and time-stamps

struct Rearranged {
  const char* name;
  void (*change)(std::vector<std::vector<Bytes>>&);
};

// clang-format off
const Rearranged rearranged[] = {
    {"ChainsSwapped",            [](auto& c) { std::swap(c[0], c[1]); }},
    {"FirstChainDropped",        [](auto& c) { c.erase(c.begin()); }},
    {"FirstChainTwice",          [](auto& c) { c.insert(c.begin(), c[0]); }},
    {"SecondChainTwice",         [](auto& c) { c.insert(c.begin() + 1, c[1]); }},
    {"ChainsJoined",             [](auto& c) { c[0].insert(c[0].end(), c[1].begin(), c[1].end()); c.pop_back(); }},
    {"ChainTakenApart",          [](auto& c) { c.insert(c.begin() + 1, {c[0][1]}); c[0].erase(c[0].begin() + 1); }},
    {"FirstTimeStampDropped",    [](auto& c) { c[0].erase(c[0].begin()); }},
    {"MiddleTimeStampDropped",   [](auto& c) { c[0].erase(c[0].begin() + 1); }},
    {"LastTimeStampDropped",     [](auto& c) { c[0].pop_back(); }},
    {"TimeStampsSwapped",        [](auto& c) { std::swap(c[0][0], c[0][1]); }},
    {"RenewalsSwapped",          [](auto& c) { std::swap(c[0][1], c[0][2]); }},
    {"TimeStampTwice",           [](auto& c) { c[0].insert(c[0].begin(), c[0][0]); }},
    {"RenewalTwice",             [](auto& c) { c[0].insert(c[0].begin() + 1, c[0][1]); }},
    {"NewestTwice",              [](auto& c) { c[1].push_back(c[1].back()); }},
};
// clang-format on

class RearrangedEvidence : public testing::TestWithParam<Rearranged> {};

TEST_P(RearrangedEvidence, Fails) {
  EvidenceMaker maker(attacked_authority(), {"statement", "bundle"});
  maker.stamp_at("2030-01-01", sha256).renew_at("2032-01-01").renew_at("2034-01-01");
  maker.renew_tree_at("2036-01-01", sha512);
  const TokenJudge judge(attacked_authority().options("2050-01-01"));
  ASSERT_EQ(judge_octets(maker.record(), maker.objects(), GroupProof::whole_group, judge),
            "PASSED");
  auto chains = maker.chains();
  GetParam().change(chains);
  constexpr DigestAlgorithm algorithms[] = {sha256, sha512};
  const std::string verdict = judge_octets(write_evidence_record(algorithms, chains),
                                           maker.objects(), GroupProof::whole_group, judge);
  EXPECT_EQ(verdict.substr(0, 6), "FAILED") << verdict;
}
INSTANTIATE_TEST_SUITE_P(, RearrangedEvidence, testing::ValuesIn(rearranged),
                         [](const auto& row) { return std::string(row.param.name); });

// --- tokens

TEST_F(EvidenceAttack, TheRightHashByTheWrongKeyFails) {
  // The trusted authority's certificate, and a signature by another key.
  Identity liar = attacked_authority().tsa;
  liar.key = test::key_named("ec", "liar");
  const TokenSpec spec =
      attacked_authority().spec(sha256, hash(sha256, as_bytes("x")), "2030-01-01");
  EXPECT_EQ(judge_token(make_token(attacked_authority().tsa, spec)), "PASSED") << text(report_);
  EXPECT_EQ(judge_token(make_token(liar, spec)), "FAILED SIG_CRYPTO_FAILURE") << text(report_);
}

TEST_F(EvidenceAttack, ASelfMadeAuthorityBesideTheTrustedOneInOneTokenFails) {
  const Authority forger("ec", "Forger");
  const Digest imprint = hash(sha256, as_bytes("x"));
  TokenSpec spec = attacked_authority().spec(sha256, imprint, "2030-01-01");
  // Its certificates beside the trusted ones do no harm, and no good.
  spec.certificates.push_back(forger.tsa.certificate);
  spec.certificates.push_back(forger.root.certificate);
  EXPECT_EQ(judge_token(make_token(attacked_authority().tsa, spec)), "PASSED") << text(report_);
  const Bytes forged = make_token(forger.tsa, spec);
  EXPECT_EQ(judge_token(forged), "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND") << text(report_);
  // Two signatures over one content, in either order: exactly one is a time-stamp (RFC 3161
  // §2.4.2).
  const NodePath signers = {1, 0, 5};
  for (const bool trusted_first : {true, false}) {
    Node both = test::read_tree(make_token(attacked_authority().tsa, spec)).at(0);
    Node other = test::read_tree(forged).at(0);
    if (!trusted_first) std::swap(both, other);
    at(both, signers).children.push_back(at(other, signers).children.at(0));
    EXPECT_EQ(judge_token(test::write_tree(both)).substr(0, 6), "FAILED") << text(report_);
  }
}

TEST_F(EvidenceAttack, ABackdatedTokenOfAForgerUnderATrustedRenewalShowsNothing) {
  const Authority forger("ec", "Forger");
  EvidenceMaker forged(forger, {"statement", "bundle", "image"});
  forged.stamp_at("2021-01-01", sha256);
  const Bytes octets = forged.record();
  const auto parsed = parse_evidence_record(octets);
  const Digest previous = hash(sha256, parsed->chains[0].archive_timestamps[0].time_stamp);
  const Bytes renewal = maker_.archive_timestamp({previous}, 1, sha256, "2030-01-01");
  const Bytes record = write_evidence_record(only_sha256, {{forged.chains()[0][0], renewal}});
  EXPECT_EQ(judge(record, forged.objects()), "INDETERMINATE NO_CERTIFICATE_CHAIN_FOUND");
  const auto judged = judge_evidence_record(*parse_evidence_record(record), forged.objects(),
                                            GroupProof::whole_group, judge_);
  EXPECT_FALSE(judged.existed_since);
}

// A record whose first time-stamp has SHA-1, and whose renewal by SHA-256 is dated `renewed`.
std::string judge_sha1_renewed(const std::string& renewed) {
  Authority old = attacked_authority();
  old.root = make_identity(
      {.name = "Old Root", .not_before = "2005-01-01", .extensions = test::ca_extensions()},
      nullptr);
  old.tsa = make_identity({.name = "Old TSA",
                           .not_before = "2005-01-01",
                           .extensions = test::tsa_extensions(),
                           .serial = 2},
                          &old.root);
  EvidenceMaker made(old, {"statement", "bundle"});
  made.stamp_at("2010-01-01", DigestAlgorithm::sha1).renew_tree_at(renewed, sha256);
  const TokenJudge judge(old.options("2020-01-01"));
  return judge_octets(made.record(), made.objects(), GroupProof::whole_group, judge);
}

TEST_F(EvidenceAttack, Sha1RenewedTooLateDecidesNothing) {
  EXPECT_EQ(judge_sha1_renewed("2012-01-01"), "PASSED");
  EXPECT_EQ(judge_sha1_renewed("2012-09-01"), "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
  EXPECT_EQ(judge_sha1_renewed("2019-01-01"), "INDETERMINATE CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
}

// --- other encodings of the same value

// Calls `visit` with the place of every element below `node`.
void for_each_place(const Node& node, const NodePath& path,
                    const std::function<void(const NodePath&)>& visit) {
  visit(path);
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    NodePath child = path;
    child.push_back(i);
    for_each_place(node.children[i], child, visit);
  }
}

TEST_F(EvidenceAttack, NoElementMayBeWrittenInAnotherWay) {
  maker_.stamp_at("2030-01-01", sha256).renew_at("2032-01-01");
  maker_.renew_tree_at("2036-01-01", sha512);
  const Node good = tree();
  ASSERT_EQ(judge(good), "PASSED");
  // The newest token is not covered yet, and tokens may be BER (RFC 5652): there the same value is
  // the same token, and what is signed in it is taken as it was signed.
  const NodePath newest = {2, 1, 0, 2};
  std::size_t tried = 0;
  for_each_place(good, {}, [&](const NodePath& path) {
    const bool open =
        path.size() >= newest.size() && std::equal(newest.begin(), newest.end(), path.begin());
    for (const LengthForm form : {LengthForm::padded, LengthForm::indefinite}) {
      Node changed = good;
      Node& node = at(changed, path);
      if (form == LengthForm::indefinite && !node.constructed()) continue;
      node.form = form;
      ++tried;
      const std::string verdict = judge(changed);
      if (!open) {
        EXPECT_NE(verdict, "PASSED") << test::text_of(path);
      }
    }
  });
  EXPECT_GT(tried, 300u);
}

TEST_F(EvidenceAttack, NoValueMayBeWrittenInAnotherWay) {
  maker_.stamp_at("2030-01-01", sha256);
  const auto changed = [&](const NodePath& path, const Bytes& contents) {
    Node record = tree();
    at(record, path).contents = contents;
    return judge(record);
  };
  EXPECT_EQ(changed({0}, {0x01}), "PASSED");
  EXPECT_EQ(changed({0}, {0x00, 0x01}), "MALFORMED");  // INTEGER with a zero before it
  EXPECT_EQ(changed({0}, {}), "MALFORMED");
  const Node record = tree();
  Bytes oid = record.children[1].children[0].children[0].contents;
  oid.insert(oid.begin() + 1, 0x80);  // an arc with a zero before it
  EXPECT_EQ(changed({1, 0, 0}, oid), "MALFORMED");
  EXPECT_EQ(changed({2, 0, 0, 0, 0}, oid), "MALFORMED");
  // Parameters of a hash function may be NULL or absent (RFC 5754 §2), and nothing else.
  for (const Tag other : {tag::sequence, tag::octet_string, tag::oid}) {
    Node parameters = tree();
    at(parameters, {1, 0}).children.push_back({.tag = other, .contents = {}, .children = {}});
    EXPECT_EQ(judge(parameters), "MALFORMED") << int{other};
  }
  // A hash value in segments.
  Node segments = tree();
  Node& value = at(segments, {2, 0, 0, 1, 0, 0});
  const Node whole = value;
  value.tag = tag::octet_string | 0x20;
  value.contents.clear();
  value.children = {whole};
  EXPECT_EQ(judge(segments), "MALFORMED");
}

TEST_F(EvidenceAttack, AFieldThatLiesAboutItsHashFunctionFails) {
  maker_.stamp_at("2030-01-01", sha256);
  for (const auto lie : {DigestAlgorithm::sha3_256, DigestAlgorithm::sha512, DigestAlgorithm::sha1,
                         DigestAlgorithm::sha384}) {
    // In the archive time-stamp, with the list of the record as it should be and as the lie asks.
    Node record = tree();
    at(record, {2, 0, 0, 0, 0}).contents = to_bytes(oid(lie));
    EXPECT_EQ(judge(record), "FAILED HASH_ALGORITHM_FAILURE");
    at(record, {1, 0, 0}).contents = to_bytes(oid(lie));
    EXPECT_EQ(judge(record).substr(0, 6), "FAILED");
    // In the token's own imprint, which is signed.
    Node list = tree();
    at(list, {1, 0, 0}).contents = to_bytes(oid(lie));
    EXPECT_EQ(judge(list), "FAILED FORMAT_FAILURE");
  }
}

}  // namespace
}  // namespace perdura::verifier
