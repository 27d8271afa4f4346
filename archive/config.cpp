#include "archive/config.hpp"

#include <boost/json.hpp>

#include "archive/files.hpp"
#include "archive/new_file.hpp"

namespace perdura::archive {
namespace {

namespace json = boost::json;
using verifier::Errc;
using verifier::Error;
using verifier::Ok;
using verifier::Result;

constexpr std::string_view format = "archive/1";
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
                      {"ca", track.ca_file}});
  }
  return {{"perdura", format},
          {"origin", config.origin},
          {"keys", config.keys},
          {"quorum", config.quorum},
          {"tracks", std::move(tracks)}};
}

// Throws what Boost.JSON throws when a field is missing or of another type.
Config from_json(const json::object& object) {
  const auto text = [](const json::object& in, std::string_view field) {
    return std::string(in.at(field).as_string());
  };
  Config config{.origin = text(object, "origin"),
                .keys = text(object, "keys"),
                .tracks = {},
                .quorum = object.at("quorum").to_number<unsigned>()};
  for (const json::value& value : object.at("tracks").as_array()) {
    const json::object& track = value.as_object();
    const auto algorithm = verifier::digest_algorithm_from_name(text(track, "digest"));
    if (!algorithm) throw std::invalid_argument("unknown digest " + text(track, "digest"));
    config.tracks.push_back(
        {text(track, "name"), *algorithm, text(track, "url"), text(track, "ca")});
  }
  return config;
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
    const json::value value = json::parse(verifier::as_text(*octets));
    const std::string version(value.at("perdura").as_string());
    if (version != format) {
      return Error{Errc::unsupported, "the archive is of version '" + version + "'", file.string(),
                   "use the perdura that made it, or a newer one"};
    }
    return from_json(value.as_object());
  } catch (const std::exception& problem) {
    return Error{Errc::malformed, std::string("the settings do not parse: ") + problem.what(),
                 file.string(), "restore the file from a backup"};
  }
}

Result<Ok> create_config(const std::filesystem::path& archive, const Config& config) {
  const std::string text = json::serialize(to_json(config)) + "\n";
  return write_new_file(file_in(archive), verifier::as_bytes(text), 0644);
}

}  // namespace perdura::archive
