// Showing evidence without judging it.
#include "verifier/inspection.hpp"

#include <gtest/gtest.h>

#include "tests/verifier/evidence_maker.hpp"
#include "verifier/canonical_json.hpp"

namespace perdura::verifier::test {
namespace {

Bytes renewed_record() {
  EvidenceMaker made(authority(), {"statement", "image"});
  made.stamp_at("2030-01-01", DigestAlgorithm::sha256).renew_at("2035-01-01");
  made.renew_tree_at("2040-01-01", DigestAlgorithm::sha512);
  return made.record();
}

bool has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

// All that RFC 4998 lets a record hold, and no profile of ours does.
TEST(Inspection, ShowsEachFieldThatMayBeThere) {
  const auto token = from_hex("3000");
  DerWriter out;
  out.constructed(tag::sequence, [&] {
    out.integer(1);
    const auto sha512 = [&] {
      out.constructed(tag::sequence, [&] { out.oid(oid(DigestAlgorithm::sha512)); });
    };
    out.constructed(tag::sequence, [&] { sha512(); });
    out.constructed(tag::context(0), [&] {
      out.constructed(tag::sequence, [&] {
        out.oid(*oid_from_text("1.2.3.4"));
        out.constructed(tag::set, [&] { out.element(tag::null, {}); });
      });
    });
    out.constructed(tag::sequence, [&] {
      out.constructed(tag::sequence, [&] {
        out.constructed(tag::sequence, [&] { out.raw(*token); });
        out.constructed(tag::sequence, [&] {
          out.constructed(tag::context(1), [&] {
            out.constructed(tag::sequence, [&] {
              out.oid(*oid_from_text("1.2.3.5"));
              out.constructed(tag::set, [&] { out.element(tag::null, {}); });
            });
          });
          out.constructed(tag::context(2), [&] {
            out.constructed(tag::sequence, [&] {
              for (int i = 0; i < 100; ++i) out.octet_string(Bytes(64, std::uint8_t(i)));
            });
          });
          out.raw(*token);
        });
      });
    });
  });
  for (const auto detail : {InspectDetail::brief, InspectDetail::full}) {
    const auto shown = inspect(out.view(), detail);
    ASSERT_TRUE(shown) << to_string(shown.error());
    const std::string json = shown->as_json();
    for (const char* member :
         {"\"cryptoInfos\"", "\"attributes\"", "\"hashLists\"", "\"unreadable\""}) {
      EXPECT_TRUE(has(json, member)) << member << json.substr(0, 900);
    }
    EXPECT_EQ(has(json, "--full shows all"), detail == InspectDetail::brief);
  }
}

TEST(Inspection, ShowsAnEvidenceRecordChainByChain) {
  const auto shown = inspect(renewed_record(), InspectDetail::brief);
  ASSERT_TRUE(shown);
  const std::string text = shown->as_text();
  for (const char* line : {"note: This shows what the file holds. It judges nothing.\n",
                           "hash functions:\n    - sha256", "time: 2030-01-01T00:00:00Z\n",
                           "time: 2035-01-01T00:00:00Z\n", "time: 2040-01-01T00:00:00Z\n",
                           "hash tree depth: ", "offset: 0\n", "not after: "}) {
    EXPECT_TRUE(has(text, line)) << line << text;
  }
}

TEST(Inspection, AbbreviatesHashValuesUnlessAskedForAll) {
  const Bytes record = renewed_record();
  const std::string brief = inspect(record, InspectDetail::brief)->as_text();
  const std::string full = inspect(record, InspectDetail::full)->as_text();
  EXPECT_TRUE(has(brief, "..."));
  EXPECT_FALSE(has(full, "..."));
  EXPECT_GT(full.size(), brief.size());
}

TEST(Inspection, IsJsonWithTheSameMembers) {
  const std::string json = inspect(renewed_record(), InspectDetail::full)->as_json();
  EXPECT_TRUE(json.starts_with("{\"perdura\":\"inspection/1\",\"note\":")) << json.substr(0, 80);
  EXPECT_TRUE(has(json, "\"chains\":[{\"octets\":"));
  EXPECT_TRUE(has(json, "\"time\":\"2040-01-01T00:00:00Z\""));
}

TEST(Inspection, ShowsATokenAResponseACertificateAndAList) {
  const Bytes record = renewed_record();
  const auto parsed = parse_evidence_record(record);
  const ByteView token = parsed->chains[0].archive_timestamps[0].time_stamp;
  EXPECT_TRUE(has(inspect(token, InspectDetail::brief)->as_text(), "time stamp:"));
  DerWriter response;
  response.constructed(tag::sequence, [&] {
    response.constructed(tag::sequence, [&] { response.integer(0); });
    response.raw(token);
  });
  const std::string text = inspect(response.view(), InspectDetail::brief)->as_text();
  EXPECT_TRUE(has(text, "response status: 0\n")) << text;
  EXPECT_TRUE(has(text, "time: 2030-01-01T00:00:00Z\n")) << text;
  const Bytes anchor = authority().options("2050-01-01").anchors.certificates.front();
  EXPECT_TRUE(has(inspect(anchor, InspectDetail::brief)->as_text(), "not after: "));
}

TEST(Inspection, RefusesWhatIsNoneOfThese) {
  EXPECT_FALSE(inspect(ByteView(), InspectDetail::full));
  for (const std::string& other : {std::string(), std::string("hello"), std::string("\x30\x00", 2),
                                   std::string(100000, '\x30')}) {
    EXPECT_FALSE(inspect(as_bytes(other), InspectDetail::full)) << other.size();
  }
}

TEST(Inspection, AnyChangedOctetIsShownOrRefusedAndNothingElse) {
  Bytes record = renewed_record();
  for (std::size_t i = 0; i < record.size(); i += 7) {
    record[i] ^= 0x55;
    if (const auto shown = inspect(record, InspectDetail::full)) {
      EXPECT_TRUE(is_utf8(shown->as_json())) << i;
      EXPECT_TRUE(is_utf8(shown->as_text())) << i;
    }
    record[i] ^= 0x55;
  }
}

TEST(Inspection, WritesValuesSafely) {
  Shown shown = Shown::object();
  shown.add("oneName", "a\x1b\u202E\"\n").add("none", Shown::list()).add("yes", true);
  shown.add("list",
            std::move(Shown::list().add("x").add(Shown::object().add("n", std::uint64_t{3}))));
  EXPECT_EQ(shown.as_text(),
            "one name: a\\u{1B}\\u{202E}\"\\u{A}\nnone: none\nyes: yes\nlist:\n  - x\n  2.\n"
            "    n: 3\n");
  EXPECT_TRUE(has(shown.as_json(), "\"list\":[\"x\",{\"n\":3}]"));
}

}  // namespace
}  // namespace perdura::verifier::test
