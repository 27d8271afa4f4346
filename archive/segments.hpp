// Files of a store that hold the octets of its objects, one after the other (formats/store.md).
//
// Why not in the database: it would write every octet twice, copy it five times and sum it thrice,
// which was measured to cost more than hashing, compressing and encrypting them. Which octets count
// is said by rows of the database alone; those behind the end that it names are nobody's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "archive/block_writer.hpp"
#include "archive/read_windows.hpp"
#include "archive/store.hpp"

namespace perdura::archive {

// Where an object lies.
struct Extent {
  std::uint32_t segment = 0;
  std::uint32_t length = 0;
  std::uint64_t offset = 0;
};

// Up to where segments are written: what comes next goes there.
struct SegmentsEnd {
  std::uint32_t segment = 0;  // counted from 1; 0: there is none yet
  std::uint64_t offset = 0;
};

// Thread safety: read() and wipe() from any thread; append() one at a time.
class Segments {
 public:
  // What they are opened for; reading_once is of most objects, about in the order of their deposit,
  // and from the disk itself.
  enum class Use { writing, reading, reading_once };

  // `end` is what the database says; for writing, what lies behind it is cut off.
  // Errors: io (a file is missing or shorter than the database says).
  static Result<std::unique_ptr<Segments>> open(const std::filesystem::path& folder,
                                                SegmentsEnd end, Use use);
  Segments(const Segments&) = delete;
  Segments& operator=(const Segments&) = delete;
  ~Segments();  // gives back what was allocated ahead

  // Writes the objects behind the end and syncs them; they count once the extents and end() are
  // committed. Errors: io. After a full disk it may be tried again when writable() is still true.
  Result<std::vector<Extent>> append(std::span<const Object* const> objects);
  SegmentsEnd end() const { return end_; }
  // False after a write or sync that failed: what is on disk is unknown until opened again.
  bool writable() const { return writable_; }

  // `length` octets at `offset` of the object, or fewer at its end. Errors: io.
  Result<Bytes> read(const Extent& extent, std::uint64_t offset, std::uint64_t length) const;
  // Overwrites an object that no row names any more, and gives its blocks back. Errors: io.
  Result<Ok> wipe(const Extent& extent) const;

 private:
  class File;
  using Open = std::list<std::pair<std::uint32_t, std::shared_ptr<File>>>;

  Segments(std::filesystem::path folder, SegmentsEnd end, Use use);
  std::filesystem::path path(std::uint32_t segment) const;
  Result<std::shared_ptr<File>> file(std::uint32_t segment) const;
  Result<Ok> start_segment();
  Result<Ok> allocate(std::uint64_t until);

  const std::filesystem::path folder_;
  const bool read_only_;
  std::unique_ptr<ReadWindows> windows_;  // what reading goes through, if anything
  SegmentsEnd end_;
  std::uint64_t allocated_ = 0;  // of the last segment; 0: not known
  bool writable_ = true;
  std::optional<BlockWriter> writer_;  // of the last segment, once something is put
  mutable std::mutex mutex_;           // over open_
  mutable Open open_;                  // used last in front
};

}  // namespace perdura::archive
