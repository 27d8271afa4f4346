// An archive with two tracks, and the verifier's verdict on each record: for tests of
// renewal.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "archive/evidence.hpp"
#include "archive/group_members.hpp"
#include "archive/receipts.hpp"
#include "archive/records.hpp"
#include "archive/renew.hpp"
#include "tests/archive/archive_fixture.hpp"
#include "verifier/texts.hpp"
#include "verifier/verify_evidence.hpp"

namespace perdura::archive {

// A TSA that never answers.
class SilentTsa final : public TsaClient {
 public:
  std::string name() const override { return "silent"; }
  bool self_asserted() const override { return true; }
  Result<Bytes> stamp(DigestAlgorithm, const Digest&, std::stop_token) override {
    return Error{Errc::unavailable, "it does not answer", "TSA 'silent'", ""};
  }
  FreshStatus fresh_status(ByteView) override { return {}; }
};

class EvidenceTest : public ArchiveTest {
 protected:
  // The archive's clients, but that the first track's is of the TSA at `url`, which is given up on
  // after so long.
  TsaClients with_first_at(const std::string& url, int timeout_ms) {
    auto clients = open_tsas(*archive);
    EXPECT_TRUE(clients);
    HttpTsaOptions options;
    options.name = "tsa1";
    options.url = url;
    options.http.timeout_ms = timeout_ms;
    clients->front() = http_tsa(std::move(options), clock);
    return *std::move(clients);
  }
  using Reports = std::vector<verifier::EvidenceReport>;

  Result<RenewResult> renew_as(RenewalWish wish) {
    auto tsas = open_tsas(*archive);
    EXPECT_TRUE(tsas);
    RenewOptions options;
    options.actor = "tester";
    options.wish = std::move(wish);
    return renew(*archive, *tsas, options);
  }
  static RenewalWish time_stamps() {
    RenewalWish wish;
    wish.force = RenewalKind::time_stamp;
    return wish;
  }
  static RenewalWish hash_tree(DigestAlgorithm algorithm, bool from_digests = false) {
    RenewalWish wish;
    wish.force = RenewalKind::hash_tree;
    wish.algorithm = algorithm;
    wish.from_digests = from_digests;
    return wish;
  }
  // Expects that every planned renewal was made.
  void expect_renewed(const Result<RenewResult>& result, std::size_t count) {
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->outcomes.size(), count);
    for (const RenewalOutcome& outcome : result->outcomes) {
      EXPECT_FALSE(outcome.error) << to_string(*outcome.error);
    }
  }

  // The evidence of a record on every track, as the verifier judges it under required status.
  Reports reports(const std::string& identifier) {
    const auto index = find_record(*archive, identifier);
    EXPECT_TRUE(index);
    const auto row = deposit_row(archive->journal(), *index);
    EXPECT_TRUE(row);
    ContentReader reader = archive->reader();
    const auto text = read_statement_text(*archive, reader, *row);
    EXPECT_TRUE(text);
    EvidenceAssembler assembler(*archive);
    const auto evidence =
        assembler.evidence_for(*index, *row, record_members(*archive, reader, *row, *text));
    EXPECT_TRUE(evidence) << to_string(evidence.error());
    Reports all;
    for (const TrackEvidence& track : *evidence) {
      all.push_back(judge(track.evidence_record, *row, *text, reader));
    }
    return all;
  }
  // How many archive timestamps and chains the record's evidence on track `track` has.
  std::pair<std::size_t, std::size_t> shape(const std::string& identifier,
                                            const std::string& track) {
    const auto lineages = Lineages::load(archive->store(), archive->journal());
    const auto index = find_record(*archive, identifier);
    EXPECT_TRUE(lineages && index);
    const Lineage lineage = (*lineages)->of(*(*lineages)->batch_of(*index), track);
    std::size_t stamps = 0;
    for (const auto& chain : lineage) stamps += chain.size();
    return {stamps, lineage.size()};
  }
  // The verdicts on each track.
  std::vector<verifier::Verdict> verdicts(const std::string& identifier) {
    std::vector<verifier::Verdict> all;
    for (const auto& one : reports(identifier)) all.push_back(one.report.verdict());
    return all;
  }
  void expect_passes(const std::string& identifier, std::size_t tracks) {
    const Reports all = reports(identifier);
    EXPECT_EQ(all.size(), tracks);
    for (const verifier::EvidenceReport& one : all) {
      const verifier::Finding* finding = one.report.decisive();
      EXPECT_EQ(one.report.verdict(), verifier::Verdict::passed)
          << (finding ? verifier::in_english(finding->what) : "");
    }
  }

  // How reports() judges, when not as the archive itself does.
  std::function<void(verifier::JudgeOptions&)> judged_otherwise;

 private:
  verifier::EvidenceReport judge(ByteView evidence, const DepositRow& row, const std::string& text,
                                 ContentReader& reader) {
    const auto parsed = verifier::parse_evidence_record(evidence);
    EXPECT_TRUE(parsed) << to_string(parsed.error());
    const auto algorithms = verifier::digest_algorithms(*parsed);
    EXPECT_TRUE(algorithms);
    const auto objects = read_objects(*archive, reader, row, text, *algorithms);
    EXPECT_TRUE(objects) << to_string(objects.error());
    auto options = judge_options(*archive);
    EXPECT_TRUE(options);
    options->revocation = verifier::RevocationMode::required;
    if (judged_otherwise) judged_otherwise(*options);
    const verifier::TokenJudge tokens(*std::move(options));
    return verifier::judge_evidence_record(*parsed, *objects, verifier::GroupProof::whole_group,
                                           tokens);
  }
};

}  // namespace perdura::archive
