// Any octets: parsing a content's header, its table of frames or its location ends, and what is
// accepted is within its limits and is written back as the same octets.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "archive/content.hpp"
#include "archive/content_form.hpp"

namespace {

using namespace perdura::archive;

void require(bool holds) {
  if (!holds) std::abort();
}

void whole(ByteView in) {
  const auto header = parse_whole_header(in, "fuzz");
  if (!header) return;
  require(header->length <= frame_size_max);
  const Bytes back = write_whole_header(*header);
  require(back.size() == header->size() && std::ranges::equal(back, in.first(back.size())));
}

void large(ByteView in) {
  const auto header = parse_large_header(in, "fuzz");
  if (!header) return;
  require(std::ranges::equal(write_large_header(*header), in.first(LargeHeader::size)));
  const ByteView table = in.subspan(LargeHeader::size);
  const auto frames = parse_frame_table(table, *header, "fuzz");
  if (!frames) return;
  require(frames->size() == header->frames && frames->back().chunk + 1 == header->chunks);
  for (const FramePlace& frame : *frames) {
    require(frame.stored_length > 0 && frame.stored_length <= frame_size_max);
    require(std::uint64_t{frame.offset} + frame.stored_length + seal_size <=
            Store::object_size_max);
  }
  require(std::ranges::equal(write_frame_table(*frames), table));
}

void location(ByteView in) {
  const auto read = decode_content_location(in, "fuzz");
  if (read) require(std::ranges::equal(encode(*read), in));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView in(data, size);
  whole(in);
  large(in);
  location(in);
  return 0;
}
