#include "archive/authority_state.hpp"

#include <boost/json.hpp>

#include "archive/files.hpp"
#include "archive/json_text.hpp"
#include "archive/new_file.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using verifier::Errc;
using verifier::Error;
using verifier::Result;
using verifier::Time;

constexpr std::string_view authority_format = "local-tsa/2";
constexpr std::uint64_t state_size_max = 1 << 20;
constexpr std::size_t generations_max = 1000;

fs::path state_file(const fs::path& dir) { return dir / "authority.json"; }

// The name of a file of the folder itself. Throws std::invalid_argument when it leads out of it.
std::string file_name(const json::object& in, std::string_view member) {
  std::string name(in.at(member).as_string());
  if (name.find('/') != std::string::npos || name.starts_with('.')) {
    throw std::invalid_argument("'" + name + "' is no name of a file here");
  }
  return name;
}

Time time_in(const json::object& in, std::string_view member) {
  const auto time = verifier::parse_time(std::string(in.at(member).as_string()));
  if (!time) throw std::invalid_argument("'" + std::string(member) + "' is no time");
  return *time;
}

json::value to_json(const AuthorityState& state) {
  json::array cas;
  for (const AuthorityState::Ca& ca : state.cas) {
    cas.push_back(
        {{"certificate", ca.certificate}, {"key", ca.key}, {"digest", verifier::name(ca.digest)}});
  }
  json::array tsas;
  for (const AuthorityState::Tsa& tsa : state.tsas) {
    json::object out{{"certificate", tsa.certificate}, {"key", tsa.key}, {"ca", tsa.ca}};
    if (tsa.revocation) {
      json::object revoked{{"reason", tsa.revocation->reason},
                           {"when", to_string(tsa.revocation->when)}};
      if (tsa.revocation->invalidity) {
        revoked["invalidity"] = to_string(*tsa.revocation->invalidity);
      }
      out["revoked"] = std::move(revoked);
    }
    tsas.push_back(std::move(out));
  }
  return {{"perdura", authority_format},
          {"caYears", state.ca_years},
          {"tsaYears", state.tsa_years},
          {"cas", std::move(cas)},
          {"tsas", std::move(tsas)}};
}

// What these two throw, Boost.JSON or they, says what is wrong.
AuthorityState::Ca ca_from_json(const json::object& in) {
  const auto digest =
      verifier::digest_algorithm_from_name(std::string(in.at("digest").as_string()));
  if (!digest) throw std::invalid_argument("a CA's digest is unknown");
  return {file_name(in, "certificate"), file_name(in, "key"), *digest};
}

AuthorityState::Tsa tsa_from_json(const json::object& in) {
  AuthorityState::Tsa tsa{.certificate = file_name(in, "certificate"),
                          .key = file_name(in, "key"),
                          .ca = in.at("ca").to_number<std::size_t>(),
                          .revocation = {}};
  if (const json::value* found = in.if_contains("revoked")) {
    const json::object& revoked = found->as_object();
    tsa.revocation =
        Revocation{revoked.at("reason").to_number<int>(), time_in(revoked, "when"), {}};
    if (revoked.contains("invalidity")) tsa.revocation->invalidity = time_in(revoked, "invalidity");
  }
  return tsa;
}

AuthorityState from_json(const json::object& in) {
  AuthorityState state;
  state.ca_years = in.at("caYears").to_number<unsigned>();
  state.tsa_years = in.at("tsaYears").to_number<unsigned>();
  for (const json::value& ca : in.at("cas").as_array()) {
    state.cas.push_back(ca_from_json(ca.as_object()));
  }
  for (const json::value& tsa : in.at("tsas").as_array()) {
    state.tsas.push_back(tsa_from_json(tsa.as_object()));
    if (state.tsas.back().ca >= state.cas.size()) throw std::invalid_argument("a CA is missing");
  }
  if (state.tsas.empty() || state.tsas.back().key.empty() || state.tsas.size() > generations_max ||
      state.cas.size() > generations_max) {
    throw std::invalid_argument("there is no authority in use, or there are too many");
  }
  return state;
}

}  // namespace

Result<AuthorityState> read_authority_state(const fs::path& dir) {
  const fs::path file = state_file(dir);
  const auto octets = read_file(file, state_size_max);
  if (!octets && octets.error().code == Errc::not_found) {
    AuthorityState first;
    first.cas = {{"ca.pem", "ca.key", verifier::DigestAlgorithm::sha512}};
    first.tsas = {{"tsa.pem", "tsa.key", 0, {}}};
    return first;
  }
  if (!octets) return octets.error();
  try {
    const json::value value = parse_json(verifier::as_text(*octets));
    const std::string version(value.at("perdura").as_string());
    if (version != authority_format) {
      return Error{Errc::unsupported, "the authority is of version '" + version + "'",
                   file.string(), "use the perdura that made it, or a newer one"};
    }
    return from_json(value.as_object());
  } catch (const std::exception& problem) {
    return Error{Errc::malformed,
                 std::string("the authority's state does not parse: ") + problem.what(),
                 file.string(), "restore the folder from a backup"};
  }
}

Result<verifier::Ok> write_authority_state(const fs::path& dir, const AuthorityState& state) {
  const std::string text = json::serialize(to_json(state)) + "\n";
  return replace_file(state_file(dir), verifier::as_bytes(text), 0644);
}

}  // namespace perdura::archive
