#include "tools/deposit_input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <initializer_list>
#include <limits>
#include <memory>

#include "archive/files.hpp"
#include "archive/json_text.hpp"
#include "verifier/printable.hpp"

namespace perdura::tools {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using archive::RecordInput;
using archive::Source;
using verifier::Errc;
using verifier::Error;
using verifier::Result;

constexpr std::size_t line_size_max = 4u << 20;

// An open file that is closed with the last source over it, unless it is standard input.
class OpenFile {
 public:
  OpenFile(int fd, fs::path path) : fd_(fd), path_(std::move(path)) { ::fstat(fd_, &opened_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }

  Result<std::size_t> read(std::span<std::uint8_t> into) const {
    while (true) {
      const ssize_t got = ::read(fd_, into.data(), into.size());
      if (got == 0 && was_changed()) {
        return Error{Errc::busy, "it was changed while it was read", path_.string(),
                     "deposit it when nobody writes to it any more"};
      }
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return archive::system_error(errno, path_, "cannot read it");
    }
  }

  // A file, or a pipe that was named: not a folder, nor a device that never ends.
  bool can_be_read() const { return S_ISREG(opened_.st_mode) || S_ISFIFO(opened_.st_mode); }

 private:
  // What was read of a file that somebody writes to may be nothing that it ever was.
  bool was_changed() const {
    struct stat now {};
    return S_ISREG(opened_.st_mode) && ::fstat(fd_, &now) == 0 &&
           (now.st_size != opened_.st_size || now.st_mtim.tv_sec != opened_.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != opened_.st_mtim.tv_nsec);
  }

  const int fd_;
  const fs::path path_;
  struct stat opened_ {};
};

Source source_of(std::shared_ptr<const OpenFile> file) {
  return [file = std::move(file)](std::span<std::uint8_t> into) { return file->read(into); };
}

// Of a text that is JSON: how many members its objects have as written, and as read, where of two
// of one name the last is left.
std::size_t members_written(std::string_view text) {
  std::size_t count = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_string && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[at] == ':') {
      ++count;
    }
  }
  return count;
}

std::size_t members_read(const json::value& value) {
  std::size_t count = 0;
  if (value.is_object()) {
    for (const auto& member : value.get_object()) count += 1 + members_read(member.value());
  } else if (value.is_array()) {
    for (const json::value& element : value.get_array()) count += members_read(element);
  }
  return count;
}

// Members of one manifest line; throws what a person can act on.
class ManifestLine {
 public:
  explicit ManifestLine(const json::object& line) : line_(line) {}

  // An unknown member is a mistyped one: its value would be lost without a word.
  void refuse_all_but(std::initializer_list<std::string_view> known) const {
    for (const auto& member : line_) {
      const std::string_view name(member.key().data(), member.key().size());
      if (std::ranges::find(known, name) == known.end()) {
        throw std::invalid_argument("unknown member '" + std::string(name) + "'");
      }
    }
  }
  void text(const char* member, std::string& into) const {
    if (const json::value* value = line_.if_contains(member)) into = as_text(*value, member);
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    if (const json::value* path = line_.if_contains("path"))
      paths.push_back(as_text(*path, "path"));
    if (const json::value* several = line_.if_contains("paths")) {
      if (!several->is_array()) throw std::invalid_argument("'paths' is no array");
      for (const json::value& path : several->get_array()) paths.push_back(as_text(path, "paths"));
    }
    if (paths.empty()) throw std::invalid_argument("neither 'path' nor 'paths' is there");
    return paths;
  }
  void read(archive::RecordMetadata& metadata) const {
    text("type", metadata.record_type);
    text("author", metadata.author);
    text("sourceSystem", metadata.source_system);
    text("language", metadata.language);
    text("retention", metadata.retention_class);
    read_patient(metadata);
    read_event_time(metadata);
    read_sensitivity(metadata);
    read_related(metadata);
  }

