// Every single octet of packages and evidence records changed in turn: the verdict is another than
// PASSED, but where the octet carries nothing. What carries nothing is listed, with the reason, in
// tests/vectors/carries_nothing/: a part that is not listed and goes unnoticed is a failure.
//
// Each build changes some octets. PERDURA_MUTATE=all changes each octet to each other value
// (hours); PERDURA_MUTATE=bits flips each bit of each octet (minutes).
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "tests/archive/temporary_folder.hpp"
#include "tests/verifier/vector_files.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/package_source.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {
namespace {

namespace fs = std::filesystem;
using tests::vector_path;
using tests::vector_text;

enum class Extent { sampled, bits, all };

Extent extent() {
  const char* asked = std::getenv("PERDURA_MUTATE");
  const std::string text = asked == nullptr ? "" : asked;
  return text == "all" ? Extent::all : text == "bits" ? Extent::bits : Extent::sampled;
}

// The values that the octet at `place`, now `octet`, is changed to.
std::vector<std::uint8_t> changes_of(std::size_t place, std::uint8_t octet) {
  std::vector<std::uint8_t> values;
  if (extent() == Extent::all) {
    for (int value = 0; value < 256; ++value) {
      if (value != octet) values.push_back(static_cast<std::uint8_t>(value));
    }
    return values;
  }
  for (unsigned bit = 0; bit < 8; ++bit) {
    if (extent() == Extent::sampled && bit != place % 8) continue;
    values.push_back(static_cast<std::uint8_t>(octet ^ (1u << bit)));
  }
  return values;
}

// What parts carry nothing: lines "name -- reason" of a file.
std::map<std::string, std::string> carries_nothing(const std::string& file) {
  std::map<std::string, std::string> parts;
  std::istringstream text(vector_text("carries_nothing/" + file));
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t dash = line.find(" -- ");
    EXPECT_NE(dash, std::string::npos) << line;
    parts[line.substr(0, dash)] = line.substr(dash + 4);
  }
  return parts;
}

// Changes each octet of `good` in turn, or every `stride`-th, and asks `passes` about the result.
// The name of a part comes from `part_of`.
void mutate(const std::string& good, std::size_t stride, const std::string& list,
            const std::function<std::string(std::size_t)>& part_of,
            const std::function<bool(const std::string&)>& passes) {
  const auto allowed = carries_nothing(list);
  std::mutex lock;
  std::map<std::string, std::set<std::size_t>> unnoticed;
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> tried = 0;
  const auto work = [&] {
    std::string octets = good;
    for (std::size_t place = next.fetch_add(stride); place < good.size();
         place = next.fetch_add(stride)) {
      for (const std::uint8_t value : changes_of(place, static_cast<std::uint8_t>(good[place]))) {
        octets[place] = static_cast<char>(value);
        ++tried;
        if (!passes(octets)) continue;
        const std::lock_guard hold(lock);
        unnoticed[part_of(place)].insert(place);
      }
      octets[place] = good[place];
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < 2; ++i) threads.emplace_back(work);
  }
  EXPECT_GT(tried, good.size() / stride / 2);
  std::ostringstream told;
  for (const auto& [part, places] : unnoticed) {
    told << "  " << part << ": " << places.size() << "\n";
    EXPECT_TRUE(allowed.contains(part))
        << part << ", at " << *places.begin() << " and " << places.size() - 1 << " more octets";
  }
  std::cout << tried << " changes; unnoticed in " << unnoticed.size() << " parts\n" << told.str();
}

