// perdura: all that the archive does, by subcommand.

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <new>
#include <string_view>

#include "tools/command_line.hpp"
#include "tools/standard_streams.hpp"

namespace {

namespace tools = perdura::tools;

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(int argc, char** argv);
};

constexpr std::array commands = {
    Command{"init", "make an archive, with its keys and time-stamp authority", tools::command_init},
    Command{"deposit", "take records in; each gets a signed receipt", tools::command_deposit},
    Command{"seal", "time-stamp all records that are not sealed yet", tools::command_seal},
    Command{"renew", "give evidence a further time-stamp before it ends", tools::command_renew},
    Command{"horizon", "show when evidence ends, and by what", tools::command_horizon},
    Command{"rehearse", "live through decades under a simulated clock, and verify",
            tools::command_rehearse},
    Command{"list", "find records", tools::command_list},
    Command{"show", "show what the archive holds about one record", tools::command_show},
    Command{"get", "read a record's document back", tools::command_get},
    Command{"status", "show the archive's state", tools::command_status},
    Command{"export", "write the package for a case", tools::command_export},
    Command{"policy", "show or change until when algorithms are taken to be fit",
            tools::command_policy},
    Command{"check", "read everything back and verify it", tools::command_check},
    Command{"tsa", "see and change which time-stamp authorities stamp", tools::command_tsa},
};

void usage(std::ostream& out) {
  out << "perdura " PERDURA_VERSION
         ": an archive that proves, decades later, that a record was not altered\n\n"
         "Usage: perdura COMMAND [OPTION...]     (each command has --help)\n\n";
  for (const Command& command : commands) {
    out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.summary
        << "\n";
  }
  out << "\nThe first five minutes:\n"
         "  perdura init ARCHIVE\n"
         "  perdura deposit ARCHIVE FOLDER-OF-RECORDS --receipts receipts.jsonl\n"
         "  perdura seal ARCHIVE\n"
         "  perdura export ARCHIVE --all -o case.zip\n"
         "  perdura-verify case.zip --trust ARCHIVE/tsa/ca.pem\n\n"
         "Exit codes: 0 done; 1 failed, or something is wrong with what is kept; 2 not now (a TSA\n"
         "does not answer, another process has the archive); 3 misuse, what was named can't be "
         "read,\nor what was to be made is there already.\n";
}

// The exit code of a command whose result is only there if standard output took all of it.
int flushed(int exit_code) {
  if (std::cout.flush() || exit_code != 0) return exit_code;
  pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  const bool reader_went_away = ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
  if (!reader_went_away) std::cerr << "perdura: error: standard output does not take the result\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  tools::occupy_standard_streams();
  // A reader that went away and a file that may not grow are write errors, not our death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name == "--version") {
    std::cout << "perdura " PERDURA_VERSION "\n";
    return flushed(0);
  }
  if (name == "--help" || name == "-h" || name == "help") {
    usage(std::cout);
    return flushed(0);
  }
  const auto command = std::ranges::find(commands, name, &Command::name);
  if (command == commands.end()) {
    if (argc > 1) std::cerr << "perdura: error: there is no command '" << name << "'\n\n";
    usage(std::cerr);
    return 3;
  }
  try {
    return flushed(command->run(argc - 1, argv + 1));
  } catch (const std::bad_alloc&) {
    std::cerr << "perdura: error: there is not enough memory\n"
              << "perdura: hint: nothing acknowledged is lost; raise the limit ('ulimit -v'), or "
                 "use fewer --threads\n";
    return 1;
  } catch (const std::exception& problem) {
    std::cerr << "perdura: error: a bug stopped the command: " << problem.what() << "\n"
              << "perdura: hint: nothing acknowledged is lost; please report this\n";
    return 1;
  }
}
