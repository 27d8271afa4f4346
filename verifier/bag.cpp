#include "verifier/bag.hpp"

#include <algorithm>

#include "verifier/findings.hpp"
#include "verifier/package.hpp"

namespace perdura::verifier {
namespace {

constexpr const char* bag_rule = "RFC 8493 section 2";
constexpr std::string_view manifest_name = "manifest-sha256.txt";
constexpr std::string_view tag_manifest_name = "tagmanifest-sha256.txt";
constexpr std::size_t line_size_max = 4096;
constexpr std::size_t tag_buffer_size = 64u << 10;
constexpr std::size_t tag_findings_max = 100;
constexpr std::size_t unlisted_names_max = 1000;
constexpr std::size_t sorted_lines_max = 4'000'000;
constexpr std::size_t tag_file_size_max = 16u << 20;

// RFC 8493 section 2.1.3: checksum, white space, path; LF, CR and '%' of the path as %0A, %0D, %25.
std::optional<ManifestEntry> parse_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  constexpr std::size_t hex_size = 64;
  if (line.size() < hex_size + 2) return std::nullopt;
  const auto octets = from_hex(line.substr(0, hex_size));
  std::string_view path = line.substr(hex_size);
  if (!octets || (path.front() != ' ' && path.front() != '\t')) return std::nullopt;
  path.remove_prefix(std::min(path.find_first_not_of(" \t"), path.size()));
  if (path.starts_with('*')) path.remove_prefix(1);  // sha256sum's mark of a binary file
  ManifestEntry entry{{}, Digest(*octets)};
  while (!path.empty()) {
    const bool escaped = path.starts_with("%25");  // LF and CR are no part of any name here
    entry.name += path.front();
    path.remove_prefix(escaped ? 3 : 1);
  }
  if (!fault_of_name(entry.name).empty() || !oddity_of_name(entry.name).empty()) {
    return std::nullopt;
  }
  return entry;
}

// The entries of one manifest, as they come.
class ManifestStream {
 public:
  static Result<ManifestStream> open(const PackageSource& source) {
    auto reader = source.reader();
    if (!reader) return reader.error();
    if (auto size = (*reader)->open(manifest_name); !size) return size.error();
    return ManifestStream(*std::move(reader));
  }

  // The next entry, without name when its line is malformed; nothing at the end.
  Result<std::optional<ManifestEntry>> next() {
    ++line_;
    std::string line;
    for (;;) {
      const auto at = std::find(buffer_.begin() + begin(), buffer_.begin() + end(), '\n');
      line.append(buffer_.begin() + begin(), at);
      if (line.size() > line_size_max) {
        return Error{Errc::too_large, "line " + std::to_string(line_) + " is too long",
                     std::string(manifest_name), ""};
      }
      if (at != buffer_.begin() + end()) {
        begin_ = static_cast<std::size_t>(at - buffer_.begin()) + 1;
        break;
      }
      const auto got =
          reader_->read({reinterpret_cast<std::uint8_t*>(buffer_.data()), buffer_.size()});
      if (!got) return got.error();
      begin_ = 0;
      end_ = *got;
      if (*got == 0) {
        if (line.empty()) return std::optional<ManifestEntry>();
        break;
      }
    }
    return std::optional(parse_line(line).value_or(ManifestEntry()));
  }

  std::uint64_t line() const { return line_; }

 private:
  explicit ManifestStream(std::unique_ptr<PackageReader> reader)
      : reader_(std::move(reader)), buffer_(tag_buffer_size, '\0') {}
  std::ptrdiff_t begin() const { return static_cast<std::ptrdiff_t>(begin_); }
  std::ptrdiff_t end() const { return static_cast<std::ptrdiff_t>(end_); }

  std::unique_ptr<PackageReader> reader_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t line_ = 0;
};

// Puts entries that belong together into one group.
class Grouping {
 public:
  explicit Grouping(const std::function<Result<Ok>(FileGroup)>& visit) : visit_(visit) {}

  Result<Ok> add(ManifestEntry entry) {
    const std::string_view folder = group_folder(entry.name);
    if (!group_.files.empty() && (folder.empty() || folder != group_.folder)) {
      if (auto given = finish(); !given) return given.error();
    }
    if (group_.files.size() == FileGroup::files_max) {
      group_.too_many = true;
      return Ok{};
    }
    group_.folder = folder;
    group_.files.push_back(std::move(entry));
    return Ok{};
  }
  Result<Ok> finish() {
    if (group_.files.empty()) return Ok{};
    return visit_(std::exchange(group_, FileGroup()));
  }

