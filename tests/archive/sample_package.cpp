#include "sample_package.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <utility>

#include "archive/local_tsa.hpp"
#include "outside_world.hpp"
#include "verifier/evidence_record_writer.hpp"
#include "verifier/merkle_log.hpp"
#include "verifier/receipt.hpp"
#include "verifier/reduced_hashtree.hpp"
#include "verifier/statement.hpp"

namespace perdura::tests {

using namespace verifier;

namespace {

constexpr Time deposited{1'800'000'000};
constexpr Time sealed{1'800'000'600};

template <typename T>
T value(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  return *std::move(result);
}

Bytes salt(std::size_t i, std::uint8_t kind) {
  Bytes octets(32, kind);
  for (std::size_t k = 0; k < 8; ++k) octets[k] = static_cast<std::uint8_t>(i >> (8 * k));
  return octets;
}

Digest sha256_of(std::string_view text) { return hash(DigestAlgorithm::sha256, as_bytes(text)); }

// The levels of a binary tree; a node without sibling is carried up.
std::vector<std::vector<Digest>> levels_over(std::vector<Digest> leaves) {
  Hasher hasher(DigestAlgorithm::sha256);
  std::vector<std::vector<Digest>> levels{std::move(leaves)};
  while (levels.back().size() > 1) {
    const auto& below = levels.back();
    std::vector<Digest> level;
    for (std::size_t i = 0; i < below.size(); i += 2) {
      level.push_back(i + 1 < below.size() ? node_hash(hasher, below[i], below[i + 1]) : below[i]);
    }
    levels.push_back(std::move(level));
  }
  return levels;
}

std::vector<Digest> siblings_of(const std::vector<std::vector<Digest>>& levels, std::size_t i) {
  std::vector<Digest> siblings;
  for (std::size_t level = 0; level + 1 < levels.size(); ++level, i /= 2) {
    if ((i ^ 1) < levels[level].size()) siblings.push_back(levels[level][i ^ 1]);
  }
  return siblings;
}

// The hash of a range of leaves as RFC 9162 has it, each taken once.
class LogHashes {
 public:
  explicit LogHashes(const std::vector<Digest>& leaves) : leaves_(leaves) {}
  Digest over(LeafRange range) {
    const std::uint64_t size = range.end - range.begin;
    if (size == 0) return empty_log_root();
    if (size == 1) return leaves_[range.begin];
    const auto known = known_.find({range.begin, range.end});
    if (known != known_.end()) return known->second;
    const std::uint64_t middle = range.begin + std::bit_floor(size - 1);
    const Digest digest = interior_hash(over({range.begin, middle}), over({middle, range.end}));
    known_[{range.begin, range.end}] = digest;
    return digest;
  }
  std::vector<Digest> over(const std::vector<LeafRange>& path) {
    std::vector<Digest> proof;
    for (const LeafRange& range : path) proof.push_back(over(range));
    return proof;
  }

 private:
  const std::vector<Digest>& leaves_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Digest> known_;
};

}  // namespace

SamplePackage::SamplePackage(const std::filesystem::path& folder, std::size_t records)
    : folder_(folder),
      clock_(std::make_unique<archive::ManualClock>(sealed)),
      key_(value(NoteKey::from_seed(std::string(sample_origin), Bytes(32, 0x42)))) {
  value(archive::create_local_tsa(folder / "tsa", "Sample Clinic", *clock_));
  tsa_ = value(archive::open_local_tsa(folder / "tsa", *clock_));
  for (std::size_t i = 0; i < records; ++i) make_record(i);
  seal();
}

std::string SamplePackage::name(std::size_t i, const std::string& file) const {
  return package_name::record_folder(records_.at(i)) + file;
}

Bytes SamplePackage::stamp(const Digest& imprint) const {
  return value(tsa_->stamp(DigestAlgorithm::sha256, imprint));
}

PackageHeader SamplePackage::header() const {
  return {.archive = std::string(sample_origin),
          .log_key = key_.vkey(),
          .exported_at = sealed + 3600,
          .exported_by = "test",
          .records = records_.size(),
          .tracks = {{"local", "sha256", true, tsa_->description()}},
          .selection = "{}"};
}

PackageOptions SamplePackage::options() const {
  PackageOptions options;
  const std::string pem = read_text(ca());
  options.judge.anchors.certificates = value(read_certificates(as_bytes(pem), "ca.pem"));
  options.judge.at = sealed + 24 * 3600;
  options.threads = 2;
  return options;
}

// "" when nothing is to be kept.
std::filesystem::path SamplePackage::place_to_keep() const {
  constexpr int kept_of_a_test = 40;
  const char* folder = std::getenv("PERDURA_KEEP_PACKAGES");
  if (folder == nullptr) return {};
  static std::map<std::string, int> kept;
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  std::ranges::replace(name, '/', '.');
  const int number = ++kept[name];
  if (number > kept_of_a_test) return {};
  name += "." + std::to_string(number);
  const std::filesystem::path place = std::filesystem::path(folder) / name;
  std::filesystem::copy_file(ca(), place.string() + ".pem");
  return place;
}

void SamplePackage::keep(const std::filesystem::path& package) const {
  const std::filesystem::path place = place_to_keep();
  if (place.empty()) return;
  const bool folder = std::filesystem::is_directory(package);
  std::filesystem::copy(package, place.string() + (folder ? "" : ".zip"),
                        std::filesystem::copy_options::recursive);
}

void SamplePackage::keep(const std::string& zip) const {
  if (const std::filesystem::path place = place_to_keep(); !place.empty()) {
    write_text(place.string() + ".zip", zip);
  }
}

void SamplePackage::make_record(std::size_t i) {
  std::vector<std::string> documents{"document of record " + std::to_string(i)};
  if (i == 0) documents.push_back(std::string(100'000, 'x'));
  Statement statement;
  statement.archive = sample_origin;
  statement.depositor = "test";
  statement.deposit_time = deposited;
  statement.salt = salt(i, 1);
  for (std::size_t k = 0; k < documents.size(); ++k) {
    const std::string& text = documents[k];
    statement.documents.push_back({.name = "part " + std::to_string(k + 1) + ".txt",
                                   .media_type = "text/plain",
                                   .length = text.size(),
                                   .sha256 = sha256_of(text),
                                   .sha512 = hash(DigestAlgorithm::sha512, as_bytes(text)),
                                   .sha3_256 = std::nullopt});
  }
  const std::string json = write_statement(statement);
  const std::string id = record_id(json);
  records_.push_back(id);
  files_[name(i, "statement.json")] = json;
  std::vector<Digest> group{sha256_of(json)};
  for (std::size_t k = 0; k < documents.size(); ++k) {
    group.push_back(sha256_of(documents[k]));
    files_[name(i, package_name::document(k + 1, statement.documents[k].name))] = documents[k];
  }
  groups_.push_back(std::move(group));
  entries_.push_back(write_journal_act({"deposit", "test", id, deposited}));
  leaves_.push_back(journal_leaf({entries_.back(), salt(i, 2)}));
}

void SamplePackage::seal() {
  const std::size_t count = records_.size();
  LogHashes log(leaves_);
  const std::string note = key_.sign(
      write_checkpoint({std::string(sample_origin), count, log.over(LeafRange{0, count})}));
  for (std::size_t i = 0; i < count; ++i) {
    const auto proof = log.over(inclusion_path(i, count));
    files_[name(i, "receipt.json")] =
        write_receipt({records_[i], {entries_[i], salt(i, 2)}, i, proof, note}) + "\n";
    files_[name(i, "journal-proof.tlog-proof")] =
        write_tlog_proof({to_bytes(as_bytes("1")), i, proof, note});
  }
  Hasher hasher(DigestAlgorithm::sha256);
  std::vector<Digest> tree_leaves;
  for (const auto& group : groups_) tree_leaves.push_back(group_hash(hasher, group));
  tree_leaves.push_back(sha256_of(note));
  const auto levels = levels_over(tree_leaves);
  const Bytes token = stamp(levels.back().front());
  const auto evidence = [&](std::vector<Digest> first, std::size_t leaf) {
    ReducedHashtree tree{std::move(first)};
    for (const Digest& sibling : siblings_of(levels, leaf)) tree.push_back({sibling});
    constexpr DigestAlgorithm algorithms[] = {DigestAlgorithm::sha256};
    const Bytes stamped = write_archive_timestamp(DigestAlgorithm::sha256, tree, token);
    return std::string(as_text(write_evidence_record(algorithms, {{stamped}})));
  };
  for (std::size_t i = 0; i < count; ++i) files_[name(i, "local.ers")] = evidence(groups_[i], i);
  const std::string batch = package_name::batch_folder(1);
  files_[batch + "checkpoint"] = note;
  files_[batch + "local.ers"] = evidence({sha256_of(note)}, count);

  // The seal is an entry of its own, so the newest checkpoint is one further.
  leaves_.push_back(journal_leaf({write_journal_act({"seal", "test", "", sealed}), salt(0, 3)}));
  files_[std::string(package_name::newest_checkpoint)] = key_.sign(
      write_checkpoint({std::string(sample_origin), count + 1, log.over(LeafRange{0, count + 1})}));
  files_[batch + "consistency.json"] =
      write_consistency({count, count + 1, log.over(consistency_path(count, count + 1))});
  files_["data/trust/local.pem"] = read_text(ca());
}

void SamplePackage::write(const std::filesystem::path& path, archive::PackageForm form,
                          const PackageHeader& header, const Files& files) {
  auto writer = value(archive::PackageWriter::open(path, form, header));
  for (const auto& file : files) value(writer.add(file.first, as_bytes(file.second)));
  value(writer.finish());
}

}  // namespace perdura::tests
