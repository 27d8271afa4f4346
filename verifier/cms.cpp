#include "verifier/cms.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "verifier/der.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t embedded_max = 16;

// Content octets of object identifiers.
// clang-format off
constexpr std::array<std::uint8_t, 11> time_stamped_data_oid  = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x1F};
constexpr std::array<std::uint8_t, 9>  enveloped_data_oid     = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03};
constexpr std::array<std::uint8_t, 9>  encrypted_data_oid     = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x06};
constexpr std::array<std::uint8_t, 11> authenticated_data_oid = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x02};
constexpr std::array<std::uint8_t, 11> auth_enveloped_oid     = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17};
constexpr std::array<std::uint8_t, 11> internal_oid           = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x31};
constexpr std::array<std::uint8_t, 11> external_oid           = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x32};
// clang-format on

// The tag of the attributes that nothing protects, in each content type but SignedData, where they
// are in a SignerInfo (RFC 5652 §6.1, §8, §9.1; RFC 5083 §2.1).
std::optional<Tag> attributes_tag(ByteView type) {
  if (equal(type, enveloped_data_oid) || equal(type, encrypted_data_oid)) return tag::context(1);
  if (equal(type, auth_enveloped_oid)) return tag::context(2);
  if (equal(type, authenticated_data_oid)) return tag::context(3);
  return std::nullopt;
}

// Where the attributes are: the elements around them, from the outermost, and themselves last.
using Path = std::vector<ByteView>;

// Steps into the next element of `in`, which has this tag.
DerReader step(DerReader& in, Tag tag, Path& path) {
  DerReader inside = in.constructed(tag);
  path.push_back(inside.encoding());
  return inside;
}

// The attributes that nothing protects, from among what is left of `in`, whose last element they
// are. A second such element would move up to the first's place when that is taken out.
std::optional<DerReader> find_last(DerReader& in, Tag tag, Path& path) {
  while (in.more()) {
    if (in.next_is(tag)) {
      DerReader attributes = step(in, tag, path);
      in.end();
      return attributes;
    }
    in.any();
  }
  return std::nullopt;
}

// The SignerInfos of a SignedData, whose contents `data` reads.
DerReader step_into_signers(DerReader& data, Path& path, bool& detached) {
  data.small_integer();
  data.element(tag::set);
  DerReader encapsulated = data.constructed(tag::sequence);
  encapsulated.oid();
  detached = !encapsulated.more();
  while (data.more() && !data.next_is(tag::set)) data.any();  // certificates, revocation data
  return step(data, tag::set, path);
}

bool is_evidence_type(ByteView type) {
  return equal(type, internal_oid) || equal(type, external_oid);
}

void read_attributes(DerReader& attributes, CmsObject& object) {
  while (attributes.more()) {
    DerReader attribute = attributes.constructed(tag::sequence);
    const ByteView type = attribute.oid();
    DerReader values = attribute.constructed(tag::set);
    attribute.end();
    while (is_evidence_type(type) && values.more()) {
      object.evidence.push_back({values.element(tag::sequence), equal(type, external_oid)});
      if (object.evidence.size() > embedded_max) {
        values.fail("more than " + std::to_string(embedded_max) + " evidence records",
                    Errc::too_large);
      }
    }
  }
}

bool hold_evidence(DerReader attributes) {
  CmsObject held;
  read_attributes(attributes, held);
  return !held.evidence.empty();
}

// The attributes' contents, when there are any; `path` leads to them. RFC 4998 has evidence in the
// first SignerInfo; others have been seen to put it into the one that they looked at, so it is
// sought in all.
std::optional<DerReader> find_attributes(DerReader& in, Path& path, bool& detached) {
  DerReader info = step(in, tag::sequence, path);
  const ByteView type = info.oid();
  const auto other = attributes_tag(type);
  const bool is_signed = equal(type, oid_of::signed_data);
  if (!is_signed && !other) {
    info.fail("content type " + oid_text(type) + " has no place for evidence", Errc::unsupported);
  }
  DerReader holder = step(info, tag::context(0), path);
  DerReader data = step(holder, tag::sequence, path);
  if (other) return find_last(data, *other, path);
  DerReader signers = step_into_signers(data, path, detached);
  const Path outside = path;
  std::optional<DerReader> found;
  bool holds = false;
  do {  // all are read: what is no SignerInfo fails wherever it stands
    Path here = outside;
    DerReader signer = step(signers, tag::sequence, here);
    const auto attributes = find_last(signer, tag::context(1), here);
    const bool has_evidence = attributes && hold_evidence(*attributes);
    if (!attributes || holds) continue;
    found = attributes;
    path = here;
    holds = has_evidence;
  } while (signers.more());
  return found;
}

