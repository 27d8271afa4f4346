// A local authority over decades: kinds of keys, rolling over, revoking, dying half-way.
#include "archive/local_authority.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "archive/local_tsa.hpp"
#include "tests/archive/outside_world.hpp"
#include "verifier/texts.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/verify_token.hpp"

namespace perdura {
namespace {

namespace fs = std::filesystem;
using archive::AuthorityForm;
using archive::key_kind;
using archive::LocalAuthority;
using archive::LocalTsa;
using verifier::AlgorithmPolicy;
using verifier::Bytes;
using verifier::Digest;
using verifier::DigestAlgorithm;
using verifier::Errc;
using verifier::Time;
using verifier::Verdict;

constexpr std::int64_t year = archive::year_s;
constexpr char stamped_document[] = "a record";

Time time_at(const char* text) { return *verifier::parse_time(text); }

// The built-in policy, but for signatures of one kind, and perhaps a hash function, that end.
AlgorithmPolicy ending(const std::string& oid, const char* when) {
  verifier::PolicyTable table = AlgorithmPolicy::built_in()->table();
  for (verifier::PolicyAlgorithm& algorithm : table.algorithms) {
    if (std::ranges::find(algorithm.oids, oid) == algorithm.oids.end()) continue;
    for (auto& evaluation : algorithm.evaluations) evaluation.validity.end = time_at(when);
  }
  return AlgorithmPolicy(std::move(table));
}
constexpr char ecdsa[] = "1.2.840.10045.2.1";

class LocalAuthorityTest : public testing::Test {
 protected:
  void make(const AuthorityForm& form = {}) {
    const auto made = archive::create_local_tsa(dir, "Clinic", clock, {}, form);
    ASSERT_TRUE(made) << to_string(made.error());
    open();
  }
  void open() {
    auto opened = LocalTsa::open(dir, clock);
    ASSERT_TRUE(opened) << to_string(opened.error());
    tsa = *std::move(opened);
  }
  Bytes stamp(DigestAlgorithm algorithm = DigestAlgorithm::sha256) {
    const auto token =
        tsa->stamp(algorithm, verifier::hash(algorithm, verifier::as_bytes(stamped_document)));
    EXPECT_TRUE(token) << to_string(token.error());
    return token ? *token : Bytes();
  }
  // The verdict as of `at` with all anchors of ca.pem, and with `lists` besides what is in it.
  Verdict verdict(const Bytes& token, Time at, std::vector<Bytes> lists = {}) {
    const auto anchors = verifier::read_certificates(tests::read_octets(dir / "ca.pem"), "ca.pem");
    EXPECT_TRUE(anchors);
    verifier::JudgeOptions options;
    options.anchors.certificates = *anchors;
    options.at = at;
    options.extra_crls = std::move(lists);
    const auto report = verifier::TokenJudge(options).judge(token, at, nullptr);
    why = report.decisive() != nullptr ? verifier::in_english(report.decisive()->what) + " " +
                                             verifier::in_english(report.decisive()->detail)
                                       : "";
    return report.verdict();
  }
  std::string openssl(const Bytes& token) {
    tests::write_octets(folder / "token", token);
    tests::write_text(folder / "document", stamped_document);
    return tests::shell("cd " + folder.path().string() +
                        " && openssl ts -verify -data document -in token -token_in -CAfile " +
                        "tsa/ca.pem -attime " + std::to_string(clock.now().seconds))
        .output;
  }
  std::size_t anchors() {
    return verifier::read_certificates(tests::read_octets(dir / "ca.pem"), "")->size();
  }

