// Every single octet of packages changed in turn: the verdict is another than PASSED, but where the
// octet carries nothing, which tests/vectors/carries_nothing/ lists, for zips and for folders.
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "tests/archive/temporary_folder.hpp"
#include "tests/verifier/memory_package.hpp"
#include "tests/verifier/mutation.hpp"
#include "tests/verifier/vector_files.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier::test {
namespace {

namespace fs = std::filesystem;
using tests::vector_text;

// The parts of a zip, by what its own headers say.
class ZipParts {
 public:
  explicit ZipParts(const std::string& zip)
      : zip_(zip), parts_(zip.size(), "file: sizes behind the octets") {
    const std::size_t end = zip.rfind("PK\x05\x06");
    name_fields(end, "end of the directory: ",
                {{4, "signature"},
                 {2, "disk"},
                 {2, "disk of the directory"},
                 {2, "entries here"},
                 {2, "entries"},
                 {4, "size"},
                 {4, "offset"},
                 {2, "comment length"}});
    std::size_t at = number(end + 16, 4);
    for (std::uint64_t i = number(end + 10, 2); i > 0; --i) at = name_entry(at);
  }
  const std::string& of(std::size_t place) const { return parts_.at(place); }

 private:
  struct Field {
    std::size_t size;
    const char* name;
  };

  std::size_t number(std::size_t at, std::size_t octets) const {
    std::size_t value = 0;
    for (std::size_t i = 0; i < octets; ++i) {
      value |= std::size_t{static_cast<std::uint8_t>(zip_.at(at + i))} << (8 * i);
    }
    return value;
  }
  std::size_t name_fields(std::size_t at, const std::string& start,
                          const std::vector<Field>& fields) {
    for (const Field& field : fields) {
      for (std::size_t i = 0; i < field.size; ++i) parts_.at(at++) = start + field.name;
    }
    return at;
  }
  // Those that a file's header and its entry in the directory both have, in this order.
  std::size_t name_shared_fields(std::size_t at, const std::string& start) {
    return name_fields(at, start,
                       {{2, "version needed"},
                        {2, "flags"},
                        {2, "method"},
                        {2, "time"},
                        {2, "date"},
                        {4, "CRC-32"},
                        {4, "compressed size"},
                        {4, "size"},
                        {2, "name length"},
                        {2, "extra length"}});
  }
  // The entry in the directory at `at`, and what it is about; where the next begins.
  std::size_t name_entry(std::size_t at) {
    const std::size_t name = number(at + 28, 2);
    const std::size_t extra = number(at + 30, 2);
    const std::size_t comment = number(at + 32, 2);
    std::size_t local = number(at + 42, 4);
    const std::size_t size = number(at + 20, 4);
    const bool deflated = number(at + 10, 2) == 8;
    const std::size_t local_name = number(local + 26, 2);
    const std::size_t local_extra = number(local + 28, 2);
    local = name_fields(local, "file: ", {{4, "signature"}});
    local = name_shared_fields(local, "file: ");
    local = name_fields(local, "file: ", {{local_name, "name"}, {local_extra, "extra"}});
    local = name_fields(local, "file: ", {{size, deflated ? "deflated octets" : "octets"}});
    at = name_fields(
        at, "directory: ", {{4, "signature"}, {1, "version made by"}, {1, "system made by"}});
    at = name_shared_fields(at, "directory: ");
    return name_fields(at, "directory: ",
                       {{2, "comment length"},
                        {2, "disk"},
                        {2, "internal attributes"},
                        {4, "external attributes"},
                        {4, "offset"},
                        {name, "name"},
                        {extra, "extra"},
                        {comment, "comment"}});
  }

  const std::string& zip_;
  std::vector<std::string> parts_;
};

// Packages that pass, how they are judged, and how many octets a sample goes on by.
struct GoodPackage {
  const char* name;
  const char* at;
  std::size_t stride;
};
constexpr GoodPackage good_packages[] = {
    {"passed_two_records", "2027-01-16", 5},
    // With renewals of both kinds, and the sizes of each file behind its octets.
    {"passed_renewed", "2039-01-02", 11},
};

using Files = std::map<std::string, std::string>;

// The part of a file of a package that a change belongs to, as vectors/carries_nothing/ names it.
class FileParts {
 public:
  FileParts(const std::string& name, const std::string& octets) : name_(name), octets_(octets) {
    if (name.ends_with(".ers")) evidence_.emplace(as_bytes(octets));
    if (name.starts_with("data/trust/")) name_ = "data/trust/";
  }

  std::string of(std::size_t place, char value) const {
    if (evidence_) return evidence_->of(place);
    if (name_ == "data/package.json") return name_ + ": " + member_at(place);
    const std::size_t line = place == 0 ? 0 : octets_.rfind('\n', place - 1) + 1;
    if (name_.ends_with("manifest-sha256.txt")) {
      const bool digest = place - line < 64;
      if (digest && value == std::toupper(octets_[place])) {
        return "capital letter in a digest of " + name_;
      }
    }
    if (name_ == "bag-info.txt" && octets_.compare(line, 14, "Payload-Oxum: ") == 0) {
      return name_ + (place - line < 14 ? ": name of Payload-Oxum" : ": value of Payload-Oxum");
    }
    return name_;
  }

