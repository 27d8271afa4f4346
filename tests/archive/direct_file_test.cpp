// What goes past the page cache: writing in blocks, reading in windows.
#include "archive/direct_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "archive/block_writer.hpp"
#include "archive/read_windows.hpp"
#include "tests/archive/temporary_folder.hpp"
#include "verifier/bytes.hpp"

namespace perdura::archive {
namespace {

using verifier::Bytes;
using verifier::ByteView;

Bytes counting(std::size_t size) {
  Bytes octets(size);
  for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<std::uint8_t>(i * 31 >> 4);
  return octets;
}

class DirectFile : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(path, std::ios::binary) << "header"; }
  Bytes written() const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "file";
};

TEST_F(DirectFile, GoesOnThroughThePageCacheWhereBlocksDoNotFit) {
  const int file = open_direct(path, O_RDWR | O_CLOEXEC);
  ASSERT_GE(file, 0);
  const AlignedOctets octets = aligned_octets(direct_block_size);
  std::memcpy(octets.get(), "some", 4);
  if (::pwrite(file, octets.get(), 4, 1) < 0) {
    EXPECT_TRUE(leave_direct(file)) << std::strerror(errno);
    EXPECT_EQ(::pwrite(file, octets.get(), 4, 1), 4);
  }
  EXPECT_EQ(written(), (Bytes{'h', 's', 'o', 'm', 'e', 'r'}));
  errno = EINVAL;
  EXPECT_FALSE(leave_direct(file)) << "once is enough";
  ::close(file);
}

TEST_F(DirectFile, NoOtherFailureIsTriedAgain) {
  const int file = open_direct(path, O_RDWR | O_CLOEXEC);
  errno = ENOSPC;
  EXPECT_FALSE(leave_direct(file));
  ::close(file);
}

TEST_F(DirectFile, WritesPartsOneAfterTheOtherAndZerosUpToTheNextBlock) {
  const Bytes octets = counting((5u << 19) + 7);
  auto writer = BlockWriter::open(path);
  ASSERT_TRUE(writer);
  writer->start(BlockWriter::block_size);
  ByteView rest = octets;
  for (std::size_t size = 1; !rest.empty(); size = size * 3 + 1) {
    const ByteView part = rest.first(std::min(size, rest.size()));
    ASSERT_TRUE(writer->add(part));
    rest = rest.subspan(part.size());
  }
  ASSERT_TRUE(writer->finish());
  const Bytes all = written();
  ASSERT_EQ(all.size(), BlockWriter::block_size + (5u << 19) + BlockWriter::block_size);
  EXPECT_EQ(verifier::as_text(ByteView(all).first(6)), "header") << "what was there stays";
  const auto begin = all.begin() + BlockWriter::block_size;
  EXPECT_TRUE(std::equal(octets.begin(), octets.end(), begin));
  const auto end = begin + static_cast<std::ptrdiff_t>(octets.size());
  EXPECT_TRUE(std::all_of(end, all.end(), [](std::uint8_t octet) { return octet == 0; }));
}

TEST_F(DirectFile, StartsAgainElsewhere) {
  auto writer = BlockWriter::open(path);
  ASSERT_TRUE(writer);
  for (const std::uint64_t place : {2u, 1u}) {
    writer->start(place * BlockWriter::block_size);
    ASSERT_TRUE(writer->add(Bytes(3, static_cast<std::uint8_t>(place))));
    ASSERT_TRUE(writer->finish());
  }
  const Bytes all = written();
  ASSERT_EQ(all.size(), 3 * BlockWriter::block_size);
  EXPECT_EQ(all[BlockWriter::block_size + 2], 1);
  EXPECT_EQ(all[2 * BlockWriter::block_size + 2], 2);
}

