#include <iostream>
#include <string_view>

#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "archive/policy_in_use.hpp"
#include "archive/renewal_plan.hpp"
#include "tools/command_line.hpp"
#include "tools/policy_text.hpp"
#include "verifier/policy_reader.hpp"
#include "verifier/printable.hpp"

namespace perdura::tools {
namespace {

const CommandText show_text{
    "policy show", "[DIR]", "Show until when algorithms are fit, by the policy of the archive.",
    "Without DIR: by the policy that is built in.\n"
    "An algorithm is judged when it was used, and until a later time-stamp covered what it\n"
    "protects; never as of today.\n"};

const CommandText check_text{
    "policy check", "FILE", "Read a policy of RFC 5698, XML or DER, and say what is wrong with it.",
    "Tells what would be left out or taken otherwise than written. Exit code 1: it is refused.\n"};

const CommandText use_text{
    "policy use", "DIR FILE",
    "Let the archive go by another policy: an RFC 5698 policy, XML or DER.",
    "The file is read, checked and copied to DIR/policy, and the journal names its digest. Its\n"
    "signature is not checked: take it from whom you trust. An algorithm that the policy does not\n"
    "name is taken to be unfit. Removing DIR/policy goes back to the policy that is built in.\n"
    "Evidence whose algorithms end sooner now is to be renewed: see 'perdura status'.\n"};

void tell(const verifier::PolicyFile& file) {
  if (file.has_signature) warn("the policy's signature was not checked");
  for (const std::string& note : file.notes) warn(verifier::printable(note));
}

Result<verifier::PolicyFile> read(const std::string& path) {
  const auto octets = archive::read_file(path, verifier::policy_limits::size);
  if (!octets) return octets.error();
  auto file = verifier::read_policy(*octets);
  if (file) return file;
  Error error = file.error();
  error.what = verifier::printable(error.what);
  error.where = path + (error.where.empty() ? "" : ": " + verifier::printable(error.where));
  return error;
}

void print(const cxxopts::ParseResult& parsed, const verifier::PolicyTable& table) {
  if (parsed.count("json") != 0) {
    std::cout << boost::json::serialize(policy_json(table)) << "\n";
  } else {
    std::cout << policy_text(table);
  }
}

int show(int argc, char** argv) {
  CommandOptions options(show_text);
  options.add()("json", "as one JSON object");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  auto policy = verifier::AlgorithmPolicy::built_in();
  if ((*parsed)->count("arguments") != 0) {
    const auto names = (**parsed)["arguments"].as<std::vector<std::string>>();
    // The settings show that there is an archive.
    if (const auto config = archive::read_config(names.front()); !config) {
      return report(config.error());
    }
    auto in_use = archive::policy_in_use(names.front());
    if (!in_use) return report(in_use.error());
    policy = *std::move(in_use);
  }
  print(**parsed, policy->table());
  return 0;
}

int check(int argc, char** argv) {
  CommandOptions options(check_text);
  options.add()("json", "as one JSON object")("der", "write its ASN.1 form to this new file",
                                              cxxopts::value<std::string>(), "OUT");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  if ((*parsed)->count("arguments") == 0) {
    return report({Errc::misuse, "name a policy", "", "see 'perdura policy check --help'"});
  }
  const auto names = (**parsed)["arguments"].as<std::vector<std::string>>();
  const auto file = read(names.front());
  if (!file) return report(file.error());
  tell(*file);
  const auto& next = file->table.next_update;
  if (next && *next < archive::SystemClock().now()) {
    warn("the policy was to be replaced by " + to_string(*next) + ": 'policy use' refuses it");
  }
  if (const auto out = option(**parsed, "der")) {
    const auto written = archive::write_new_file(*out, verifier::write_policy(file->table), 0644);
    if (!written) return report(written.error());
  }
  print(**parsed, file->table);
  return 0;
}

int use(int argc, char** argv) {
  CommandOptions options(use_text);
  add_archive_options(options);
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  const auto names = arguments(**parsed);
  if (names.size() != 1) {
    return report(
        {Errc::misuse, "name the archive and a policy", "", "see 'perdura policy use --help'"});
  }
  const auto file = read(names.front());
  if (!file) return report(file.error());
  const auto octets = archive::read_file(names.front(), verifier::policy_limits::size);
  if (!octets) return report(octets.error());
  auto archive = open_archive(**parsed, archive::OpenMode::existing);
  if (!archive) return report(archive.error());
  tell(*file);
  const auto used = archive::use_policy(**archive, *octets, local_actor());
  if (!used) return report(used.error());
  std::cout << "The archive now goes by the policy '" << verifier::printable(file->table.name)
            << "'.\n";
  const auto now = (*archive)->clock().now();
  if (!archive::fittest_digest(**archive, now, std::nullopt, false)) {
    warn(
        "by this policy no hash function is fit: nothing can be sealed or renewed, and all "
        "evidence "
        "is INDETERMINATE");
  }
  return 0;
}

}  // namespace

int command_policy(int argc, char** argv) {
  const std::string_view act = argc > 1 ? argv[1] : "";
  if (act == "show") return show(argc - 1, argv + 1);
  if (act == "check") return check(argc - 1, argv + 1);
  if (act == "use") return use(argc - 1, argv + 1);
  if (act == "--help" || act == "-h") {
    std::cout << "perdura policy show [DIR]      " << show_text.summary << "\n"
              << "perdura policy check FILE      " << check_text.summary << "\n"
              << "perdura policy use DIR FILE    " << use_text.summary << "\n"
              << "Each has --help.\n";
    return 0;
  }
  return report({Errc::misuse, "say what to do: show, check or use", "policy",
                 "see 'perdura policy --help'"});
}

}  // namespace perdura::tools
