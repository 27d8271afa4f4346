#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tools/verify/inputs.hpp"
#include "tools/verify/judge.hpp"
#include "tools/verify/page.hpp"
#include "verifier/asic.hpp"
#include "verifier/der.hpp"
#include "verifier/report_json.hpp"
#include "verifier/report_text.hpp"
#include "verifier/verify_asic.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

// A file or folder among those given.
struct Looked {
  EvidenceKind kind = EvidenceKind::other;
  std::shared_ptr<const PackageSource> files;  // of a package or container, so as to open it once
  bool package = false;
};

// A zip or folder that holds neither a package nor a container is a document. One that can't be
// read is a package, whose judge says what is wrong with it.
Looked look_into(const std::string& path) {
  auto source = open_package_source(path);
  if (!source) return {EvidenceKind::zip, nullptr, true};
  Looked looked{EvidenceKind::zip, *std::move(source), false};
  const auto reader = looked.files->reader();
  looked.package = !reader || (*reader)->number("bagit.txt");
  if (!looked.package && !is_asic(*looked.files)) return {};
  return looked;
}

// What a file is, by its content; what can't be read is `other`.
Looked look_at(const std::string& path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed)) return look_into(path);
  if (!std::filesystem::is_regular_file(path, failed)) return {};
  std::ifstream file(path, std::ios::binary);
  Bytes head(evidence_file_head);
  file.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  if (kind_of_evidence(head) == EvidenceKind::zip) return look_into(path);
  if (!may_be_evidence(head)) return {};
  const auto octets = read_file(path);
  return {octets ? kind_of_evidence(*octets) : EvidenceKind::other, nullptr, false};
}

// Whether a file begins as all evidence in DER does.
bool begins_as_der(const std::string& path) {
  return std::ifstream(path, std::ios::binary).get() == tag::sequence;
}

// The evidence among the operands is the first file that is evidence by itself; a CMS object, which
// may just as well be a document, only when there is no such file.
std::optional<std::size_t> find_evidence(const std::vector<std::string>& operands, Looked& looked) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    Looked one = look_at(operands[i]);
    if (one.kind == EvidenceKind::other || (one.kind == EvidenceKind::cms && found)) continue;
    found = i;
    looked = std::move(one);
    if (looked.kind != EvidenceKind::cms) break;
  }
  return found;
}

// Nothing among the operands was recognized.
Error unknown(const std::vector<std::string>& operands) {
  return {Errc::malformed, "is neither a package nor evidence of a kind that this program knows",
          operands.size() == 1 ? operands.front() : "each of the files",
          "if one is evidence, it is damaged: name it with --evidence to see where"};
}

Result<EvidenceReport> judge_one(const Given& given, const Options& options,
                                 const JudgeOptions& judge) {
  switch (given.kind) {
    case EvidenceKind::evidence_record:
    case EvidenceKind::xml_evidence_record:
      return judge_evidence(given, options, judge);
    case EvidenceKind::time_stamp:
    case EvidenceKind::time_stamped_data:
      return judge_time_stamp(given, options, judge);
    case EvidenceKind::cms:
      return judge_cms_file(given, options, judge);
    case EvidenceKind::zip:
      if (!given.documents.empty() || !options.digests.empty()) {
        return misuse("a container holds its documents: name none", given.evidence);
      }
      return judge_asic(given.evidence, judge);
    case EvidenceKind::other:
      // Read all the same, so as to say where it is damaged.
      if (begins_as_der(given.evidence)) return judge_evidence(given, options, judge);
      break;
  }
  return Error{Errc::malformed, "is not evidence of a kind that this program knows", given.evidence,
               ""};
}

// Writes the page, if one is wanted, and prints the report.
Result<Ok> tell(const EvidenceReport& evidence, const Given& given, const Options& options,
                const JudgeOptions& judge) {
  if (options.html) {
    std::vector<std::string> files = {given.evidence};
    files.insert(files.end(), given.documents.begin(), given.documents.end());
    auto context = files_page(options, judge, files);
    if (!context) return context.error();
    ReportPage page(*std::move(context));
    auto written =
        write_page(options, [&](std::ostream& out) { return page.finish(evidence, out); });
    if (!written) return written;
  }
  if (options.quiet) return Ok{};
  const TextDetail detail = options.verbose ? TextDetail::full : TextDetail::brief;
  std::cout << (options.json ? evidence_json(evidence) + "\n"
                             : evidence_text(evidence, detail, options.language));
  return Ok{};
}

}  // namespace

Result<Verdict> judge_given(const Options& options, JudgeOptions judge) {
  Given given;
  Looked looked;
  if (options.evidence) {
    looked = look_at(*options.evidence);
    given = {*options.evidence, looked.kind, options.operands};
    if (looked.package) return misuse("is a package: name it without --evidence", "--evidence");
  } else {
    const auto found = find_evidence(options.operands, looked);
    std::error_code failed;
    const auto is_file = [&](const std::string& path) {
      return std::filesystem::is_regular_file(path, failed);
    };
    for (const std::string& operand : options.operands) {
      if (found || std::filesystem::exists(operand, failed)) continue;
      return Error{Errc::not_found, "there is no such file or folder", operand, ""};
    }
    if (!found && !options.operands.empty() && std::ranges::all_of(options.operands, is_file)) {
      return unknown(options.operands);
    }
    if (!found || looked.package) {
      return judge_package(options, looked.files.get(), std::move(judge));
    }
    given = {options.operands[*found], looked.kind, options.operands};
    given.documents.erase(given.documents.begin() + static_cast<std::ptrdiff_t>(*found));
  }
  if (options.log_key) return misuse("--log-key goes with a package", "");
  const auto evidence = judge_one(given, options, judge);
  if (!evidence) return evidence.error();
  if (auto told = tell(*evidence, given, options, judge); !told) return told.error();
  return evidence->report.verdict();
}

}  // namespace perdura::tools::verify
