#include "verifier/der.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace perdura::verifier {
namespace {

constexpr Tag constructed_bit = 0x20;
constexpr Tag high_number = 0x1F;

// Octets of identifier and, for high numbers, its continuation; 0 when cut short or over 4 octets.
std::size_t identifier_size(ByteView at) {
  if (at.empty()) return 0;
  if ((at[0] & high_number) != high_number) return 1;
  for (std::size_t i = 1; i < at.size() && i < 5; ++i) {
    if ((at[i] & 0x80) == 0) return i + 1;
  }
  return 0;
}

bool is_end_of_contents(ByteView at) { return at.size() >= 2 && at[0] == 0 && at[1] == 0; }

// Fixed-size big-endian length octets, as few as possible.
struct LengthOctets {
  std::array<std::uint8_t, 9> octets{};
  std::size_t size = 0;
  explicit LengthOctets(std::size_t length) {
    if (length < 0x80) {
      octets[0] = static_cast<std::uint8_t>(length);
      size = 1;
      return;
    }
    std::size_t count = 1;
    while (count < 8 && length >> (8 * count) != 0) ++count;
    octets[0] = static_cast<std::uint8_t>(0x80 | count);
    for (std::size_t i = 0; i < count; ++i) {
      octets[1 + i] = static_cast<std::uint8_t>(length >> (8 * (count - 1 - i)));
    }
    size = count + 1;
  }
  ByteView view() const { return ByteView(octets).first(size); }
};

}  // namespace

DerInput::DerInput(ByteView octets, DerLimits limits, EncodingRules rules)
    : octets_(octets), limits_(limits), rules_(rules) {
  if (octets.size() > limits.size) {
    fail(octets, "input is over " + std::to_string(limits.size) + " octets", Errc::too_large);
  }
}

void DerInput::fail(ByteView at, std::string what, Errc code) {
  if (error_) return;
  const auto offset = at.data() == nullptr ? 0 : at.data() - octets_.data();
  error_ = Error{code, std::move(what), "offset " + std::to_string(offset), ""};
}

std::optional<DerInput::Header> DerInput::header(ByteView at, EncodingRules rules) {
  if (++elements_ > limits_.elements) {
    fail(at, "more than " + std::to_string(limits_.elements) + " elements", Errc::too_large);
    return std::nullopt;
  }
  const std::size_t identifier = identifier_size(at);
  if (identifier == 0 || identifier >= at.size()) {
    fail(at, "element is cut short");
    return std::nullopt;
  }
  const std::uint8_t first = at[identifier];
  if (first < 0x80) return Header{identifier + 1, first};
  const std::size_t count = first & 0x7F;
  if (count == 0) {
    // X.690 §10.1 forbids it in DER; §8.1.3.6 allows it in BER for constructed elements only.
    if (rules == EncodingRules::ber && (at[0] & constructed_bit) != 0) {
      return Header{identifier + 1, std::nullopt};
    }
    fail(at, "length form is not DER");
    return std::nullopt;
  }
  if (count > 8 || at.size() - identifier - 1 < count) {
    fail(at, count > 8 ? "length is not usable" : "element is cut short");
    return std::nullopt;
  }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8 | at[identifier + 1 + i];
  if (rules == EncodingRules::der && (length < 0x80 || length >> (8 * (count - 1)) == 0)) {
    fail(at, "length is not minimal");
    return std::nullopt;
  }
  return Header{identifier + 1 + count, length};
}

std::optional<std::size_t> DerInput::indefinite_length(ByteView contents, std::size_t depth) {
  if (depth > limits_.depth) {
    fail(contents, "nested deeper than " + std::to_string(limits_.depth), Errc::too_large);
    return std::nullopt;
  }
  ByteView rest = contents;
  while (!is_end_of_contents(rest)) {
    const auto found = header(rest, EncodingRules::ber);
    if (!found) return std::nullopt;
    std::size_t size = found->size;
    if (found->length) {
      if (*found->length > rest.size() - size) {
        fail(rest, "element is cut short");
        return std::nullopt;
      }
      size += *found->length;
    } else {
      const auto inner = indefinite_length(rest.subspan(size), depth + 1);
      if (!inner) return std::nullopt;
      size += *inner + 2;
    }
    rest = rest.subspan(size);
  }
  return contents.size() - rest.size();
}

bool DerReader::more() const { return !input_->failed() && !rest_.empty(); }

bool DerReader::next_is(Tag tag) const { return more() && rest_[0] == tag; }

DerReader::Element DerReader::next(EncodingRules rules) {
  if (input_->failed()) return {};
  const auto header = input_->header(rest_, rules);
  if (!header) return {};
  std::size_t trailer = 0;
  std::size_t length = 0;
  if (header->length) {
    length = *header->length;
    if (length > rest_.size() - header->size) {
      input_->fail(rest_, "element is cut short");
      return {};
    }
  } else {
    const auto found = input_->indefinite_length(rest_.subspan(header->size), depth_ + 1);
    if (!found) return {};
    length = *found;
    trailer = 2;
  }
  const Element element{rest_[0], rest_.first(header->size + length + trailer),
                        rest_.subspan(header->size, length)};
  rest_ = rest_.subspan(element.encoding.size());
  return element;
}

