#include <unistd.h>

#include <filesystem>

#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "archive/receipts.hpp"
#include "tools/command_line.hpp"

namespace perdura::tools {
namespace {

const CommandText text{"get", "DIR RECORD",
                       "Read a record's document back, verified against its digest.",
                       "To standard output, or with -o to a file that appears whole or not at all. "
                       "What was written to\n"
                       "standard output counts only if the exit code is 0.\n\n"
                       "Examples:\n"
                       "  perdura get /srv/archive 3f2a9c81 > document\n"
                       "  perdura get /srv/archive 3f2a9c81 --document 2 -o image.dcm\n"};

// Errors: io.
Result<Ok> write_to_stdout(verifier::ByteView part) {
  const int failed = archive::write_all(STDOUT_FILENO, part);
  if (failed != 0) return archive::system_error(failed, "standard output", "cannot write it");
  return Ok{};
}

Result<Ok> get_to_file(const archive::Archive& archive, const archive::ContentReference& document,
                       const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return Error{Errc::conflict, "the file exists already", path, "choose another name"};
  }
  auto file = archive::NewFile::create(path, 0600);
  if (!file) return file.error();
  archive::ContentReader reader = archive.reader();
  const auto sink = [&](verifier::ByteView part) { return file->write(part); };
  if (auto read = archive::read_content(archive, reader, document, sink); !read) return read;
  return file->publish();
}

Result<Ok> get(const cxxopts::ParseResult& parsed, const archive::Archive& archive,
               const std::string& identifier) {
  const auto index = archive::find_record(archive, identifier);
  if (!index) return index.error();
  const auto row = archive::deposit_row(archive.journal(), *index);
  if (!row) return row.error();
  const auto number = parsed["document"].as<std::size_t>();
  if (number == 0 || number > row->documents.size()) {
    return Error{Errc::not_found,
                 "the record has " + std::to_string(row->documents.size()) + " document(s)",
                 "document " + std::to_string(number), "'perdura show' lists them"};
  }
  const archive::ContentReference& document = row->documents[number - 1];
  if (const auto path = option(parsed, "output")) return get_to_file(archive, document, *path);
  archive::ContentReader reader = archive.reader();
  return archive::read_content(archive, reader, document, write_to_stdout);
}

}  // namespace

int command_get(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  options.add()("document", "which of its documents, from 1",
                cxxopts::value<std::size_t>()->default_value("1"),
                "N")("o,output", "write to this file", cxxopts::value<std::string>(), "FILE");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  const auto names = arguments(**parsed);
  if (names.size() != 1) {
    return report({Errc::misuse, "name one record", "", "see 'perdura get --help'"});
  }
  auto archive = open_archive(**parsed, archive::OpenMode::read_only);
  if (!archive) return report(archive.error());
  if (auto done = get(**parsed, **archive, names[0]); !done) return report(done.error());
  return 0;
}

}  // namespace perdura::tools
