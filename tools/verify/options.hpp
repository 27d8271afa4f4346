// What the command line of perdura-verify asks for.
//
// A new option: a member here, its line and help in options.cpp, its paragraph in
// man/perdura-verify.1. Thread safety: plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verifier/result.hpp"
#include "verifier/texts.hpp"
#include "verifier/trust_anchors.hpp"

namespace perdura::tools::verify {

// The command line, read.
struct Options {
  std::vector<std::string> command_line;  // all of it, but for --html
  std::vector<std::string> operands;      // a package, or the documents
  std::optional<std::string> evidence;    // the evidence record to judge in place of a package
  std::vector<std::string> digests;       // documents by their digests
  bool complete = false;                  // the documents must be all of their group
  std::optional<std::string> log_key;
  unsigned threads = 0;
  bool json = false;
  bool full = false;  // with inspect: nothing abbreviated
  std::optional<std::string> html;
  verifier::Language language = verifier::Language::en;
  bool verbose = false;
  bool quiet = false;
  bool help = false;
  bool version = false;

  // Of JudgeOptions, as given; judge_options() reads the files.
  std::vector<std::string> trust;
  std::vector<std::string> certificates;
  std::vector<std::string> crls;
  std::optional<std::string> at;
  std::string revocation;
  std::optional<std::string> policy;
  std::vector<std::string> assumptions;
};

// Reads the command line. Errors: misuse.
verifier::Result<Options> parse_options(int argc, char** argv);

// Reads the files that the options name. Errors: misuse, and those of reading.
verifier::Result<verifier::JudgeOptions> judge_options(const Options& options);

// What --help prints.
std::string help_text();

}  // namespace perdura::tools::verify