 private:
  static std::string as_text(const json::value& value, const char* member) {
    if (!value.is_string()) throw std::invalid_argument(std::string("'") + member + "' is no text");
    return std::string(value.get_string());
  }
  void read_patient(archive::RecordMetadata& metadata) const {
    const json::value* patient = line_.if_contains("patient");
    if (!patient) return;
    if (patient->is_string()) {
      metadata.patient = {std::string(patient->get_string()), ""};
      return;
    }
    if (!patient->is_object()) throw std::invalid_argument("'patient' is neither text nor object");
    const ManifestLine fields(patient->get_object());
    fields.refuse_all_but({"id", "issuer"});
    verifier::Patient read;
    fields.text("id", read.id);
    fields.text("issuer", read.issuer);
    if (read.id.empty()) throw std::invalid_argument("'patient' has no 'id'");
    metadata.patient = std::move(read);
  }
  void read_event_time(archive::RecordMetadata& metadata) const {
    std::string written;
    text("eventTime", written);
    if (written.empty()) return;
    metadata.event_time = verifier::parse_time(written);
    if (!metadata.event_time) throw std::invalid_argument("'eventTime' is no RFC 3339 time");
  }
  void read_sensitivity(archive::RecordMetadata& metadata) const {
    const json::value* level = line_.if_contains("sensitivity");
    if (!level) return;
    if (!level->is_int64() || level->get_int64() < 1 || level->get_int64() > 5) {
      throw std::invalid_argument("'sensitivity' is no number from 1 to 5");
    }
    metadata.sensitivity = static_cast<int>(level->get_int64());
  }
  void read_related(archive::RecordMetadata& metadata) const {
    const json::value* related = line_.if_contains("related");
    if (!related) return;
    if (!related->is_array()) throw std::invalid_argument("'related' is no array");
    for (const json::value& one : related->get_array()) {
      if (!one.is_object())
        throw std::invalid_argument("'related' holds something else than objects");
      const ManifestLine fields(one.get_object());
      fields.refuse_all_but({"relation", "record"});
      verifier::Related read;
      fields.text("relation", read.relation);
      fields.text("record", read.record);
      metadata.related.push_back(std::move(read));
    }
  }

  const json::object& line_;
};

// Who names a pipe wants it read; one that lies in a folder may never have a writer.
enum class Pipes { read, refused };

// What an archive writes as it takes a file in would go into it again, and its keys too.
bool is_one_of(const fs::path& folder, std::span<const fs::path> own) {
  return std::ranges::any_of(own, [&](const fs::path& one) {
    std::error_code ignored;
    return fs::equivalent(folder, one, ignored);
  });
}

void for_each_file(const fs::directory_entry& entry, Pipes pipes, std::span<const fs::path> own,
                   const std::function<void(const fs::path&)>& visit,
                   const std::function<void(Error)>& failed) {
  std::error_code problem;
  const bool folder = entry.is_directory(problem);
  const bool readable = entry.is_regular_file(problem) ||
                        (pipes == Pipes::read && !problem && entry.is_fifo(problem));
  if (!problem && !folder && readable) return visit(entry.path());
  if (problem)
    return failed(archive::system_error(problem.value(), entry.path(), "cannot find it"));
  if (!folder) {
    return failed({Errc::misuse, "it is neither a file nor a folder", entry.path().string(), ""});
  }
  if (is_one_of(entry.path(), own)) {
    return failed(
        {Errc::misuse, "it is the archive itself, or its keys", entry.path().string(), ""});
  }
  std::vector<fs::directory_entry> entries;
  fs::directory_iterator it(entry.path(), problem);
  for (; !problem && it != fs::directory_iterator(); it.increment(problem)) {
    // What kind an entry is comes with the listing: no look at the file itself.
    const bool link_to_folder = it->is_symlink(problem) && it->is_directory(problem);
    if (!link_to_folder) entries.push_back(*it);
  }
  if (problem) {
    failed(archive::system_error(problem.value(), entry.path(), "cannot list the folder"));
  }
  std::ranges::sort(entries, {}, [](const fs::directory_entry& one) -> const std::string& {
    return one.path().native();
  });
  for (const fs::directory_entry& one : entries) {
    for_each_file(one, Pipes::refused, own, visit, failed);
  }
}

