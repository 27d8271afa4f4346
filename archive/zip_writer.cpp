#include "archive/zip_writer.hpp"

#include <libdeflate.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "archive/files.hpp"
#include "archive/sorted_lines.hpp"
#include "archive/zip_headers.hpp"
#include "verifier/ordered_pipeline.hpp"
#include "verifier/package_source.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::Bytes;
using verifier::ByteView;
using verifier::check;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

constexpr int level = 1;                        // higher ones gain 3 % and take twice as long
constexpr std::size_t deflate_from = 256;       // below, deflate saves less than it costs
constexpr std::size_t job_size = 256u << 10;    // octets of whole files that are a worker's job
constexpr std::size_t window_per_thread = 3;
constexpr std::size_t deflate_buffer_size = 64u << 10;
constexpr std::size_t directory_memory_max = 8u << 20;

Error cannot_write(const fs::path& where) {
  return system_error(errno != 0 ? errno : EIO, where, "cannot write it");
}

// Whole files on their way to a worker: their octets one after the other.
struct Job {
  std::vector<ZipEntry> entries;
  Bytes octets;
};

// What a worker made of them: headers and octets as they stand in the zip. The entries' offsets
// count from its start.
struct Block {
  std::vector<ZipEntry> entries;
  Bytes octets;
};

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

// Deflates whole files; one for each worker.
class BlockMaker {
 public:
  explicit BlockMaker(ZipDate dated)
      : dated_(dated), compressor_(libdeflate_alloc_compressor(level)) {
    check(compressor_ != nullptr, "memory for deflate");
  }

  Block make(Job& job) {
    Block block;
    block.octets.reserve(job.octets.size() + 128 * job.entries.size());
    ByteView rest = job.octets;
    for (ZipEntry& entry : job.entries) {
      add(block.octets, entry, rest.first(static_cast<std::size_t>(entry.size)));
      rest = rest.subspan(static_cast<std::size_t>(entry.size));
    }
    block.entries = std::move(job.entries);
    return block;
  }

 private:
  void add(Bytes& out, ZipEntry& entry, ByteView whole) {
    entry.offset = out.size();
    entry.crc = libdeflate_crc32(0, whole.data(), whole.size());
    std::size_t size = 0;
    if (whole.size() >= deflate_from) {
      // One octet less than there are, so that what gains nothing is stored.
      packed_.resize(whole.size() - 1);
      size = libdeflate_deflate_compress(compressor_.get(), whole.data(), whole.size(),
                                         packed_.data(), packed_.size());
    }
    entry.deflated = size != 0;
    const ByteView octets = entry.deflated ? ByteView(packed_).first(size) : whole;
    entry.compressed = octets.size();
    append_local_header(out, entry, dated_);
    out.insert(out.end(), octets.begin(), octets.end());
  }

  const ZipDate dated_;
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor_;
  Bytes packed_;
};

// A deflate stream for a file whose size nobody knows yet.
class Deflater {
 public:
  Deflater() : buffer_(deflate_buffer_size) {
    check(deflateInit2(&stream_, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
          "memory for deflate");
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream_); }

  // Hands `take` what `in` deflates to; with `last`, all that is left.
  template <typename Take>
  Result<Ok> run(ByteView in, bool last, const Take& take) {
    do {
      const std::size_t size = std::min<std::size_t>(in.size(), 1u << 30);
      stream_.next_in = const_cast<Bytef*>(in.data());  // only read
      stream_.avail_in = static_cast<uInt>(size);
      in = in.subspan(size);
      do {
        stream_.next_out = buffer_.data();
        stream_.avail_out = static_cast<uInt>(buffer_.size());
        deflate(&stream_, last && in.empty() ? Z_FINISH : Z_NO_FLUSH);
        auto taken = take(ByteView(buffer_).first(buffer_.size() - stream_.avail_out));
        if (!taken) return taken;
      } while (stream_.avail_out == 0);
    } while (!in.empty());
    return Ok{};
  }

 private:
  z_stream stream_{};
  Bytes buffer_;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

}  // namespace

class ZipWriter::State {
 public:
  State(fs::path path, File zip, SortedLines directory, verifier::Time dated)
      : path_(std::move(path)),
        zip_(std::move(zip)),
        directory_(std::move(directory)),
        dated_(zip_date(dated)),
        pipeline_(threads(), threads() * window_per_thread, maker(dated_),
                  [this](Block block) { take(std::move(block)); }) {}

  Result<Ok> add(std::string_view name, ByteView whole) {
    check(whole.size() <= whole_size_max, "a whole file fits into memory");
    gathered_.entries.push_back({.name = std::string(name), .size = whole.size()});
    gathered_.octets.insert(gathered_.octets.end(), whole.begin(), whole.end());
    if (gathered_.octets.size() >= job_size) pipeline_.push(std::exchange(gathered_, {}));
    return outcome();
  }

