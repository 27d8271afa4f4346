// The page: nothing of the evidence becomes markup, and every chain of proof is in it.
#include "verifier/report_html.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/verifier/evidence_maker.hpp"
#include "verifier/findings.hpp"
#include "verifier/proof_picture.hpp"

namespace perdura::verifier::test {
namespace {

constexpr auto sha256 = DigestAlgorithm::sha256;
constexpr auto sha512 = DigestAlgorithm::sha512;
constexpr const char* hostile =
    "\"><script>alert(1)</script><img src=x onerror='y'>&\u202Egpj.exe\x1b[2J\xff";

const Authority& authority() {
  static const Authority one;
  return one;
}

PageContext context(Language language = Language::en) {
  PageContext context;
  context.language = language;
  context.judge = authority().options("2050-01-01");
  context.at = context.judge.at;
  context.inputs.push_back({hostile, "SHA-256 00", false, 12});
  context.command = std::string("perdura-verify ") + hostile;
  context.version = "1";
  return context;
}

EvidenceReport judged(const EvidenceMaker& made) {
  const Bytes octets = made.record();
  const auto record = parse_evidence_record(octets);
  const TokenJudge judge(authority().options("2050-01-01"));
  return judge_evidence_record(*record, made.objects(), GroupProof::whole_group, judge);
}

EvidenceMaker renewed() {
  EvidenceMaker made(authority(), {"statement", "image"});
  made.stamp_at("2030-01-01", sha256).renew_at("2035-01-01").renew_tree_at("2040-01-01", sha512);
  return made;
}

std::string page_of(const EvidenceReport& evidence, Language language = Language::en) {
  std::ostringstream out;
  EXPECT_TRUE(ReportPage(context(language)).finish(evidence, out));
  return out.str();
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t times = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++times;
  }
  return times;
}

RecordResult record_named(const std::string& name, Verdict verdict) {
  RecordResult record;
  record.record = name;
  record.verdict = verdict;
  record.report.subject = say("subject.record", {{"record", name}});
  record.report.findings.push_back(
      verdict == Verdict::passed
          ? passed(name, name, name)
          : failed(SubIndication::hash_failure,
                   say("record.document-missing", {{"document", name}}), name, name));
  return record;
}

TEST(Html, TextCanBeNothingButText) {
  EXPECT_EQ(html_escaped("<a href=\"x\">'&</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&lt;/a&gt;");
  EXPECT_EQ(html_escaped("a\u202Eb\x1b"), "a\\u{202E}b\\u{1B}");
  EXPECT_EQ(Html().foreign("<b>").take(), "<bdi>&lt;b&gt;</bdi>");
}

TEST(Html, LongTextIsCutOffBetweenCharacters) {
  std::string text(4095, 'a');
  text += "\u3042\u3044";
  EXPECT_EQ(html_escaped(text), std::string(4095, 'a') + "\u2026");
}

TEST(ReportPage, NothingOfTheEvidenceBecomesMarkup) {
  ReportPage page(context());
  page.add(record_named(hostile, Verdict::passed));
  page.add(record_named(hostile, Verdict::failed));
  PackageSummary summary;
  summary.verdict = Verdict::failed;
  summary.header.archive = summary.header.exported_by = hostile;
  summary.report.subject = hostile;
  summary.report.findings.push_back(warned(hostile, hostile, hostile));
  std::ostringstream out;
  ASSERT_TRUE(page.finish(summary, out));
  const std::string html = out.str();
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(html.find("\u202E"), std::string::npos);
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
  EXPECT_TRUE(is_utf8(html));
  EXPECT_GT(count(html, "&lt;script&gt;alert(1)&lt;/script&gt;"), 8U);
}

TEST(ReportPage, AsksForNothingFromElsewhere) {
  const std::string html = page_of(judged(renewed()));
  EXPECT_NE(html.find("content=\"default-src 'none'; style-src 'unsafe-inline'\""),
            std::string::npos);
  for (const char* outside : {"http://", "https://", "url(", "@import", "src=\"", "<img", "<iframe",
                              "<link", "<script"}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
}

TEST(ReportPage, ShowsEachTimeStampOfAChainWithItsCertificatesAndAlgorithms) {
  const std::string html = page_of(judged(renewed()));
  for (const char* time : {"2030-01-01 00:00:00 UTC", "2035-01-01 00:00:00 UTC",
                           "2040-01-01 00:00:00 UTC", "2050-01-01 00:00:00 UTC"}) {
    EXPECT_NE(html.find(time), std::string::npos) << time;
  }
  EXPECT_EQ(count(html, "class=\"stamp\""), 3U);
  EXPECT_EQ(count(html, "class=\"link\""), 2U);
  EXPECT_NE(html.find("renewal of the hash tree"), std::string::npos);
  EXPECT_NE(html.find("renewal of the time-stamp"), std::string::npos);
  EXPECT_NE(html.find("<td><bdi>sha512</bdi></td>"), std::string::npos);
}

TEST(ReportPage, SpeaksJapanese) {
  const std::string html = page_of(judged(renewed()), Language::ja);
  EXPECT_NE(html.find("<html lang=\"ja\">"), std::string::npos);
  EXPECT_NE(html.find("検証報告書"), std::string::npos);
  EXPECT_NE(html.find("検証成功（PASSED）"), std::string::npos);
  EXPECT_EQ(html.find("What was checked"), std::string::npos);
}

TEST(ReportPage, ShowsAChainOnceHoweverManyRecordsRestOnIt) {
  const EvidenceReport evidence = judged(renewed());
  ReportPage page(context());
  for (int i = 0; i < 1000; ++i) {
    RecordResult record = record_named("record" + std::to_string(i), Verdict::passed);
    record.tracks.push_back(
        {"tsa1", Verdict::passed, evidence.existed_since, "", false, evidence.chains});
    page.add(record);
  }
  std::ostringstream out;
  PackageSummary summary;
  summary.verdict = Verdict::passed;
  ASSERT_TRUE(page.finish(summary, out));
  EXPECT_EQ(count(out.str(), "<svg"), 1U);
  EXPECT_EQ(count(out.str(), "<code>record"), 1000U);
  EXPECT_NE(out.str().find("Records that rest on it: 1,000"), std::string::npos);
}

TEST(ReportPage, ListsFailedRecordsFirstAndSaysHowManyMoreThereAre) {
  ReportPage page(context());
  for (int i = 0; i < 1500; ++i) {
    page.add(record_named("fine" + std::to_string(i), Verdict::passed));
  }
  for (int i = 0; i < 1003; ++i) {
    page.add(record_named("broken" + std::to_string(i), Verdict::failed));
  }
  std::ostringstream out;
  PackageSummary summary;
  summary.verdict = Verdict::failed;
  ASSERT_TRUE(page.finish(summary, out));
  const std::string html = out.str();
  EXPECT_LT(html.find("<code>broken0<"), html.find("<code>fine0<"));
  EXPECT_EQ(count(html, "<section class=\"record\">"), 1000U);
  EXPECT_EQ(count(html, "<code>fine"), 1000U);
  EXPECT_NE(html.find("3 more records failed"), std::string::npos);
  EXPECT_NE(html.find("500 more records passed"), std::string::npos);
}

TEST(ReportPage, OpensWithTheVerdictAndItsMeaning) {
  EvidenceMaker made = renewed();
  auto objects = made.objects();
  const Bytes octets = made.record();
  const auto record = parse_evidence_record(octets);
  const TokenJudge judge(authority().options("2050-01-01"));
  objects.front().digests.front().second = hash(sha256, as_bytes("another"));
  const std::string html =
      page_of(judge_evidence_record(*record, objects, GroupProof::whole_group, judge));
  const std::size_t verdict = html.find("class=\"verdict failed\"");
  ASSERT_NE(verdict, std::string::npos);
  EXPECT_NE(html.find("these bytes are not the bytes that were recorded", verdict),
            std::string::npos);
}

TEST(ProofPicture, NamesASubjectByItsCommonName) {
  EXPECT_EQ(short_name("CN=TSA 1,O=Clinic"), "TSA 1");
  EXPECT_EQ(short_name("O=Clinic,CN=A\\, B"), "A\\, B");
  EXPECT_EQ(short_name("O=Clinic"), "O=Clinic");
}

TEST(ProofPicture, LabelsChainsLikeColumns) {
  EXPECT_EQ(chain_label(0), "A");
  EXPECT_EQ(chain_label(25), "Z");
  EXPECT_EQ(chain_label(26), "AA");
  EXPECT_EQ(chain_label(27), "AB");
}

TEST(Spool, GivesBackWhatWasWrittenHoweverLong) {
  Spool spool;
  std::string all;
  for (int i = 0; i < 300; ++i) {
    const std::string part(static_cast<std::size_t>(i) * 200, static_cast<char>('a' + i % 26));
    spool.append(part);
    all += part;
  }
  std::ostringstream out;
  ASSERT_TRUE(spool.copy_to(out));
  EXPECT_EQ(out.str().size(), all.size());
  EXPECT_EQ(out.str(), all);
}

}  // namespace
}  // namespace perdura::verifier::test