TEST(BlockWriter, SaysThatADiskIsFull) {
  auto writer = BlockWriter::open("/dev/full");
  ASSERT_TRUE(writer);
  writer->start(0);
  ASSERT_TRUE(writer->add(Bytes(10, 1))) << "waits";
  errno = 0;
  EXPECT_FALSE(writer->finish());
  EXPECT_EQ(errno, ENOSPC);
}

TEST(BlockWriter, SaysWhichFileCannotBeOpened) {
  const auto writer = BlockWriter::open("/nowhere/file");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().where, "/nowhere/file");
}

// Two files in memory, counting how often they are asked.
class Windows : public testing::Test {
 protected:
  ssize_t read(std::uint32_t file, std::uint64_t offset, std::span<std::uint8_t> to) {
    return windows.read(
        file, offset, to, [this, file](std::span<std::uint8_t> into, std::uint64_t from) {
          ++fills;
          if (fails) return ssize_t{-1};
          const ByteView rest =
              ByteView(octets).subspan(std::min<std::uint64_t>(from, octets.size()));
          const std::size_t size = std::min(into.size(), rest.size());
          for (std::size_t i = 0; i < size; ++i)
            into[i] = static_cast<std::uint8_t>(rest[i] ^ file);
          return static_cast<ssize_t>(size);
        });
  }
  // Whether that is what the file holds there.
  bool reads(std::uint32_t file, std::uint64_t offset, std::size_t size) {
    Bytes got(size);
    if (read(file, offset, got) != static_cast<ssize_t>(size)) return false;
    for (std::size_t i = 0; i < size; ++i) {
      if (got[i] != static_cast<std::uint8_t>(octets[offset + i] ^ file)) return false;
    }
    return true;
  }

  const Bytes octets = counting(20 * ReadWindows::window_size + 100);
  std::atomic<int> fills = 0;
  std::atomic<bool> fails = false;
  ReadWindows windows;
};

TEST_F(Windows, AreReadOnceForAllThatLiesInThem) {
  for (std::uint64_t offset = 0; offset < ReadWindows::window_size; offset += 65'536) {
    EXPECT_TRUE(reads(1, offset, 65'536));
  }
  EXPECT_LE(fills, 2) << "it, and the one behind it";
}

TEST_F(Windows, AreJoinedForWhatLiesInSeveral) {
  EXPECT_TRUE(reads(1, ReadWindows::window_size - 3, 2 * ReadWindows::window_size + 6));
}

TEST_F(Windows, AreReadAheadOfWhoReadsOn) {
  EXPECT_TRUE(reads(1, 0, 1));
  for (int tenths = 0; fills < 2 && tenths < 100; ++tenths) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(fills, 2);
  EXPECT_TRUE(reads(1, ReadWindows::window_size, 1));
}

TEST_F(Windows, EndWhereTheFileEnds) {
  Bytes got(1000);
  EXPECT_EQ(read(1, octets.size() - 30, got), 30);
  EXPECT_EQ(read(1, octets.size(), got), 0);
  EXPECT_EQ(read(1, octets.size() + ReadWindows::window_size, got), 0);
}

TEST_F(Windows, OfTwoFilesAreKeptApart) {
  EXPECT_TRUE(reads(1, 10, 100));
  EXPECT_TRUE(reads(2, 10, 100));
  EXPECT_TRUE(reads(1, 10, 100));
}

TEST_F(Windows, ThatCouldNotBeReadAreReadAgain) {
  fails = true;
  Bytes got(10);
  EXPECT_EQ(read(1, 0, got), -1);
  fails = false;
  EXPECT_TRUE(reads(1, 0, 10));
}

TEST_F(Windows, AreTheSameForAllThreads) {
  std::vector<std::jthread> threads;
  std::atomic<int> right = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::uint64_t offset = 0; offset + 10'007 < octets.size(); offset += 10'007) {
        right += reads(1, offset, 10'007) ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, 4 * static_cast<int>(octets.size() / 10'007));
}

}  // namespace
}  // namespace perdura::archive
