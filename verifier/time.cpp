#include "verifier/time.hpp"

#include <algorithm>
#include <chrono>

namespace perdura::verifier {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes fixed-width decimal fields off a text; latches the first that is not there.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  int number(std::size_t width) {
    if (rest_.size() < width || !std::ranges::all_of(rest_.substr(0, width), is_digit)) {
      good_ = false;
    }
    if (!good_) return 0;
    int value = 0;
    for (const char c : rest_.substr(0, width)) value = value * 10 + (c - '0');
    rest_.remove_prefix(width);
    return value;
  }
  void literal(char c) {
    if (!take(c)) good_ = false;
  }
  bool take(char c) {
    if (!good_ || rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Digits of a fraction; its last one, so that a caller can refuse a trailing zero.
  char fraction() {
    char last = 0;
    while (good_ && !rest_.empty() && is_digit(rest_.front())) {
      last = rest_.front();
      rest_.remove_prefix(1);
    }
    if (last == 0) good_ = false;
    return last;
  }
  bool done() const { return good_ && rest_.empty(); }
  bool good() const { return good_; }
  void fail() { good_ = false; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Over `width` characters of `text`.
void write_digits(std::string& text, std::size_t at, std::size_t width, unsigned value) {
  for (std::size_t i = at + width; i-- > at; value /= 10) {
    text[i] = static_cast<char>('0' + value % 10);
  }
}

// Seconds east of UTC of an RFC 3339 offset.
int read_offset(Fields& in) {
  if (in.take('Z') || in.take('z')) return 0;
  const bool west = in.take('-');
  if (!west) in.literal('+');
  const int hours = in.number(2);
  in.literal(':');
  const int minutes = in.number(2);
  if (hours > 23 || minutes > 59) in.fail();
  return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<Time> time_from_utc(int year, int month, int day, int hour, int minute, int second) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year},
                            std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  const bool exists = year >= 0 && year <= 9999 && month >= 1 && day >= 1 && date.ok() &&
                      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                      second <= 60;
  if (!exists) return std::nullopt;
  const auto days = sys_days{date}.time_since_epoch().count();
  return Time{static_cast<std::int64_t>(days) * 86400 + hour * 3600 + minute * 60 + second};
}

std::string to_string(Time time) {
  using namespace std::chrono;
  const auto point = sys_seconds{seconds{time.seconds}};
  const auto midnight = floor<days>(point);
  const year_month_day date{midnight};
  const hh_mm_ss clock{point - midnight};
  std::string text = "0000-00-00T00:00:00Z";
  const auto year = static_cast<int>(date.year());
  if (year < 0 || year > 9999)
    text.replace(0, 4, std::to_string(year));  // no RFC 3339 time
  else
    write_digits(text, 0, 4, static_cast<unsigned>(year));
  const std::size_t end = text.size();
  write_digits(text, end - 15, 2, static_cast<unsigned>(date.month()));
  write_digits(text, end - 12, 2, static_cast<unsigned>(date.day()));
  write_digits(text, end - 9, 2, static_cast<unsigned>(clock.hours().count()));
  write_digits(text, end - 6, 2, static_cast<unsigned>(clock.minutes().count()));
  write_digits(text, end - 3, 2, static_cast<unsigned>(clock.seconds().count()));
  return text;
}

std::optional<Time> parse_time(std::string_view text) {
  Fields in(text);
  const int year = in.number(4);
  in.literal('-');
  const int month = in.number(2);
  in.literal('-');
  const int day = in.number(2);
  if (in.done()) return time_from_utc(year, month, day, 0, 0, 0);
  if (!in.take('t')) in.literal('T');
  const int hour = in.number(2);
  in.literal(':');
  const int minute = in.number(2);
  in.literal(':');
  const int second = in.number(2);
  if (in.take('.')) in.fraction();
  const int offset = read_offset(in);
  if (!in.done()) return std::nullopt;
  const auto local = time_from_utc(year, month, day, hour, minute, second);
  if (!local) return std::nullopt;
  return *local + -offset;
}

std::optional<Time> parse_generalized_time(std::string_view text) {
  Fields in(text);
  const int year = in.number(4);
  const int month = in.number(2);
  const int day = in.number(2);
  const int hour = in.number(2);
  const int minute = in.number(2);
  const int second = in.number(2);
  if (in.take('.') && in.fraction() == '0') in.fail();
  in.literal('Z');
  if (!in.done()) return std::nullopt;
  return time_from_utc(year, month, day, hour, minute, second);
}

std::optional<Time> parse_utc_time(std::string_view text) {
  Fields in(text);
  const int short_year = in.number(2);
  const int month = in.number(2);
  const int day = in.number(2);
  const int hour = in.number(2);
  const int minute = in.number(2);
  const int second = in.number(2);
  in.literal('Z');
  if (!in.done()) return std::nullopt;
  const int year = short_year < 50 ? 2000 + short_year : 1900 + short_year;
  return time_from_utc(year, month, day, hour, minute, second);
}

}  // namespace perdura::verifier
