// Authorities are tried, added, retired and rolled over, each with its entry in the journal.
#include "archive/tsa_acts.hpp"

#include "tests/archive/archive_fixture.hpp"
#include "tests/archive/outside_world.hpp"
#include "tests/archive/tsa_test_server.hpp"

namespace perdura::archive {
namespace {

using tests::Behaviour;
using tests::TsaTestServer;

class TsaActs : public ArchiveTest {
 protected:
  // The text of the journal's last entry.
  std::string last_entry() {
    const auto entry = archive->journal().entry(archive->journal().head().size - 1);
    return entry ? entry->text : "";
  }
  NewTsa remote(const std::string& url) {
    NewTsa tsa;
    tsa.url = url;
    tsa.ca_file = elsewhere / "tsa" / "ca.pem";
    return tsa;
  }
  const Track& track(const std::string& name) { return *archive->config().track(name); }
  std::size_t files() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
  }

  tests::TemporaryFolder elsewhere;
};

TEST_F(TsaActs, TryingSaysHowTheAuthorityIs) {
  const auto trial = try_tsa(*archive, track("local"));
  ASSERT_TRUE(trial) << to_string(trial.error());
  EXPECT_TRUE(trial->good());
  EXPECT_EQ(trial->policy, "2.25.282762102668309421295128334682097837211");
  EXPECT_EQ(trial->crls, 1u);
  EXPECT_TRUE(trial->certificate_end);
  EXPECT_LE(std::abs(trial->ahead_s), 1);
  EXPECT_TRUE(trial->warnings.empty());
  EXPECT_EQ(archive->journal().head().size, 0u);
}

TEST_F(TsaActs, AddsALocalOneWithAFolderOfItsOwn) {
  NewTsa tsa;
  tsa.organisation = "Clinic";
  const auto name = add_tsa(*archive, tsa, "tester");
  ASSERT_TRUE(name) << to_string(name.error());
  EXPECT_EQ(*name, "local2");
  EXPECT_EQ(track("local2").folder, "tsa2");
  EXPECT_EQ(track("local2").algorithm, DigestAlgorithm::sha512);
  EXPECT_TRUE(try_tsa(*archive, track("local2")));
  EXPECT_EQ(last_entry().find(R"({"act":"tsa","actor":"tester","change":"add","digest":"sha512",)"),
            0u)
      << last_entry();
  EXPECT_TRUE(read_config(folder)->track("local2"));
  expect_all_well("after adding");
}

TEST_F(TsaActs, AddsARemoteOneThatStampsAsItShould) {
  const TsaTestServer server(elsewhere / "tsa", 0, Behaviour::ok, clock);
  NewTsa tsa = remote(server.url());
  tsa.credentials = "clinic:secret\n";
  const auto name = add_tsa(*archive, tsa, "tester");
  ASSERT_TRUE(name) << to_string(name.error());
  EXPECT_EQ(*name, "tsa1");
  EXPECT_EQ(track("tsa1").ca_file, "tsa1-ca.pem");
  const auto mode = std::filesystem::status(folder / "tsa1.credentials").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(last_entry().find("secret"), std::string::npos);
  EXPECT_EQ(add_tsa(*archive, {.name = "tsa1", .url = server.url(), .ca_file = "x"}, "tester")
                .error()
                .code,
            Errc::conflict);
}

TEST_F(TsaActs, LeavesNothingOfAnAuthorityThatFailsItsTrial) {
  const std::size_t before = files();
  for (const Behaviour behaviour : {Behaviour::foreign, Behaviour::garbage, Behaviour::late}) {
    const TsaTestServer server(elsewhere / "tsa", 0, behaviour, clock);
    EXPECT_FALSE(add_tsa(*archive, remote(server.url()), "tester"));
  }
  EXPECT_EQ(files(), before);
  EXPECT_EQ(archive->config().tracks.size(), 2u);
  EXPECT_EQ(archive->journal().head().size, 0u);
}

TEST_F(TsaActs, RetiresALocalOneAndRevokesIt) {
  NewTsa tsa;
  tsa.organisation = "Clinic";
  ASSERT_TRUE(add_tsa(*archive, tsa, "tester"));
  const auto client = archive->tsa(track("local2"));
  ASSERT_TRUE(client);
  const Digest imprint = verifier::hash(DigestAlgorithm::sha512, {});
  const auto token = (*client)->stamp(DigestAlgorithm::sha512, imprint);
  ASSERT_TRUE(token);
  const auto done = retire_tsa(*archive,
                               {.name = "local2",
                                .reason = 1,
                                .since = clock.now() + -3600,
                                .successor = "local",
                                .last_too = false},
                               "tester");
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_FALSE(track("local2").active());
  EXPECT_EQ(track("local2").successor, "local");
  EXPECT_NE(last_entry().find(R"("change":"retire","reason":"keyCompromise","since":)"),
            std::string::npos)
      << last_entry();
  // Its client still opens, for status about what it stamped, and stamps no more.
  const auto retired = archive->tsa(track("local2"));
  ASSERT_TRUE(retired);
  EXPECT_FALSE((*retired)->stamp(DigestAlgorithm::sha512, imprint));
  const FreshStatus status = (*retired)->fresh_status(*token);
  ASSERT_EQ(status.crls.size(), 1u);
  const CrlHandle crl = read_crl(status.crls[0]);
  EXPECT_EQ(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl.get())), 1);
}