  Result<Ok> begin(std::string_view name) {
    if (auto done = drain(); !done) return done;
    streamed_ = {.name = std::string(name), .deflated = true, .offset = size_, .streamed = true};
    deflater_.emplace();
    return put_local_header();
  }
  Result<Ok> write(ByteView part) {
    streamed_.size += part.size();
    streamed_.crc = libdeflate_crc32(streamed_.crc, part.data(), part.size());
    return deflate(part, false);
  }
  Result<Ok> end() {
    if (auto done = deflate({}, true); !done) return done;
    deflater_.reset();
    const std::uint64_t end = std::exchange(size_, streamed_.offset);
    // The header is written once more, now that its sizes are known.
    if (!seek(streamed_.offset) || !put_local_header() || !seek(end)) return outcome();
    size_ = end;
    list(streamed_);
    return outcome();
  }

  Result<Ok> finish() {
    if (auto done = drain(); !done) return done;
    const std::uint64_t offset = size_;
    auto listed = directory_.for_each([this](std::string_view, std::string_view header) {
      put(*verifier::from_hex(header));
      return outcome();
    });
    if (!listed) return listed;
    Bytes end;
    append_directory_end(end, files_, size_ - offset, offset);
    put(end);
    if (std::fflush(zip_.get()) != 0 || ::fsync(::fileno(zip_.get())) != 0) fail();
    return outcome();
  }

 private:
  using Pipeline = verifier::OrderedPipeline<Job, Block>;

  static unsigned threads() { return std::clamp(std::thread::hardware_concurrency(), 1u, 16u); }
  static std::function<Pipeline::Work(unsigned)> maker(ZipDate dated) {
    return [dated](unsigned) -> Pipeline::Work {
      return [maker = std::make_shared<BlockMaker>(dated)](Job& job) { return maker->make(job); };
    };
  }

  Result<Ok> outcome() const { return failure_ ? Result<Ok>(*failure_) : Result<Ok>(Ok{}); }
  void fail() {
    if (!failure_) failure_ = cannot_write(path_);
  }

  void put(ByteView octets) {
    errno = 0;
    if (!failure_ && std::fwrite(octets.data(), 1, octets.size(), zip_.get()) != octets.size()) {
      fail();
    }
    size_ += octets.size();
  }
  bool seek(std::uint64_t offset) {
    errno = 0;
    if (!failure_ && ::fseeko(zip_.get(), static_cast<off_t>(offset), SEEK_SET) != 0) fail();
    return !failure_;
  }
  Result<Ok> put_local_header() {
    Bytes header;
    append_local_header(header, streamed_, dated_);
    put(header);
    return outcome();
  }
  Result<Ok> deflate(ByteView part, bool last) {
    return deflater_->run(part, last, [this](ByteView octets) {
      streamed_.compressed += octets.size();
      put(octets);
      return outcome();
    });
  }

  void take(Block block) {
    for (ZipEntry& entry : block.entries) {
      entry.offset += size_;
      list(entry);
    }
    put(block.octets);
  }
  void list(const ZipEntry& entry) {
    ++files_;
    Bytes header;
    append_directory_header(header, entry, dated_);
    const bool leads = entry.offset == 0 && entry.name == "mimetype";
    const std::string key = leads ? " " : verifier::folded_name(entry.name);
    auto listed = directory_.add(key, verifier::to_hex(header));
    if (!listed && !failure_) failure_ = listed.error();
  }
  Result<Ok> drain() {
    if (!gathered_.entries.empty()) pipeline_.push(std::exchange(gathered_, {}));
    pipeline_.drain();
    return outcome();
  }

  const fs::path path_;
  File zip_;
  SortedLines directory_;  // by folded name
  const ZipDate dated_;
  std::uint64_t size_ = 0;  // octets of the zip so far
  std::uint64_t files_ = 0;
  std::optional<Error> failure_;
  Job gathered_;
  ZipEntry streamed_;
  std::optional<Deflater> deflater_;
  Pipeline pipeline_;  // last: its workers end before what they use
};

Result<ZipWriter> ZipWriter::create(const fs::path& path, verifier::Time dated) {
  errno = 0;
  File zip(std::fopen(path.c_str(), "wbxe"));
  if (!zip) return cannot_write(path);
  auto directory = SortedLines::open(path.parent_path(), directory_memory_max);
  if (!directory) return directory.error();
  return ZipWriter(std::make_unique<State>(path, std::move(zip), *std::move(directory), dated));
}

ZipWriter::ZipWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter& ZipWriter::operator=(ZipWriter&&) noexcept = default;
ZipWriter::~ZipWriter() = default;

Result<Ok> ZipWriter::add(std::string_view name, ByteView whole) {
  return state_->add(name, whole);
}
Result<Ok> ZipWriter::begin(std::string_view name) { return state_->begin(name); }
Result<Ok> ZipWriter::write(ByteView part) { return state_->write(part); }
Result<Ok> ZipWriter::end() { return state_->end(); }
Result<Ok> ZipWriter::finish() { return state_->finish(); }

}  // namespace perdura::archive
