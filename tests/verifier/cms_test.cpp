// Evidence records embedded in CMS objects, in every form in which the object can be written.
#include "verifier/cms.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/der.hpp"
#include "verifier/evidence_file.hpp"
#include "verifier/inspection.hpp"
#include "verifier/verify_cms.hpp"

namespace perdura::verifier {
namespace {

using test::authority;
using test::EvidenceMaker;
using test::outcome;
using test::sha256;
using test::text;

// 1.2.840.113549.1.9.16.2.49 and .50, 1.7.1 to 1.7.3, and an attribute of no meaning here.
const Bytes internal = *from_hex("2A864886F70D0109100231");
const Bytes external = *from_hex("2A864886F70D0109100232");
const Bytes data_type = *from_hex("2A864886F70D010701");
const Bytes signed_type = *from_hex("2A864886F70D010702");
const Bytes enveloped_type = *from_hex("2A864886F70D010703");
const Bytes other_attribute = *from_hex("2A0304");

Bytes attribute(ByteView type, ByteView value) {
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.oid(type);
    out.constructed(tag::set, [&] { out.raw(value); });
  });
  return out.take();
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// What goes around the attributes. `indefinite`: BER, with the outer lengths not given.
struct Shape {
  bool enveloped = false;
  bool indefinite = false;
  bool detached = false;
  bool long_length = false;  // of the outermost element: in more octets than needed
  // SignerInfos without attributes before and after the one that has them: by what they hold.
  std::vector<std::string> before = {};
  std::vector<std::string> after = {};
};

Bytes element(Tag tag, ByteView contents, bool indefinite) {
  Bytes result = indefinite ? Bytes{tag, 0x80} : der_header(tag, contents.size());
  result.insert(result.end(), contents.begin(), contents.end());
  if (indefinite) result.resize(result.size() + 2);
  return result;
}

// A CMS object with these attributes (concatenated); nothing: without the field.
Bytes cms(const Shape& shape, const std::optional<Bytes>& attributes) {
  DerWriter inner;
  const auto add_attributes = [&] {
    if (attributes) inner.element(tag::context(1), *attributes);
  };
  inner.integer(1);
  if (shape.enveloped) {
    inner.constructed(tag::set, [] {});
    inner.constructed(tag::sequence, [&] { inner.oid(data_type); });
    add_attributes();
  } else {
    inner.constructed(tag::set, [] {});
    inner.constructed(tag::sequence, [&] {
      inner.oid(data_type);
      if (!shape.detached) {
        inner.constructed(tag::context(0), [&] { inner.octet_string(as_bytes("content")); });
      }
    });
    inner.constructed(tag::set, [&] {
      const auto add_signer = [&](const std::string& text, bool with_attributes) {
        inner.constructed(tag::sequence, [&] {
          inner.integer(1);
          inner.octet_string(as_bytes(text));
          if (with_attributes) add_attributes();
        });
      };
      for (const std::string& other : shape.before) add_signer(other, false);
      add_signer("not a signature", true);
      for (const std::string& other : shape.after) add_signer(other, false);
    });
  }
  const bool indefinite = shape.indefinite;
  const Bytes data = element(tag::sequence, inner.view(), indefinite);
  DerWriter type;
  type.oid(shape.enveloped ? enveloped_type : signed_type);
  const Bytes contents = joined({type.take(), element(tag::context(0), data, indefinite)});
  if (!shape.long_length) return element(tag::sequence, contents, indefinite);
  Bytes result = {tag::sequence, 0x84};
  for (int i = 3; i >= 0; --i) {
    result.push_back(static_cast<std::uint8_t>(contents.size() >> (8 * i)));
  }
  result.insert(result.end(), contents.begin(), contents.end());
  return result;
}

// An evidence record over documents, given as octets.
Bytes record_over(const std::vector<Bytes>& documents, const std::string& time = "2030-01-01") {
  std::vector<std::string> texts;
  for (const Bytes& document : documents) texts.emplace_back(as_text(document));
  return EvidenceMaker(authority(), texts).stamp_at(time, sha256).record();
}

std::string judge_cms(const Bytes& octets, const std::vector<Bytes>& documents = {},
                      EvidenceReport* report = nullptr, const std::string& as_of = "") {
  const auto object = parse_cms(octets);
  if (!object) return object.error().what;
  const HashingPlan plan = hashing_plan(*object);
  std::vector<DataObject> objects;
  for (const Bytes& document : documents) objects.push_back(hash_document("d", document, plan));
  JudgeOptions options = authority().options(as_of.empty() ? "2040-01-01" : as_of);
  options.at_chosen = !as_of.empty();
  const auto judged = judge_cms(*object, "object", objects, options);
  if (report != nullptr) *report = judged;
  return outcome(judged.report);
}

struct Form {
  const char* name;
  Shape shape;
  bool other;  // another attribute stands beside the evidence
  bool kept;   // the evidence was made over empty attributes, where there are no others
};

const Form forms[] = {
    {"signed_der", {}, true, false},
    {"signed_der_attributes_left_out", {}, false, false},
    {"signed_der_attributes_empty", {}, false, true},
    {"signed_ber", {.indefinite = true}, true, false},
    {"signed_length_in_more_octets_than_needed", {.long_length = true}, true, false},
    {"enveloped", {.enveloped = true}, true, false},
    {"enveloped_ber_attributes_left_out", {.enveloped = true, .indefinite = true}, false, false},
};

class EmbeddedEvidenceRecord : public testing::TestWithParam<Form> {
 protected:
  std::optional<Bytes> before() const {
    if (GetParam().other) return attribute(other_attribute, *from_hex("0500"));
    return GetParam().kept ? std::optional(Bytes()) : std::nullopt;
  }
  Bytes with(const Bytes& record) const {
    return cms(GetParam().shape, joined({before().value_or(Bytes()), attribute(internal, record)}));
  }
};

TEST_P(EmbeddedEvidenceRecord, CoversTheObjectWithoutIt) {
  const Bytes record = record_over({cms(GetParam().shape, before())});
  EvidenceReport report;
  EXPECT_EQ(kind_of_evidence(with(record)), EvidenceKind::cms);
  EXPECT_EQ(judge_cms(with(record), {}, &report), "PASSED") << text(report.report);
  EXPECT_TRUE(report.existed_since);
}

TEST_P(EmbeddedEvidenceRecord, DoesNotCoverAnotherObject) {
  Shape other = GetParam().shape;
  other.enveloped = !other.enveloped;
  EXPECT_EQ(judge_cms(with(record_over({cms(other, before())}))), "FAILED HASH_FAILURE");
}

INSTANTIATE_TEST_SUITE_P(, EmbeddedEvidenceRecord, testing::ValuesIn(forms),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(EmbeddedEvidence, ALaterRecordCoversTheEarlierOneOrStandsBesideIt) {
  const Bytes first = attribute(internal, record_over({cms({}, std::nullopt)}));
  const Bytes later = attribute(internal, record_over({cms({}, first)}, "2035-01-01"));
  const Bytes beside = attribute(internal, record_over({cms({}, std::nullopt)}, "2035-01-01"));
  for (const auto& attributes : {joined({first, later}), joined({later, first}),
                                 joined({first, beside}), joined({beside, first})}) {
    EvidenceReport report;
    EXPECT_EQ(judge_cms(cms({}, attributes), {}, &report), "PASSED") << text(report.report);
    EXPECT_EQ(judge_cms(cms({}, attributes), {}, &report, "2032-01-01"), "PASSED");
    EXPECT_NE(text(report.report).find("was not yet made at that moment"), std::string::npos);
    EXPECT_EQ(judge_cms(cms({}, attributes), {}, nullptr, "2029-01-01"), "INDETERMINATE NO_POE");
  }
}

TEST(EmbeddedEvidence, AnExternalRecordCoversTheDetachedContentToo) {
  const Shape shape{.detached = true};
  const Bytes content = to_bytes(as_bytes("the content"));
  const Bytes object =
      cms(shape, attribute(external, record_over({cms(shape, std::nullopt), content})));
  EvidenceReport report;
  EXPECT_EQ(judge_cms(object, {content}, &report), "PASSED") << text(report.report);
  EXPECT_EQ(judge_cms(object), "INDETERMINATE NO_EVIDENCE");
  EXPECT_EQ(judge_cms(object, {to_bytes(as_bytes("another"))}), "FAILED HASH_FAILURE");
}

TEST(EmbeddedEvidence, MayStandInAnySignerInfoAndMayHaveMovedIt) {
  // DER puts the longer SignerInfo behind the shorter one, and so behind the one that came after.
  const Shape before{.after = {"longer, not a signature"}};
  const Shape after{.before = {"longer, not a signature"}};
  for (const Shape& stamped : {before, after}) {
    const Bytes record = attribute(internal, record_over({cms(stamped, std::nullopt)}));
    EvidenceReport report;
    EXPECT_EQ(judge_cms(cms(stamped, record), {}, &report), "PASSED") << text(report.report);
    EXPECT_EQ(judge_cms(cms(after, record), {}, &report), "PASSED") << text(report.report);
  }
  const Bytes other = attribute(internal, record_over({cms({.after = {"x"}}, std::nullopt)}));
  EXPECT_EQ(judge_cms(cms(after, other)), "FAILED HASH_FAILURE");
}

TEST(EmbeddedEvidence, ThatCantBeReadFails) {
  EXPECT_EQ(judge_cms(cms({}, attribute(internal, *from_hex("3000")))), "FAILED FORMAT_FAILURE");
}

TEST(EmbeddedEvidence, MoreThanALimitIsRefused) {
  std::vector<Bytes> many(17, attribute(internal, *from_hex("3000")));
  EXPECT_EQ(judge_cms(cms({}, joined(many))), "more than 16 evidence records");
}

TEST(EmbeddedEvidence, IsShownRecordByRecord) {
  const Bytes first = record_over({cms({}, std::nullopt)});
  const Bytes later = record_over({to_bytes(as_bytes("anything"))}, "2032-01-01");
  const Bytes with =
      cms({.detached = true}, joined({attribute(internal, first), attribute(external, later)}));
  const auto shown = inspect(with, InspectDetail::full);
  ASSERT_TRUE(shown) << to_string(shown.error());
  const std::string words = shown->as_text();
  const std::size_t second = words.find("\n    2.\n");
  ASSERT_NE(second, std::string::npos) << words;
  for (const char* line : {"cms:\n  content type: 1.2.840.113549.1.7.2\n", "  detached: yes\n",
                           "  evidence records:\n    1.\n"}) {
    EXPECT_NE(words.find(line), std::string::npos) << line << words;
  }
  EXPECT_LT(words.find("time: 2030-01-01T00:00:00Z\n"), second);
  EXPECT_LT(words.find("external: no\n"), second);
  EXPECT_NE(words.find("time: 2032-01-01T00:00:00Z\n", second), std::string::npos);
  EXPECT_NE(words.find("external: yes\n", second), std::string::npos);
  const std::string json = shown->as_json();
  EXPECT_NE(json.find("\"cms\":{\"contentType\":\"1.2.840.113549.1.7.2\""), std::string::npos);
  EXPECT_NE(json.find("\"external\":true"), std::string::npos);
}

TEST(EmbeddedEvidence, ThatCantBeReadIsShownAsSuch) {
  const Bytes with = cms({}, attribute(internal, *from_hex("3003020102")));
  const auto shown = inspect(with, InspectDetail::brief);
  ASSERT_TRUE(shown);
  EXPECT_NE(shown->as_text().find("unreadable: "), std::string::npos) << shown->as_text();
}

}  // namespace
}  // namespace perdura::verifier
