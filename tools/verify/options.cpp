#include "tools/verify/options.hpp"

#include <chrono>
#include <iostream>

// A file's name may hold a comma.
#define CXXOPTS_VECTOR_DELIMITER '\0'
#include <cxxopts.hpp>

#include "tools/verify/inputs.hpp"
#include "verifier/assumptions.hpp"
#include "verifier/policy_reader.hpp"
#include "verifier/printable.hpp"

namespace perdura::tools::verify {

using namespace verifier;

namespace {

constexpr const char* introduction = R"(
Judges evidence that health records are unaltered. Needs no archive and no network; trusts
nobody but whom you name with --trust.

  perdura-verify PACKAGE --trust CA.pem
      judges a package: the zip or the folder that 'perdura export' wrote, record by record
  perdura-verify EVIDENCE --trust CA.pem DOCUMENT...
      judges anybody's evidence for the documents given: an evidence record (RFC 4998, or RFC 6283
      in XML), a time-stamp (RFC 3161; TimeStampedData, RFC 5544), or a CMS object with evidence
      records in it. What a file is, its content tells, not its name
  perdura-verify CONTAINER --trust CA.pem
      judges the evidence records and time-stamps in an ASiC container (EN 319 162-1)
  perdura-verify inspect FILE
      shows what a package, an evidence record, a time-stamp, a certificate or a revocation list
      holds, and judges nothing
)";

constexpr const char* epilogue = R"(Examples:
  perdura-verify case.zip --trust tsa-root.pem
  perdura-verify case.zip --trust tsa-root.pem --html report.html --lang ja
  perdura-verify inspect scan.ers
  perdura-verify case.zip --trust tsa-root.pem --trust second-tsa.pem --json > report.jsonl
  perdura-verify case.zip --trust tsa-root.pem --log-key 'archive.example.org+1a2b3c4d+ARp...'
  perdura-verify scan.ers scan.pdf --trust tsa-root.pem
  perdura-verify scan.tsr scan.pdf --trust tsa-root.pem
  perdura-verify record.asice --trust tsa-root.pem
  perdura-verify scan.ers --trust tsa-root.pem \
      --digest sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

Exit status:
  0  PASSED         everything that was to be shown was shown
  1  FAILED         something is wrong; the report says what and where
  2  INDETERMINATE  nothing is wrong, but something that is needed is not there
  3  the input could not be read, or the command makes no sense
)";

