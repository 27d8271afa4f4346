#include <iostream>

#include "tools/command_line.hpp"

namespace perdura::tools {
namespace {

const CommandText text{
    "init", "DIR",
    "Make an archive in DIR: its store, its keys, its receipt key and a time-stamp authority.",
    "Without --tsa a local time-stamp authority with its own CA is made in DIR/tsa, and with\n"
    "--local-tsas more of them. Their time-stamps are self-asserted: they show alteration by\n"
    "anyone without the keys, but prove nothing against the archive's owner. With --tsa, real\n"
    "RFC 3161 authorities stamp. The second and later authorities stamp\n"
    "over SHA-512 trees, so that neither an authority nor a hash function is the only one.\n\n"
    "The keys lie in DIR/keys unless --keys names another place. Whoever has the keys and the "
    "store\n"
    "can read every record; whoever loses the keys has lost every record. Keep a copy "
    "elsewhere.\n\n"
    "Examples:\n"
    "  perdura init /srv/archive\n"
    "  perdura init /srv/archive --keys /etc/perdura/keys --passphrase-file /run/secret\n"
    "  perdura init /srv/archive --tsa http://tsa.example/ --tsa-ca tsa-root.pem\n"};

Result<std::optional<std::string>> new_passphrase(const cxxopts::ParseResult& parsed) {
  const auto file = option(parsed, "passphrase-file");
  if (!file) {
    const char* from_environment = std::getenv("PERDURA_PASSPHRASE");
    return from_environment ? std::optional<std::string>(from_environment) : std::nullopt;
  }
  const auto passphrase = passphrase_in(*file);
  if (!passphrase) return passphrase.error();
  return std::optional(*passphrase);
}

std::vector<std::string> list(const cxxopts::ParseResult& parsed, const std::string& name) {
  if (parsed.count(name) == 0) return {};
  return parsed[name].as<std::vector<std::string>>();
}

void say_what_was_made(const std::filesystem::path& folder, const archive::CreateOptions& options) {
  std::cout << "Archive made in " << folder.string() << ".\n"
            << "Keys: " << (options.keys.empty() ? folder / "keys" : options.keys).string()
            << (options.passphrase ? ", sealed by the passphrase"
                                   : ", protected by file mode alone")
            << ". Copy them to a safe place now: without them no record can be read.\n";
  const unsigned locals = options.local_tsas.value_or(options.tsa_urls.empty() ? 1 : 0);
  for (unsigned i = 1; i <= locals; ++i) {
    const std::string name = i == 1 ? "tsa" : "tsa" + std::to_string(i);
    std::cout << "Time-stamps: by a local, self-asserted authority. Verifiers need "
              << (folder / name / "ca.pem").string() << ".\n";
  }
  std::cout << "Next: perdura deposit " << folder.string() << " FILES...\n";
}

}  // namespace

int command_init(int argc, char** argv) {
  CommandOptions options(text);
  const auto value = [] { return cxxopts::value<std::string>(); };
  const auto values = [] { return cxxopts::value<std::vector<std::string>>(); };
  options.add()("name",
                "the archive's name in statements and checkpoints, like 'archive.hospital.example' "
                "(made up from random digits otherwise; it can't be changed later)",
                value(), "NAME")("tsa", "URL of an RFC 3161 time-stamp authority; repeat for more",
                                 values(), "URL")(
      "tsa-ca", "PEM file with the CA of a --tsa; one for all, or one for each in the same order",
      values(), "FILE")("keys", "folder for the keys, outside of DIR if you can", value(), "DIR2")(
      "passphrase-file", "seal the keys with the passphrase in this file's first line", value(),
      "FILE")("organisation", "named in the local authority's certificates",
              value()->default_value("Perdura archive"),
              "NAME")("local-tsas", "how many local authorities to make, each with a CA of its own",
                      cxxopts::value<unsigned>(), "N")(
      "sha3",
      "fix each document's SHA3-256 in its statement too, beside SHA-256 and SHA-512: evidence can "
      "then leave SHA-2 for SHA-3 without reading a document; deposits cost more")(
      "quorum", "how many authorities must have stamped a batch before it counts as sealed",
      cxxopts::value<unsigned>()->default_value("1"), "K");
  const auto parsed = options.parse(argc, argv);
  if (!parsed) return report(parsed.error());
  if (!*parsed) return 0;
  if ((*parsed)->count("arguments") == 0) {
    return report({Errc::misuse, "where? name the folder of the new archive", "",
                   "see 'perdura init --help'"});
  }
  const std::filesystem::path folder =
      (**parsed)["arguments"].as<std::vector<std::string>>().front();
  const auto passphrase = new_passphrase(**parsed);
  if (!passphrase) return report(passphrase.error());
  archive::CreateOptions create;
  create.origin = option(**parsed, "name").value_or("");
  create.keys = option(**parsed, "keys").value_or("");
  create.passphrase = *passphrase;
  create.organisation = (**parsed)["organisation"].as<std::string>();
  create.tsa_urls = list(**parsed, "tsa");
  for (const std::string& file : list(**parsed, "tsa-ca")) create.tsa_ca_files.emplace_back(file);
  if ((*parsed)->count("local-tsas") != 0)
    create.local_tsas = (**parsed)["local-tsas"].as<unsigned>();
  create.sha3_256 = (*parsed)->count("sha3") != 0;
  create.quorum = (**parsed)["quorum"].as<unsigned>();
  if (auto made = archive::create_archive(folder, create, archive::SystemClock{}); !made) {
    return report(made.error());
  }
  say_what_was_made(folder, create);
  return 0;
}

}  // namespace perdura::tools
