#include "verifier/proof_picture.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "verifier/html.hpp"

namespace perdura::verifier {
namespace {

constexpr double left = 16;
constexpr double right = 944;
constexpr double width = 960;
constexpr double axis_y = 30;
constexpr double lane_height_max = 62;
constexpr double lanes_height_max = 1150;  // so that a page holds the picture
constexpr std::int64_t year_s = 31556952;
constexpr std::int64_t years_ahead_max = 40;  // beyond the moment of judging
constexpr std::size_t name_octets_max = 60;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string date_of(Time time) { return to_string(time).substr(0, 10); }

// The earliest end among the algorithms of a time-stamp; null when none is known to end.
const AlgorithmFact* first_to_end(const ProofStamp& stamp) {
  const AlgorithmFact* first = nullptr;
  for (const AlgorithmFact& fact : stamp.algorithms) {
    if (fact.known && fact.end && (first == nullptr || *fact.end < *first->end)) first = &fact;
  }
  return first;
}

class Picture {
 public:
  Picture(const ProofChains& chains, std::size_t position, Time at, Language language)
      : label_(chain_label(position)),
        verdict_(chains.all()[position].verdict),
        holds_(chains.all()[position].holds),
        at_(at),
        language_(language) {
    for (const std::size_t stamp : chains.all()[position].stamps) {
      if (chains.stamps()[stamp].gen_time) lanes_.push_back({stamp + 1, &chains.stamps()[stamp]});
    }
    // The first and the newest tell most.
    if (lanes_.size() > pictured_max) {
      lanes_.erase(lanes_.begin() + 1,
                   lanes_.end() - static_cast<std::ptrdiff_t>(pictured_max - 1));
    }
    lane_height_ =
        std::min(lane_height_max, lanes_height_max / static_cast<double>(lanes_.size() + 1));
  }

  std::string draw() {
    if (lanes_.empty()) return "";
    choose_span();
    const double height = axis_y + lane_height_ * static_cast<double>(lanes_.size()) + 14;
    svg_ += "<svg viewBox=\"0 0 " + number(width) + " " + number(height) +
            "\" role=\"img\" aria-labelledby=\"t" + label_ + "\"><title id=\"t" + label_ + "\">" +
            words(say("picture.title", {{"chain", label_},
                                        {"count", std::to_string(lanes_.size())},
                                        {"from", date_of(*lanes_.front().stamp->gen_time)}})) +
            "</title>";
    draw_axis(height - 10);
    draw_now(height - 10);
    for (std::size_t i = 0; i < lanes_.size(); ++i) draw_lane(i);
    svg_ += "</svg>";
    return std::move(svg_);
  }

 private:
  struct Lane {
    std::size_t number;
    const ProofStamp* stamp;
  };

  std::string words(const Text& text) const { return html_escaped(in_words(text, language_)); }

  void choose_span() {
    Time first = *lanes_.front().stamp->gen_time;
    Time last = std::max(at_, first);
    for (const Lane& lane : lanes_) {
      first = std::min(first, *lane.stamp->gen_time);
      last = std::max({last, *lane.stamp->gen_time, lane.stamp->until});
    }
    const Time latest = last + years_ahead_max * year_s;
    for (const Lane& lane : lanes_) {
      if (!lane.stamp->certificates.empty()) {
        last = std::max(last, std::min(lane.stamp->certificates.front().not_after, latest));
      }
      const AlgorithmFact* end = first_to_end(*lane.stamp);
      if (end != nullptr) last = std::max(last, std::min(*end->end, latest));
    }
    const std::int64_t span = std::max(last - first, 30 * day_s);
    from_ = first + -(span / 30);
    to_ = first + (span + span / 30);
  }

  double x(Time time) const {
    const double share = static_cast<double>(time - from_) / static_cast<double>(to_ - from_);
    return left + std::clamp(share, 0.0, 1.0) * (right - left);
  }

