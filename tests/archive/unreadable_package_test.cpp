// A medium that fails while a package or a container on it is read: whichever call it is that
// fails, nothing PASSED.
#include <gtest/gtest.h>

#include "outside_world.hpp"
#include "sample_package.hpp"
#include "tests/verifier/failing_source.hpp"
#include "verifier/package_zip_octets.hpp"

namespace perdura::tests {
namespace {

using namespace verifier;
using archive::PackageForm;
using verifier::test::FailingSource;
using verifier::test::Fault;

// Octets of which one reading fails, or yields fewer than there are.
class FailingOctets final : public Octets {
 public:
  FailingOctets(ByteView octets, Fault& fault, bool fewer)
      : octets_(octets_in_memory(octets)), fault_(fault), fewer_(fewer) {}
  std::uint64_t size() const override { return octets_->size(); }
  std::optional<std::size_t> read_at(std::uint64_t offset,
                                     std::span<std::uint8_t> into) const override {
    if (!fault_.strikes()) return octets_->read_at(offset, into);
    if (!fewer_) return std::nullopt;
    return octets_->read_at(offset, into.first(into.size() / 2));
  }

 private:
  std::unique_ptr<Octets> octets_;
  Fault& fault_;
  bool fewer_;
};

class UnreadablePackage : public testing::Test {
 protected:
  UnreadablePackage() : sample_(folder_.path(), 2) {}

  // The verdict on what `open` yields; nothing when it could not be judged.
  std::optional<Verdict> judge(Result<std::unique_ptr<PackageSource>> source) {
    if (!source) return std::nullopt;
    PackageOptions options = sample_.options();
    options.threads = 1;
    const auto summary = verify_package(**source, options, [](RecordResult) {});
    if (!summary) return std::nullopt;
    return summary->verdict;
  }

  TemporaryFolder folder_;
  SamplePackage sample_;
};

// Puts the lines of a manifest in the opposite order, and says so in the manifest of tag files.
void turn_round(const std::filesystem::path& package) {
  const std::filesystem::path manifest = package / "manifest-sha256.txt";
  const std::string before = read_text(manifest);
  std::string after;
  for (std::size_t start = 0; start < before.size();) {
    const std::size_t end = before.find('\n', start) + 1;
    after.insert(0, before, start, end - start);
    start = end;
  }
  std::ofstream(manifest, std::ios::binary) << after;
  std::string tags = read_text(package / "tagmanifest-sha256.txt");
  const auto digest = [](const std::string& text) {
    return hash(DigestAlgorithm::sha256, as_bytes(text)).hex();
  };
  tags.replace(tags.find(digest(before)), 64, digest(after));
  std::ofstream(package / "tagmanifest-sha256.txt", std::ios::binary) << tags;
}

class UnreadableForm : public UnreadablePackage, public testing::WithParamInterface<bool> {};

TEST_P(UnreadableForm, NeverPassesWhicheverCallFails) {
  const std::filesystem::path package = folder_ / "package";
  SamplePackage::write(package, PackageForm::folder, sample_.header(), sample_.files());
  if (GetParam()) turn_round(package);
  ASSERT_EQ(judge(open_folder(package)), Verdict::passed);
  for (const bool lasting : {false, true}) {
    for (std::size_t number = 0;; ++number) {
      Fault fault(number, lasting);
      auto source = open_folder(package);
      ASSERT_TRUE(source);
      const auto verdict =
          judge(std::unique_ptr<PackageSource>(new FailingSource(*std::move(source), fault)));
      if (!fault.struck()) {
        EXPECT_EQ(verdict, Verdict::passed);
        EXPECT_GT(number, 50u);
        break;
      }
      EXPECT_NE(verdict, Verdict::passed) << "call " << number;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(, UnreadableForm, testing::Bool(), [](const auto& turned) {
  return turned.param ? "ManifestNotInOrder" : "ManifestInOrder";
});

TEST_F(UnreadablePackage, AsAZipNeverPassesWhicheverReadingFails) {
  SamplePackage::write(folder_ / "case.zip", PackageForm::zip, sample_.header(), sample_.files());
  const std::string zip = read_text(folder_ / "case.zip");
  for (const bool fewer : {false, true}) {
    for (std::size_t number = 0;; ++number) {
      // A part of the directory that can't be read once and can be then is as good as any.
      Fault fault(number, !fewer);
      const auto verdict =
          judge(open_zip(std::make_unique<FailingOctets>(as_bytes(zip), fault, fewer), "zip"));
      if (!fault.struck()) {
        EXPECT_EQ(verdict, Verdict::passed);
        EXPECT_GT(number, 50u);
        break;
      }
      // Some readings fetch more than is needed.
      if (!fewer) {
        EXPECT_NE(verdict, Verdict::passed) << "reading " << number;
      }
    }
  }
}

}  // namespace
}  // namespace perdura::tests