 private:
  const std::function<Result<Ok>(FileGroup)>& visit_;
  FileGroup group_;
};

Finding unreadable_tag_file(std::string_view name, const Error& error) {
  const bool missing = error.code == Errc::not_found;
  return failed(missing ? SubIndication::missing_data : SubIndication::format_failure,
                say(missing ? "package.file-missing" : "package.file-unreadable",
                    {{"file", std::string(name)}}),
                to_string(error), bag_rule);
}

// One tag file against the digest that the tag manifest has for it.
std::optional<Finding> judge_tag_file(PackageReader& reader, const ManifestEntry& entry) {
  Hasher sha256(DigestAlgorithm::sha256);
  Bytes buffer(tag_buffer_size);
  if (const auto size = reader.open(entry.name); !size) {
    return unreadable_tag_file(entry.name, size.error());
  }
  for (;;) {
    const auto got = reader.read(buffer);
    if (!got) return unreadable_tag_file(entry.name, got.error());
    if (*got == 0) break;
    sha256.update(ByteView(buffer).first(*got));
  }
  const Digest digest = sha256.finish();
  if (digest == entry.sha256) return std::nullopt;
  return failed(SubIndication::hash_failure, say("package.file-altered", {{"file", entry.name}}),
                "SHA-256 is " + digest.hex() + ", listed " + entry.sha256.hex(), bag_rule);
}

// The lines of the tag manifest, each against the file that it names.
class TagManifest {
 public:
  TagManifest(PackageReader& reader, TagFiles& into) : reader_(reader), into_(into) {}

