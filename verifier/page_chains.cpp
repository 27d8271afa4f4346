#include "verifier/page_chains.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "verifier/proof_picture.hpp"
#include "verifier/report_shape.hpp"
#include "verifier/report_words.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t pictures_max = 8;
constexpr std::size_t labels_max = 24;         // of chains that are alike
constexpr std::size_t stamps_max = 300;        // of the table; those that did not pass besides
constexpr std::size_t bad_stamps_max = 100;    // besides
constexpr std::size_t certificates_max = 120;  // of the table
constexpr std::size_t algorithms_max = 100;    // of the table
constexpr std::size_t checks_max = 40;         // kinds of time-stamps whose checks are told

std::string_view step_id(ProofStep step) {
  switch (step) {
    case ProofStep::first:
      return "page.step-first";
    case ProofStep::time_stamp_renewal:
      return "page.step-time-stamp-renewal";
    case ProofStep::hash_tree_renewal:
      break;
  }
  return "page.step-hash-tree-renewal";
}

// The facts of all stamps, each once by its `key`, with the positions of the stamps.
template <typename Fact>
std::vector<std::pair<const Fact*, std::vector<std::size_t>>> with_stamps(
    const std::vector<ProofStamp>& stamps, std::vector<Fact> ProofStamp::*facts,
    std::string Fact::*key) {
  std::vector<std::pair<const Fact*, std::vector<std::size_t>>> all;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    for (const Fact& fact : stamps[i].*facts) {
      const auto [at, is_new] = known.emplace(fact.*key, all.size());
      if (is_new) all.push_back({&fact, {}});
      all[at->second].second.push_back(i);
    }
  }
  return all;
}

}  // namespace

