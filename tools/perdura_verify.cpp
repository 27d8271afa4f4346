// perdura-verify: judges packages and evidence records, without an archive and without a network.
#include <openssl/crypto.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

// A file's name may hold a comma.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

#include "verifier/evidence_record.hpp"
#include "verifier/findings.hpp"
#include "verifier/report_json.hpp"
#include "verifier/report_text.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

namespace {

using namespace perdura::verifier;

constexpr int exit_not_read = 3;
constexpr std::size_t file_size_max = 64u << 20;       // of certificates, lists, evidence
constexpr std::uint64_t records_told_one_by_one = 20;  // without --verbose

constexpr const char* introduction = R"(
Judges evidence that health records are unaltered. Needs no archive and no network; trusts
nobody but whom you name with --trust.

  perdura-verify PACKAGE --trust CA.pem
      judges a package: the zip or the folder that 'perdura export' wrote, record by record
  perdura-verify --evidence X.ers --trust CA.pem DOCUMENT...
      judges an RFC 4998 evidence record for the documents given
)";

constexpr const char* epilogue = R"(Examples:
  perdura-verify case.zip --trust tsa-root.pem
  perdura-verify case.zip --trust tsa-root.pem --trust second-tsa.pem --json > report.jsonl
  perdura-verify case.zip --trust tsa-root.pem --log-key 'archive.example.org+1a2b3c4d+ARp...'
  perdura-verify --evidence scan.ers --trust tsa-root.pem scan.pdf
  perdura-verify --evidence scan.ers --trust tsa-root.pem \
      --digest sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

Exit status:
  0  PASSED         everything that was to be shown was shown
  1  FAILED         something is wrong; the report says what and where
  2  INDETERMINATE  nothing is wrong, but something that is needed is not there
  3  the input could not be read, or the command makes no sense
)";

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return 0;
    case Verdict::failed:
      return 1;
    case Verdict::indeterminate:
      break;
  }
  return 2;
}

int complain(const Error& error) {
  std::cerr << "perdura-verify: error: " << printable(to_string(error)) << "\n";
  if (!error.hint.empty()) std::cerr << "perdura-verify: hint: " << printable(error.hint) << "\n";
  return exit_not_read;
}

Error misuse(std::string what, std::string where) {
  return {Errc::misuse, std::move(what), std::move(where), "see perdura-verify --help"};
}

Result<Bytes> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "can't be opened", path, ""};
  Bytes octets;
  std::vector<char> buffer(1u << 16);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    octets.insert(octets.end(), buffer.data(), buffer.data() + file.gcount());
    if (octets.size() > file_size_max) {
      return Error{Errc::too_large, "is longer than 64 MiB", path, ""};
    }
  }
  if (file.bad() || octets.empty()) return Error{Errc::io, "can't be read, or is empty", path, ""};
  return octets;
}

// Hashes a document of any size in every algorithm that is asked for.
Result<DataObject> hash_file(const std::string& path, std::span<const DigestAlgorithm> algorithms) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "can't be opened", path, ""};
  std::vector<Hasher> hashers;
  for (const DigestAlgorithm algorithm : algorithms) hashers.emplace_back(algorithm);
  std::vector<char> buffer(1u << 18);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    const std::string_view part(buffer.data(), static_cast<std::size_t>(file.gcount()));
    for (Hasher& hasher : hashers) hasher.update(as_bytes(part));
  }
  if (file.bad() || !file.eof()) return Error{Errc::io, "can't be read", path, ""};
  DataObject object{path, {}};
  for (Hasher& hasher : hashers) object.digests.emplace_back(hasher.algorithm(), hasher.finish());
  return object;
}

// "sha256:HEX", or the same document in several: "sha256:HEX,sha512:HEX".
Result<DataObject> parse_digests(const std::string& text) {
  DataObject object{text, {}};
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string one = text.substr(start, end - start);
    start = end + 1;
    const std::size_t colon = one.find(':');
    const auto algorithm = digest_algorithm_from_name(one.substr(0, colon));
    const auto octets = colon == std::string::npos ? std::nullopt : from_hex(one.substr(colon + 1));
    if (!algorithm || !octets || octets->size() != digest_size(*algorithm)) {
      return misuse("is not a digest as in sha256:e3b0...", "--digest " + one);
    }
    object.digests.emplace_back(*algorithm, Digest(*octets));
  }
  return object;
}

