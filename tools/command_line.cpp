#include "tools/command_line.hpp"

#include <pwd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <sstream>

#include "archive/clock_doubt.hpp"
#include "archive/files.hpp"

namespace perdura::tools {
namespace {

constexpr std::uint64_t passphrase_size_max = 4096;
const archive::SystemClock system_clock;  // the one clock of the program

// Asks on the terminal, without showing what is typed.
Result<std::string> ask_on_terminal() {
  if (::isatty(STDIN_FILENO) == 0) {
    return Error{Errc::denied, "the archive's keys are sealed by a passphrase", "",
                 "give it with --passphrase-file FILE or in PERDURA_PASSPHRASE"};
  }
  termios before{};
  ::tcgetattr(STDIN_FILENO, &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  std::cerr << "Passphrase of the archive: " << std::flush;
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  std::string typed;
  std::getline(std::cin, typed);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << "\n";
  return typed;
}

Result<std::string> passphrase(const cxxopts::ParseResult& parsed) {
  if (const auto file = option(parsed, "passphrase-file")) return passphrase_in(*file);
  if (const char* from_environment = std::getenv("PERDURA_PASSPHRASE")) {
    return std::string(from_environment);
  }
  return ask_on_terminal();
}

}  // namespace

Result<std::string> passphrase_in(const std::string& file) {
  const auto octets = archive::read_file(file, passphrase_size_max);
  if (!octets) return octets.error();
  const std::string_view text = verifier::as_text(*octets);
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (line.empty()) return Error{Errc::misuse, "its first line is empty", file, ""};
  return std::string(line);
}

int exit_code(Errc code) {
  switch (code) {
    case Errc::unavailable:
    case Errc::busy:
      return 2;
    case Errc::misuse:
    case Errc::conflict:
    case Errc::not_found:
    case Errc::denied:
    case Errc::unsupported:
      return 3;
    case Errc::malformed:
    case Errc::too_large:
    case Errc::io:
      break;
  }
  return 1;
}

int report(const Error& error) {
  std::cerr << "perdura: error: " << to_string(error) << "\n";
  if (!error.hint.empty()) std::cerr << "perdura: hint: " << error.hint << "\n";
  return exit_code(error.code);
}

void warn(const std::string& sentence) { std::cerr << "perdura: warning: " << sentence << "\n"; }

CommandOptions::CommandOptions(const CommandText& text)
    : text_(text), options_("perdura " + text.name, text.summary) {
  options_.custom_help("[OPTION...]");
  options_.positional_help(text.arguments);
  options_.add_options()("h,help", "show this text");
  options_.add_options("hidden")("arguments", "", cxxopts::value<std::vector<std::string>>());
  options_.parse_positional({"arguments"});
}

cxxopts::OptionAdder CommandOptions::add(const std::string& group) {
  return options_.add_options(group);
}

Result<std::optional<cxxopts::ParseResult>> CommandOptions::parse(int argc, char** argv) {
  try {
    cxxopts::ParseResult parsed = options_.parse(argc, argv);
    if (parsed.count("help") == 0) {
      if (auto fit = check_arguments(parsed); !fit) return fit.error();
      return std::optional(std::move(parsed));
    }
    std::vector<std::string> groups;
    for (const std::string& group : options_.groups()) {
      if (group != "hidden") groups.push_back(group);
    }
    std::cout << options_.help(groups) << "\n" << text_.details;
    return std::optional<cxxopts::ParseResult>{};
  } catch (const cxxopts::exceptions::exception& problem) {
    return Error{Errc::misuse, problem.what(), "", "see 'perdura " + text_.name + " --help'"};
  }
}

Result<Ok> CommandOptions::check_arguments(const cxxopts::ParseResult& parsed) const {
  if (parsed.count("arguments") == 0) return Ok{};
  const auto& given = parsed["arguments"].as<std::vector<std::string>>();
  // As a path it would be the current folder.
  if (std::ranges::find(given, "") != given.end()) {
    return Error{Errc::misuse, "an argument is empty", "", "is a variable of the script not set?"};
  }
  std::istringstream names(text_.arguments);
  const std::vector<std::string> named{std::istream_iterator<std::string>(names), {}};
  if (text_.arguments.ends_with("...") || given.size() <= named.size()) return Ok{};
  return Error{Errc::misuse, "one argument too many: '" + given[named.size()] + "'", "",
               "see 'perdura " + text_.name + " --help'"};
}

void add_archive_options(CommandOptions& options) {
  options.add()("passphrase-file",
                "file whose first line opens the archive's keys, when they are sealed by a "
                "passphrase (else PERDURA_PASSPHRASE, or asked for)",
                cxxopts::value<std::string>(), "FILE");
}

Result<std::unique_ptr<archive::Archive>> open_archive(const cxxopts::ParseResult& parsed,
                                                       archive::OpenMode mode) {
  if (parsed.count("arguments") == 0) {
    return Error{Errc::misuse, "which archive? name its folder", "", "see --help"};
  }
  return open_archive_at(parsed["arguments"].as<std::vector<std::string>>().front(), parsed, mode);
}

Result<std::unique_ptr<archive::Archive>> open_archive_at(const std::string& folder,
                                                          const cxxopts::ParseResult& parsed,
                                                          archive::OpenMode mode) {
  return archive::Archive::open(
      folder, mode, [&] { return passphrase(parsed); }, system_clock);
}

void add_clock_option(CommandOptions& options) {
  options.add()("clock-is-right",
                "the clock is right, although the archive knows of no time near it; if it is not, "
                "records state a wrong time, and evidence renewed under it may fail");
}

Result<std::unique_ptr<archive::Archive>> open_archive_by_the_clock(
    const cxxopts::ParseResult& parsed) {
  auto opened = open_archive(parsed, archive::OpenMode::existing);
  if (!opened) return opened;
  const auto doubt = archive::clock_doubt(**opened);
  // What is damaged is told; whoever needs it fails.
  if (!doubt) warn("whether the clock is right: " + to_string(doubt.error()));
  if (doubt && *doubt && parsed.count("clock-is-right") == 0) {
    const std::string help =
        "set the clock (see 'timedatectl'); if it is right, say --clock-is-right";
    if ((*doubt)->far_ahead) return Error{Errc::unavailable, (*doubt)->what, "", help};
    warn((*doubt)->what + "; " + help);
  }
  // A store that does not take it will tell so when there is more to write.
  static_cast<void>(archive::note_clock(**opened));
  return opened;
}

std::optional<std::string> option(const cxxopts::ParseResult& parsed, const std::string& name) {
  if (parsed.count(name) == 0) return std::nullopt;
  return parsed[name].as<std::string>();
}

std::vector<std::string> arguments(const cxxopts::ParseResult& parsed) {
  if (parsed.count("arguments") == 0) return {};
  const auto& all = parsed["arguments"].as<std::vector<std::string>>();
  return {all.begin() + 1, all.end()};
}

Result<std::optional<Time>> time_option(const cxxopts::ParseResult& parsed,
                                        const std::string& name) {
  const auto text = option(parsed, name);
  if (!text) return std::optional<Time>{};
  const auto time = verifier::parse_time(*text);
  if (time) return time;
  return Error{Errc::misuse, "'" + *text + "' is no time", "--" + name,
               "write 2041-06-01 or 2041-06-01T12:00:00Z"};
}

Result<unsigned> threads_option(const cxxopts::ParseResult& parsed) {
  constexpr unsigned threads_max = 1024;
  const auto threads = parsed["threads"].as<unsigned>();
  if (threads >= 1 && threads <= threads_max) return threads;
  return Error{Errc::misuse, "1 to " + std::to_string(threads_max) + " threads", "--threads",
               "each takes some MiB of memory; more than cores are of little use"};
}

void add_selection_options(CommandOptions& options) {
  const auto text = [] { return cxxopts::value<std::string>(); };
  options.add("Selection")("patient", "records of this patient identifier", text(), "ID")(
      "issuer", "with --patient: issued by this authority alone", text(), "ISSUER")(
      "type", "records of this type", text(), "TYPE")(
      "depositor", "records that this depositor handed in", text(), "NAME")(
      "from", "not before this event time (deposit time where there is none)", text(), "TIME")(
      "to", "before this time", text(), "TIME");
}

Result<archive::Selection> selection(const cxxopts::ParseResult& parsed) {
  const auto from = time_option(parsed, "from");
  if (!from) return from.error();
  const auto to = time_option(parsed, "to");
  if (!to) return to.error();
  if (parsed.count("issuer") != 0 && parsed.count("patient") == 0) {
    return Error{Errc::misuse, "--issuer says who issued an identifier: give --patient too", "",
                 ""};
  }
  return archive::Selection{.patient = option(parsed, "patient"),
                            .patient_issuer = option(parsed, "issuer"),
                            .record_type = option(parsed, "type"),
                            .depositor = option(parsed, "depositor"),
                            .from = *from,
                            .to = *to};
}

std::string local_actor() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found) {
    return std::string("local:") + found->pw_name;
  }
  return "local:uid-" + std::to_string(::geteuid());
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text.data();
}

Progress::Progress(bool quiet) : active_(!quiet && ::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::show(const std::function<std::string()>& line) {
  if (!active_) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  std::cerr << "\r\033[K" << line() << std::flush;
}

}  // namespace perdura::tools
