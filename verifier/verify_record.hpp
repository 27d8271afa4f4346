// Judges one record of a package, and one batch of its journal, by their files.
//
// Thread safety: a judge belongs to one thread; what it is given may be shared.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "verifier/bag.hpp"
#include "verifier/checkpoint.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/package.hpp"
#include "verifier/package_source.hpp"
#include "verifier/receipt.hpp"
#include "verifier/statement.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {

// What the seal of one batch of the journal came to.
struct BatchResult {
  std::uint64_t batch = 0;
  std::optional<Digest> note;  // SHA-256 of the signed checkpoint; nothing when it is not sound
  std::optional<Checkpoint> checkpoint;  // when the journal's key signed it
  Verdict verdict = Verdict::indeterminate;
};

// What the records of one package are judged by.
struct PackageContext {
  const TokenJudge& tokens;
  const NoteVerifier* log = nullptr;  // null: nobody's key is known
  const UnlistedFiles& unlisted;
  std::vector<PackageTrack> tracks;
  std::optional<Checkpoint> newest;              // of the journal, verified
  std::map<std::uint64_t, BatchResult> batches;  // complete before records are judged
};

// A file's digests.
struct HashedFile {
  std::uint64_t size = 0;
  std::vector<std::pair<DigestAlgorithm, Digest>> digests;
  // The one that was asked for; another is a broken invariant.
  const Digest& digest(DigestAlgorithm algorithm) const;
};

// Reads files of a package once, in all hash functions that are asked for.
class FileHasher {
 public:
  explicit FileHasher(std::unique_ptr<PackageReader> reader);
  // For reading without hashing.
  PackageReader& reader() { return *reader_; }
  // Errors: those of reading.
  Result<HashedFile> hash(std::string_view name, std::span<const DigestAlgorithm> algorithms);
  std::vector<std::pair<DigestAlgorithm, Digest>> hash(ByteView octets,
                                                       std::span<const DigestAlgorithm> algorithms);

 private:
  Hasher& hasher(DigestAlgorithm algorithm);

  std::unique_ptr<PackageReader> reader_;
  std::array<std::optional<Hasher>, 16> hashers_;
  Bytes buffer_;
};

// A listed file that is small: its octets, however wrong, when it can be read. What is wrong with
// it against the manifest is appended to `findings`, with `label` as its name.
std::optional<Bytes> read_listed(FileHasher& files, const ManifestEntry& entry, const Text& label,
                                 std::size_t size_max, std::vector<Finding>& findings);

// A listed file of any size: compared with the manifest alone. Its size, when it could be read.
std::optional<std::uint64_t> judge_listed(FileHasher& files, const ManifestEntry& entry,
                                          const Text& label, std::vector<Finding>& findings);

// The same for a file that no evidence is about, which is said.
std::optional<std::uint64_t> judge_uncovered(FileHasher& files, const ManifestEntry& entry,
                                             const Text& label, std::vector<Finding>& findings);

// The subject of the certificate that signed a time-stamp token; "" when it is not in there.
std::string signer_of_token(ByteView content_info);

// Whether other evidence that passed makes up for this: what is wrong with it, if anything, is that
// it could not be judged, or that its TSA was revoked.
bool other_evidence_makes_up(const Report& report);
// Turns what did not pass into warnings.
void lower_to_warnings(Report& report);
// The finding that says so.
Finding evidence_left_out_of_account();

// One record.
RecordResult judge_record(const FileGroup& group, FileHasher& files, const PackageContext& context);

// One batch of the journal; its report has the subject "journal, batch N". `bytes` receives the
// sizes of its files.
BatchResult judge_batch(const FileGroup& group, FileHasher& files, const PackageContext& context,
                        Report& report, std::uint64_t& bytes);

}  // namespace perdura::verifier
