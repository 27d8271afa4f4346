// perdura-corpus: writes a seeded corpus of a hospital's documents into a folder.
#include <charconv>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/corpus/corpus.hpp"

namespace {

using namespace perdura::corpus;

constexpr std::string_view help =
    R"(perdura-corpus DIR (--size SIZE | --records N) [--seed N] [--mix MIX] [--threads N]

Writes documents of a hospital that does not exist into DIR/<yyyy>/<patient>/<kind>-<n>.<ext>:
FHIR R4, HL7 v2, CDA, PDF and DICOM. The same arguments give the same files, octet by octet.

  --size SIZE    about so many octets in all; K, M, G (of 1000) may follow: 100M
  --records N    so many documents
  --seed N       another seed gives other people and other documents (default 1)
  --mix MIX      hospital  mostly FHIR, HL7, CDA by number, mostly DICOM and PDF by size (default)
                 small     FHIR, HL7 and CDA alone, some KB each (also: text)
                 fhir      FHIR alone
                 images    DICOM alone
                 demo      some of each kind in a handful, nothing large
  --threads N    default: as many as there are processors
)";

struct Options {
  std::string folder;
  std::uint64_t seed = 1;
  Mix mix = Mix::hospital;
  Amount amount;
  unsigned threads = 0;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> size(std::string_view text) {
  std::uint64_t unit = 1;
  if (text.ends_with('K')) unit = 1000;
  if (text.ends_with('M')) unit = 1000 * 1000;
  if (text.ends_with('G')) unit = 1000 * 1000 * 1000;
  if (unit > 1) text.remove_suffix(1);
  const auto value = number(text);
  if (!value || *value > UINT64_MAX / unit) return std::nullopt;
  return *value * unit;
}

// Takes the value of one option; false when it makes no sense.
bool set(Options& options, std::string_view name, std::string_view value) {
  if (name == "--mix") {
    const auto mix = mix_from_name(value);
    if (mix) options.mix = *mix;
    return mix.has_value();
  }
  const auto read = name == "--size" ? size(value) : number(value);
  if (!read) return false;
  if (name == "--size") options.amount.octets = read;
  if (name == "--records") options.amount.documents = read;
  if (name == "--seed") options.seed = *read;
  if (name == "--threads")
    options.threads = static_cast<unsigned>(std::min<std::uint64_t>(*read, 256));
  return name == "--size" || name == "--records" || name == "--seed" || name == "--threads";
}

int misuse(const std::string& what) {
  std::cerr << "perdura-corpus: error: " << what << "\n"
            << "perdura-corpus: hint: run 'perdura-corpus --help'\n";
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      std::cout << help;
      return 0;
    }
    if (!argument.starts_with("--")) {
      if (!options.folder.empty()) return misuse("more than one folder: " + argument);
      options.folder = argument;
    } else if (i + 1 == arguments.size()) {
      return misuse("no such option, or its value is missing: " + argument);
    } else if (!set(options, argument, arguments[i + 1])) {
      return misuse("not understood: " + argument + " " + arguments[i + 1]);
    } else {
      ++i;
    }
  }
  if (options.folder.empty()) return misuse("no folder given");
  if (!options.amount.documents && !options.amount.octets) {
    return misuse("neither --size nor --records given");
  }
  const Plan plan = make_plan(options.seed, options.mix, options.amount);
  const auto written = write_corpus(plan, options.folder, options.threads);
  if (!written) {
    std::cerr << "perdura-corpus: error: " << perdura::verifier::to_string(written.error()) << "\n"
              << "perdura-corpus: hint: " << written.error().hint << "\n";
    return 3;
  }
  std::cout << written->documents << " documents, " << written->octets << " octets in "
            << options.folder << "\n";
  return 0;
}