TEST_F(TsaActs, IsRetiredBySayingItAgainWhereThatDiedAfterTheRevocation) {
  NewTsa added;
  added.organisation = "Clinic";
  ASSERT_TRUE(add_tsa(*archive, added, "tester"));
  const auto tsa = LocalTsa::open(folder / track("local2").folder, clock);
  ASSERT_TRUE(tsa);
  ASSERT_TRUE((*tsa)->revoke({.reason = 5, .when = clock.now(), .invalidity = {}}));
  ASSERT_TRUE(deposit(record("a", "one")));
  const auto warned = seal_all();
  ASSERT_TRUE(warned);
  ASSERT_EQ(warned->warnings.size(), 1u);
  EXPECT_EQ(warned->warnings[0].find("TSA 'local2': its certificate is revoked since "), 0u)
      << warned->warnings[0];
  EXPECT_NE(warned->warnings[0].find("run 'perdura tsa retire'"), std::string::npos);
  const auto retired = retire_tsa(*archive, {.name = "local2"}, "tester");
  ASSERT_TRUE(retired) << to_string(retired.error());
  ASSERT_TRUE(deposit(record("b", "two")));
  EXPECT_TRUE(seal_all()->warnings.empty());
}

TEST_F(TsaActs, RefusesASuspicionSinceATimeToCome) {
  const auto refused =
      retire_tsa(*archive, {.name = "other", .reason = 1, .since = clock.now() + 3600}, "tester");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::misuse);
  EXPECT_TRUE(track("other").active());
}

TEST_F(TsaActs, NeverRetiresTheLastOneUnlessForced) {
  ASSERT_TRUE(retire_tsa(*archive, {.name = "other"}, "tester"));
  EXPECT_EQ(retire_tsa(*archive, {.name = "other"}, "tester").error().code, Errc::conflict);
  EXPECT_EQ(retire_tsa(*archive, {.name = "local"}, "tester").error().code, Errc::misuse);
  EXPECT_EQ(retire_tsa(*archive, {.name = "nobody"}, "tester").error().code, Errc::not_found);
  EXPECT_TRUE(retire_tsa(*archive, {.name = "local", .last_too = true}, "tester"));
}

TEST_F(TsaActs, DoesNotRetireToASuccessorThatCannotStamp) {
  for (const char* successor : {"other", "nobody"}) {
    const Retirement retirement{.name = "other", .successor = successor};
    EXPECT_FALSE(retire_tsa(*archive, retirement, "tester"));
  }
  EXPECT_TRUE(track("other").active());
}

TEST_F(TsaActs, DoesNotRetireBelowTheQuorum) {
  Config stricter = archive->config();
  stricter.quorum = 2;
  ASSERT_TRUE(archive->change_config(stricter));
  EXPECT_EQ(retire_tsa(*archive, {.name = "other"}, "tester").error().code, Errc::misuse);
  EXPECT_TRUE(track("other").active());
}

TEST_F(TsaActs, RollsALocalOneOverAndSaysSo) {
  AuthorityForm form;
  form.kind = key_kind("p-384");
  ASSERT_TRUE(roll_over_tsa(*archive, "local", form, true, "tester"));
  EXPECT_NE(last_entry().find(R"("change":"roll-over","key":"p-384",)"), std::string::npos)
      << last_entry();
  EXPECT_TRUE(try_tsa(*archive, track("local"))->good());
  EXPECT_EQ(archive->anchors(track("local"))->size(), 2u);
  ASSERT_TRUE(deposit(record("a", "one")));
  ASSERT_TRUE(seal_all());
  expect_all_well("after rolling over");
}

TEST_F(TsaActs, RollsOverByItselfWhatIsDue) {
  const auto early = roll_over_due_tsas(*archive, year_s, "scheduler");
  ASSERT_TRUE(early);
  EXPECT_TRUE(early->empty());
  auto tsa = LocalTsa::open(folder / "tsa", clock);
  ASSERT_TRUE((*tsa)->revoke({.reason = 4, .when = clock.now(), .invalidity = {}}));
  const auto due = roll_over_due_tsas(*archive, year_s, "scheduler");
  ASSERT_TRUE(due) << to_string(due.error());
  // The fixture's second track has the same folder, which is in order again by then.
  EXPECT_EQ(*due, std::vector<std::string>{"local"});
  EXPECT_TRUE(try_tsa(*archive, track("local"))->good());
}

TEST(RevocationReasons, HaveTheirNamesOfRfc5280) {
  EXPECT_EQ(reason_from_name("keyCompromise"), 1);
  EXPECT_EQ(reason_from_name(""), std::nullopt);
  EXPECT_EQ(reason_from_name("boredom"), std::nullopt);
  EXPECT_EQ(reason_name(5), "cessationOfOperation");
  EXPECT_EQ(reason_name(11), "");
}

}  // namespace
}  // namespace perdura::archive