  archive::ManualClock clock{time_at("2030-01-01")};
  tests::TemporaryFolder folder;
  fs::path dir = folder / "tsa";
  std::unique_ptr<LocalTsa> tsa;
  const AlgorithmPolicy& policy = *AlgorithmPolicy::built_in();
  std::string why;
};

struct Kind {
  const char* name;
  bool openssl_ts;  // OpenSSL 3.0's ts reads tokens as PKCS #7, which knows digests alone
};

class AuthorityKind : public LocalAuthorityTest, public testing::WithParamInterface<Kind> {};

TEST_P(AuthorityKind, StampsForOurVerifierAndWhereItCanForOpenssl) {
  const archive::KeyKind* kind = key_kind(GetParam().name);
  ASSERT_NE(kind, nullptr);
  if (!archive::new_key(*kind)) GTEST_SKIP() << "the linked libcrypto has no " << kind->name;
  AuthorityForm form;
  form.kind = kind;
  clock.set(time_at("2027-01-01"));  // RSA with PKCS #1 v1.5 ends in 2029
  make(form);
  EXPECT_EQ(archive::kind_of(tsa->authority()->signer().key), kind);
  for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha384,
                               DigestAlgorithm::sha512, DigestAlgorithm::sha3_256}) {
    const Bytes token = stamp(algorithm);
    EXPECT_EQ(verdict(token, clock.now()), Verdict::passed) << why;
    EXPECT_EQ(openssl(token).find("Verification: OK") != std::string::npos, GetParam().openssl_ts)
        << openssl(token);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(stamp(algorithm).size(), token.size());
  }
}

INSTANTIATE_TEST_SUITE_P(, AuthorityKind,
                         testing::Values(Kind{"p-256", true}, Kind{"p-384", true},
                                         Kind{"rsa-3072", true}, Kind{"ed25519", false},
                                         Kind{"ed448", false}, Kind{"ml-dsa-65", false},
                                         Kind{"slh-dsa-sha2-192s", false}),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_F(LocalAuthorityTest, RollsOverUnderTheSameCaAndErasesTheKeyBefore) {
  make();
  const Bytes before = stamp();
  clock.set(clock.now() + 9 * year);
  ASSERT_TRUE(tsa->roll_over(policy));
  EXPECT_EQ(anchors(), 1u);
  EXPECT_FALSE(fs::exists(dir / "tsa-1.key"));
  EXPECT_TRUE(fs::exists(dir / "ca-1.key"));
  clock.set(clock.now() + 3 * year);  // the first certificate has ended
  const Bytes after = stamp();
  EXPECT_EQ(verdict(after, clock.now()), Verdict::passed) << why;
  EXPECT_NE(openssl(after).find("Verification: OK"), std::string::npos);
  open();
  EXPECT_EQ(tsa->description(), "CN=Perdura local time-stamp authority 2 (self-asserted),O=Clinic");
  // A list of today speaks with authority about the certificate that has ended.
  const auto status = tsa->fresh_status(before);
  ASSERT_EQ(status.crls.size(), 1u);
  EXPECT_EQ(verdict(before, clock.now()), Verdict::indeterminate);
  EXPECT_EQ(verdict(before, clock.now(), status.crls), Verdict::passed) << why;
}

TEST_F(LocalAuthorityTest, TakesANewCaWhenTheOldOneWouldEndTooEarlyAndKeepsItsKeyForLists) {
  make();
  const Bytes first = stamp();
  for (int roll = 0; roll < 5; ++roll) {  // 45 years
    clock.set(clock.now() + 9 * year);
    ASSERT_TRUE(tsa->needs_roll_over(policy, 2 * year));
    ASSERT_TRUE(tsa->roll_over(policy));
    EXPECT_FALSE(tsa->needs_roll_over(policy, 2 * year));
    const Bytes token = stamp();
    EXPECT_EQ(verdict(token, clock.now()), Verdict::passed) << why;
    EXPECT_NE(openssl(token).find("Verification: OK"), std::string::npos) << openssl(token);
    if (roll != 1) continue;
    // The first certificate has ended, its CA has not: its key still makes lists that know of it.
    const auto status = tsa->fresh_status(first);
    ASSERT_EQ(status.crls.size(), 1u);
    EXPECT_EQ(verdict(first, clock.now(), status.crls), Verdict::passed) << why;
  }
  EXPECT_EQ(anchors(), 3u);
  // Newest first, so that what reads one certificate reads the present one.
  const auto newest = archive::certificate_from_pem(tests::read_text(dir / "ca.pem"));
  EXPECT_EQ(archive::openssl_der(i2d_X509, newest->get()), tsa->authority()->ca_certificate());
}

TEST_F(LocalAuthorityTest, ComesToAnotherKindOfKeyBeforeThePolicyEndsItsOwn) {
  make();
  const AlgorithmPolicy broken = ending(ecdsa, "2035-01-01");
  EXPECT_FALSE(tsa->needs_roll_over(broken, year));
  clock.set(time_at("2034-06-01"));
  const auto end = tsa->needs_roll_over(broken, year);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->end, time_at("2035-01-01"));
  EXPECT_EQ(end->cause, "ECDSA with 256 bits");
  ASSERT_TRUE(tsa->roll_over(broken));
  EXPECT_EQ(archive::kind_of(tsa->authority()->signer().key)->name, "ed25519");
  EXPECT_EQ(anchors(), 2u);  // the CA's own key was ECDSA too
  EXPECT_FALSE(tsa->needs_roll_over(broken, year));
  EXPECT_EQ(verdict(stamp(), clock.now()), Verdict::passed) << why;
}

