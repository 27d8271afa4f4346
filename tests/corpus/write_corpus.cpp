#include <atomic>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>

#include "tests/corpus/corpus.hpp"

namespace perdura::corpus {
namespace {

using verifier::Errc;
using verifier::Error;
using verifier::Result;

// Threads that take the next document each until none is left or one failed.
class Writers {
 public:
  Writers(const Plan& plan, const std::filesystem::path& folder) : plan_(plan), folder_(folder) {}

  Result<Written> run(unsigned threads) {
    {
      std::vector<std::jthread> pool;
      for (unsigned i = 0; i < threads; ++i) pool.emplace_back([this] { work(); });
    }
    if (failure_) return *failure_;
    return Written{plan_.documents.size(), octets_};
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < plan_.documents.size() && !failed_; i = next_++) {
      const auto path = folder_ / path_of(plan_, plan_.documents[i]);
      const std::string octets = make_document(plan_, plan_.documents[i]);
      std::error_code no_folder;
      std::filesystem::create_directories(path.parent_path(), no_folder);
      std::ofstream file(path, std::ios::binary | std::ios::trunc);
      file.write(octets.data(), static_cast<std::streamsize>(octets.size()));
      file.close();
      if (!file) fail(path);
      octets_ += octets.size();
    }
  }

  void fail(const std::filesystem::path& path) {
    const std::scoped_lock lock(mutex_);
    failed_ = true;
    failure_ = Error{Errc::io, "cannot be written", path.string(),
                     "look at the folder's permissions and the space left on the disk"};
  }

  const Plan& plan_;
  const std::filesystem::path& folder_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> octets_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::optional<Error> failure_;
};

}  // namespace

Result<Written> write_corpus(const Plan& plan, const std::filesystem::path& folder,
                             unsigned threads) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  return Writers(plan, folder).run(threads);
}

}  // namespace perdura::corpus
