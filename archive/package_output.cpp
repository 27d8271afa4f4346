#include "archive/package_output.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>

#include "archive/descriptor.hpp"
#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "archive/zip_writer.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::ByteView;
using verifier::check;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

// A name beside `path` that nobody else uses.
fs::path temporary_name(const fs::path& path) {
  std::array<std::uint8_t, 6> octets{};
  check(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1, "random octets");
  fs::path name = path;
  name += ".partial-" + verifier::to_hex(octets);
  return name;
}

// Gives `from` the name `to` unless something has it.
Result<Ok> rename_to_free_name(const fs::path& from, const fs::path& to) {
  int failed = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (failed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that can't: look, then rename.
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(to, ignored)))
      return system_error(EEXIST, to, "cannot name it");
    failed = ::rename(from.c_str(), to.c_str());
  }
  if (failed != 0) return system_error(errno, to, "cannot name the package");
  return sync_folder(to.parent_path());
}

class ZipOutput final : public PackageOutput {
 public:
  ZipOutput(fs::path path, fs::path temporary, ZipWriter zip)
      : path_(std::move(path)), temporary_(std::move(temporary)), zip_(std::move(zip)) {}
  ~ZipOutput() override {
    std::error_code ignored;
    if (!published_) fs::remove(temporary_, ignored);
  }

  Result<Ok> begin(std::string_view name) override { return zip_.begin(name); }
  Result<Ok> write(ByteView bytes) override { return zip_.write(bytes); }
  Result<Ok> end() override { return zip_.end(); }
  Result<Ok> add(std::string_view name, ByteView whole) override {
    if (whole.size() <= ZipWriter::whole_size_max) return zip_.add(name, whole);
    return PackageOutput::add(name, whole);
  }

  Result<Ok> publish() override {
    if (auto written = zip_.finish(); !written) return written;
    // Whole and synced, under its temporary name: it counts once it is renamed.
    auto renamed = rename_to_free_name(temporary_, path_);
    published_ = static_cast<bool>(renamed);
    return renamed;
  }

 private:
  fs::path path_;
  fs::path temporary_;
  ZipWriter zip_;
  bool published_ = false;
};

class FolderOutput final : public PackageOutput {
 public:
  FolderOutput(fs::path path, fs::path temporary)
      : path_(std::move(path)), temporary_(std::move(temporary)) {}
  ~FolderOutput() override {
    std::error_code ignored;
    if (!published_) fs::remove_all(temporary_, ignored);
  }

  Result<Ok> begin(std::string_view name) override {
    current_ = temporary_ / name;
    if (current_.parent_path() != folder_) {
      std::error_code failed;
      fs::create_directories(current_.parent_path(), failed);
      if (failed)
        return system_error(failed.value(), current_.parent_path(), "cannot make the folder");
      folder_ = current_.parent_path();
    }
    file_.emplace(::open(current_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (file_->get() < 0) return system_error(errno, current_, "cannot make the file");
    return Ok{};
  }
  Result<Ok> write(ByteView bytes) override {
    const int failed = write_all(file_->get(), bytes);
    return failed == 0 ? Result<Ok>(Ok{}) : system_error(failed, current_, "cannot write it");
  }
  Result<Ok> end() override {
    if (const int failed = file_->close(); failed != 0) {
      return system_error(failed, current_, "cannot write it");
    }
    return Ok{};
  }
  Result<Ok> publish() override {
    const Descriptor fd(::open(temporary_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // One sync for all files: a package may hold hundreds of thousands.
    if (fd.get() < 0 || ::syncfs(fd.get()) != 0)
      return system_error(errno, temporary_, "cannot sync");
    auto renamed = rename_to_free_name(temporary_, path_);
    published_ = static_cast<bool>(renamed);
    return renamed;
  }

 private:
  fs::path path_;
  fs::path temporary_;
  fs::path folder_;   // the last one that was made
  fs::path current_;  // the file that was begun last
  std::optional<Descriptor> file_;
  bool published_ = false;
};

}  // namespace

Result<Ok> PackageOutput::add(std::string_view name, ByteView whole) {
  if (auto begun = begin(name); !begun) return begun;
  if (auto written = write(whole); !written) return written;
  return end();
}

Result<std::unique_ptr<PackageOutput>> open_zip_output(const fs::path& path, verifier::Time dated) {
  const fs::path temporary = temporary_name(path);
  auto zip = ZipWriter::create(temporary, dated);
  if (!zip) return zip.error();
  return std::unique_ptr<PackageOutput>(new ZipOutput(path, temporary, *std::move(zip)));
}

Result<std::unique_ptr<PackageOutput>> open_folder_output(const fs::path& path) {
  const fs::path temporary = temporary_name(path);
  if (::mkdir(temporary.c_str(), 0755) != 0) {
    return system_error(errno, temporary, "cannot make the folder");
  }
  return std::unique_ptr<PackageOutput>(new FolderOutput(path, temporary));
}

}  // namespace perdura::archive