TEST_F(LocalAuthorityTest, ComesToAnotherHashBeforeThePolicyEndsThatOfItsCa) {
  make();
  const AlgorithmPolicy broken = ending("2.16.840.1.101.3.4.2.3", "2035-01-01");  // SHA-512
  clock.set(time_at("2034-06-01"));
  ASSERT_TRUE(tsa->needs_roll_over(broken, year));
  ASSERT_TRUE(tsa->roll_over(broken));
  EXPECT_EQ(tsa->authority()->form().digest, DigestAlgorithm::sha384);
  EXPECT_EQ(tsa->authority()->form().kind->name, "p-256");
  EXPECT_FALSE(tsa->needs_roll_over(broken, year));
}

TEST_F(LocalAuthorityTest, DoesNotRollOverForNothing) {
  make();
  verifier::PolicyTable table = policy.table();
  for (auto& algorithm : table.algorithms) {
    for (auto& evaluation : algorithm.evaluations) evaluation.validity.end = time_at("2035-01-01");
  }
  clock.set(time_at("2034-06-01"));
  EXPECT_FALSE(tsa->needs_roll_over(AlgorithmPolicy(std::move(table)), year));
  // Nor for a kind of key that this build may lack, by a policy that knows none at all.
  EXPECT_FALSE(tsa->needs_roll_over(AlgorithmPolicy(verifier::PolicyTable()), year));
}

