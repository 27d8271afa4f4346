// perdura-verify: judges packages and evidence records, without an archive and without a network.
#include <openssl/crypto.h>

#include <iostream>

#include "tools/standard_streams.hpp"
#include "tools/verify/judge.hpp"
#include "tools/verify/options.hpp"
#include "tools/verify/outputs.hpp"
#include "verifier/printable.hpp"

namespace {

using namespace perdura::verifier;
using namespace perdura::tools::verify;

constexpr int exit_not_read = 3;

int exit_code(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return 0;
    case Verdict::failed:
      return 1;
    case Verdict::indeterminate:
      break;
  }
  return 2;
}

int complain(const Error& error) {
  std::cerr << "perdura-verify: error: " << printable(to_string(error)) << "\n";
  if (!error.hint.empty()) std::cerr << "perdura-verify: hint: " << printable(error.hint) << "\n";
  return exit_not_read;
}

// An assumption about nobody must not look as if the evidence withstood it.
void warn_of_unmet(const std::vector<BrokenAuthority>& assumed_broken) {
  for (const BrokenAuthority& one : assumed_broken) {
    if (one.met && *one.met) continue;
    std::cerr << "perdura-verify: warning: no time-stamp here is by an authority '"
              << printable(one.name) << "': assuming that it fell changes nothing\n";
  }
}

int run(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (!options) return complain(options.error());
  if (options->help) {
    std::cout << help_text();
    return 0;
  }
  if (options->version) {
    std::cout << "perdura-verify " PERDURA_VERSION "\n";
    return 0;
  }
  if (auto good = check_outputs(*options); !good) return complain(good.error());
  // A package of that name is judged as ./inspect.
  if (!options->evidence && !options->operands.empty() && options->operands.front() == "inspect") {
    const auto inspected = inspect(*options);
    return inspected ? 0 : complain(inspected.error());
  }
  auto judge = judge_options(*options);
  if (!judge) return complain(judge.error());
  const auto assumed_broken = judge->broken_authorities;
  const auto verdict = judge_given(*options, *std::move(judge));
  if (verdict) warn_of_unmet(assumed_broken);
  return verdict ? exit_code(*verdict) : complain(verdict.error());
}

}  // namespace

int main(int argc, char** argv) {
  perdura::tools::occupy_standard_streams();
  try {
    // A configuration file on this machine must not change the verdict.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    const int code = run(argc, argv);
    std::cout.flush();
    if (!std::cout) return complain({Errc::io, "can't write the report", "standard output", ""});
    return code;
  } catch (const std::exception& error) {
    std::cerr << "perdura-verify: error: " << error.what() << "\n";
    return exit_not_read;
  } catch (...) {
    std::cerr << "perdura-verify: error: something unknown went wrong\n";
    return exit_not_read;
  }
}
