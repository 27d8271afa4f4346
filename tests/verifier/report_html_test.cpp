// The page: nothing of the evidence becomes markup, and every chain of proof is in it.
#include "verifier/report_html.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/verifier/evidence_maker.hpp"
#include "tests/verifier/octets.hpp"
#include "tests/verifier/reports.hpp"
#include "verifier/findings.hpp"
#include "verifier/page_chains.hpp"
#include "verifier/proof_picture.hpp"
#include "verifier/report_shape.hpp"

namespace perdura::verifier::test {
namespace {

constexpr const char* hostile =
    "\"><script>alert(1)</script><img src=x onerror='y'>&\u202Egpj.exe\x1b[2J\xff";

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

// The page of a package with that verdict.
std::string finished(ReportPage& page, Verdict verdict) {
  std::ostringstream out;
  PackageSummary summary;
  summary.verdict = verdict;
  EXPECT_TRUE(page.finish(summary, out));
  return out.str();
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

TEST(ReportPage, ShowsACertificateOnceHoweverManyTimeStampsItSigned) {
  const EvidenceReport evidence = judged(renewed());
  const std::string html = page_of(evidence);
  const auto& token = *evidence.chains.front().front();
  const auto fact = certificate_fact(*token.facts().signer);
  EXPECT_EQ(count(html, fact.sha256), 1U);
  EXPECT_NE(html.find("<td>1\u20133</td>"), std::string::npos);
}

TEST(ReportPage, SpeaksJapanese) {
  const std::string html = page_of(judged(renewed()), Language::ja);
  EXPECT_NE(html.find("<html lang=\"ja\">"), std::string::npos);
  EXPECT_NE(html.find("検証報告書"), std::string::npos);
  EXPECT_NE(html.find("検証成功（PASSED）"), std::string::npos);
  EXPECT_EQ(html.find("What was checked"), std::string::npos);
}

TEST(ReportPage, NamesDocumentsOfWhichOnlyADigestIsThere) {
  PageContext all = context();
  all.inputs.assign(2, PageInput());
  all.inputs[0].name = "container";
  all.inputs[1].digests = "sha256:00ff";
  ReportPage page(all);
  std::ostringstream html;
  ASSERT_TRUE(page.finish(judged(renewed()), html));
  EXPECT_NE(html.str().find("Document, given by its digest"), std::string::npos);
  EXPECT_EQ(html.str().find("Digest of the file"), std::string::npos);
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
  EXPECT_NE(out.str().find("</bdi></td><td>1,000</td>"), std::string::npos);
}

TEST(ReportPage, ListsFailedRecordsFirstAndSaysHowManyMoreThereAre) {
  ReportPage page(context());
  for (int i = 0; i < 1500; ++i) {
    page.add(record_named("fine" + std::to_string(i), Verdict::passed));
  }
  for (int i = 0; i < 1003; ++i) {
    page.add(record_named("broken" + std::to_string(i), Verdict::failed));
  }
  const std::string html = finished(page, Verdict::failed);
  EXPECT_LT(html.find("<code>broken0<"), html.find("<code>fine0<"));
  EXPECT_EQ(count(html, "<section class=\"record\">"), 30U);
  EXPECT_NE(html.find("973 more are not told here"), std::string::npos);
  EXPECT_EQ(count(html, "<code>fine"), 1000U);
  EXPECT_NE(html.find("3 more records failed"), std::string::npos);
  EXPECT_NE(html.find("500 more records passed"), std::string::npos);
}

TEST(ReportPage, TellsOnceWhyManyRecordsAreUndecided) {
  ReportPage page(context());
  for (int i = 0; i < 100; ++i) {
    const std::string name = "record" + std::to_string(i);
    RecordResult record = record_named(name, Verdict::indeterminate);
    record.report.findings = {
        passed("fine", "", ""),
        undecided(SubIndication::no_poe, say("record.document-missing", {{"document", name}}),
                  "detail", "rule")};
    page.add(record);
  }
  const std::string html = finished(page, Verdict::indeterminate);
  EXPECT_EQ(count(html, "<section class=\"record\">"), 1U);
  EXPECT_NE(html.find("<h3>100 records</h3>"), std::string::npos);
  EXPECT_NE(html.find("record0, record1, "), std::string::npos);
  EXPECT_NE(html.find("record19, \u2026"), std::string::npos);
  EXPECT_EQ(html.find("fine"), std::string::npos);
}

// 40 batches of two tracks that were renewed together: 80 chains, of two kinds.
TEST(ReportPage, StaysShortHoweverOftenEvidenceWasRenewed) {
  ReportPage page(context());
  for (int i = 0; i < 40; ++i) {
    RecordResult record = record_named("record" + std::to_string(i), Verdict::passed);
    for (const char* track : {"tsa1", "tsa2"}) {
      EvidenceMaker made(authority(), {record.record, track});
      made.stamp_at("2030-01-01", sha256);
      for (int year = 2031; year < 2049; ++year) made.renew_at(std::to_string(year) + "-01-01");
      const EvidenceReport evidence = judged(made);
      record.tracks.push_back(
          {track, Verdict::passed, evidence.existed_since, "", false, evidence.chains});
    }
    page.add(record);
  }
  const std::string html = finished(page, Verdict::passed);
  EXPECT_EQ(count(html, "<svg"), 2U);
  EXPECT_EQ(count(html, "39 more chains are like it"), 2U);
  EXPECT_EQ(count(html, "The signature of the time-stamp is right."), 1U);
  EXPECT_LT(html.size(), std::size_t{400'000});
}

TEST(ReportPage, WritesCommandsOnLinesOfTheirOwn) {
  EXPECT_EQ(page_of(judged(renewed())).find("\\u{A}"), std::string::npos);
}

TEST(ReportPage, PicturesTheFirstAndTheNewestOfVeryManyTimeStamps) {
  EvidenceMaker made(authority(), {"statement"});
  made.stamp_at("2030-01-01", sha256);
  for (int month = 1; month <= 12; ++month) {
    for (const char* day : {"05", "15", "25"}) {
      made.renew_at("2031-" + std::string(month < 10 ? "0" : "") + std::to_string(month) + "-" +
                    day);
    }
  }
  const std::string html = page_of(judged(made));
  EXPECT_EQ(count(html, "class=\"stamp\""), pictured_max);
  EXPECT_NE(html.find("Of 37 time-stamps, the first and the newest are pictured: 24."),
            std::string::npos);
}

TEST(NumberRanges, JoinsThreeNumbersInARow) {
  EXPECT_EQ(number_ranges({}), "");
  EXPECT_EQ(number_ranges({0}), "1");
  EXPECT_EQ(number_ranges({0, 1, 4, 5, 6, 9}), "1, 2, 5\u20137, 10");
}

TEST(ReportShape, IsEqualWhenOnlyValuesDiffer) {
  Report one{say("subject.chain", {{"number", "1"}}),
             {passed(say("token.signature-right"), "detail", "rule"),
              passed(say("record.document-missing", {{"document", "a"}}), "same", "rule a")},
             {}};
  Report other = one;
  other.subject.parameters[0].value = "2";
  other.findings[0].detail = "another";
  other.findings[1].what.parameters[0].value = "b";
  other.findings[1].rule = "rule b";
  EXPECT_EQ(shape_of(one), shape_of(other));
  const Report common = in_common(one, other);
  EXPECT_EQ(in_english(common.subject), in_english(say("subject.chain", {{"number", "\u2026"}})));
  EXPECT_TRUE(common.findings[0].detail.empty());
  EXPECT_EQ(common.findings[0].rule, "rule");
  EXPECT_EQ(in_english(common.findings[1].detail), "same");
  EXPECT_EQ(common.findings[1].rule, "");
  EXPECT_EQ(common.findings[1].what.parameters[0].value.words, "\u2026");
  other.findings[1].verdict = Verdict::failed;
  EXPECT_NE(shape_of(one), shape_of(other));
}

TEST(ReportShape, KeepsWhatDidNotPassAndWhereItIs) {
  Report bad{"bad", {failed(SubIndication::no_poe, "wrong", "", "")}, {}};
  Report fine{"fine", {passed("right", "", "")}, {}};
  Report noted{"noted", {warned("mind", "", "")}, {}};
  const Report rest = without_passed({"all", {passed("right", "", "")}, {fine, bad, noted}});
  EXPECT_TRUE(rest.findings.empty());
  ASSERT_EQ(rest.parts.size(), 2U);
  EXPECT_EQ(rest.parts[0].subject.words, "bad");
  EXPECT_EQ(rest.parts[1].subject.words, "noted");
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

TEST(ReportShape, PutsEqualSentencesOfAllPartsTogether) {
  const auto finding = [](const char* who, const char* detail) {
    return undecided(SubIndication::no_trust_anchor,
                     say("record.document-missing", {{"document", who}}), detail, "rule");
  };
  const Report deep{"all",
                    {finding("a", "one"), warned("mind", "", "")},
                    {{"part", {finding("b", "one")}, {{"deeper", {finding("c", "two")}, {}}}},
                     {"other part", {warned("mind", "", "")}, {}}}};
  const Report flat = flattened(deep);
  EXPECT_TRUE(flat.parts.empty());
  ASSERT_EQ(flat.findings.size(), 2U);
  EXPECT_EQ(flat.findings[0].what.parameters[0].value.words, "\u2026");
  EXPECT_TRUE(flat.findings[0].detail.empty());
  EXPECT_EQ(flat.findings[0].rule, "rule");
  EXPECT_EQ(flat.verdict(), Verdict::indeterminate);
  EXPECT_EQ(without_passed(deep).parts.size(), 2U);
  // Sentences within sentences, and values that are words here and sentences there.
  Report one{"it", {passed(say("report.note", {{"finding", say("verdict.passed")}}), "", "")}, {}};
  Report other = one;
  other.findings[0].what.parameters[0].value = "plain";
  EXPECT_EQ(in_common(one, other).findings[0].what.parameters[0].value.words, "\u2026");
  EXPECT_EQ(in_english(in_common(one, one).findings[0].what), in_english(one.findings[0].what));
  Report more = one;
  more.parts.push_back(one);
  EXPECT_THROW(in_common(one, more), BrokenInvariant);
}

// What can't be read, can't be trusted and failed is pictured too, and what ends when.
TEST(ProofPicture, ShowsEachVerdictAndWhatIsMissing) {
  EvidenceMaker made(authority(), {"statement"});
  made.stamp_at("2030-01-01", sha256).renew_at("2035-01-01").renew_at("2036-01-01");
  const Bytes octets = made.record();
  for (const bool trusted : {true, false}) {
    JudgeOptions options = authority().options("2050-01-01");
    if (!trusted) options.anchors.certificates.clear();
    const auto record = parse_evidence_record(octets);
    const auto evidence = judge_evidence_record(*record, made.objects(), GroupProof::whole_group,
                                                TokenJudge(options));
    ProofChains chains;
    ASSERT_EQ(chains.add(evidence.chains, "track", true, evidence.report.verdict()), 0U);
    const std::string picture = proof_picture(chains, 0, options.at, Language::ja);
    EXPECT_EQ(count(picture, "relied passed"), trusted ? 3U : 0U);
    EXPECT_EQ(count(picture, "relied indeterminate"), trusted ? 0U : 3U);
  }
}

TEST(ProofPicture, ShowsWhatFailedAndWhoHasALongName) {
  const std::string long_name =
      "\u8a18\u9332\u306e\u8a3c\u660e\u3092\u884c\u3046\u5c40\u3068\u305d\u306e"
      "\u4ee3\u7406\u306e\u8005";
  const Authority other("rsa", long_name + long_name);
  EvidenceMaker made(other, {"statement"});
  Bytes octets = made.stamp_at("2024-01-01", sha256).record();
  octets[octets.size() - 3] ^= 1;  // of the signature
  const auto record = parse_evidence_record(octets);
  const JudgeOptions options = other.options("2050-01-01");
  const auto evidence =
      judge_evidence_record(*record, made.objects(), GroupProof::whole_group, TokenJudge(options));
  const std::string html = page_of(evidence);
  EXPECT_EQ(count(html, "relied failed"), 1U) << text(evidence.report);
  EXPECT_NE(html.find("\u2026"), std::string::npos);
  EXPECT_TRUE(is_utf8(html));
  EXPECT_NE(html.find("class=\"end\""), std::string::npos);  // of RSA with 2048 bits
}

// A chain whose renewal does not cover the one before must not look like a proof, though each of
// its time-stamps is good; nor may the records that rest on the same time-stamps look broken.
TEST(ReportPage, ShowsABrokenChainAsBrokenAndApartFromTheGoodOne) {
  const EvidenceReport evidence = judged(renewed());
  ReportPage page(context());
  for (const Verdict verdict : {Verdict::passed, Verdict::failed, Verdict::failed}) {
    RecordResult record = record_named(std::string(name(verdict)), verdict);
    record.tracks.push_back({"tsa1", verdict, std::nullopt, "", false, evidence.chains});
    page.add(record);
  }
  std::ostringstream out;
  ASSERT_TRUE(page.finish(PackageSummary(), out));
  EXPECT_EQ(count(out.str(), "<svg"), 2U);
  EXPECT_EQ(count(out.str(), "relied passed"), 3U);
  EXPECT_EQ(count(out.str(), "relied failed"), 3U);
  EXPECT_EQ(count(out.str(), "This chain is broken"), 1U);
  EXPECT_NE(out.str().find("</bdi></td><td>2</td>"), std::string::npos);
}

TEST(ProofChains, HoldsNothingThatHasNoTimeStamps) {
  ProofChains chains;
  EXPECT_EQ(chains.add({}, "", false, Verdict::passed), ProofChains::none);
  EXPECT_TRUE(chains.all().empty());
  EXPECT_TRUE(chains.alike().empty());
}

}  // namespace
}  // namespace perdura::verifier::test
