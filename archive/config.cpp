#include "archive/config.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "archive/files.hpp"
#include "archive/json_text.hpp"
#include "archive/new_file.hpp"

namespace perdura::archive {
namespace {

namespace json = boost::json;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

constexpr std::string_view archive_format = "archive/2";
// Its tracks have the first four members.
constexpr std::string_view archive_format_before = "archive/1";
constexpr std::uint64_t config_size_max = 1 << 20;

std::filesystem::path file_in(const std::filesystem::path& archive) {
  return archive / "perdura.json";
}

json::value to_json(const Config& config) {
  json::array tracks;
  for (const Track& track : config.tracks) {
    tracks.push_back({{"name", track.name},
                      {"digest", verifier::name(track.algorithm)},
                      {"url", track.url},
                      {"ca", track.ca_file},
                      {"folder", track.folder},
                      {"state", track.active() ? "active" : "retired"},
                      {"successor", track.successor},
                      {"policy", track.policy},
                      {"credentials", track.credentials_file}});
    if (track.retired) tracks.back().as_object()["retired"] = to_string(*track.retired);
  }
  json::object out{{"perdura", archive_format},
                   {"origin", config.origin},
                   {"keys", config.keys},
                   {"quorum", config.quorum},
                   {"sha3-256", config.sha3_256}};
  if (!config.log_key.empty()) out["logKey"] = config.log_key;
  out["tracks"] = std::move(tracks);
  return out;
}

std::string text(const json::object& in, std::string_view member) {
  return std::string(in.at(member).as_string());
}

Track track_from_json(const json::object& object, bool with_all_members) {
  const auto algorithm = verifier::digest_algorithm_from_name(text(object, "digest"));
  if (!algorithm) throw std::invalid_argument("unknown digest " + text(object, "digest"));
  Track track{.name = text(object, "name"),
              .algorithm = *algorithm,
              .url = text(object, "url"),
              .ca_file = text(object, "ca")};
  if (!with_all_members) return track;
  const std::string state = text(object, "state");
  if (state != "active" && state != "retired") {
    throw std::invalid_argument("unknown state " + state);
  }
  track.folder = text(object, "folder");
  track.state = state == "active" ? TrackState::active : TrackState::retired;
  track.successor = text(object, "successor");
  track.policy = text(object, "policy");
  track.credentials_file = text(object, "credentials");
  if (object.contains("retired")) {
    track.retired = verifier::parse_time(text(object, "retired"));
    if (!track.retired) throw std::invalid_argument("'retired' is no time");
  }
  return track;
}

// Throws what Boost.JSON throws when a member is missing or of another type.
Config from_json(const json::object& object, bool with_all_members) {
  Config config{.origin = text(object, "origin"),
                .keys = text(object, "keys"),
                .tracks = {},
                .quorum = object.at("quorum").to_number<unsigned>()};
  if (const json::value* sha3_256 = object.if_contains("sha3-256")) {
    config.sha3_256 = sha3_256->as_bool();
  }
  if (object.contains("logKey")) config.log_key = text(object, "logKey");
  for (const json::value& value : object.at("tracks").as_array()) {
    config.tracks.push_back(track_from_json(value.as_object(), with_all_members));
  }
  return config;
}

std::string file_text(const Config& config) { return json::serialize(to_json(config)) + "\n"; }

// What is wrong with settings by themselves; empty when nothing is.
std::string fault_of(const Config& config) {
  std::size_t active = 0;
  for (const Track& track : config.tracks) {
    if (!fit_for_track_name(track.name)) return "'" + track.name + "' is no name for a track";
    if (config.track(track.name) != &track) return "two tracks are called '" + track.name + "'";
    if (!track.successor.empty() && config.track(track.successor) == nullptr) {
      return "there is no track '" + track.successor + "' to succeed '" + track.name + "'";
    }
    active += track.active() ? 1 : 0;
  }
  if (config.quorum < 1 || (active > 0 && config.quorum > active)) {
    return "a quorum of " + std::to_string(config.quorum) + " cannot be had of " +
           std::to_string(active) + " active authorities";
  }
  return {};
}

}  // namespace

Result<Config> read_config(const std::filesystem::path& archive) {
  const std::filesystem::path file = file_in(archive);
  const auto octets = read_file(file, config_size_max);
  if (!octets && octets.error().code == Errc::not_found) {
    return Error{Errc::not_found, "there is no archive here", archive.string(),
                 "make one with 'perdura init " + archive.string() + "'"};
  }
  if (!octets) return octets.error();
  try {
    const json::value value = parse_json(verifier::as_text(*octets));
    const std::string version(value.at("perdura").as_string());
    if (version != archive_format && version != archive_format_before) {
      return Error{Errc::unsupported, "the archive is of version '" + version + "'", file.string(),
                   "use the perdura that made it, or a newer one"};
    }
    return from_json(value.as_object(), version != archive_format_before);
  } catch (const std::exception& problem) {
    return Error{Errc::malformed, std::string("the settings do not parse: ") + problem.what(),
                 file.string(), "restore the file from a backup"};
  }
}

Result<Ok> check_config(const Config& config, const std::filesystem::path& archive) {
  const std::string fault = fault_of(config);
  if (fault.empty()) return Ok{};
  return Error{Errc::misuse, fault, archive.string(), "see 'perdura tsa list'"};
}

Result<Ok> create_config(const std::filesystem::path& archive, const Config& config) {
  if (auto sense = check_config(config, archive); !sense) return sense;
  return write_new_file(file_in(archive), verifier::as_bytes(file_text(config)), 0644);
}

Result<Ok> update_config(const std::filesystem::path& archive, const Config& config) {
  if (auto sense = check_config(config, archive); !sense) return sense;
  return replace_file(file_in(archive), verifier::as_bytes(file_text(config)), 0644);
}

const Track* Config::track(std::string_view name) const {
  const auto found = std::ranges::find(tracks, name, &Track::name);
  return found == tracks.end() ? nullptr : &*found;
}

bool fit_for_track_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= 32 && std::ranges::all_of(name, fits);
}

}  // namespace perdura::archive
