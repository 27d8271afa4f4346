// The verifier's report as one HTML page that a lawyer can file: no script, nothing from elsewhere,
// for screens and for A4.
//
// Records are taken as they are judged; memory stays bounded however many there are. All text of
// the evidence is escaped. Thread safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "verifier/page_chains.hpp"
#include "verifier/page_parts.hpp"
#include "verifier/proof_chain.hpp"
#include "verifier/result.hpp"
#include "verifier/spool.hpp"
#include "verifier/texts.hpp"
#include "verifier/trust_anchors.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace perdura::verifier {

// A file that was judged.
struct PageInput {
  std::string name;          // empty: a document of which only digests were given
  std::string digests;       // "SHA-256 e3b0..."
  bool is_manifest = false;  // the digests are those of the folder's manifest
  std::optional<std::uint64_t> octets;
};

// What the page says about the judging itself.
struct PageContext {
  Language language = Language::en;
  Time at;                        // JudgeOptions::at
  Time made;                      // when the page was made
  std::vector<PageInput> inputs;  // what was judged, first
  std::string command;            // that judges it again
  std::string version;            // of the program
  std::string program_sha256;     // hex; empty when it could not be read
  bool log_key_given = false;
  JudgeOptions judge;
};

// Builds the page.
class ReportPage {
 public:
  explicit ReportPage(PageContext context);

  // A record of a package.
  void add(const RecordResult& record);
  // Writes the page about the package whose records were added. Errors: io.
  Result<Ok> finish(const PackageSummary& summary, std::ostream& out);
  // Writes the page about evidence that was judged by itself. Errors: io.
  Result<Ok> finish(const EvidenceReport& evidence, std::ostream& out);

 private:
  struct Open {  // something that was not shown, and how often
    Finding finding;
    std::uint64_t times = 0;
  };
  struct Listed {  // the records of one verdict
    Spool rows;    // of the table
    std::uint64_t count = 0;
  };
  struct Told {  // records that did not pass, for the same reasons
    Verdict verdict = Verdict::failed;
    std::vector<std::string> records;  // the first ones
    std::uint64_t count = 0;
    Report report;  // what they have in common of what did not pass
  };

  Listed& listed(Verdict verdict);
  void note_bad(const RecordResult& record);
  void tell(Html& page, const Told& told) const;
  void not_passed(Html& page) const;
  Result<Ok> records(std::ostream& out);
  std::string chain_labels(const RecordResult& record);
  void note_open(const Report& report);
  void begin(Html& page, Verdict verdict, const Text& sentence, const Text& meaning) const;
  void inputs(Html& page) const;
  void trust(Html& page) const;
  void not_checked(Html& page, bool package, bool own_log_key) const;
  void again(Html& page, bool package) const;

  PageContext context_;
  PageParts parts_;
  ProofChains chains_;
  std::array<Listed, 3> listed_;      // failed, indeterminate, passed: as the page lists them
  std::map<std::string, Told> told_;  // in the order in which they are told
  std::uint64_t failed_told_ = 0;     // entries of told_
  std::uint64_t undecided_told_ = 0;  // entries of told_
  std::uint64_t not_told_ = 0;        // records
  std::map<std::string, Open> open_;
};

}  // namespace perdura::verifier