 private:
  // The member of the one JSON object, written in canonical form.
  std::string member_at(std::size_t place) const {
    std::string member = "{";
    for (const char* name : {"archive", "exportedAt", "exportedBy", "logKey", "perdura", "records",
                             "selection", "tracks"}) {
      if (octets_.find(std::string("\"") + name + "\":") <= place) member = name;
    }
    return member;
  }

  std::string name_;
  const std::string& octets_;
  std::optional<EvidenceParts> evidence_;
};

class PackageMutation : public testing::TestWithParam<GoodPackage> {
 protected:
  PackageMutation() {
    const std::string path = std::string("package/") + GetParam().name;
    zip = vector_text(path + ".zip");
    JudgeOptions judge;
    judge.anchors.certificates = *read_certificates(as_bytes(vector_text(path + ".pem")), "anchor");
    judge.at = *parse_time(GetParam().at);
    tokens.emplace(std::move(judge));
    options.threads = 1;
    const auto source = open_zip_in_memory(as_bytes(zip));
    const auto reader = (*source)->reader();
    const auto read = [&](std::uint32_t, const std::string& name) {
      files[name] = as_text(*read_whole(**reader, name, 1u << 20));
    };
    EXPECT_TRUE((*source)->for_each(read));
  }

  bool passes(const PackageSource& source) const {
    const auto summary = verify_package(source, options, *tokens, [](const RecordResult&) {});
    return summary && summary->verdict == Verdict::passed;
  }
  // Whether the package passes with `other` in the place of files of the same names.
  bool passes_with(const Files& other) const {
    FilesInMemory all(files.begin(), files.end());
    for (const auto& [name, octets] : other) all[name] = octets;
    return passes(MemoryPackage(std::move(all)));
  }

  // Lists `octets` as those of the file `name` in the manifest that names it, and that one in the
  // other, as whoever changes a file would do.
  void list_anew(const std::string& name, const std::string& octets, Files& changed) const {
    const bool payload = name.starts_with("data/");
    const std::string manifest = payload ? "manifest-sha256.txt" : "tagmanifest-sha256.txt";
    if (name == "tagmanifest-sha256.txt") return;
    std::string lines = files.at(manifest);
    const std::size_t line = lines.find("  " + name + "\n");
    ASSERT_NE(line, std::string::npos) << name;
    const std::string digest = hash(DigestAlgorithm::sha256, as_bytes(octets)).hex();
    lines.replace(line - digest.size(), digest.size(), digest);
    list_anew(manifest, lines, changed);
    changed[manifest] = std::move(lines);
  }

  // Changes each file in turn and asks `file_passes` about its name and octets.
  void change_each_file(
      const std::string& list,
      const std::function<bool(const std::string&, const std::string&)>& file_passes) const {
    Mutations mutations(list);
    for (const auto& file : files) {
      const FileParts parts(file.first, file.second);
      mutations.change(
          file.second, 1 + file.second.size() / 30,
          [&](std::size_t place, char value) { return parts.of(place, value); },
          [&](const std::string& octets) { return file_passes(file.first, octets); });
    }
  }

  std::string zip;
  Files files;  // of the zip
  PackageOptions options;
  std::optional<TokenJudge> tokens;  // an octet more or less is another token
};

TEST_P(PackageMutation, IsNoticedButWhereNothingIsCarried) {
  const auto zip_passes = [&](const std::string& octets) {
    const auto source = open_zip_in_memory(as_bytes(octets));
    return source && passes(**source);
  };
  ASSERT_TRUE(zip_passes(zip));
  const ZipParts parts(zip);
  Mutations("package.txt")
      .change(
          zip, GetParam().stride, [&](std::size_t place, char) { return parts.of(place); },
          zip_passes);
}

// In a folder there is nothing but files.
TEST_P(PackageMutation, IsNoticedInEveryFileOfAFolder) {
  ASSERT_TRUE(passes_with({}));
  change_each_file("folder.txt", [&](const std::string& name, const std::string& octets) {
    return passes_with({{name, octets}});
  });
}

// A forger changes the digests in the manifests as well: what is left are the records' own proofs.
TEST_P(PackageMutation, IsNoticedInEveryFileThoughManifestsAreMadeToFit) {
  change_each_file("folder_listed_anew.txt",
                   [&](const std::string& name, const std::string& octets) {
                     Files changed{{name, octets}};
                     list_anew(name, octets, changed);
                     return passes_with(changed);
                   });
}

// That a package in memory is judged as a folder on disk is.
TEST_P(PackageMutation, IsJudgedOnDiskAsInMemory) {
  const archive::TemporaryFolder folder;
  const auto write = [&](const std::string& name, std::string_view octets) {
    const fs::path path = folder.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << octets;
  };
  const auto folder_passes = [&] {
    const auto opened = open_package_source(folder.path());
    return opened && passes(**opened);
  };
  for (const auto& [name, octets] : files) write(name, octets);
  ASSERT_TRUE(folder_passes());
  for (const auto& [name, octets] : files) {
    for (const std::size_t place : {std::size_t{0}, octets.size() / 2, octets.size() - 1}) {
      for (const char bit : {'\1', ' '}) {
        std::string changed = octets;
        changed[place] = static_cast<char>(changed[place] ^ bit);
        write(name, changed);
        EXPECT_EQ(folder_passes(), passes_with({{name, changed}})) << name << " at " << place;
      }
    }
    write(name, octets);
  }
}
INSTANTIATE_TEST_SUITE_P(Mutation, PackageMutation, testing::ValuesIn(good_packages),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace perdura::verifier::test
