#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "archive/receipts.hpp"
#include "tools/command_line.hpp"
#include "tools/interruption.hpp"

namespace perdura::tools {
namespace {

const CommandText text{
    "get", "DIR RECORD", "Read a record's document back, verified against its digest.",
    "To standard output, or with -o to a file that appears whole or not at all. "
    "What was written to\n"
    "standard output counts only if the exit code is 0.\n"
    "--range reads a part: FROM-TO (octets from 0, both included), FROM- (to the "
    "end) or -N (the\n"
    "last N). Each block of 1 MiB that it touches is authenticated, and others "
    "are not read; that\n"
    "the whole has its digest is then not looked at.\n\n"
    "Examples:\n"
    "  perdura get /srv/archive 3f2a9c81 > document\n"
    "  perdura get /srv/archive 3f2a9c81 --document 2 -o image.dcm\n"
    "  perdura get /srv/archive 3f2a9c81 --range 0-131 | file -\n"};

// Part of a document.
struct Range {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

Error no_range(const std::string& wanted, std::string what) {
  return {Errc::misuse, std::move(what), "--range " + wanted,
          "write FROM-TO, FROM- or -N; the first octet is 0, and TO is included"};
}

std::optional<std::uint64_t> number_in(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// As in HTTP (RFC 9110 section 14.1.2): what goes beyond the end ends there, what starts there is
// refused. Errors: misuse.
Result<Range> parse_range(const std::string& wanted, std::uint64_t size) {
  const std::size_t dash = wanted.find('-');
  if (dash == wanted.npos || wanted.size() == 1) return no_range(wanted, "it is no range");
  const auto first =
      dash == 0 ? std::optional<std::uint64_t>(0) : number_in(wanted.substr(0, dash));
  const bool open_end = dash + 1 == wanted.size();
  const auto second = open_end ? std::optional(size) : number_in(wanted.substr(dash + 1));
  if (!first || !second) return no_range(wanted, "it is no range");
  if (dash == 0) {
    const std::uint64_t length = std::min(*second, size);
    if (length == 0) return no_range(wanted, "nothing is in it");
    return Range{size - length, length};
  }
  if (!open_end && *second < *first) return no_range(wanted, "it ends before it starts");
  if (*first >= size) {
    return no_range(wanted, "the document has " + std::to_string(size) + " octets");
  }
  return Range{*first, std::min(*second, size - 1) - *first + 1};
}

// Errors: io.
Result<Ok> write_to_stdout(verifier::ByteView part) {
  const int failed = archive::write_all(STDOUT_FILENO, part);
  if (failed != 0) return archive::system_error(failed, "standard output", "cannot write it");
  return Ok{};
}

// Reads what is wanted of a document into `sink`. Errors: those of reading, and of `sink`.
Result<Ok> read(const archive::Archive& archive, const archive::ContentReference& document,
                const std::optional<Range>& range, const archive::Sink& sink) {
  archive::ContentReader reader = archive.reader();
  if (!range) return archive::read_content(archive, reader, document, sink);
  return archive::read_content_range(archive, reader, document, range->offset, range->length, sink);
}

Result<Ok> get_to_file(const archive::Archive& archive, const archive::ContentReference& document,
                       const std::optional<Range>& range, const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return Error{Errc::conflict, "the file exists already", path, "choose another name"};
  }
  const Interruption interruption;
  auto file = archive::NewFile::create(path, 0600);
  if (!file) return file.error();
  const auto sink = [&](verifier::ByteView part) -> Result<Ok> {
    if (!Interruption::came()) return file->write(part);
    return Error{Errc::busy, "it was interrupted: nothing was written", path, ""};
  };
  if (auto done = read(archive, document, range, sink); !done) return done;
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
  std::optional<Range> range;
  if (const auto wanted = option(parsed, "range")) {
    const auto parsed_range = parse_range(*wanted, document.length);
    if (!parsed_range) return parsed_range.error();
    range = *parsed_range;
  }
  if (const auto path = option(parsed, "output")) {
    return get_to_file(archive, document, range, *path);
  }
  return read(archive, document, range, write_to_stdout);
}

}  // namespace

int command_get(int argc, char** argv) {
  CommandOptions options(text);
  add_archive_options(options);
  options.add()("document", "which of its documents, from 1",
                cxxopts::value<std::size_t>()->default_value("1"),
                "N")("range", "only these octets of it", cxxopts::value<std::string>(), "FROM-TO")(
      "o,output", "write to this file", cxxopts::value<std::string>(), "FILE");
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