TEST_F(LocalAuthorityTest, RevokesForEverAndStampsNoMoreUntilItRollsOver) {
  make();
  const Bytes token = stamp();
  clock.set(clock.now() + year);
  ASSERT_TRUE(tsa->revoke({.reason = 1, .when = clock.now(), .invalidity = clock.now() + -86'400}));
  EXPECT_EQ(tsa->revoke({.reason = 4, .when = clock.now(), .invalidity = {}}).error().code,
            Errc::conflict);
  const Digest imprint =
      verifier::hash(DigestAlgorithm::sha256, verifier::as_bytes(stamped_document));
  const auto refused = tsa->stamp(DigestAlgorithm::sha256, imprint);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  ASSERT_TRUE(tsa->needs_roll_over(policy, 0));
  EXPECT_EQ(tsa->needs_roll_over(policy, 0)->cause, "revocation");
  open();
  ASSERT_TRUE(tsa->roll_over(policy));
  clock.set(clock.now() + 20 * year);
  const auto lists = tsa->fresh_status(token).crls;
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(verdict(token, clock.now(), lists), Verdict::failed);
  tests::write_octets(folder / "crl", lists[0]);
  const auto text =
      tests::shell("openssl crl -inform DER -noout -text -in " + (folder / "crl").string()).output;
  EXPECT_NE(text.find("Key Compromise"), std::string::npos) << text;
  EXPECT_NE(text.find("Invalidity Date"), std::string::npos) << text;
}

TEST_F(LocalAuthorityTest, RevokedForAHarmlessReasonLeavesEarlierStampsGood) {
  make();
  const Bytes token = stamp();
  clock.set(clock.now() + year);
  ASSERT_TRUE(tsa->revoke({.reason = 5, .when = clock.now(), .invalidity = {}}));
  EXPECT_EQ(verdict(token, clock.now(), tsa->fresh_status(token).crls), Verdict::passed) << why;
}

// The four files that version 1 had.
TEST_F(LocalAuthorityTest, OfVersionOneIsOpenedAndRolledOver) {
  make();
  const std::pair<const char*, const char*> names[] = {
      {"ca-1.key", "ca.key"}, {"tsa-1.pem", "tsa.pem"}, {"tsa-1.key", "tsa.key"}};
  for (const auto& [now, then] : names) fs::rename(dir / now, dir / then);
  fs::remove(dir / "ca-1.pem");
  fs::remove(dir / "authority.json");
  open();
  const Bytes before = stamp();
  EXPECT_EQ(verdict(before, clock.now()), Verdict::passed) << why;
  clock.set(clock.now() + 9 * year);
  ASSERT_TRUE(tsa->roll_over(policy, std::nullopt, true));
  open();
  EXPECT_EQ(anchors(), 2u);
  EXPECT_EQ(verdict(stamp(), clock.now()), Verdict::passed) << why;
  EXPECT_EQ(verdict(before, clock.now(), tsa->fresh_status(before).crls), Verdict::passed) << why;
}

// A roll-over writes files in an order; dying after any of them leaves the authority before, or
// the one after, and the next roll-over goes through.
TEST_F(LocalAuthorityTest, SurvivesDyingAfterAnyFileOfARollOver) {
  make();
  fs::copy(dir, folder / "before", fs::copy_options::recursive);
  clock.set(clock.now() + 9 * year);
  ASSERT_TRUE(tsa->roll_over(policy, std::nullopt, true));
  fs::copy(dir, folder / "after", fs::copy_options::recursive);
  const char* order[] = {"ca-2.key",  "ca-2.pem",  "ca.pem",
                         "tsa-2.key", "tsa-2.pem", "authority.json"};
  for (std::size_t files = 0; files <= std::size(order); ++files) {
    const fs::path half = folder / ("half-" + std::to_string(files));
    fs::copy(folder / "before", half, fs::copy_options::recursive);
    for (std::size_t i = 0; i < files; ++i) {
      fs::copy_file(folder / "after" / order[i], half / order[i],
                    fs::copy_options::overwrite_existing);
    }
    auto opened = LocalTsa::open(half, clock);
    ASSERT_TRUE(opened) << files << ": " << to_string(opened.error());
    ASSERT_TRUE((*opened)->roll_over(policy));
    tsa = *std::move(opened);
    const Bytes token = stamp();
    fs::copy_file(half / "ca.pem", dir / "ca.pem", fs::copy_options::overwrite_existing);
    EXPECT_EQ(verdict(token, clock.now()), Verdict::passed) << files << ": " << why;
  }
}

TEST_F(LocalAuthorityTest, RefusesAStateThatIsNotOfItsForm) {
  make();
  const std::string years = R"({"perdura":"local-tsa/2","caYears":1,"tsaYears":1,)";
  const std::string tsas = R"("tsas":[{"certificate":"tsa-1.pem","key":"tsa-1.key","ca":0}]})";
  const std::string outside = R"({"certificate":"../ca.pem","key":"ca-1.key","digest":"sha512"})";
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string(R"({"perdura":"local-tsa/3"})"),
        years + R"("cas":[],"tsas":[]})", years + R"("cas":[],)" + tsas,
        years + R"("cas":[)" + outside + "]," + tsas}) {
    tests::write_text(dir / "authority.json", text);
    EXPECT_FALSE(LocalTsa::open(dir, clock)) << text;
  }
}

}  // namespace
}  // namespace perdura