  void judge(std::string_view text) {
    for (std::string_view rest = text; !rest.empty() && into_.findings.size() < tag_findings_max;) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      judge_line(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (into_.findings.empty()) {
      into_.findings.push_back(
          passed(say("package.tag-files-unaltered"), std::to_string(lines_) + " files", bag_rule));
    }
  }

 private:
  void judge_line(std::string_view line) {
    const auto entry = parse_line(line);
    if (!entry || entry->name.starts_with("data/") || ++lines_ > tag_findings_max) {
      into_.findings.push_back(
          failed(SubIndication::format_failure, say("package.tag-manifest-line"), "", bag_rule));
      return;
    }
    if (const auto number = reader_.number(entry->name)) (*into_.listed)[*number] = true;
    if (auto finding = judge_tag_file(reader_, *entry)) {
      into_.findings.push_back(*std::move(finding));
    }
  }

  PackageReader& reader_;
  TagFiles& into_;
  std::size_t lines_ = 0;
};

std::string oxum_of(std::string_view bag_info) {
  constexpr std::string_view label = "Payload-Oxum:";
  for (std::size_t start = 0; start < bag_info.size();) {
    const std::size_t end = std::min(bag_info.find('\n', start), bag_info.size());
    std::string_view line = bag_info.substr(start, end - start);
    start = end + 1;
    if (!line.starts_with(label)) continue;
    line.remove_prefix(label.size());
    const std::size_t first = line.find_first_not_of(" \t");
    const std::size_t last = line.find_last_not_of(" \t\r");
    return first == std::string_view::npos ? "" : std::string(line.substr(first, last - first + 1));
  }
  return "";
}

}  // namespace

std::string_view group_folder(std::string_view name) {
  constexpr std::string_view batch = "data/journal/batch-";
  if (name.starts_with(package_name::records)) {
    const std::size_t slash = name.find('/', package_name::records.size());
    return slash == std::string_view::npos ? "" : name.substr(0, slash + 1);
  }
  if (name.starts_with(batch)) {
    const std::size_t slash = name.find('/', batch.size());
    return slash == std::string_view::npos ? "" : name.substr(0, slash + 1);
  }
  return "";
}

void BagManifest::add(Finding finding) {
  if (findings_.size() < tag_findings_max) findings_.push_back(std::move(finding));
}

Result<BagManifest> BagManifest::open(const PackageSource& source, const TagFiles& tags) {
  BagManifest manifest(source);
  if (auto scanned = manifest.scan(tags); !scanned) return scanned.error();
  if (manifest.ascending_) return manifest;
  if (auto loaded = manifest.load(); !loaded) return loaded.error();
  return manifest;
}

Result<Ok> BagManifest::scan(const TagFiles& tags) {
  auto stream = ManifestStream::open(*source_);
  if (!stream) return stream.error();
  // A reader of its own: it goes from name to name as the manifest does.
  const auto names = source_->reader();
  if (!names) return names.error();
  std::vector<bool> listed(source_->size());
  std::string before;
  for (;;) {
    auto entry = stream->next();
    if (!entry) return entry.error();
    if (!*entry) break;
    std::string& name = (*entry)->name;
    if (!name.starts_with("data/")) {
      add(failed(SubIndication::format_failure, say("package.manifest-line"),
                 "line " + std::to_string(stream->line()), bag_rule));
      continue;
    }
    ++files_;
    if (name <= before) ascending_ = false;
    if (const auto number = (*names)->number(name)) listed[*number] = true;
    before = std::move(name);
  }
  return find_unlisted(listed, tags);
}

Result<Ok> BagManifest::find_unlisted(const std::vector<bool>& listed, const TagFiles& tags) {
  return source_->for_each([&](std::uint32_t number, const std::string& name) {
    const bool payload = name.starts_with("data/");
    if (payload ? listed[number] : !tags.listed || (*tags.listed)[number]) return;
    if (++unlisted_count_ <= unlisted_names_max) {
      unlisted_[std::string(group_folder(name))].push_back(name);
    }
  });
}

Result<Ok> BagManifest::load() {
  auto stream = ManifestStream::open(*source_);
  if (!stream) return stream.error();
  for (;;) {
    auto entry = stream->next();
    if (!entry) return entry.error();
    if (!*entry) break;
    if (!(*entry)->name.starts_with("data/")) continue;
    if (sorted_.size() == sorted_lines_max) {
      return Error{Errc::too_large, "is too long to be put in order", std::string(manifest_name),
                   "sort it by its second column, in octet order (LC_ALL=C sort -k2)"};
    }
    sorted_.push_back(**std::move(entry));
  }
  std::ranges::stable_sort(sorted_, {}, &ManifestEntry::name);
  const auto alike = [](const auto& a, const auto& b) { return a.name == b.name; };
  const auto repeated = std::unique(sorted_.begin(), sorted_.end(), alike);
  if (repeated != sorted_.end()) {
    add(failed(SubIndication::format_failure, say("package.manifest-repeats"),
               std::to_string(sorted_.end() - repeated) + " lines too many", bag_rule));
    sorted_.erase(repeated, sorted_.end());
  }
  return Ok{};
}

Result<Ok> BagManifest::for_each_group(const std::function<Result<Ok>(FileGroup)>& visit) const {
  Grouping grouping(visit);
  if (!ascending_) {
    for (const ManifestEntry& entry : sorted_) {
      if (auto added = grouping.add(entry); !added) return added.error();
    }
    return grouping.finish();
  }
  auto stream = ManifestStream::open(*source_);
  if (!stream) return stream.error();
  for (;;) {
    auto entry = stream->next();
    if (!entry) return entry.error();
    if (!*entry) return grouping.finish();
    if (!(*entry)->name.starts_with("data/")) continue;
    if (auto added = grouping.add(**std::move(entry)); !added) return added.error();
  }
}

TagFiles judge_tag_files(const PackageSource& source) {
  TagFiles tags;
  const auto reader = source.reader();
  if (!reader) {
    tags.findings.push_back(unreadable_tag_file("the package", reader.error()));
    return tags;
  }
  const auto bagit = read_whole(**reader, "bagit.txt", tag_file_size_max);
  if (!bagit || as_text(*bagit) != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n") {
    tags.findings.push_back(
        failed(SubIndication::format_failure, say("package.no-bag"), "", "RFC 8493 section 2.1.1"));
  }
  constexpr std::string_view info_name = "bag-info.txt";
  const auto info = read_whole(**reader, info_name, tag_file_size_max);
  if (info) {
    tags.payload_oxum = oxum_of(as_text(*info));
  } else if (info.error().code != Errc::not_found) {  // it need not be there
    tags.findings.push_back(unreadable_tag_file(info_name, info.error()));
  }
  const auto manifest = read_whole(**reader, tag_manifest_name, tag_file_size_max);
  if (!manifest) {
    tags.findings.push_back(unreadable_tag_file(tag_manifest_name, manifest.error()));
    return tags;
  }
  tags.listed.emplace(source.size());
  if (const auto number = (*reader)->number(tag_manifest_name)) (*tags.listed)[*number] = true;
  TagManifest(**reader, tags).judge(as_text(*manifest));
  return tags;
}

}  // namespace perdura::verifier