// --- packages

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
    local = name_fields(local, "file: ",
                        {{4, "signature"},
                         {2, "version needed"},
                         {2, "flags"},
                         {2, "method"},
                         {2, "time"},
                         {2, "date"},
                         {4, "CRC-32"},
                         {4, "compressed size"},
                         {4, "size"},
                         {2, "name length"},
                         {2, "extra length"},
                         {local_name, "name"},
                         {local_extra, "extra"}});
    local = name_fields(local, "file: ", {{size, deflated ? "deflated octets" : "octets"}});
    return name_fields(at, "directory: ",
                       {{4, "signature"},
                        {1, "version made by"},
                        {1, "system made by"},
                        {2, "version needed"},
                        {2, "flags"},
                        {2, "method"},
                        {2, "time"},
                        {2, "date"},
                        {4, "CRC-32"},
                        {4, "compressed size"},
                        {4, "size"},
                        {2, "name length"},
                        {2, "extra length"},
                        {2, "comment length"},
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

class PackageMutation : public testing::TestWithParam<GoodPackage> {
 protected:
  PackageMutation() {
    const std::string path = std::string("package/") + GetParam().name;
    zip = vector_text(path + ".zip");
    options.judge.anchors.certificates =
        *read_certificates(as_bytes(vector_text(path + ".pem")), "anchor");
    options.judge.at = *parse_time(GetParam().at);
    options.threads = 1;
  }
  bool passes(const PackageSource& source) const {
    const auto summary = verify_package(source, options, [](const RecordResult&) {});
    return summary && summary->verdict == Verdict::passed;
  }

  std::string zip;
  PackageOptions options;
};

TEST_P(PackageMutation, IsNoticedButWhereNothingIsCarried) {
  const auto zip_passes = [&](const std::string& octets) {
    const auto source = open_zip_in_memory(as_bytes(octets));
    return source && passes(**source);
  };
  ASSERT_TRUE(zip_passes(zip));
  const ZipParts parts(zip);
  mutate(
      zip, extent() == Extent::sampled ? GetParam().stride : 1, "package.txt",
      [&](std::size_t place) { return parts.of(place); }, zip_passes);
}

// In a folder there is nothing but files: no octet of them may change unnoticed, but for the case
// of a letter in a digest, where no other digest covers it (RFC 8493 section 2.4 allows both).
TEST_P(PackageMutation, IsNoticedInEveryFileOfAFolder) {
  const archive::TemporaryFolder folder;
  const auto source = open_zip_in_memory(as_bytes(zip));
  ASSERT_TRUE(source);
  const auto reader = (*source)->reader();
  std::vector<std::string> names;
  ASSERT_TRUE(
      (*source)->for_each([&](std::uint32_t, const std::string& name) { names.push_back(name); }));
  const auto write = [&](const std::string& name, std::string_view octets) {
    const fs::path path = folder.path() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << octets;
  };
  std::map<std::string, std::string> files;
  for (const std::string& name : names) {
    files[name] = as_text(*read_whole(**reader, name, 1u << 20));
    write(name, files[name]);
  }
  const auto folder_passes = [&] {
    const auto opened = open_package_source(folder.path());
    return opened && passes(**opened);
  };
  ASSERT_TRUE(folder_passes());
  std::size_t tried = 0;
  for (auto& [name, octets] : files) {
    const std::size_t stride = extent() == Extent::sampled ? 1 + octets.size() / 3 : 1;
    for (std::size_t place = 0; place < octets.size(); place += stride) {
      const char octet = octets[place];
      for (const std::uint8_t value : changes_of(place, static_cast<std::uint8_t>(octet))) {
        octets[place] = static_cast<char>(value);
        write(name, octets);
        const bool only_case = name == "tagmanifest-sha256.txt" && 'a' <= octet && octet <= 'f' &&
                               value == (octet ^ 0x20) &&
                               octets.find("  ", place) < octets.find('\n', place);
        EXPECT_EQ(folder_passes(), only_case) << name << " at " << place;
        ++tried;
      }
      octets[place] = octet;
    }
    write(name, octets);
  }
  std::cout << tried << " changes\n";
}
INSTANTIATE_TEST_SUITE_P(Mutation, PackageMutation, testing::ValuesIn(good_packages),
                         [](const auto& row) { return std::string(row.param.name); });

// --- evidence records

// The parts of an evidence record that matter here: those that nothing may protect.
class EvidenceParts {
 public:
  explicit EvidenceParts(ByteView octets)
      : base_(octets.data()), parts_(octets.size(), "evidence record") {
    const auto record = parse_evidence_record(octets);
    if (record->crypto_infos) name(*record->crypto_infos, "hints (cryptoInfos)");
    for (const ByteView oid : record->digest_algorithms) name(oid, "list of hash functions");
    for (const auto& chain : record->chains) {
      for (const auto& stamp : chain.archive_timestamps) {
        const bool newest = &stamp == &record->chains.back().archive_timestamps.back();
        if (stamp.digest_algorithm) name(*stamp.digest_algorithm, "hash function of a tree");
        if (stamp.attributes) name(*stamp.attributes, "attributes of a time-stamp");
        for (const auto& list : stamp.reduced_hashtree.value_or(std::vector<PartialHashtree>())) {
          for (const ByteView value : list) name(value, "hash value");
        }
        name_token(stamp.time_stamp, newest ? "newest token" : "covered token");
      }
    }
  }
  const std::string& of(std::size_t place) const { return parts_.at(place); }

 private:
  void name(ByteView view, const std::string& part) {
    if (view.empty() || view.data() < base_ || view.data() >= base_ + parts_.size()) return;
    const auto begin = static_cast<std::size_t>(view.data() - base_);
    for (std::size_t i = 0; i < view.size(); ++i) parts_.at(begin + i) = part;
  }
  void name_token(ByteView octets, const std::string& token) {
    name(octets, token);
    const auto parsed = parse_timestamp_token(octets);
    if (!parsed) return;
    for (const auto& algorithm : parsed->digest_algorithms) {
      name(algorithm.encoding, token + ": list of hash functions");
      // 02 01 03 31 .. before it.
      name({algorithm.encoding.data() - 5, 3}, token + ": version");
      name({algorithm.encoding.data() - 2, 2}, token + ": list of hash functions");
    }
    name(parsed->content, token + ": content");
    name(parsed->signer.encoding, token + ": signer");
    for (const ByteView one : parsed->certificates) name(one, token + ": certificates");
    for (const ByteView one : parsed->crls) name(one, token + ": revocation lists");
    for (const ByteView one : parsed->ocsp_responses) name(one, token + ": OCSP responses");
  }

  const std::uint8_t* base_;
  std::vector<std::string> parts_;
};

// A vector that passes: "name: value" lines.
std::map<std::string, std::string> fields_of(const fs::path& path) {
  std::map<std::string, std::string> fields;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) fields[line.substr(0, colon)] = line.substr(colon + 2);
  }
  return fields;
}

