#include <boost/json.hpp>
#include <filesystem>
#include <iostream>

#include "archive/export.hpp"
#include "archive/export_asic.hpp"
#include "tools/command_line.hpp"
#include "tools/interruption.hpp"

namespace perdura::tools {
namespace {

const CommandText text{"export", "DIR",
                       "Write the package for a case: documents, statements, evidence and proofs.",
                       "Say which records: --records, or a selection, or --all. The package "
                       "appears whole or not at all,\n"
                       "as a zip, or as a folder when the name does not end in .zip. It is checked "
                       "without the archive:\n"
                       "  perdura-verify case.zip --trust CA.pem\n\n"
                       "Exit codes: 0 all is exported; 1 records are damaged, each is named, and "
                       "nothing is exported\n"
                       "or with --leave-out-damaged the others are; 2, 3 nothing is exported.\n\n"
                       "Examples:\n"
                       "  perdura export /srv/archive --patient 4711 -o case.zip\n"
                       "  perdura export /srv/archive --records 3f2a9c81,77b0d2e4 -o case\n"
                       "  perdura export /srv/archive --records 3f2a9c81 --format asice "
                       "-o record.asice\n"};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= list.size()) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// perdura-verify and its source, where the build or the installation puts them.
Result<archive::VerifierFiles> verifier_files() {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::path here = fs::read_symlink("/proc/self/exe", failed).parent_path();
  const archive::VerifierFiles files{
      here / "perdura-verify", [&] {
        const fs::path installed = here / "../share/perdura/perdura-verify-source.tar";
        return fs::exists(installed) ? installed : here / "perdura-verify-source.tar";
      }()};
  for (const fs::path& file : {files.program, files.source}) {
    if (!fs::is_regular_file(file)) {
      return Error{Errc::not_found, "is not there, so it can't be put into the package",
                   file.string(), "install Perdura as a whole, or leave --with-verifier away"};
    }
  }
  return files;
}

// What was asked for, for the package: so that a reader sees what was left out on purpose.
std::string selection_json(const cxxopts::ParseResult& parsed) {
  boost::json::object out;
  for (const char* name : {"records", "patient", "issuer", "type", "depositor", "from", "to"}) {
    if (const auto value = option(parsed, name)) out[name] = *value;
  }
  if (parsed.count("all") != 0) out["all"] = true;
  if (!out.empty() && parsed.count("leave-out-damaged") != 0) out["leaveOutDamaged"] = true;
  return boost::json::serialize(out);
}

Result<archive::ExportOptions> export_options(const cxxopts::ParseResult& parsed,
                                              const archive::Archive& archive) {
  archive::ExportOptions options;
  const auto selected = selection(parsed);
  if (!selected) return selected.error();
  options.selection = *selected;
  options.selection_json = selection_json(parsed);
  options.exported_by = local_actor();
  options.include_unsealed = parsed.count("unsealed") != 0;
  options.leave_out_damaged = parsed.count("leave-out-damaged") != 0;
  options.damaged = [](const std::string& record, const Error& why) {
    warn("record " + record + " is damaged: " + to_string(why));
  };
  if (parsed.count("with-verifier") != 0) {
    const auto files = verifier_files();
    if (!files) return files.error();
    options.verifier = *files;
  }
  if (const auto records = option(parsed, "records")) {
    const auto identifiers = split(*records);
    if (identifiers.empty()) {
      return Error{Errc::misuse, "it names no record", "--records", "'perdura list' shows them"};
    }
    for (const std::string& identifier : identifiers) {
      const auto index = archive::find_record(archive, identifier);
      if (!index) return index.error();
      options.records.push_back(*index);
    }
  }
  if (options.selection_json == "{}") {
    return Error{Errc::misuse, "which records? give --records, a selection, or --all", "",
                 "see 'perdura export --help'"};
  }
  return options;
}

}  // namespace

int command_export(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  add_selection_options(options);
  options.add("Selection")("records", "these records: identifiers or their first digits, by commas",
                           cxxopts::value<std::string>(), "LIST")("all", "every record");
  options.add()("o,output", "the package: NAME.zip, or a folder", cxxopts::value<std::string>(),
                "PATH")("format",
                        "package, or asice: for other validators, an ASiC-E container for each "
                        "record, without the journal",
                        cxxopts::value<std::string>()->default_value("package"), "FORMAT")(
      "unsealed", "also records that are not sealed yet: without evidence")(
      "leave-out-damaged",
      "export although some of the records do not read back, without these; the package lists "
      "them")("with-verifier", "put perdura-verify and its source into the package, under verify/")(
      "json", "the result as JSON")("quiet", "no progress");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  auto output = option(**parsed, "output");
  if (!output) return report({Errc::misuse, "where to? give -o case.zip", "", ""});
  while (output->size() > 1 && output->ends_with('/')) output->pop_back();
  if (output->empty() || *output == "-") {
    return report({Errc::misuse, "a package goes to a file or folder that has a name", "-o", ""});
  }
  auto archive = open_archive(**parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  auto wanted = export_options(**parsed, **archive);
  if (!wanted) return report(wanted.error());
  const std::string format = option(**parsed, "format").value_or("package");
  if (format != "package" && format != "asice") {
    return report({Errc::misuse, "is neither 'package' nor 'asice'", "--format " + format, ""});
  }
  Progress progress((*parsed)->count("quiet") != 0);
  wanted->form =
      output->ends_with(".zip") ? archive::PackageForm::zip : archive::PackageForm::folder;
  wanted->progress = [&](std::uint64_t records) {
    progress.show([&] { return std::to_string(records) + " records exported"; });
  };
  const Interruption interruption;
  wanted->given_up = Interruption::came;
  const auto result = format == "asice" ? archive::export_asic(**archive, *output, *wanted)
                                        : archive::export_package(**archive, *output, *wanted);
  if (!result) return report(result.error());
  if (result->unsealed > 0) {
    warn(std::to_string(result->unsealed) + " of the records are not sealed: no evidence for them");
  }
  if ((*parsed)->count("json") != 0) {
    std::cout << boost::json::serialize(boost::json::object{{"package", *output},
                                                            {"records", result->records},
                                                            {"documents", result->documents},
                                                            {"bytes", result->bytes},
                                                            {"unsealed", result->unsealed},
                                                            {"leftOut", result->left_out}})
              << "\n";
  } else {
    std::cout << "Exported " << result->records << " records with " << result->documents
              << " documents (" << human_bytes(result->bytes) << ") to " << *output << ".\n";
  }
  if (result->left_out == 0) return 0;
  warn(std::to_string(result->left_out) + " damaged records were left out");
  return 1;
}

}  // namespace perdura::tools