  void line(double x1, double y1, double x2, double y2, const char* kind) {
    svg_ += "<line class=\"" + std::string(kind) + "\" x1=\"" + number(x1) + "\" y1=\"" +
            number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) + "\"/>";
  }
  void box(Time begin, Time end, double y, double height, const std::string& kind) {
    const double x1 = x(begin);
    svg_ += "<rect class=\"" + kind + "\" x=\"" + number(x1) + "\" y=\"" + number(y) +
            "\" width=\"" + number(std::max(x(end) - x1, 1.5)) + "\" height=\"" + number(height) +
            "\"/>";
  }
  // Begins at `at`, but ends within the picture: wide characters are one em wide.
  void label(double at, double y, const std::string& text, const char* kind) {
    double em = 0;
    for (const char c : text) {
      const auto octet = static_cast<unsigned char>(c);
      if ((octet & 0xC0) != 0x80) em += octet < 0x80 ? 0.58 : 1.0;
    }
    const double start = std::max(left, std::min(at, right - em * 13));
    svg_ += "<text class=\"" + std::string(kind) + "\" x=\"" + number(start) + "\" y=\"" +
            number(y) + "\">" + html_escaped(text) + "</text>";
  }

  void draw_axis(double bottom) {
    const std::int64_t years = (to_ - from_) / year_s + 1;
    const std::array<int, 9> steps = {1, 2, 5, 10, 20, 50, 100, 200, 500};
    const auto fits = [&](int step) { return years / step <= 12; };
    const int step = *std::find_if(steps.begin(), steps.end() - 1, fits);
    const int first = std::atoi(to_string(from_).substr(0, 4).c_str());
    line(left, axis_y, right, axis_y, "axis");
    for (int year = first - first % step; year <= first + years + step; year += step) {
      const auto start = time_from_utc(year, 1, 1, 0, 0, 0);
      if (!start || *start < from_ || to_ < *start) continue;
      line(x(*start), axis_y - 4, x(*start), bottom, "tick");
      label(x(*start) + 3, axis_y - 8, std::to_string(year), "year");
    }
  }

  void draw_lane(std::size_t position) {
    const ProofStamp& stamp = *lanes_[position].stamp;
    const double y = axis_y + 10 + lane_height_ * static_cast<double>(position);
    const double at = x(*stamp.gen_time);
    if (position > 0) {  // from the one that this one covers
      line(at, y - lane_height_ + 33, at, y + 20, "link");
    }
    if (!stamp.certificates.empty()) {
      const CertificateFact& signer = stamp.certificates.front();
      box(std::max(signer.not_before, from_), std::min(signer.not_after, to_), y + 31, 5, "cert");
    }
    const Verdict verdict = holds_ ? stamp.verdict : std::max(stamp.verdict, verdict_);
    const char* kind = verdict == Verdict::passed   ? "relied passed"
                       : verdict == Verdict::failed ? "relied failed"
                                                    : "relied indeterminate";
    box(*stamp.gen_time, std::max(stamp.until, *stamp.gen_time), y + 20, 9, kind);
    svg_ += "<circle class=\"stamp\" cx=\"" + number(at) + "\" cy=\"" + number(y + 24.5) +
            "\" r=\"6\"/>";
    std::string name = short_name(stamp.authority);
    if (name.size() > name_octets_max) {
      name.resize(name_octets_max);
      while (!name.empty() && !is_utf8(name)) name.pop_back();  // not within a character
      name += "\u2026";
    }
    label(at + 8, y + 13,
          std::to_string(lanes_[position].number) + "  " + date_of(*stamp.gen_time) + "  " + name,
          "name");
    draw_end(stamp, y);
  }

  void draw_end(const ProofStamp& stamp, double y) {
    const AlgorithmFact* end = first_to_end(stamp);
    if (end == nullptr || *end->end < from_) return;
    const double at = x(*end->end);
    svg_ += "<path class=\"end\" d=\"M" + number(at - 5) + " " + number(y + 38) + "h10l-5 8z\"/>";
    label(at + 8, y + 47, detail_in_words(end->name, language_) + " " + date_of(*end->end),
          "small");
  }

  void draw_now(double bottom) { line(x(at_), axis_y - 14, x(at_), bottom, "now"); }

  std::vector<Lane> lanes_;
  std::string label_;
  Verdict verdict_;
  bool holds_;
  double lane_height_ = 0;
  Time at_;
  Language language_;
  Time from_;
  Time to_;
  std::string svg_;
};

}  // namespace

std::string short_name(const std::string& subject) {
  const std::size_t start = subject.starts_with("CN=") ? 0 : subject.find(",CN=");
  if (start == std::string::npos) return subject;
  const std::size_t value = subject.find('=', start) + 1;
  std::size_t end = value;
  while (end < subject.size() && subject[end] != ',') end += subject[end] == '\\' ? 2u : 1u;
  return subject.substr(value, end - value);
}

std::string proof_picture(const ProofChains& chains, std::size_t position, Time at,
                          Language language) {
  return Picture(chains, position, at, language).draw();
}

}  // namespace perdura::verifier