std::vector<fs::path> passing_vectors() {
  std::vector<fs::path> paths;
  for (const char* folder : {"evidence_record", "other_makers"}) {
    for (const auto& entry : fs::directory_iterator(vector_path(folder))) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("passed_") && name.ends_with(".vec")) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string octets_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class EvidenceMutation : public testing::TestWithParam<fs::path> {};

TEST_P(EvidenceMutation, IsNoticedButWhereNothingIsCarried) {
  const auto fields = fields_of(GetParam());
  const fs::path folder = GetParam().parent_path();
  const std::string good = octets_of(folder / fields.at("evidence"));
  JudgeOptions options;
  options.at = *parse_time(fields.at("at"));
  if (fields.contains("revocation")) options.revocation = RevocationMode::if_present;
  options.anchors.certificates =
      *read_certificates(as_bytes(octets_of(folder / fields.at("anchors"))), "anchors");
  const TokenJudge judge(options);
  std::vector<std::pair<std::string, std::string>> documents;
  std::istringstream names(fields.at("documents"));
  for (std::string name; names >> name;) documents.emplace_back(name, octets_of(folder / name));
  const auto passes = [&](const std::string& octets) {
    const auto record = parse_evidence_record(as_bytes(octets));
    const auto algorithms = record ? digest_algorithms(*record) : record.error();
    if (!algorithms) return false;
    std::vector<DataObject> objects;
    for (const auto& [name, text] : documents) {
      DataObject object{name, {}};
      for (const DigestAlgorithm algorithm : *algorithms) {
        object.digests.emplace_back(algorithm, hash(algorithm, as_bytes(text)));
      }
      objects.push_back(std::move(object));
    }
    return judge_evidence_record(*record, objects, GroupProof::single_objects, judge)
               .report.verdict() == Verdict::passed;
  };
  ASSERT_TRUE(passes(good));
  const EvidenceParts parts(as_bytes(good));
  mutate(
      good, extent() == Extent::sampled ? 7 : 1, "evidence.txt",
      [&](std::size_t place) { return parts.of(place); }, passes);
}
INSTANTIATE_TEST_SUITE_P(, EvidenceMutation, testing::ValuesIn(passing_vectors()),
                         [](const auto& row) { return row.param.stem().string(); });

}  // namespace
}  // namespace perdura::verifier
