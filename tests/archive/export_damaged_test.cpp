// Exports of an archive whose disk failed: nothing incomplete without a word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/export.hpp"
#include "archive/export_asic.hpp"
#include "tests/archive/archive_fixture.hpp"
#include "tests/archive/outside_world.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::archive {
namespace {

using testing::HasSubstr;
using tests::read_text;
using verifier::Verdict;

// Five records of one large document each, of which the second and the fourth are damaged.
class ExportOfDamaged : public ArchiveTest {
 protected:
  ExportOfDamaged() {
    for (int i = 0; i < 5; ++i) {
      const auto before = store.objects();
      const auto receipt =
          deposit(record(std::to_string(i), std::string(3'000'000, static_cast<char>('a' + i))));
      EXPECT_TRUE(receipt);
      ids.push_back(receipt->record);
      if (i % 2 == 0) continue;
      for (const std::string& object : store.objects()) {
        if (object.ends_with("/00000000") && !std::ranges::count(before, object)) {
          store.flip_bit(object, 5, 0);
        }
      }
    }
    EXPECT_TRUE(seal_all());
    options.exported_by = "tester";
    options.damaged = [this](const std::string& record, const Error&) { told.push_back(record); };
  }
  bool nothing_is_left() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (name != "tsa" && name != "keys") return false;
    }
    return true;
  }

  std::vector<std::string> ids;
  ExportOptions options;
  std::vector<std::string> told;
};

TEST_F(ExportOfDamaged, IsRefusedAndNamesEveryOne) {
  for (const PackageForm form : {PackageForm::zip, PackageForm::folder}) {
    told.clear();
    options.form = form;
    const auto refused = export_package(*archive, folder / "case", options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::malformed);
    EXPECT_THAT(refused.error().where, HasSubstr(ids[1]));
    EXPECT_THAT(refused.error().hint, HasSubstr("--leave-out-damaged"));
    EXPECT_EQ(told, (std::vector<std::string>{ids[1], ids[3]}));
    EXPECT_TRUE(nothing_is_left());
  }
}

TEST_F(ExportOfDamaged, LeavesThemOutWhenAskedToAndSaysSoInThePackage) {
  options.form = PackageForm::folder;
  options.leave_out_damaged = true;
  const auto result = export_package(*archive, folder / "case", options);
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->records, 3u);
  EXPECT_EQ(result->left_out, 2u);
  EXPECT_EQ(told, (std::vector<std::string>{ids[1], ids[3]}));
  EXPECT_THAT(read_text(folder / "case/README.txt"), HasSubstr("2 records that are damaged"));
  const std::string list = read_text(folder / "case/data/left-out.txt");
  EXPECT_THAT(list, HasSubstr(ids[1] + ": "));
  EXPECT_THAT(list, HasSubstr(ids[3] + ": "));
  for (const std::size_t i : {1u, 3u}) {
    EXPECT_FALSE(std::filesystem::exists(folder / "case/data/records" / ids[i]));
  }
  verifier::PackageOptions judging;
  const auto anchors = archive->anchors(archive->config().tracks[0]);
  ASSERT_TRUE(anchors);
  judging.judge.anchors.certificates = *anchors;
  judging.judge.at = clock.now() + 60;
  const auto header = verifier::parse_package_header(read_text(folder / "case/data/package.json"));
  ASSERT_TRUE(header);
  std::size_t passed = 0;
  const auto summary =
      verifier::verify_package(folder / "case", judging, [&](const verifier::RecordResult& one) {
        passed += one.verdict == Verdict::passed;
        EXPECT_LE(one.existed_since, header->exported_at) << "stamped after it was exported";
      });
  ASSERT_TRUE(summary) << to_string(summary.error());
  EXPECT_EQ(summary->verdict, Verdict::passed);
  EXPECT_EQ(passed, 3u);
}

TEST_F(ExportOfDamaged, SaysThatNothingIsLeftToExport) {
  options.leave_out_damaged = true;
  options.records = {1, 3};
  const auto refused = export_package(*archive, folder / "case", options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::malformed);
  EXPECT_TRUE(nothing_is_left());
}

TEST_F(ExportOfDamaged, DoesTheSameWithContainers) {
  const auto refused = export_asic(*archive, folder / "containers", options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(told, (std::vector<std::string>{ids[1], ids[3]}));
  EXPECT_TRUE(nothing_is_left());
  options.leave_out_damaged = true;
  const auto result = export_asic(*archive, folder / "containers", options);
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->records, 3u);
  EXPECT_EQ(result->left_out, 2u);
}

TEST_F(ExportOfDamaged, BlamesNoRecordForAFullDisk) {
  options.records = {0};
  const auto refused = export_package(*archive, "/dev/full/case", options);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(told.empty());
}

}  // namespace
}  // namespace perdura::archive