cxxopts::Options options() {
  cxxopts::Options options("perdura-verify", introduction);
  options.custom_help("[OPTION...]").positional_help("PACKAGE | DOCUMENT...");
  const auto text = [] { return cxxopts::value<std::string>(); };
  const auto texts = [] { return cxxopts::value<std::vector<std::string>>(); };
  auto add = options.add_options();
  add("trust",
      "Certificate (PEM or DER) of whom you trust to stamp time; may be repeated. Without "
      "one the verdict is INDETERMINATE at best",
      texts(), "FILE");
  add("evidence", "Judge this evidence record instead of a package", text(), "FILE");
  add("digest",
      "With --evidence: a document by its digest, ALG:HEX (or ALG:HEX,ALG:HEX when the "
      "evidence needs several); may be repeated",
      texts(), "ALG:HEX");
  add("complete", "With --evidence: the documents must be all of their group");
  add("log-key",
      "The journal's public key, from a source other than the package; without it the "
      "package's own is used, and the report says so",
      text(), "VKEY");
  add("at", "Judge as of this time (2041-06-01T00:00:00Z, or a date) instead of now", text(),
      "TIME");
  add("revocation",
      "required: status of the authority's certificates must be known; if-present: "
      "what is there is checked, what is missing is said",
      text()->default_value("required"), "MODE");
  add("crl", "Revocation list (PEM or DER) to use besides those in the evidence; may be repeated",
      texts(), "FILE");
  add("certificate", "Certificate to build paths with, not trusted by itself; may be repeated",
      texts(), "FILE");
  add("threads", "How many threads judge records; 0: as many as there are cores",
      cxxopts::value<unsigned>()->default_value("0"), "N");
  add("json", "Report as JSON: one line a record, the package's summary last");
  add("v,verbose", "Tell every check of every record");
  add("q,quiet", "Report nothing: the exit status tells");
  add("version", "Print the version");
  add("h,help", "Print this");
  options.add_options("operands")("operand", "", texts());
  options.parse_positional({"operand"});
  return options;
}

std::vector<std::string> all(const cxxopts::ParseResult& given, const char* name) {
  return given.count(name) == 0 ? std::vector<std::string>()
                                : given[name].as<std::vector<std::string>>();
}

template <typename Read>
Result<Ok> read_all(const std::vector<std::string>& paths, const Read& read,
                    std::vector<Bytes>& into) {
  for (const std::string& path : paths) {
    const auto octets = read_file(path);
    if (!octets) return octets.error();
    auto found = read(*octets, path);
    if (!found) return found.error();
    into.insert(into.end(), found->begin(), found->end());
  }
  return Ok{};
}

Result<JudgeOptions> judge_options(const cxxopts::ParseResult& given) {
  JudgeOptions judge;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  judge.at.seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (given.count("at") != 0) {
    const auto at = parse_time(given["at"].as<std::string>());
    if (!at) return misuse("is not a time as in 2041-06-01T00:00:00Z", "--at");
    judge.at = *at;
  }
  const std::string revocation = given["revocation"].as<std::string>();
  if (revocation != "required" && revocation != "if-present") {
    return misuse("is neither 'required' nor 'if-present'", "--revocation");
  }
  judge.revocation =
      revocation == "required" ? RevocationMode::required : RevocationMode::if_present;
  auto read = read_all(all(given, "trust"), read_certificates, judge.anchors.certificates);
  if (read) read = read_all(all(given, "certificate"), read_certificates, judge.extra_certificates);
  if (read) read = read_all(all(given, "crl"), read_crls, judge.extra_crls);
  if (!read) return read.error();
  return judge;
}

