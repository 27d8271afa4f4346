// Any bytes, under both encoding rules: reading ends, and what it yields lies inside the input.
#include <cstdint>
#include <cstdlib>

#include "verifier/der.hpp"

namespace {

using namespace perdura::verifier;

void inside(ByteView part, ByteView whole) {
  if (part.empty()) return;
  if (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size()) {
    std::abort();
  }
}

// Reads whatever is next in the way that its tag asks, and goes into what is constructed.
void walk(DerReader& in, ByteView whole) {
  while (in.more()) {
    if (in.next_is(tag::sequence) || in.next_is(tag::set) || in.next_is(tag::context(0))) {
      const Tag tag = in.next_is(tag::sequence) ? tag::sequence
                      : in.next_is(tag::set)    ? tag::set
                                                : tag::context(0);
      DerReader inner = in.constructed(tag);
      inside(inner.encoding(), whole);
      walk(inner, whole);
    } else if (in.next_is(tag::integer)) {
      inside(in.integer(), whole);
    } else if (in.next_is(tag::oid)) {
      const ByteView oid = in.oid();
      inside(oid, whole);
      oid_text(oid);
    } else if (in.next_is(tag::boolean)) {
      in.boolean();
    } else if (in.next_is(tag::generalized_time) || in.next_is(tag::utc_time)) {
      in.time();
    } else if (in.next_is(tag::bit_string)) {
      inside(in.bit_string(), whole);
    } else if (in.next_is(0x24)) {
      Bytes storage;
      in.octet_string(storage);
      if (storage.size() > whole.size()) std::abort();
    } else {
      inside(in.any(), whole);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const EncodingRules rules : {EncodingRules::der, EncodingRules::ber}) {
    DerInput input({data, size}, DerLimits(), rules);
    DerReader in = input.reader();
    walk(in, {data, size});
  }
  return 0;
}