cxxopts::Options known_options() {
  cxxopts::Options options("perdura-verify", introduction);
  options.custom_help("[OPTION...]").positional_help("PACKAGE | EVIDENCE [DOCUMENT...]");
  const auto text = [] { return cxxopts::value<std::string>(); };
  const auto texts = [] { return cxxopts::value<std::vector<std::string>>(); };
  auto add = options.add_options();
  add("trust",
      "Certificate (PEM or DER) of whom you trust to stamp time; may be repeated. Without "
      "one the verdict is INDETERMINATE at best",
      texts(), "FILE");
  add("evidence", "This file is the evidence, and all others are documents", text(), "FILE");
  add("digest",
      "A document by its digest, ALG:HEX (or ALG:HEX,ALG:HEX when the "
      "evidence needs several); may be repeated",
      texts(), "ALG:HEX");
  add("complete", "The documents must be all of their group");
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
  add("policy",
      "Until when algorithms are fit: a policy of RFC 5698, XML or DER, in place of the one that "
      "is built in. Its signature is not checked: take it from whom you trust",
      text(), "FILE");
  add("assume-broken",
      "What would still be proven if these fell: hash functions (sha256), rsa, dsa, ecdsa, eddsa, "
      "ecc, ml-dsa, slh-dsa, object identifiers, tsa=NAME; separated by commas, each as of the "
      "moment of judging or of @TIME",
      texts(), "WHAT");
  add("crl", "Revocation list (PEM or DER) to use besides those in the evidence; may be repeated",
      texts(), "FILE");
  add("certificate", "Certificate to build paths with, not trusted by itself; may be repeated",
      texts(), "FILE");
  add("threads", "How many threads judge records; 0: as many as there are cores",
      cxxopts::value<unsigned>()->default_value("0"), "N");
  add("json", "Report as JSON: one line a record, the package's summary last");
  add("html", "Also write the report as an HTML page, to be read, printed and filed", text(),
      "FILE");
  add("full", "With inspect: abbreviate nothing");
  add("lang", "Language of the report: en or ja", text()->default_value("en"), "LANG");
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

std::optional<std::string> one(const cxxopts::ParseResult& given, const char* name) {
  if (given.count(name) == 0) return std::nullopt;
  return given[name].as<std::string>();
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

// Reads the policy, and tells what of it is not as it should be.
Result<Ok> read_policy_into(const Options& options, JudgeOptions& judge) {
  const auto octets = read_file(*options.policy);
  if (!octets) return octets.error();
  auto file = read_policy(*octets);
  if (!file) {
    Error error = file.error();
    error.where = *options.policy + (error.where.empty() ? "" : ": " + error.where);
    return error;
  }
  const PolicyTable& table = file->table;
  if (table.next_update && *table.next_update < judge.at) {
    return Error{Errc::conflict,
                 "the policy was to be replaced by " + to_string(*table.next_update),
                 *options.policy, "get its successor, or judge as of a time before that with --at"};
  }
  if (file->has_signature) file->notes.push_back("its signature was not checked");
  for (const std::string& note : file->notes) {
    if (!options.quiet) std::cerr << "perdura-verify: policy: " << printable(note) << "\n";
  }
  judge.policy = std::make_shared<const AlgorithmPolicy>(std::move(file->table));
  return Ok{};
}

// The command line without --html and its file, and not a quiet one.
std::vector<std::string> repeatable(int argc, char** argv) {
  std::vector<std::string> words = {"perdura-verify"};
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--html") {
      ++i;
    } else if (!word.starts_with("--html=") && word != "-q" && word != "--quiet") {
      words.emplace_back(word);
    }
  }
  return words;
}

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  try {
    const auto given = known_options().parse(argc, argv);
    Options options;
    options.operands = all(given, "operand");
    options.evidence = one(given, "evidence");
    options.digests = all(given, "digest");
    options.complete = given.count("complete") != 0;
    options.log_key = one(given, "log-key");
    options.threads = given["threads"].as<unsigned>();
    const auto language = language_from_name(given["lang"].as<std::string>());
    if (!language) return misuse("is neither 'en' nor 'ja'", "--lang");
    options.language = *language;
    options.full = given.count("full") != 0;
    options.html = one(given, "html");
    options.command_line = repeatable(argc, argv);
    options.json = given.count("json") != 0;
    options.verbose = given.count("verbose") != 0;
    options.quiet = given.count("quiet") != 0;
    options.help = given.count("help") != 0;
    options.version = given.count("version") != 0;
    options.trust = all(given, "trust");
    options.certificates = all(given, "certificate");
    options.crls = all(given, "crl");
    options.at = one(given, "at");
    options.revocation = given["revocation"].as<std::string>();
    options.policy = one(given, "policy");
    options.assumptions = all(given, "assume-broken");
    return options;
  } catch (const cxxopts::exceptions::exception& error) {
    return misuse(error.what(), "");
  }
}

Result<JudgeOptions> judge_options(const Options& options) {
  JudgeOptions judge;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  judge.at.seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (options.at) {
    const auto at = parse_time(*options.at);
    if (!at) return misuse("is not a time as in 2041-06-01T00:00:00Z", "--at");
    judge.at = *at;
    judge.at_chosen = true;
  }
  if (options.revocation != "required" && options.revocation != "if-present") {
    return misuse("is neither 'required' nor 'if-present'", "--revocation");
  }
  judge.revocation =
      options.revocation == "required" ? RevocationMode::required : RevocationMode::if_present;
  auto read = read_all(options.trust, read_certificates, judge.anchors.certificates);
  if (read) read = read_all(options.certificates, read_certificates, judge.extra_certificates);
  if (read) read = read_all(options.crls, read_crls, judge.extra_crls);
  if (read && options.policy) read = read_policy_into(options, judge);
  Assumptions assumptions;
  for (const std::string& text : options.assumptions) {
    if (read) read = read_assumptions(text, judge.at, assumptions);
  }
  if (!read) return read.error();
  assume(assumptions, judge);
  return judge;
}

std::string help_text() { return known_options().help({""}) + epilogue; }

}  // namespace perdura::tools::verify
