#include "tools/rehearsal_text.hpp"

#include <iomanip>
#include <sstream>

#include "archive/key_kind.hpp"

namespace perdura::tools {
namespace {

using archive::RehearsedLoss;
using archive::RehearsedRenewal;
using archive::RehearsedYear;

std::string date(verifier::Time time) { return to_string(time).substr(0, 10); }

std::string in_words(const RehearsedRenewal& renewal) {
  std::ostringstream out;
  out << date(renewal.when) << " track " << renewal.track << ": ";
  switch (renewal.kind) {
    case archive::RenewalKind::initial:
      out << "first time-stamp for ";
      break;
    case archive::RenewalKind::time_stamp:
      out << "time-stamp renewal of ";
      break;
    case archive::RenewalKind::hash_tree:
      out << "hash-tree renewal (" << verifier::name(renewal.algorithm)
          << (renewal.from_digests ? ", from digests) of " : ") of ");
      break;
  }
  out << renewal.batches << (renewal.batches == 1 ? " batch" : " batches")
      << ", 1 token: " << renewal.why;
  return out.str();
}

boost::json::object to_json(const RehearsedRenewal& renewal) {
  return {{"date", date(renewal.when)},          {"track", renewal.track},
          {"kind", archive::name(renewal.kind)}, {"digest", verifier::name(renewal.algorithm)},
          {"batches", renewal.batches},          {"tokens", 1},
          {"fromDigests", renewal.from_digests}, {"why", renewal.why}};
}

boost::json::object to_json(const RehearsedYear& year) {
  boost::json::array renewals;
  for (const RehearsedRenewal& renewal : year.renewals) renewals.push_back(to_json(renewal));
  return {{"year", year.year},
          {"events", boost::json::value_from(year.events)},
          {"deposited", year.deposited},
          {"seals", year.seals},
          {"sealTokens", year.seal_tokens},
          {"renewals", std::move(renewals)},
          {"warnings", boost::json::value_from(
                           std::vector<std::string>(year.warnings.begin(), year.warnings.end()))},
          {"tokens", year.tokens},
          {"evidenceBytesARecord", year.evidence_bytes_a_record},
          {"seconds", year.seconds}};
}

boost::json::object to_json(const RehearsedLife& life) {
  boost::json::array years;
  for (const RehearsedYear& year : life.years) years.push_back(to_json(year));
  boost::json::array losses;
  for (const RehearsedLoss& loss : life.verdict.losses) {
    boost::json::array provable;
    for (const auto& [year, records] : loss.lost_after) {
      boost::json::object one{{"records", records}};
      if (year != 0) one["lastYear"] = year;
      provable.push_back(std::move(one));
    }
    losses.push_back(
        {{"why", loss.why}, {"records", loss.records}, {"provable", std::move(provable)}});
  }
  return {{"years", std::move(years)},
          {"records", life.verdict.records},
          {"passed", life.verdict.passed},
          {"lost", life.verdict.lost()},
          {"packageProblem", life.verdict.package_problem},
          {"losses", std::move(losses)}};
}

}  // namespace

std::string heading_text(const archive::RehearsalOptions& options) {
  std::ostringstream out;
  out << "Rehearsal of " << options.years << " years from " << date(options.start) << ", "
      << options.records << " records, " << options.tracks
      << (options.tracks == 1 ? " time-stamp authority" : " time-stamp authorities") << "\n"
      << "Authorities are local; their certificates last " << options.tsa_years
      << " years, their CAs' " << options.ca_years << ".\n";
  const archive::KeyKind* post_quantum = archive::key_kind("ml-dsa-65");
  if (post_quantum == nullptr || !archive::new_key(*post_quantum)) {
    out << "The linked OpenSSL has no ML-DSA: after a break of RSA and ECDSA, EdDSA stands in for\n"
           "a post-quantum signature here. A quantum computer would break EdDSA too.\n";
  }
  for (const archive::RehearsalEvent& event : options.events) {
    out << "  " << date(event.when) << " " << event.what << "\n";
  }
  out << "\nyear  deposits  seals  renewals   tokens  all tokens  evidence/record   time\n";
  return out.str();
}

std::string year_text(const RehearsedYear& year) {
  std::ostringstream out;
  out << year.year << std::setw(10) << year.deposited << std::setw(7) << year.seals << std::setw(10)
      << year.renewals.size() << std::setw(9) << year.seal_tokens + year.renewals.size()
      << std::setw(12) << year.tokens << std::setw(15) << std::fixed << std::setprecision(0)
      << year.evidence_bytes_a_record << " B" << std::setw(6) << std::setprecision(1)
      << year.seconds << " s\n";
  for (const std::string& event : year.events) out << "      ! " << event << "\n";
  for (const RehearsedRenewal& renewal : year.renewals)
    out << "      " << in_words(renewal) << "\n";
  for (const std::string& warning : year.warnings) out << "      ? " << warning << "\n";
  return out.str();
}

std::string verdict_text(const RehearsedLife& life) {
  std::ostringstream out;
  const archive::RehearsedVerdict& verdict = life.verdict;
  out << "\nJudged as of " << date(life.end) << ": " << verdict.passed << " of " << verdict.records
      << " records PASSED, " << verdict.lost() << " lost.\n";
  if (!verdict.package_problem.empty()) {
    out << "The package as a whole: " << verdict.package_problem << "\n";
  }
  for (const RehearsedLoss& loss : verdict.losses) {
    out << "  " << loss.records << " records: " << loss.why << "\n";
    for (const auto& [year, records] : loss.lost_after) {
      out << "    " << std::setw(6) << records
          << (year == 0 ? " not provable any more; since when is not known, as they were stamped "
                          "anew later"
                        : " not provable any more since " + std::to_string(year + 1))
          << "\n";
    }
  }
  return out.str();
}

boost::json::object rehearsal_json(const RehearsedLife* renewed, const RehearsedLife& other) {
  boost::json::object out;
  if (renewed != nullptr) out["renewed"] = to_json(*renewed);
  out["notRenewed"] = to_json(other);
  return out;
}

}  // namespace perdura::tools