DerReader::Element DerReader::next(Tag tag, EncodingRules rules) {
  const ByteView at = rest_;
  if (more() && at[0] != tag) {
    std::string what("expected element ");
    what.append(to_hex(ByteView(&tag, 1))).append(", found ").append(to_hex(at.first(1)));
    input_->fail(at, std::move(what));
  }
  return next(rules);
}

DerReader DerReader::constructed(Tag tag) {
  if (depth_ >= input_->limits_.depth) {
    input_->fail(rest_, "nested deeper than " + std::to_string(input_->limits_.depth),
                 Errc::too_large);
  }
  const Element element = next(tag, input_->rules_);
  return {*input_, element.encoding, element.contents, depth_ + 1};
}

ByteView DerReader::element(Tag tag) { return next(tag, input_->rules_).encoding; }

ByteView DerReader::any() { return next(input_->rules_).encoding; }

ByteView DerReader::element_ber(Tag tag) { return next(tag, EncodingRules::ber).encoding; }

ByteView DerReader::primitive(Tag tag) { return next(tag, input_->rules_).contents; }

std::optional<ByteView> DerReader::optional_element(Tag tag) {
  if (!next_is(tag)) return std::nullopt;
  return element(tag);
}

ByteView DerReader::oid() {
  const ByteView at = rest_;
  const ByteView contents = primitive(tag::oid);
  if (input_->failed()) return {};
  // X.690 §8.19.2: each number ends with an octet without the top bit, and has no leading 80.
  bool good = !contents.empty() && contents.back() < 0x80;
  bool starts = true;
  for (const std::uint8_t octet : contents) {
    if (starts && octet == 0x80) good = false;
    starts = octet < 0x80;
  }
  if (!good) input_->fail(at, "object identifier is malformed");
  return contents;
}

ByteView DerReader::integer(Tag tag) {
  const ByteView at = rest_;
  const ByteView contents = primitive(tag);
  if (input_->failed()) return {};
  // X.690 §8.3.2: the first nine bits are not all alike.
  const bool padded = contents.size() > 1 && ((contents[0] == 0x00 && contents[1] < 0x80) ||
                                              (contents[0] == 0xFF && contents[1] >= 0x80));
  if (contents.empty() || padded) input_->fail(at, "integer is not minimal");
  return contents;
}

std::uint64_t DerReader::small_integer(Tag tag) {
  const ByteView at = rest_;
  const ByteView contents = integer(tag);
  if (input_->failed()) return 0;
  if (contents.size() > 8 || contents[0] >= 0x80) {
    input_->fail(at, "integer is negative or too large");
    return 0;
  }
  std::uint64_t value = 0;
  for (const std::uint8_t octet : contents) value = value << 8 | octet;
  return value;
}

bool DerReader::boolean() {
  const ByteView at = rest_;
  const ByteView contents = primitive(tag::boolean);
  if (input_->failed()) return false;
  const bool der = contents.size() == 1 && (contents[0] == 0x00 || contents[0] == 0xFF);
  const bool ber = contents.size() == 1 && input_->rules_ == EncodingRules::ber;
  if (!der && !ber) input_->fail(at, "boolean is malformed");
  return contents.size() == 1 && contents[0] != 0;
}

ByteView DerReader::octet_string(Bytes& storage) {
  constexpr Tag segmented = tag::octet_string | constructed_bit;
  if (input_->rules_ == EncodingRules::der || !next_is(segmented)) return octet_string();
  storage.clear();
  gather(constructed(segmented), storage);
  return storage;
}

// X.690 §8.7.3: segments are octet strings, primitive or in segments themselves.
void DerReader::gather(DerReader segments, Bytes& storage) {
  constexpr Tag segmented = tag::octet_string | constructed_bit;
  while (segments.more()) {
    if (segments.next_is(segmented)) {
      gather(segments.constructed(segmented), storage);
    } else {
      const ByteView segment = segments.octet_string();
      storage.insert(storage.end(), segment.begin(), segment.end());
    }
  }
}

ByteView DerReader::bit_string() {
  const ByteView at = rest_;
  const ByteView contents = primitive(tag::bit_string);
  if (input_->failed()) return {};
  if (contents.empty() || contents[0] != 0) {
    input_->fail(at, "bit string is empty or has unused bits");
    return {};
  }
  return contents.subspan(1);
}

void DerReader::null() {
  const ByteView at = rest_;
  if (!primitive(tag::null).empty()) input_->fail(at, "null is not empty");
}

Time DerReader::time() {
  const ByteView at = rest_;
  const bool generalized = next_is(tag::generalized_time);
  const auto text = as_text(primitive(generalized ? tag::generalized_time : tag::utc_time));
  const auto time = generalized ? parse_generalized_time(text) : parse_utc_time(text);
  if (!time) input_->fail(at, "time is malformed");
  return time.value_or(Time{});
}