// How far it is, on one line of a terminal that is written over.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) != 0) {}
  void show(const PackageProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (!shown_ || now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    drawn_ = true;
    std::fprintf(stderr, "\r%llu of %llu records, %llu MB \x1b[K",
                 static_cast<unsigned long long>(progress.records),
                 static_cast<unsigned long long>(progress.records_total),
                 static_cast<unsigned long long>(progress.bytes / 1'000'000));
  }
  // Makes room for a line of the report.
  void clear() {
    if (std::exchange(drawn_, false)) std::fputs("\r\x1b[K", stderr);
  }

 private:
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

int judge_package(const cxxopts::ParseResult& given, JudgeOptions judge) {
  const std::vector<std::string> operands = all(given, "operand");
  if (operands.size() != 1) return complain(misuse("name one package", ""));
  if (given.count("digest") != 0 || given.count("complete") != 0) {
    return complain(misuse("--digest and --complete go with --evidence", ""));
  }
  const bool json = given.count("json") != 0;
  const bool quiet = given.count("quiet") != 0;
  const bool verbose = given.count("verbose") != 0;
  const TextDetail detail = verbose ? TextDetail::full : TextDetail::brief;
  PackageOptions package;
  package.judge = std::move(judge);
  package.threads = given["threads"].as<unsigned>();
  if (given.count("log-key") != 0) package.log_key = given["log-key"].as<std::string>();
  ProgressLine line(!quiet);
  std::uint64_t total = 0;
  package.progress = [&](const PackageProgress& progress) {
    total = progress.records_total;
    line.show(progress);
  };
  std::uint64_t told = 0;
  const auto summary = verify_package(operands.front(), package, [&](const RecordResult& record) {
    const bool passed = record.verdict == Verdict::passed;
    if (quiet || (passed && !json && !verbose && told >= records_told_one_by_one)) return;
    line.clear();
    told += passed ? 1 : 0;
    std::cout << (json ? record_json(record) + "\n" : record_text(record, detail));
  });
  line.clear();
  if (!summary) return complain(summary.error());
  if (quiet) return exit_code(summary->verdict);
  if (!json && summary->passed > told) {
    std::cout << "... and " << summary->passed - told
              << " more that passed (--verbose tells each)\n";
  }
  std::cout << (json ? summary_json(*summary) + "\n" : summary_text(*summary, detail));
  return exit_code(summary->verdict);
}

// What was given, in the hash functions that the evidence asks for.
Result<std::vector<DataObject>> data_objects(const cxxopts::ParseResult& given,
                                             const EvidenceRecord& record) {
  const auto algorithms = digest_algorithms(record);
  std::vector<DataObject> objects;
  for (const std::string& path : all(given, "operand")) {
    auto object = hash_file(path, algorithms ? std::span<const DigestAlgorithm>(*algorithms)
                                             : std::span<const DigestAlgorithm>());
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  for (const std::string& text : all(given, "digest")) {
    auto object = parse_digests(text);
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  if (objects.empty()) return misuse("name the documents, or give their digests", "--evidence");
  return objects;
}

int judge_evidence(const cxxopts::ParseResult& given, JudgeOptions judge) {
  if (given.count("log-key") != 0) return complain(misuse("--log-key goes with a package", ""));
  const std::string path = given["evidence"].as<std::string>();
  const auto octets = read_file(path);
  if (!octets) return complain(octets.error());
  const auto record = parse_evidence_record(*octets);
  if (!record) {
    Error error = record.error();
    error.where = path + ": " + error.where;
    return complain(error);
  }
  const auto objects = data_objects(given, *record);
  if (!objects) return complain(objects.error());
  const TokenJudge tokens(std::move(judge));
  const bool complete = given.count("complete") != 0;
  EvidenceReport evidence =
      judge_evidence_record(*record, *objects, GroupProof::whole_group, tokens);
  if (!complete && evidence.report.verdict() == Verdict::failed) {
    // Perhaps only others are missing beside what was given: it is proven all the same.
    EvidenceReport single =
        judge_evidence_record(*record, *objects, GroupProof::single_objects, tokens);
    if (single.report.verdict() != Verdict::failed) {
      single.report.findings.push_back(
          warned("The evidence covers more than what was given: other documents of the same "
                 "record, or neighbours in its hash tree. That nothing of the record is missing is "
                 "not shown.",
                 "", "RFC 4998 section 4.3"));
      evidence = std::move(single);
    }
  }
  const Verdict verdict = evidence.report.verdict();
  if (given.count("quiet") != 0) return exit_code(verdict);
  const bool verbose = given.count("verbose") != 0;
  std::cout << (given.count("json") != 0
                    ? evidence_json(evidence) + "\n"
                    : evidence_text(evidence, verbose ? TextDetail::full : TextDetail::brief));
  return exit_code(verdict);
}

int run(int argc, char** argv) {
  auto known = options();
  const auto given = known.parse(argc, argv);
  if (given.count("help") != 0) {
    std::cout << known.help({""}) << epilogue;
    return 0;
  }
  if (given.count("version") != 0) {
    std::cout << "perdura-verify " PERDURA_VERSION "\n";
    return 0;
  }
  auto judge = judge_options(given);
  if (!judge) return complain(judge.error());
  return given.count("evidence") != 0 ? judge_evidence(given, *std::move(judge))
                                      : judge_package(given, *std::move(judge));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    // A configuration file on this machine must not change the verdict.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    const int code = run(argc, argv);
    std::cout.flush();
    if (!std::cout) return complain({Errc::io, "can't write the report", "standard output", ""});
    return code;
  } catch (const cxxopts::exceptions::exception& error) {
    return complain(misuse(error.what(), ""));
  } catch (const std::exception& error) {
    std::cerr << "perdura-verify: error: " << error.what() << "\n";
    return exit_not_read;
  } catch (...) {
    std::cerr << "perdura-verify: error: something unknown went wrong\n";
    return exit_not_read;
  }
}