std::string number_ranges(const std::vector<std::size_t>& positions) {
  std::string text;
  for (std::size_t i = 0; i < positions.size();) {
    std::size_t last = i;
    while (last + 1 < positions.size() && positions[last + 1] == positions[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(positions[i] + 1);
    if (last != i) text += (last == i + 1 ? ", " : "\u2013") + std::to_string(positions[last] + 1);
    i = last + 1;
  }
  return text;
}

void PageChains::left_out(Html& page, std::size_t count) const {
  if (count == 0) return;
  page.element("p", parts_.words(say("page.left-out", {{"count", grouped(count)}})));
}

void PageChains::table(Html& page) const {
  parts_.head(
      page, "chains",
      {"page.chain-name", "page.records-on-it", "page.chain-begins", "page.stamps", "page.result"});
  for (std::size_t i = 0; i < chains_.all().size(); ++i) {
    const ProofChain& chain = chains_.all()[i];
    const ProofStamp& first = chains_.stamps()[chain.stamps.front()];
    page.open("tr").open("td").text(chain_label(i)).text(chain.track.empty() ? "" : " \u00b7 ");
    page.foreign(chain.track).close("td").element("td", grouped(chain.records));
    page.element("td", first.gen_time ? parts_.time(*first.gen_time) : parts_.said("page.unknown"));
    page.element("td", number_ranges(chain.stamps));
    parts_.verdict_cell(page, chain.verdict);
    page.close("tr");
  }
  page.close("tbody").close("table");
  if (chains_.left_out() == 0) return;
  page.element("p",
               parts_.words(say("page.chains-left-out", {{"count", grouped(chains_.left_out())}})));
}

void PageChains::picture(Html& page, const std::vector<std::size_t>& alike) const {
  const std::size_t position = alike.front();
  const ProofChain& chain = chains_.all()[position];
  const std::string label = chain_label(position);
  const std::string picture = proof_picture(chains_, position, at_, parts_.language());
  if (picture.empty()) return;
  page.raw("<figure><h3>");
  page.foreign(parts_.words(chain.track.empty() ? say("page.chain", {{"chain", label}})
                                                : say("page.chain-of-track",
                                                      {{"chain", label}, {"track", chain.track}})));
  page.raw("</h3>");
  if (chain.self_asserted) page.element("p", parts_.said("page.self-asserted"));
  if (!chain.holds) {
    const bool broken = chain.verdict == Verdict::failed;
    page.raw(broken ? "<p class=\"failed\">" : "<p class=\"indeterminate\">");
    page.text(parts_.said(broken ? "page.chain-broken" : "page.chain-undecided")).close("p");
  }
  page.raw("<div class=\"picture\">").raw(picture).raw("</div>");
  if (chain.stamps.size() > pictured_max) {
    page.element("figcaption",
                 parts_.words(say("page.pictured", {{"count", grouped(pictured_max)},
                                                    {"all", grouped(chain.stamps.size())}})));
  }
  if (alike.size() > 1) {
    std::string labels;
    for (std::size_t i = 1; i < alike.size() && i <= labels_max; ++i) {
      labels += (i == 1 ? "" : ", ") + chain_label(alike[i]);
    }
    if (alike.size() > labels_max + 1) labels += ", \u2026";
    page.element("p", parts_.words(say("page.alike", {{"count", grouped(alike.size() - 1)},
                                                      {"chains", labels}})));
  }
  page.close("figure");
}

void PageChains::pictures(Html& page) const {
  const auto groups = chains_.alike();
  page.element("p class=\"soft\"", parts_.said("page.picture-legend"));
  for (std::size_t i = 0; i < std::min(groups.size(), pictures_max); ++i) picture(page, groups[i]);
  if (groups.size() <= pictures_max) return;
  page.element("p", parts_.words(say("page.pictures-left-out",
                                     {{"count", grouped(groups.size() - pictures_max)}})));
}

void PageChains::stamps(Html& page) const {
  page.element("h2", parts_.said("page.stamps"));
  parts_.head(page, "stamps",
              {"page.number", "page.time-of-stamp", "page.kind", "page.authority-and-serial-number",
               "page.relied-on-until", "page.result"});
  std::size_t bad = 0;
  std::size_t not_told = 0;
  for (std::size_t i = 0; i < chains_.stamps().size(); ++i) {
    const ProofStamp& stamp = chains_.stamps()[i];
    const bool told =
        i < stamps_max || (stamp.verdict != Verdict::passed && bad++ < bad_stamps_max);
    if (!told) {
      ++not_told;
      continue;
    }
    page.open("tr").element("td", std::to_string(i + 1));
    page.element("td", stamp.gen_time ? parts_.time(*stamp.gen_time) : parts_.said("page.unknown"));
    page.open("td").text(parts_.said(step_id(stamp.step)));
    if (!stamp.hash_function.empty()) page.text(", ").text(stamp.hash_function);
    page.close("td").open("td").foreign(short_name(stamp.authority));
    page.raw("<br><code class=\"soft\">").text(stamp.serial_number).raw("</code></td>");
    page.element("td", parts_.time(stamp.until));
    parts_.verdict_cell(page, stamp.verdict);
    page.close("tr");
  }
  page.close("tbody").close("table");
  left_out(page, not_told);
}

void PageChains::certificates(Html& page) const {
  const auto all =
      with_stamps(chains_.stamps(), &ProofStamp::certificates, &CertificateFact::sha256);
  if (all.empty()) return;
  page.element("h2", parts_.said("page.certificates"));
  parts_.head(page, "certificates",
              {"page.subject", "page.issuer", "page.valid", "page.key", "page.stamps"});
  for (std::size_t i = 0; i < std::min(all.size(), certificates_max); ++i) {
    const CertificateFact& fact = *all[i].first;
    page.open("tr").open("td").foreign(fact.subject).raw("<br><span class=\"soft\">");
    page.text(parts_.said("page.serial-number")).raw(" <code>").text(fact.serial_number);
    page.raw("</code><br>SHA-256 <code>").text(fact.sha256).raw("</code></span>").close("td");
    page.foreign_element("td", fact.issuer);
    page.open("td")
        .text(parts_.time(fact.not_before))
        .raw("<br>")
        .text(parts_.time(fact.not_after));
    page.close("td").element("td", fact.key).element("td", number_ranges(all[i].second));
    page.close("tr");
  }
  page.close("tbody").close("table");
  left_out(page, all.size() - std::min(all.size(), certificates_max));
}

void PageChains::algorithms(Html& page) const {
  const auto all = with_stamps(chains_.stamps(), &ProofStamp::algorithms, &AlgorithmFact::name);
  if (all.empty()) return;
  page.element("h2", parts_.said("page.algorithms"));
  parts_.head(page, "algorithms", {"page.algorithm", "page.fit-until", "page.stamps"});
  for (std::size_t i = 0; i < std::min(all.size(), algorithms_max); ++i) {
    const AlgorithmFact& fact = *all[i].first;
    page.open("tr").foreign_element("td", parts_.detail(fact.name)).open("td");
    page.text(!fact.known ? parts_.said("page.not-in-policy")
              : fact.end  ? parts_.time(*fact.end)
                          : parts_.said("page.no-end-known"));
    page.close("td").element("td", number_ranges(all[i].second)).close("tr");
  }
  page.close("tbody").close("table");
  left_out(page, all.size() - std::min(all.size(), algorithms_max));
}

void PageChains::write(Html& page) const {
  if (chains_.all().empty()) return;
  page.element("h2", parts_.said("page.chains"));
  page.element("p", parts_.said("page.chains-explained"));
  table(page);
  pictures(page);
  stamps(page);
  certificates(page);
  algorithms(page);
}

void PageChains::checks(Html& page) const {
  if (chains_.stamps().empty()) return;
  page.element("h2", parts_.said("page.checks-of-time-stamps"));
  page.element("p", parts_.said("page.checks-explained"));
  struct Kind {
    Report report;
    std::vector<std::size_t> stamps;
  };
  std::vector<Kind> kinds;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < chains_.stamps().size(); ++i) {
    const Report& report = chains_.stamps()[i].report;
    // What failed is told with its values.
    const bool joins = report.verdict() != Verdict::failed;
    const std::string key = joins ? shape_of(report) : std::to_string(i);
    const auto [at, is_new] = known.emplace(key, kinds.size());
    if (is_new) kinds.push_back({report, {}});
    Kind& kind = kinds[at->second];
    if (!is_new) kind.report = in_common(std::move(kind.report), report);
    kind.stamps.push_back(i);
  }
  std::ranges::stable_sort(kinds, std::ranges::greater{},
                           [](const Kind& kind) { return kind.report.verdict(); });
  for (std::size_t i = 0; i < std::min(kinds.size(), checks_max); ++i) {
    const std::string numbers = number_ranges(kinds[i].stamps);
    page.element("h3", parts_.words(say("page.stamp-numbers", {{"numbers", numbers}})));
    parts_.findings(page, kinds[i].report);
  }
  left_out(page, kinds.size() - std::min(kinds.size(), checks_max));
}

}  // namespace perdura::verifier
