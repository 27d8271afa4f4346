// A small archive's worth of records, sealed by a local TSA, to be written as packages and spoilt.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archive/clock.hpp"
#include "archive/package_writer.hpp"
#include "archive/tsa_client.hpp"
#include "verifier/checkpoint.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::tests {

using Files = std::map<std::string, std::string>;  // by name in the package

inline constexpr std::string_view sample_origin = "archive.example.org";

// What judging a package yielded.
struct Judged {
  verifier::PackageSummary summary;
  std::map<std::string, verifier::RecordResult> records;
  std::vector<std::string> order;  // of the records, as they were told
};

// Records with documents, statements, receipts, a journal and evidence, all in memory.
class SamplePackage {
 public:
  // `records` of them, made and sealed at fixed times; the TSA's keys lie in `folder`. Record 0 has
  // two documents, the others one.
  SamplePackage(const std::filesystem::path& folder, std::size_t records);

  // Payload files, but for package.json.
  const Files& files() const { return files_; }
  const std::vector<std::string>& records() const { return records_; }
  verifier::PackageHeader header() const;
  // The name of a file of record `i`.
  std::string name(std::size_t i, const std::string& file) const;

  // Writes `files` as a package; what is spoilt is spoilt before the manifest is made.
  static void write(const std::filesystem::path& path, archive::PackageForm form,
                    const verifier::PackageHeader& header, const Files& files);

  // Judging with the TSA's CA as anchor, as of a day after the seal.
  verifier::PackageOptions options() const;
  std::string log_key() const { return key_.vkey(); }
  const verifier::NoteKey& key() const { return key_; }
  std::filesystem::path ca() const { return folder_ / "tsa" / "ca.pem"; }
  // Where PERDURA_KEEP_PACKAGES names a folder, keeps a copy of what a test is about to judge
  // there, and the CA beside it, so that another verifier can judge the same. The first of each
  // test, not thousands.
  void keep(const std::filesystem::path& package) const;
  void keep(const std::string& zip) const;
  // One token over `imprint`, as of the seal.
  verifier::Bytes stamp(const verifier::Digest& imprint) const;

 private:
  std::filesystem::path place_to_keep() const;
  void make_record(std::size_t i);
  void seal();

  std::filesystem::path folder_;
  std::unique_ptr<archive::ManualClock> clock_;
  std::unique_ptr<archive::TsaClient> tsa_;
  verifier::NoteKey key_;
  Files files_;
  std::vector<std::string> records_;
  std::vector<std::vector<verifier::Digest>> groups_;  // of each record: statement, documents
  std::vector<verifier::Digest> leaves_;               // of the journal
  std::vector<std::string> entries_;
};

}  // namespace perdura::tests
