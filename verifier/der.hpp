// DER (X.690) read as views into the input, and written.
//
// A reader latches the first error with its offset: every read after it yields nothing and more()
// is false, so code has the shape of the ASN.1 and asks once, at the end. Besides strict DER there
// is a tolerant reading for time-stamp tokens of other makers, which are BER in places: it takes
// indefinite lengths, lengths that are not minimal, and octet strings in segments.
//
// Views alias the input, which must outlive them. Tag numbers above 30 can be skipped only.
// Thread safety: a DerInput and its readers belong to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "verifier/bytes.hpp"
#include "verifier/result.hpp"
#include "verifier/time.hpp"

namespace perdura::verifier {

// The identifier octet of an element: class, constructed bit and number.
using Tag = std::uint8_t;

namespace tag {
inline constexpr Tag boolean = 0x01;
inline constexpr Tag integer = 0x02;
inline constexpr Tag bit_string = 0x03;
inline constexpr Tag octet_string = 0x04;
inline constexpr Tag null = 0x05;
inline constexpr Tag oid = 0x06;
inline constexpr Tag utf8_string = 0x0C;
inline constexpr Tag ia5_string = 0x16;
inline constexpr Tag utc_time = 0x17;
inline constexpr Tag generalized_time = 0x18;
inline constexpr Tag sequence = 0x30;
inline constexpr Tag set = 0x31;
// [n] constructed, and [n] IMPLICIT of a primitive type.
constexpr Tag context(unsigned n) { return static_cast<Tag>(0xA0 | n); }
constexpr Tag context_primitive(unsigned n) { return static_cast<Tag>(0x80 | n); }
}  // namespace tag

// What protects a parser from hostile input. Over one of them is Errc::too_large.
struct DerLimits {
  std::size_t size = std::size_t{64} << 20;  // octets of the whole input
  std::size_t elements = 1'000'000;          // elements looked at
  std::size_t depth = 48;                    // constructed elements inside each other
};

// Which encodings a reader takes.
enum class EncodingRules { der, ber };

class DerInput;

// Reads the elements of one constructed element, in order.
class DerReader {
 public:
  // Whether another element follows; false after an error.
  bool more() const;
  // Whether another element follows and has this identifier octet.
  bool next_is(Tag tag) const;

  // The next element, which must have this tag: its contents, to be read.
  DerReader constructed(Tag tag);
  // The next element, whole. It is not looked into.
  ByteView element(Tag tag);
  // The next element of any tag, whole.
  ByteView any();
  // The next element, whole, in DER or BER: for a token inside of a strict structure.
  ByteView element_ber(Tag tag);
  // The contents of the next element, which must be primitive and of this tag.
  ByteView primitive(Tag tag);
  // The next element when it has this tag; nothing, and no error, otherwise.
  std::optional<ByteView> optional_element(Tag tag);

  // The content octets of an OBJECT IDENTIFIER, checked for form.
  ByteView oid();
  // The content octets of an INTEGER, checked to be minimal.
  ByteView integer(Tag tag = tag::integer);
  // An INTEGER from 0 to 2^63 - 1.
  std::uint64_t small_integer(Tag tag = tag::integer);
  bool boolean();
  ByteView octet_string() { return primitive(tag::octet_string); }
  // The contents of an OCTET STRING; under BER it may come in segments, which are then gathered in
  // `storage`, and the result is a view of that.
  ByteView octet_string(Bytes& storage);
  // The octets of a BIT STRING without unused bits.
  ByteView bit_string();
  void null();
  // GeneralizedTime or UTCTime, in whole seconds.
  Time time();

  // An error unless everything was read.
  void end();
  // Latches an error of meaning at the element that is next.
  void fail(std::string what, Errc code = Errc::malformed);

  // The element that this reader reads: whole, and its contents.
  ByteView encoding() const { return encoding_; }
  ByteView contents() const { return contents_; }

 private:
  friend class DerInput;
  struct Element {
    Tag tag = 0;
    ByteView encoding;
    ByteView contents;
  };
  DerReader(DerInput& input, ByteView encoding, ByteView contents, std::size_t depth)
      : input_(&input), encoding_(encoding), contents_(contents), rest_(contents), depth_(depth) {}

  Element next(EncodingRules rules);
  Element next(Tag tag, EncodingRules rules);
  void gather(DerReader segments, Bytes& storage);

  DerInput* input_;
  ByteView encoding_;
  ByteView contents_;
  ByteView rest_;
  std::size_t depth_;
};

// What the readers of one input share: its limits and the first error. Must outlive its readers.
class DerInput {
 public:
  // An input over the size limit is an error from the start.
  explicit DerInput(ByteView octets, DerLimits limits = DerLimits(),
                    EncodingRules rules = EncodingRules::der);
  DerInput(const DerInput&) = delete;
  DerInput& operator=(const DerInput&) = delete;

  // Reads the input from its start.
  DerReader reader() { return {*this, octets_, octets_, 0}; }
  bool failed() const { return error_.has_value(); }
  // The first error; its `where` is "offset N".
  const std::optional<Error>& error() const { return error_; }
  // `value`, or the error.
  template <typename T>
  Result<T> result(T value) const {
    if (error_) return *error_;
    return Result<T>(std::move(value));
  }

 private:
  friend class DerReader;
  struct Header {
    std::size_t size = 0;               // of identifier and length octets
    std::optional<std::size_t> length;  // nothing: indefinite
  };
  std::optional<Header> header(ByteView at, EncodingRules rules);
  // The octets before the end-of-contents that closes an indefinite element.
  std::optional<std::size_t> indefinite_length(ByteView contents, std::size_t depth);
  void fail(ByteView at, std::string what, Errc code = Errc::malformed);

  ByteView octets_;
  DerLimits limits_;
  EncodingRules rules_;
  std::size_t elements_ = 0;
  std::optional<Error> error_;
};

// "1.2.840.113549.1.9.16.1.4" of the content octets of an OBJECT IDENTIFIER; hex when malformed.
std::string oid_text(ByteView oid);
// The content octets of a dotted OBJECT IDENTIFIER, written the one way; nothing when it is none.
std::optional<Bytes> oid_from_text(std::string_view dotted);

// Writes DER. Elements are appended; lengths are minimal. Thread safety: one thread.
class DerWriter {
 public:
  // An element of this tag around what `contents` (called once, at once) writes.
  template <typename Contents>
  void constructed(Tag tag, Contents&& contents) {
    const std::size_t start = open(tag);
    contents();
    close(start);
  }
  // An element of this tag with these contents.
  void element(Tag tag, ByteView contents);
  // An element that is encoded already.
  void raw(ByteView encoding);
  void integer(std::uint64_t value);
  void oid(ByteView contents) { element(tag::oid, contents); }
  void octet_string(ByteView contents) { element(tag::octet_string, contents); }

  // Makes room for this many octets in all.
  void reserve(std::size_t octets) { octets_.reserve(octets); }
  ByteView view() const { return octets_; }
  // What was written; the writer is empty afterwards.
  Bytes take() { return std::exchange(octets_, {}); }

 private:
  std::size_t open(Tag tag);
  void close(std::size_t start);

  Bytes octets_;
};

// The tag and length octets of an element whose contents have `length` octets.
Bytes der_header(Tag tag, std::size_t length);

}  // namespace perdura::verifier
