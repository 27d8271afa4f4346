// A package as a folder.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "verifier/package_source.hpp"

namespace perdura::verifier {
namespace {

namespace fs = std::filesystem;

Error error_of(int number, std::string where) {
  const Errc code = number == ENOENT ? Errc::not_found : number == EACCES ? Errc::denied : Errc::io;
  return {code, std::strerror(number), std::move(where), ""};
}

// Gives `visit` the name of every regular file; anything but files and folders is refused.
Result<Ok> walk(const fs::path& root, const std::function<Result<Ok>(const std::string&)>& visit) {
  std::error_code failed;
  fs::recursive_directory_iterator at(root, failed);
  const fs::recursive_directory_iterator end;
  for (; !failed && at != end; at.increment(failed)) {
    const fs::file_status status = at->symlink_status(failed);
    if (failed) break;
    if (fs::is_directory(status)) continue;
    const std::string name = at->path().lexically_relative(root).generic_string();
    if (!fs::is_regular_file(status)) {
      return Error{Errc::malformed, "a package holds files and folders only, no links or devices",
                   at->path().string(), ""};
    }
    if (auto visited = visit(name); !visited) return visited.error();
  }
  if (failed) return error_of(failed.value(), root.string());
  return Ok{};
}

class FolderReader final : public PackageReader {
 public:
  FolderReader(const fs::path& root, const NameIndex& index) : root_(root), index_(index) {}
  ~FolderReader() override { close(); }

  std::optional<std::uint32_t> number(std::string_view name) override { return index_.find(name); }
  Result<std::uint64_t> open(std::string_view name) override {
    close();
    if (!fault_of_name(name).empty()) {
      return Error{Errc::not_found, "is missing", std::string(name), ""};
    }
    name_ = name;
    fd_ = ::open((root_ / name).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd_ < 0) return error_of(errno, name_);
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return error_of(errno, name_);
    if (!S_ISREG(status.st_mode)) return Error{Errc::malformed, "is no file", name_, ""};
    rest_ = static_cast<std::uint64_t>(status.st_size);
    return rest_;
  }

  Result<std::size_t> read(std::span<std::uint8_t> into) override {
    const std::size_t want = std::min<std::uint64_t>(into.size(), rest_);
    if (want == 0) return std::size_t{0};
    ssize_t got = 0;
    do {
      got = ::read(fd_, into.data(), want);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return error_of(errno, name_);
    if (got == 0) return Error{Errc::io, "became shorter while it was read", name_, ""};
    rest_ -= static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }

 private:
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    rest_ = 0;
  }

  fs::path root_;
  const NameIndex& index_;
  std::string name_;
  int fd_ = -1;
  std::uint64_t rest_ = 0;
};

class FolderSource final : public PackageSource {
 public:
  explicit FolderSource(fs::path root) : root_(std::move(root)) {}

  Result<Ok> build_index() {
    auto walked = walk(root_, [this](const std::string& name) -> Result<Ok> {
      if (const std::string fault = fault_of_name(name); !fault.empty()) {
        return Error{Errc::malformed, fault, root_.string(), ""};
      }
      if (index_.size() == std::numeric_limits<std::uint32_t>::max()) {
        return Error{Errc::too_large, "more than 2^32 files", root_.string(), ""};
      }
      if (odd_name_.empty()) odd_name_ = oddity_of_name(name);
      index_.add(name, 0, 0);
      return Ok{};
    });
    if (!walked) return walked.error();
    if (!index_.finish()) {
      return Error{Errc::malformed, "two names differ only in the case of letters", root_.string(),
                   ""};
    }
    return Ok{};
  }

  std::uint32_t size() const override { return static_cast<std::uint32_t>(index_.size()); }
  Result<Ok> for_each(const VisitName& visit) const override {
    return walk(root_, [&](const std::string& name) -> Result<Ok> {
      if (const auto found = index_.find(name)) visit(*found, name);
      return Ok{};
    });
  }
  Result<std::unique_ptr<PackageReader>> reader() const override {
    return std::unique_ptr<PackageReader>(new FolderReader(root_, index_));
  }
  const std::string& odd_name() const override { return odd_name_; }

 private:
  fs::path root_;
  NameIndex index_;
  std::string odd_name_;
};

}  // namespace

Result<std::unique_ptr<PackageSource>> open_folder(const fs::path& path) {
  auto source = std::make_unique<FolderSource>(path);
  if (auto built = source->build_index(); !built) return built.error();
  return std::unique_ptr<PackageSource>(std::move(source));
}

}  // namespace perdura::verifier
