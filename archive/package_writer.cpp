#include "archive/package_writer.hpp"

#include <algorithm>
#include <utility>

#include "archive/package_output.hpp"
#include "archive/package_texts.hpp"
#include "archive/sorted_lines.hpp"
#include "archive/verify_page.hpp"
#include "verifier/digest.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::ByteView;
using verifier::Errc;
using verifier::Error;
using verifier::Hasher;
using verifier::Ok;
using verifier::PackageHeader;
using verifier::Result;

constexpr std::size_t file_name_size_max = 255;
constexpr std::size_t manifest_memory_max = 8u << 20;

bool is_safe_name(std::string_view name) {
  const bool spelt_safely = std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '/';
  });
  if (!spelt_safely || name.size() > file_name_size_max) return false;
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (part.empty() || part == "." || part == "..") return false;
    start = end + 1;
  }
  return true;
}

}  // namespace

class PackageWriter::State {
 public:
  State(std::unique_ptr<PackageOutput> output, SortedLines payload, SortedLines tags,
        PackageHeader header)
      : header_(std::move(header)),
        output_(std::move(output)),
        payload_(std::move(payload)),
        tags_(std::move(tags)) {}

  PackageHeader& header() { return header_; }

  Result<Ok> begin(std::string_view name) {
    if (auto fit = check_name(name); !fit) return fit;
    if (auto begun = output_->begin(name); !begun) return begun.error();
    current_ = name;
    size_ = 0;
    return Ok{};
  }

  Result<Ok> write(ByteView bytes) {
    if (current_.empty()) return misuse("no file was begun", "");
    sha256_.update(bytes);
    size_ += bytes.size();
    return output_->write(bytes);
  }

  Result<Ok> end() {
    if (current_.empty()) return misuse("no file was begun", "");
    if (auto ended = output_->end(); !ended) return ended.error();
    return list(std::exchange(current_, {}), size_);
  }

  Result<Ok> add(std::string_view name, ByteView bytes) {
    if (auto fit = check_name(name); !fit) return fit;
    sha256_.update(bytes);
    if (auto added = output_->add(name, bytes); !added) return added;
    return list(name, bytes.size());
  }
  Result<Ok> add(std::string_view name, std::string_view text) {
    return add(name, verifier::as_bytes(text));
  }

  // Each step needs those before it: the manifests list what was written.
  Result<Ok> finish() {
    if (!current_.empty()) return misuse("the file was not ended", current_);
    Result<Ok> done = add(verifier::package_name::header, verifier::write_package_header(header_));
    if (done && !has_readme_) done = add("README.txt", readme_text(header_));
    if (done && !has_by_hand_) done = add("BY-HAND.txt", by_hand_text(header_));
    if (done) done = add("check-by-hand.sh", check_by_hand_script());
    if (done && !verify_page().empty()) done = add("verify.html", verify_page());
    if (done) done = add("bagit.txt", bagit_text());
    if (done) done = add("bag-info.txt", bag_info_text(header_, octets_, files_));
    if (done) done = write_manifest("manifest-sha256.txt", payload_);
    if (done) done = write_manifest("tagmanifest-sha256.txt", tags_);
    if (!done) return done;
    return output_->publish();
  }

 private:
  Result<Ok> check_name(std::string_view name) const {
    if (!current_.empty()) return misuse("the file before was not ended", name);
    if (is_safe_name(name)) return Ok{};
    return misuse("not fit as a name in a package (letters, digits, '.', '_', '-', '/')", name);
  }

  // Puts what was written and hashed into its manifest.
  Result<Ok> list(std::string_view name, std::uint64_t size) {
    const verifier::Digest digest = sha256_.finish();
    if (name == "README.txt") has_readme_ = true;
    if (name == "BY-HAND.txt") has_by_hand_ = true;
    if (!name.starts_with("data/")) return tags_.add(name, digest.hex());
    ++files_;
    octets_ += size;
    return payload_.add(name, digest.hex());
  }

  static Error misuse(std::string what, std::string_view where) {
    return {Errc::misuse, std::move(what), std::string(where), ""};
  }

  Result<Ok> write_manifest(std::string_view name, SortedLines& manifest) {
    if (auto begun = begin(name); !begun) return begun.error();
    auto written = manifest.for_each([this](std::string_view file, std::string_view digest) {
      return write(verifier::as_bytes(std::string(digest).append("  ").append(file) += '\n'));
    });
    if (!written) return written.error();
    return end();
  }

  PackageHeader header_;
  std::unique_ptr<PackageOutput> output_;
  SortedLines payload_;
  SortedLines tags_;
  Hasher sha256_{verifier::DigestAlgorithm::sha256};
  std::string current_;  // the name of the file that was begun; empty when there is none
  std::uint64_t size_ = 0;
  std::uint64_t files_ = 0;   // of payload
  std::uint64_t octets_ = 0;  // of payload
  bool has_readme_ = false;
  bool has_by_hand_ = false;
};

PackageWriter::PackageWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
PackageWriter::PackageWriter(PackageWriter&&) noexcept = default;
PackageWriter& PackageWriter::operator=(PackageWriter&&) noexcept = default;
PackageWriter::~PackageWriter() = default;

Result<PackageWriter> PackageWriter::open(const fs::path& path, PackageForm form,
                                          PackageHeader header) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored))) {
    return Error{Errc::conflict, "there is something already", path.string(),
                 "choose another name, or move away what is there"};
  }
  auto payload = SortedLines::open(path.parent_path(), manifest_memory_max);
  if (!payload) return payload.error();
  auto tags = SortedLines::open(path.parent_path(), manifest_memory_max);
  if (!tags) return tags.error();
  auto output = form == PackageForm::zip ? open_zip_output(path, header.exported_at)
                                         : open_folder_output(path);
  if (!output) return output.error();
  return PackageWriter(std::make_unique<State>(*std::move(output), *std::move(payload),
                                               *std::move(tags), std::move(header)));
}

PackageHeader& PackageWriter::header() { return state_->header(); }
Result<Ok> PackageWriter::begin_file(std::string_view name) { return state_->begin(name); }
Result<Ok> PackageWriter::write(ByteView bytes) { return state_->write(bytes); }
Result<Ok> PackageWriter::end_file() { return state_->end(); }
Result<Ok> PackageWriter::add(std::string_view name, ByteView bytes) {
  return state_->add(name, bytes);
}
Result<Ok> PackageWriter::finish() { return state_->finish(); }

}  // namespace perdura::archive
