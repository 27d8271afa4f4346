// What all subcommands of perdura share: options, exit codes, errors as people read them, progress.
//
// Thread safety: one thread, but for Progress.
#pragma once

// A comma in a path is a comma, not the end of the path.
#define CXXOPTS_VECTOR_DELIMITER '\0'

#include <chrono>
#include <cxxopts.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/records.hpp"

namespace perdura::tools {

using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;
using verifier::Time;

// Exit codes: 0 done; 1 failed, or something is wrong with what is kept; 2 not now (a TSA does not
// answer, another process has the archive): try again; 3 misuse, or what was named can't be read.
int exit_code(Errc code);

// Writes "perdura: error: …" and "perdura: hint: …" to stderr; the exit code that goes with it.
int report(const Error& error);

// Writes "perdura: warning: …" to stderr.
void warn(const std::string& sentence);

// A subcommand's own description and options.
struct CommandText {
  std::string name;       // "deposit"
  std::string arguments;  // "DIR PATH...": a word each; any number of the last with "..."
  std::string summary;    // one line
  std::string details;    // paragraphs and examples, below the options in --help
};

// The options of a subcommand, with --help, which is served here.
class CommandOptions {
 public:
  explicit CommandOptions(const CommandText& text);

  // Adds options, which --help shows under `group`.
  cxxopts::OptionAdder add(const std::string& group = "");
  // Reads the command line; nothing when --help was served, an exit code is then 0. Errors: misuse.
  Result<std::optional<cxxopts::ParseResult>> parse(int argc, char** argv);

 private:
  // That no argument is empty, and that there are not more than CommandText names. Errors: misuse.
  Result<Ok> check_arguments(const cxxopts::ParseResult& parsed) const;

  CommandText text_;
  cxxopts::Options options_;
};

// Adds --keys-related options that every command that opens an archive has.
void add_archive_options(CommandOptions& options);

// The passphrase in the first line of a file. Errors: misuse (there is none), those of read_file.
Result<std::string> passphrase_in(const std::string& file);

// Opens the archive named by the first positional argument. Errors: misuse (none named), and those
// of Archive::open.
Result<std::unique_ptr<archive::Archive>> open_archive(const cxxopts::ParseResult& parsed,
                                                       archive::OpenMode mode);

// The same of the archive in `folder`.
Result<std::unique_ptr<archive::Archive>> open_archive_at(const std::string& folder,
                                                          const cxxopts::ParseResult& parsed,
                                                          archive::OpenMode mode);

// Adds --clock-is-right.
void add_clock_option(CommandOptions& options);
// The archive to change, opened as open_archive() does. When the clock seems to be wrong, warns;
// when it seems to be far ahead and --clock-is-right is not given, does not open it. Errors:
// unavailable, those of open_archive().
Result<std::unique_ptr<archive::Archive>> open_archive_by_the_clock(
    const cxxopts::ParseResult& parsed);

// The value of an option given at most once; nothing when it is absent.
std::optional<std::string> option(const cxxopts::ParseResult& parsed, const std::string& name);

// The positional arguments after DIR.
std::vector<std::string> arguments(const cxxopts::ParseResult& parsed);

// A time given as RFC 3339 or a date. Errors: misuse.
Result<std::optional<Time>> time_option(const cxxopts::ParseResult& parsed,
                                        const std::string& name);

// The value of --threads. Errors: misuse.
Result<unsigned> threads_option(const cxxopts::ParseResult& parsed);

// Adds --patient, --issuer, --type, --depositor, --from and --to; reads them. Errors: misuse.
void add_selection_options(CommandOptions& options);
Result<archive::Selection> selection(const cxxopts::ParseResult& parsed);

// Who runs the command, as the operating system says: "local:name".
std::string local_actor();

// "1.2 GB", "34 kB", "512 B".
std::string human_bytes(std::uint64_t bytes);

// One line on stderr that follows a long act; nothing when stderr is no terminal or it was asked to
// be quiet. Thread safety: any member from any thread.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // Shows `line`, at most ten times a second.
  void show(const std::function<std::string()>& line);

 private:
  std::mutex mutex_;
  bool shown_ = false;
  bool active_;
  std::chrono::steady_clock::time_point next_{};
};

// The subcommands: each reads its command line (argv[0] is its name) and returns an exit code.
int command_init(int argc, char** argv);
int command_deposit(int argc, char** argv);
int command_seal(int argc, char** argv);
int command_list(int argc, char** argv);
int command_show(int argc, char** argv);
int command_get(int argc, char** argv);
int command_status(int argc, char** argv);
int command_export(int argc, char** argv);
int command_check(int argc, char** argv);
int command_renew(int argc, char** argv);
int command_horizon(int argc, char** argv);
int command_rehearse(int argc, char** argv);
int command_policy(int argc, char** argv);
int command_tsa(int argc, char** argv);

}  // namespace perdura::tools
