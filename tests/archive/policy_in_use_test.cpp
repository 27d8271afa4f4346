// The archive's policy: taken into use whole, named in the journal, and gone by.
#include "archive/policy_in_use.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/archive/archive_fixture.hpp"
#include "verifier/policy_reader.hpp"

namespace perdura::archive {
namespace {

using testing::HasSubstr;
using verifier::AlgorithmPolicy;

Bytes example_policy() {
  std::ifstream in(PERDURA_SOURCE_DIR "/tests/vectors/policy/example.xml", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class PolicyInUse : public ArchiveTest {
 protected:
  std::string policy_name() { return archive->policy()->table().name; }
  std::string last_entry() {
    const auto& journal = archive->journal();
    const auto entry = journal.entry(journal.head().size - 1);
    return entry ? entry->text : to_string(entry.error());
  }
};

TEST_F(PolicyInUse, IsTheBuiltInOneAtFirst) {
  EXPECT_EQ(archive->policy(), AlgorithmPolicy::built_in());
}

TEST_F(PolicyInUse, IsKeptAndNamedInTheJournal) {
  const auto used = use_policy(*archive, example_policy(), "local:test");
  ASSERT_TRUE(used) << to_string(used.error());
  EXPECT_EQ(policy_name(), "Evaluation of cryptographic algorithms");
  EXPECT_THAT(last_entry(), HasSubstr("\"act\":\"policy\",\"actor\":\"local:test\""));
  EXPECT_THAT(last_entry(),
              HasSubstr(verifier::hash(DigestAlgorithm::sha256, example_policy()).hex()));
  open();
  EXPECT_EQ(policy_name(), "Evaluation of cryptographic algorithms");
  // Another takes its place.
  ASSERT_TRUE(use_policy(*archive, verifier::built_in_policy(), "local:test"));
  open();
  EXPECT_EQ(policy_name(), AlgorithmPolicy::built_in()->table().name);
}

TEST_F(PolicyInUse, IsGoneByWhenSealing) {
  ASSERT_TRUE(deposit(record("r", "content")));
  // It ends all that it knows in 2014, and knows no elliptic curves.
  ASSERT_TRUE(use_policy(*archive, example_policy(), "local:test"));
  const auto sealed = seal_all();
  const bool refused = !sealed || archive->journal().head().sealed_records == 0;
  EXPECT_TRUE(refused);
  ASSERT_TRUE(use_policy(*archive, verifier::built_in_policy(), "local:test"));
  ASSERT_TRUE(seal_all());
  EXPECT_EQ(archive->journal().head().sealed_records, 1u);
  expect_all_well("sealed under the built-in policy");
}

TEST_F(PolicyInUse, RefusesWhatIsNoneOrOutOfDate) {
  const std::uint64_t entries = archive->journal().head().size;
  EXPECT_FALSE(use_policy(*archive, verifier::as_bytes("<a/>"), "local:test"));
  std::string old(verifier::as_text(example_policy()));
  const std::string usage = "<Usage>";
  old.insert(old.find(usage), "<NextUpdate>2010-01-01T00:00:00Z</NextUpdate>");
  const auto refused = use_policy(*archive, verifier::as_bytes(old), "local:test");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, verifier::Errc::conflict);
  EXPECT_EQ(archive->policy(), AlgorithmPolicy::built_in());
  EXPECT_EQ(archive->journal().head().size, entries);
}

TEST_F(PolicyInUse, ASpoiledFileIsNotTakenForNone) {
  std::ofstream(archive->folder() / "policy") << "spoiled";
  const auto read = policy_in_use(archive->folder());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().where, HasSubstr("policy"));
}

}  // namespace
}  // namespace perdura::archive