// An element with other contents, in the form that it was written in: indefinite, or with a length
// in as many octets, where that is enough.
Bytes with_contents(ByteView element, ByteView contents) {
  constexpr std::uint8_t indefinite = 0x80;
  Bytes result;
  if (element[1] == indefinite) {
    result.reserve(contents.size() + 4);
    result.push_back(element[0]);
    result.push_back(indefinite);
    result.insert(result.end(), contents.begin(), contents.end());
    result.resize(result.size() + 2);  // end of contents
    return result;
  }
  result = der_header(element[0], contents.size());
  // A length that was longer than it had to be stays as long.
  const std::size_t octets = element[1] < 0x80 ? 0 : element[1] & 0x7Fu;
  const std::size_t before = element.size() - (2 + octets);
  const Bytes minimal = der_header(element[0], before);
  if (octets != 0 && minimal.size() < 2 + octets) {
    result.resize(2);
    result[1] = element[1];
    for (std::size_t i = octets; i-- > 0;) {
      result.push_back(i < 8 ? static_cast<std::uint8_t>(contents.size() >> (8 * i))
                             : std::uint8_t{0});
    }
  }
  result.insert(result.end(), contents.begin(), contents.end());
  return result;
}

// The contents of an element that was read before.
ByteView contents_of(ByteView element) {
  DerInput input(element, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  return in.constructed(element[0]).contents();
}

// `outer` with `inner`, which lies in it, replaced.
Bytes with_inner(ByteView outer, ByteView inner, ByteView replacement) {
  const ByteView contents = contents_of(outer);
  const auto before = static_cast<std::size_t>(inner.data() - contents.data());
  Bytes changed(contents.begin(), contents.begin() + static_cast<std::ptrdiff_t>(before));
  changed.insert(changed.end(), replacement.begin(), replacement.end());
  const ByteView after = contents.subspan(before + inner.size());
  changed.insert(changed.end(), after.begin(), after.end());
  return with_contents(outer, changed);
}

// The outermost element of `path` with the innermost one replaced.
Bytes with_innermost(const Path& path, Bytes replacement) {
  // Invariant: `replacement` takes the place of path[level].
  for (std::size_t level = path.size() - 1; level > 0; --level) {
    replacement = with_inner(path[level - 1], path[level], replacement);
  }
  return replacement;
}

// The contents of the attributes without the records whose positions are in `taken`.
Bytes attributes_without(DerReader attributes, const std::vector<std::size_t>& taken) {
  Bytes kept;
  std::size_t position = 0;
  const auto keep = [](Bytes& into, ByteView octets) {
    into.insert(into.end(), octets.begin(), octets.end());
  };
  while (attributes.more()) {
    DerReader attribute = attributes.constructed(tag::sequence);
    const ByteView type = attribute.oid();
    DerReader values = attribute.constructed(tag::set);
    if (!is_evidence_type(type)) {
      keep(kept, attribute.encoding());
      continue;
    }
    Bytes left;
    bool changed = false;
    while (values.more()) {
      const ByteView value = values.any();
      const bool is_taken = std::ranges::find(taken, position++) != taken.end();
      changed = changed || is_taken;
      if (!is_taken) keep(left, value);
    }
    if (!changed) {
      keep(kept, attribute.encoding());
    } else if (!left.empty()) {
      const Bytes set = with_contents(values.encoding(), left);
      keep(kept, with_inner(attribute.encoding(), values.encoding(), set));
    }
  }
  return kept;
}

}  // namespace

namespace oid_of {
const ByteView time_stamped_data = time_stamped_data_oid;
}  // namespace oid_of

ByteView content_type_of(ByteView octets) {
  DerInput input(octets, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  DerReader info = in.constructed(tag::sequence);
  const ByteView type = info.oid();
  return input.failed() ? ByteView() : type;
}

bool is_cms_type(ByteView content_type) {
  return equal(content_type, oid_of::signed_data) || attributes_tag(content_type).has_value();
}

Result<CmsObject> parse_cms(ByteView octets) {
  DerInput input(octets, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  Path path;
  CmsObject object;
  object.encoding = octets;
  if (auto attributes = find_attributes(in, path, object.detached)) {
    read_attributes(*attributes, object);
  }
  in.end();
  return input.result(std::move(object));
}

Bytes without_evidence(ByteView cms, const std::vector<std::size_t>& evidence,
                       EmptyAttributes empty) {
  DerInput input(cms, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  Path path;
  bool detached = false;
  const auto attributes = find_attributes(in, path, detached);
  if (!attributes || input.failed()) return {};
  const Bytes kept = attributes_without(*attributes, evidence);
  Bytes changed;
  if (!kept.empty() || empty == EmptyAttributes::kept) {
    changed = with_contents(path.back(), kept);
  }
  return with_innermost(path, std::move(changed));
}

Bytes with_signers_sorted(ByteView cms) {
  DerInput input(cms, DerLimits(), EncodingRules::ber);
  DerReader in = input.reader();
  Path path;
  DerReader info = step(in, tag::sequence, path);
  if (!equal(info.oid(), oid_of::signed_data)) return to_bytes(cms);
  DerReader holder = step(info, tag::context(0), path);
  DerReader data = step(holder, tag::sequence, path);
  bool detached = false;
  DerReader signers = step_into_signers(data, path, detached);
  std::vector<ByteView> all;
  while (signers.more()) all.push_back(signers.any());
  const auto before = [](ByteView a, ByteView b) {
    return std::ranges::lexicographical_compare(a, b);
  };
  if (input.failed() || std::ranges::is_sorted(all, before)) return to_bytes(cms);
  std::ranges::stable_sort(all, before);
  Bytes sorted;
  for (const ByteView one : all) sorted.insert(sorted.end(), one.begin(), one.end());
  return with_innermost(path, with_contents(path.back(), sorted));
}

}  // namespace perdura::verifier