void DerReader::end() {
  if (more()) input_->fail(rest_, "octets follow that do not belong here");
}

void DerReader::fail(std::string what, Errc code) { input_->fail(rest_, std::move(what), code); }

namespace {

constexpr std::size_t arc_octets_max = 64;

// A number in groups of seven bits, in decimal.
std::string decimal_of(ByteView groups) {
  std::string digits = "0";  // the last first
  for (const std::uint8_t group : groups) {
    unsigned carry = group & 0x7Fu;
    for (char& digit : digits) {
      carry += static_cast<unsigned>(digit - '0') * 128;
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry != 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
  }
  std::ranges::reverse(digits);
  return digits;
}

}  // namespace

std::string oid_text(ByteView oid) {
  std::string text;
  std::uint64_t number = 0;
  std::size_t begin = 0;  // of the arc
  for (std::size_t i = 0; i < oid.size(); ++i) {
    if (number >> 56 != 0) {
      // Longer than a number of ours, as a UUID's arc is (X.667).
      const auto rest = oid.subspan(begin);
      const auto last = std::ranges::find_if(rest, [](std::uint8_t octet) { return octet < 0x80; });
      const auto size = static_cast<std::size_t>(last - rest.begin());
      if (text.empty() || last == rest.end() || size >= arc_octets_max) return to_hex(oid);
      text.append(".").append(decimal_of(rest.first(size + 1)));
      i = begin + size;
      begin = i + 1;
      number = 0;
      continue;
    }
    const std::uint8_t octet = oid[i];
    number = number << 7 | (octet & 0x7F);
    if (octet >= 0x80) continue;
    begin = i + 1;
    if (text.empty()) {
      const std::uint64_t root = std::min<std::uint64_t>(number / 40, 2);
      text = std::to_string(root);
      text.append(".").append(std::to_string(number - root * 40));
    } else {
      text.append(".").append(std::to_string(number));
    }
    number = 0;
  }
  return number != 0 || text.empty() ? to_hex(oid) : text;
}

std::optional<Bytes> oid_from_text(std::string_view dotted) {
  constexpr std::size_t size_max = 512;
  Bytes octets;
  const auto append = [&](std::uint64_t number) {
    int groups = 1;
    while (groups < 9 && number >> (7 * groups) != 0) ++groups;
    for (int i = groups - 1; i >= 0; --i) {
      octets.push_back(static_cast<std::uint8_t>((number >> (7 * i) & 0x7F) | (i == 0 ? 0 : 0x80)));
    }
  };
  std::optional<std::uint64_t> root;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  for (std::size_t arc = 0; at != end || arc == 0; ++arc) {
    std::uint64_t number = 0;
    const auto [after, problem] = std::from_chars(at, end, number);
    const bool zeros = after != end && at + 1 < after && *at == '0';
    if (problem != std::errc() || number >> 56 != 0 || zeros) return std::nullopt;
    if (arc == 0 && number > 2) return std::nullopt;
    if (arc == 1 && *root < 2 && number > 39) return std::nullopt;
    if (arc == 0) root = number;
    if (arc == 1) append(*root * 40 + number);
    if (arc > 1) append(number);
    if (after == end) break;
    if (*after != '.' || after + 1 == end || octets.size() > size_max) return std::nullopt;
    at = after + 1;
  }
  if (octets.empty()) return std::nullopt;
  return octets;
}

void DerWriter::element(Tag tag, ByteView contents) {
  const LengthOctets length(contents.size());
  octets_.push_back(tag);
  raw(length.view());
  raw(contents);
}

void DerWriter::raw(ByteView encoding) {
  octets_.insert(octets_.end(), encoding.begin(), encoding.end());
}

void DerWriter::integer(std::uint64_t value) {
  std::array<std::uint8_t, 9> octets{};
  for (std::size_t i = 0; i < 8; ++i) octets[8 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  std::size_t skip = 0;
  while (skip < 8 && octets[skip] == 0 && octets[skip + 1] < 0x80) ++skip;
  element(tag::integer, ByteView(octets).subspan(skip));
}

std::size_t DerWriter::open(Tag tag) {
  octets_.push_back(tag);
  octets_.push_back(0);  // a length of one octet, widened by close()
  return octets_.size();
}

void DerWriter::close(std::size_t start) {
  const LengthOctets length(octets_.size() - start);
  const auto at = octets_.begin() + static_cast<std::ptrdiff_t>(start);
  octets_[start - 1] = length.octets[0];
  octets_.insert(at, length.octets.begin() + 1,
                 length.octets.begin() + static_cast<std::ptrdiff_t>(length.size));
}

Bytes der_header(Tag tag, std::size_t length) {
  const LengthOctets octets(length);
  Bytes header(1 + octets.size);
  header[0] = tag;
  std::ranges::copy(octets.view(), header.begin() + 1);
  return header;
}

}  // namespace perdura::verifier
