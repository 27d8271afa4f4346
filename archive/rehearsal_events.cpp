#include "archive/rehearsal_events.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "archive/calendar.hpp"
#include "verifier/assumptions.hpp"

namespace perdura::archive {
namespace {

using verifier::Errc;
using verifier::Error;
using verifier::Ok;

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

Error misused_event(std::string_view text, std::string what) {
  return {Errc::misuse, std::move(what), "event '" + std::string(text) + "'",
          "write '2035 RSA,ECDSA broken', '2044 tsa local gone' or '2051 tsa local2 compromised'"};
}

std::optional<Time> time_of(const std::string& word) {
  const bool year = word.size() == 4 && std::ranges::all_of(word, [](unsigned char digit) {
                      return std::isdigit(digit) != 0;
                    });
  return verifier::parse_time(year ? word + "-01-01" : word);
}

Result<Ok> read_broken(std::string_view text, const std::vector<std::string>& words,
                       unsigned notice_years, RehearsalEvent& event) {
  const std::string how = words.size() == 4 ? words[3] : "";
  if (words.size() > 4 || (!how.empty() && how != "overnight" && how != "unannounced")) {
    return misused_event(text, "after 'broken' comes nothing, 'overnight' or 'unannounced'");
  }
  event.sudden = !how.empty();
  event.known = how.empty()          ? plus_months(event.when, -12 * static_cast<int>(notice_years))
                : how == "overnight" ? event.when + -verifier::day_s
                                     : event.when;
  verifier::Assumptions read;
  auto done = verifier::read_assumptions(lower(words[1]), event.when, read);
  if (!done) return done;
  if (!read.authorities.empty()) return misused_event(text, "an authority is no algorithm");
  event.algorithms = std::move(read.algorithms);
  for (verifier::AlgorithmBreak& one : event.algorithms) one.assumed = false;
  return Ok{};
}

}  // namespace

Result<RehearsalEvent> parse_rehearsal_event(std::string_view text, unsigned notice_years) {
  const std::vector<std::string> words = words_of(text);
  const auto when = words.size() < 3 ? std::nullopt : time_of(words[0]);
  if (!when) return misused_event(text, "an event is a year, or a time, and what happens then");
  RehearsalEvent event{.kind = RehearsalEvent::Kind::broken,
                       .known = *when,
                       .when = *when,
                       .what = "",
                       .tsa = "",
                       .algorithms = {},
                       .sudden = false};
  for (std::size_t i = 1; i < words.size(); ++i) event.what += (i == 1 ? "" : " ") + words[i];
  if (words[2] == "broken") {
    if (auto read = read_broken(text, words, notice_years, event); !read) return read.error();
    return event;
  }
  const bool gone = words.back() == "gone";
  if (words.size() != 4 || words[1] != "tsa" || (!gone && words.back() != "compromised")) {
    return misused_event(text, "it is none that is known");
  }
  event.kind = gone ? RehearsalEvent::Kind::tsa_gone : RehearsalEvent::Kind::tsa_compromised;
  event.tsa = words[2];
  return event;
}

Result<Ok> check_authorities(const std::vector<RehearsalEvent>& events, unsigned tracks) {
  std::set<std::string> stamping;
  unsigned last = 0;
  const auto add_next = [&] {
    ++last;
    stamping.insert(last == 1 ? "local" : "local" + std::to_string(last));
  };
  while (last < tracks) add_next();
  std::vector<const RehearsalEvent*> in_order;
  for (const RehearsalEvent& event : events) {
    if (!event.tsa.empty()) in_order.push_back(&event);
  }
  std::ranges::stable_sort(in_order, {}, &RehearsalEvent::when);
  std::multiset<Time> noticed;  // when those are replaced that are gone
  for (const RehearsalEvent* event : in_order) {
    while (!noticed.empty() && *noticed.begin() < event->when) {
      noticed.erase(noticed.begin());
      add_next();
    }
    if (stamping.erase(event->tsa) == 0) {
      Error error = misused_event(event->what, "no TSA '" + event->tsa + "' stamps at " +
                                                   to_string(event->when).substr(0, 10));
      error.hint =
          "authorities are local, local2, ...; one that takes another's place gets the "
          "next number";
      return error;
    }
    if (event->kind == RehearsalEvent::Kind::tsa_compromised) {
      add_next();
    } else {
      noticed.insert(plus_months(event->when, months_until_noticed));
    }
  }
  return Ok{};
}

std::vector<std::string> usual_rehearsal_events() {
  return {"2035 RSA,ECDSA broken", "2038 SHA-256 broken", "2044 tsa local gone",
          "2051 tsa local2 compromised", "2058 SHA-512,SHA-384 broken"};
}

}  // namespace perdura::archive
