#include "tools/horizon_picture.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "verifier/html.hpp"

namespace perdura::tools {
namespace {

using verifier::html_escaped;

constexpr double year_s = 365.2425 * 86400;
constexpr std::int64_t years_max = 60;  // of the axis
constexpr int columns = 60;             // of a bar in text

int year_of(Time time) { return std::stoi(to_string(time).substr(0, 4)); }

// What the policy does not know was never fit.
std::string date(Time time) {
  return time.seconds <= 0 ? "never fit" : to_string(time).substr(0, 10);
}

// The years that the axis shows.
struct Axis {
  int first = 0;
  int last = 0;

  double place(Time time) const {  // from 0 to 1
    const double from = static_cast<double>(verifier::time_from_utc(first, 1, 1, 0, 0, 0)->seconds);
    const double years = (static_cast<double>(time.seconds) - from) / year_s;
    return std::clamp(years / (last - first), 0.0, 1.0);
  }
};

Axis axis_of(const std::vector<HorizonRow>& rows, Time now) {
  Axis axis{year_of(now), year_of(now) + 5};
  for (const HorizonRow& row : rows) {
    if (const archive::Horizon* end = row.earliest()) {
      axis.last = std::max(axis.last, year_of(end->end) + 1);
    }
  }
  axis.last = std::min(axis.last, axis.first + static_cast<int>(years_max));
  return axis;
}

std::string batches_text(const HorizonRow& row) {
  return row.first_batch == row.last_batch
             ? std::to_string(row.first_batch)
             : std::to_string(row.first_batch) + "-" + std::to_string(row.last_batch);
}

// By what a row ends.
std::string why(const HorizonRow& row) {
  if (row.missing()) return "no time-stamp yet";
  const archive::Horizon* end = row.earliest();
  return end == nullptr ? "no end is known" : end->cause;
}

std::string bar(const HorizonRow& row, const Axis& axis, Time now) {
  if (row.missing()) return "";
  const archive::Horizon* end = row.earliest();
  const int from = static_cast<int>(axis.place(now) * columns);
  const int to = end == nullptr ? columns : static_cast<int>(axis.place(end->end) * columns);
  std::string line(static_cast<std::size_t>(from), ' ');
  line += std::string(static_cast<std::size_t>(std::max(0, to - from)), '=');
  return line + (end == nullptr ? ">" : "|");
}

void print_axis(std::ostream& out, const Axis& axis) {
  const int step = std::max(1, (axis.last - axis.first + 9) / 10);
  std::string years(columns + 5, ' ');
  for (int year = axis.first; year <= axis.last; year += step) {
    const auto at =
        static_cast<std::size_t>((year - axis.first) * columns / (axis.last - axis.first));
    years.replace(at, 4, std::to_string(year));
  }
  out << std::string(24, ' ') << years << "\n";
}

void write_row(std::ostream& out, const HorizonRow& row, const Axis& axis, Time now, Time due,
               int y) {
  const archive::Horizon* end = row.earliest();
  const double from = 260 + axis.place(now) * 660;
  const double until = end != nullptr ? axis.place(end->end) : 1.0;
  const double to = row.missing() ? from : 260 + until * 660;
  out << "<text x=\"10\" y=\"" << y + 14 << "\">" << html_escaped(row.track) << ", batches "
      << batches_text(row) << "</text>\n<rect x=\"" << from << "\" y=\"" << y << "\" width=\""
      << std::max(1.0, to - from) << "\" height=\"18\" rx=\"3\" fill=\""
      << (row.is_due(due) ? "#c0392b" : "#2e7d5b") << "\"><title>" << html_escaped(why(row))
      << (end == nullptr ? "" : " ends " + date(end->end))
      << "</title></rect>\n<text x=\"260\" y=\"" << y + 32 << "\" class=\"why\">"
      << (end == nullptr ? "" : date(end->end) + ": ") << html_escaped(why(row)) << "</text>\n";
}

}  // namespace

const archive::Horizon* HorizonRow::earliest() const {
  const auto end = std::ranges::min_element(ends, {}, &archive::Horizon::end);
  return end == ends.end() ? nullptr : &*end;
}

bool HorizonRow::is_due(Time due) const {
  const archive::Horizon* end = earliest();
  return missing() || (end != nullptr && end->end < due);
}

void add(std::vector<HorizonRow>& rows, const std::string& track, const archive::Batch& batch,
         const archive::BatchState& state) {
  HorizonRow row{.track = track,
                 .first_batch = batch.number,
                 .last_batch = batch.number,
                 .batches = 1,
                 .digest = {},
                 .time_stamps = 0,
                 .ends = {}};
  if (!state.lineage.empty()) row.digest = name(state.lineage.back().front().algorithm());
  for (const auto& chain : state.lineage) row.time_stamps += chain.size();
  for (const auto& end : {state.ends.certificate, state.ends.signature, state.ends.hash}) {
    if (end) row.ends.push_back(*end);
  }
  const auto same = [](const archive::Horizon* a, const archive::Horizon* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return a->end == b->end && a->cause == b->cause;
  };
  if (!rows.empty() && rows.back().track == track && rows.back().digest == row.digest &&
      same(rows.back().earliest(), row.earliest())) {
    rows.back().last_batch = batch.number;
    ++rows.back().batches;
    rows.back().time_stamps = std::max(rows.back().time_stamps, row.time_stamps);
    return;
  }
  rows.push_back(std::move(row));
}

bool any_due(const std::vector<HorizonRow>& rows, Time due) {
  return std::ranges::any_of(rows, [&](const HorizonRow& row) { return row.is_due(due); });
}

void print_table(std::ostream& out, const std::vector<HorizonRow>& rows, Time now, Time due) {
  if (rows.empty()) {
    out << "There is no evidence yet: nothing is sealed.\n";
    return;
  }
  out << std::left << std::setw(12) << "track" << std::setw(12) << "batches" << std::setw(10)
      << "tree" << std::setw(12) << "ends"
      << "by\n";
  for (const HorizonRow& row : rows) {
    const archive::Horizon* end = row.earliest();
    out << std::setw(12) << row.track << std::setw(12) << batches_text(row) << std::setw(10)
        << (row.missing() ? "-" : row.digest) << std::setw(12)
        << (end == nullptr ? "-" : date(end->end)) << why(row)
        << (row.is_due(due) ? "   RENEW" : "") << "\n";
  }
  const Axis axis = axis_of(rows, now);
  out << "\n";
  for (const HorizonRow& row : rows) {
    out << std::setw(12) << row.track << std::setw(12) << batches_text(row) << bar(row, axis, now)
        << "\n";
  }
  print_axis(out, axis);
}

Result<Ok> write_picture(const std::string& file, const std::vector<HorizonRow>& rows, Time now,
                         Time due) {
  const Axis axis = axis_of(rows, now);
  const int height = 60 + static_cast<int>(rows.size()) * 44;
  std::ostringstream out;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 940 " << height
      << "\" font-family=\"sans-serif\" font-size=\"13\">\n"
         "<style>.why{font-size:11px;fill:#555}.year{font-size:11px;fill:#333}</style>\n"
         "<rect width=\"940\" height=\""
      << height << "\" fill=\"#fff\"/>\n";
  for (int year = axis.first; year <= axis.last; ++year) {
    const double x = 260 + (year - axis.first) * 660.0 / (axis.last - axis.first);
    const int step = std::max(1, (axis.last - axis.first) / 12);
    out << "<line x1=\"" << x << "\" y1=\"24\" x2=\"" << x << "\" y2=\"" << height - 10
        << "\" stroke=\"#ddd\"/>\n";
    if ((year - axis.first) % step != 0) continue;
    out << "<text x=\"" << x << "\" y=\"18\" class=\"year\" text-anchor=\"middle\">" << year
        << "</text>\n";
  }
  int y = 34;
  for (const HorizonRow& row : rows) {
    write_row(out, row, axis, now, due, y);
    y += 44;
  }
  out << "</svg>\n";
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  if (stream << out.str() && stream.flush()) return Ok{};
  return verifier::Error{verifier::Errc::io, "the picture could not be written", file,
                         "check the folder and its permissions"};
}

}  // namespace perdura::tools