// The name of a file as a statement can hold it: one in another character set, or with control
// characters, is spelt with \x{...}, so that its document is kept all the same.
std::string document_name(const fs::path& path) {
  std::string name = path.filename().string();
  const bool kept = verifier::is_utf8(name) && std::ranges::none_of(name, verifier::is_control);
  return kept ? name : verifier::printable(name);
}

}  // namespace

archive::DocumentInput file_document(const fs::path& path) {
  return {.name = document_name(path), .media_type = "", .open = [path]() -> Result<Source> {
            const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
            if (fd < 0) return archive::system_error(errno, path, "cannot open it");
            auto file = std::make_shared<const OpenFile>(fd, path);
            if (!file->can_be_read())
              return Error{Errc::misuse, "it is no file", path.string(), ""};
            return source_of(std::move(file));
          }};
}

archive::DocumentInput stdin_document(std::string name) {
  return {.name = std::move(name), .media_type = "", .open = []() -> Result<Source> {
            return source_of(std::make_shared<const OpenFile>(STDIN_FILENO, "standard input"));
          }};
}

void for_each_file(const fs::path& path, std::span<const fs::path> own,
                   const std::function<void(const fs::path&)>& visit,
                   const std::function<void(Error)>& failed) {
  std::error_code problem;
  const fs::directory_entry entry(path, problem);
  if (problem) return failed(archive::system_error(problem.value(), path, "cannot find it"));
  for_each_file(entry, Pipes::read, own, visit, failed);
}

ManifestLines::ManifestLines(std::istream& in) : in_(in), buffer_(line_size_max + 1) {}

std::optional<Result<std::string_view>> ManifestLines::next() {
  while (true) {
    in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    const auto got = static_cast<std::size_t>(in_.gcount());
    if (in_.bad() || (got == 0 && in_.fail())) return std::nullopt;
    ++number_;
    if (in_.fail()) {
      in_.clear();
      in_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
      return Error{Errc::too_large, "the line is longer than " + std::to_string(line_size_max), "",
                   "a manifest has one JSON object a line, a record each"};
    }
    std::string_view line(buffer_.data(), in_.eof() ? got : got - 1);
    if (number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    if (line.find_first_not_of(" \t\r") != line.npos) return line;
  }
}

Result<RecordInput> manifest_record(std::string_view line, const fs::path& folder,
                                    const RecordInput& defaults) {
  RecordInput record = defaults;
  try {
    const json::value value = archive::parse_json(line);
    if (!value.is_object()) throw std::invalid_argument("it is no JSON object");
    if (members_written(line) != members_read(value)) {
      throw std::invalid_argument("a member is there twice");
    }
    const ManifestLine members(value.get_object());
    members.refuse_all_but({"path", "paths", "patient", "type", "author", "eventTime",
                            "sourceSystem", "mediaType", "language", "retention", "sensitivity",
                            "related", "idempotencyKey"});
    members.read(record.metadata);
    members.text("idempotencyKey", record.idempotency_key);
    std::string media_type;
    members.text("mediaType", media_type);
    for (const std::string& path : members.paths()) {
      if (path.find('\0') != path.npos) throw std::invalid_argument("a path holds a zero octet");
      const fs::path at = fs::path(path).is_absolute() ? fs::path(path) : folder / path;
      record.documents.push_back(file_document(at));
      record.documents.back().media_type = media_type;
    }
    return record;
  } catch (const std::exception& problem) {
    return Error{Errc::malformed, problem.what(), "",
                 "a manifest has one JSON object a line; see 'perdura deposit --help'"};
  }
}

}  // namespace perdura::tools
