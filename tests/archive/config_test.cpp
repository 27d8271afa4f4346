// The settings of an archive: read back as written, old ones too, and replaced in one step.
#include "archive/config.hpp"

#include <gtest/gtest.h>

#include "archive/archive.hpp"
#include "tests/archive/outside_world.hpp"

namespace perdura {
namespace {

using archive::Config;
using archive::Track;
using archive::TrackState;
using verifier::DigestAlgorithm;
using verifier::Errc;

Config two_tracks() {
  return {.origin = "archive.example.org",
          .keys = "keys",
          .tracks = {{.name = "local", .url = "", .ca_file = "tsa/ca.pem"},
                     {.name = "tsa1",
                      .algorithm = DigestAlgorithm::sha512,
                      .url = "https://tsa.example/",
                      .ca_file = "tsa1-ca.pem",
                      .folder = "tsa",
                      .state = TrackState::retired,
                      .successor = "local",
                      .retired = verifier::Time{2000000000},
                      .policy = "1.2.3",
                      .credentials_file = "tsa1.credentials"}},
          .quorum = 1};
}

class Settings : public testing::Test {
 protected:
  Config read() {
    const auto config = archive::read_config(folder.path());
    EXPECT_TRUE(config) << to_string(config.error());
    return config ? *config : Config{};
  }
  tests::TemporaryFolder folder;
};

// Of the same name and passphrase, and empty: nothing but the settings tells the keys apart, and
// what would be written under the wrong ones could not be read once the right ones are back.
TEST_F(Settings, OpenNoArchiveWithTheKeysOfAnother) {
  const archive::SystemClock clock;
  archive::CreateOptions options;
  options.origin = "same.example";
  options.organisation = "Test";
  const auto path = [&](const char* name) { return folder.path() / name; };
  for (const char* name : {"one", "other"}) {
    const auto made = archive::create_archive(path(name), options, clock);
    ASSERT_TRUE(made) << to_string(made.error());
  }
  const auto open = [&](const char* name) {
    return archive::Archive::open(path(name), archive::OpenMode::existing, nullptr, clock);
  };
  ASSERT_TRUE(open("one"));
  std::filesystem::remove_all(path("one") / "keys");
  std::filesystem::copy(path("other") / "keys", path("one") / "keys");
  const auto refused = open("one");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::denied) << to_string(refused.error());
  EXPECT_TRUE(open("other"));
}

TEST_F(Settings, AreReadBackAsTheyWereWritten) {
  ASSERT_TRUE(archive::create_config(folder.path(), two_tracks()));
  const Config config = read();
  ASSERT_EQ(config.tracks.size(), 2u);
  const Track& track = config.tracks[1];
  EXPECT_EQ(track.algorithm, DigestAlgorithm::sha512);
  EXPECT_EQ(track.state, TrackState::retired);
  EXPECT_EQ(track.successor, "local");
  EXPECT_EQ(track.retired, verifier::Time{2000000000});
  EXPECT_FALSE(config.tracks[0].retired);
  EXPECT_EQ(track.policy, "1.2.3");
  EXPECT_EQ(track.credentials_file, "tsa1.credentials");
  EXPECT_TRUE(config.tracks[0].active());
  EXPECT_EQ(config.track("tsa1"), &track);
  EXPECT_EQ(config.track("tsa2"), nullptr);
}

TEST_F(Settings, OfTheFirstVersionAreReadToo) {
  tests::write_text(folder / "perdura.json",
                    R"({"perdura":"archive/1","origin":"a","keys":"keys","quorum":1,)"
                    R"("tracks":[{"name":"local","digest":"sha256","url":"","ca":"tsa/ca.pem"}]})");
  const Config config = read();
  ASSERT_EQ(config.tracks.size(), 1u);
  EXPECT_EQ(config.tracks[0].folder, "tsa");
  EXPECT_TRUE(config.tracks[0].active());
}

TEST_F(Settings, AreReplacedWholeAndNothingIsLeftBeside) {
  ASSERT_TRUE(archive::create_config(folder.path(), two_tracks()));
  EXPECT_EQ(archive::create_config(folder.path(), two_tracks()).error().code, Errc::conflict);
  Config config = read();
  config.tracks[1].state = TrackState::active;
  config.quorum = 2;
  ASSERT_TRUE(archive::update_config(folder.path(), config));
  EXPECT_EQ(read().quorum, 2u);
  EXPECT_TRUE(read().tracks[1].active());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST_F(Settings, ThatMakeNoSenseAreNotWritten) {
  ASSERT_TRUE(archive::create_config(folder.path(), two_tracks()));
  const std::string before = tests::read_text(folder / "perdura.json");
  const auto refused = [&](auto spoil) {
    Config config = two_tracks();
    spoil(config);
    const auto done = archive::update_config(folder.path(), config);
    return !done && done.error().code == Errc::misuse;
  };
  EXPECT_TRUE(refused([](Config& config) { config.tracks[1].name = "local"; }));
  EXPECT_TRUE(refused([](Config& config) { config.tracks[1].name = "../local"; }));
  EXPECT_TRUE(refused([](Config& config) { config.tracks[1].successor = "nobody"; }));
  EXPECT_TRUE(refused([](Config& config) { config.quorum = 0; }));
  EXPECT_TRUE(refused([](Config& config) { config.quorum = 2; }));
  EXPECT_EQ(tests::read_text(folder / "perdura.json"), before);
}

TEST_F(Settings, OfANewerVersionOrWithWhatIsUnknownAreRefused) {
  const auto code = [&](const std::string& text) {
    tests::write_text(folder / "perdura.json", text);
    const auto config = archive::read_config(folder.path());
    return config ? Errc::io : config.error().code;
  };
  EXPECT_EQ(code(R"({"perdura":"archive/3"})"), Errc::unsupported);
  EXPECT_EQ(code(R"({"perdura":"archive/2","origin":"a"})"), Errc::malformed);
  EXPECT_EQ(code("nonsense"), Errc::malformed);
}

TEST_F(Settings, OfANewArchiveHaveAsManyLocalAuthoritiesAsAskedFor) {
  const archive::SystemClock clock;
  archive::CreateOptions options;
  options.organisation = "Clinic";
  options.local_tsas = 3;
  options.quorum = 2;
  const auto made = archive::create_archive(folder / "archive", options, clock);
  ASSERT_TRUE(made) << to_string(made.error());
  const auto config = archive::read_config(folder / "archive");
  ASSERT_TRUE(config);
  ASSERT_EQ(config->tracks.size(), 3u);
  EXPECT_EQ(config->quorum, 2u);
  std::set<std::string> anchors;
  for (const Track& track : config->tracks) {
    anchors.insert(tests::read_text(folder / "archive" / track.ca_file));
  }
  EXPECT_EQ(anchors.size(), 3u);
  EXPECT_EQ(config->tracks[0].algorithm, DigestAlgorithm::sha256);
  EXPECT_EQ(config->tracks[2].algorithm, DigestAlgorithm::sha512);
  EXPECT_EQ(config->tracks[2].folder, "tsa3");
  options.quorum = 4;
  EXPECT_EQ(archive::create_archive(folder / "more", options, clock).error().code, Errc::misuse);
  EXPECT_FALSE(std::filesystem::exists(folder / "more"));
}

}  // namespace
}  // namespace perdura
