#include "verifier/package.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "verifier/canonical_json.hpp"

namespace perdura::verifier {
namespace {

namespace json = boost::json;

constexpr std::size_t header_tracks_max = 64;
constexpr std::uint64_t count_max = (std::uint64_t{1} << 53) - 1;
constexpr std::size_t consistency_length_max = 128;

PackageTrack read_track(const json::value& value, JsonMembers& outer) {
  JsonMembers in(value, "package.json: tracks");
  PackageTrack track;
  track.digest = in.text("digest");
  track.name = in.text("name");
  track.self_asserted = in.boolean("selfAsserted");
  track.tsa = in.text("tsa");
  in.end();
  if (in.error()) outer.fail("tracks", to_string(*in.error()), in.error()->code);
  return track;
}

json::string text(std::string_view value) { return json::string(value.data(), value.size()); }

}  // namespace

std::string write_package_header(const PackageHeader& header) {
  json::array tracks;
  for (const PackageTrack& track : header.tracks) {
    tracks.push_back(json::object{{"digest", text(track.digest)},
                                  {"name", text(track.name)},
                                  {"selfAsserted", track.self_asserted},
                                  {"tsa", text(track.tsa)}});
  }
  const json::value selection = json::parse(text(header.selection));
  check(selection.is_object(), "a selection is a JSON object");
  return canonical_json(json::object{{"archive", text(header.archive)},
                                     {"exportedAt", text(to_string(header.exported_at))},
                                     {"exportedBy", text(header.exported_by)},
                                     {"logKey", text(header.log_key)},
                                     {"perdura", "package/1"},
                                     {"records", header.records},
                                     {"selection", selection},
                                     {"tracks", std::move(tracks)}});
}

Result<PackageHeader> parse_package_header(std::string_view text_of_it) {
  const auto value =
      parse_canonical_json(text_of_it, "package.json", {package_header_size_max, 16});
  if (!value) return value.error();
  JsonMembers in(*value, "package.json");
  in.kind("package", "1");
  PackageHeader header;
  header.archive = in.text("archive");
  header.exported_at = in.time("exportedAt");
  header.exported_by = in.text("exportedBy");
  header.log_key = in.text("logKey");
  header.records = in.integer("records", count_max);
  if (const json::value* selection = in.any("selection")) {
    header.selection = canonical_json(*selection);
    if (!selection->is_object()) in.fail("selection", "is not an object");
  }
  if (const json::array* tracks = in.array("tracks", header_tracks_max)) {
    for (const json::value& one : *tracks) header.tracks.push_back(read_track(one, in));
  }
  in.end();
  if (in.error()) return *in.error();
  return header;
}

std::string write_consistency(const ConsistencyProof& proof) {
  json::array hashes;
  for (const Digest& digest : proof.proof) hashes.push_back(text(to_base64(digest.view())));
  return canonical_json(
      json::object{{"from", proof.from}, {"proof", std::move(hashes)}, {"to", proof.to}});
}

Result<ConsistencyProof> parse_consistency(std::string_view text_of_it) {
  const auto value =
      parse_canonical_json(text_of_it, "consistency.json", {consistency_size_max, 4});
  if (!value) return value.error();
  JsonMembers in(*value, "consistency.json");
  ConsistencyProof proof;
  proof.from = in.integer("from", count_max);
  if (const json::array* hashes = in.array("proof", consistency_length_max)) {
    for (const json::value& one : *hashes) {
      const json::string* written = one.if_string();
      const auto octets =
          written == nullptr ? std::nullopt : from_base64({written->data(), written->size()});
      if (!octets || octets->size() != digest_size(DigestAlgorithm::sha256)) {
        in.fail("proof", "holds what is not base64 of 32 octets");
        break;
      }
      proof.proof.emplace_back(*octets);
    }
  }
  proof.to = in.integer("to", count_max);
  in.end();
  if (in.error()) return *in.error();
  return proof;
}

namespace package_name {

std::string batch_folder(std::uint64_t batch) {
  return std::string(journal) + "batch-" + std::to_string(batch) + "/";
}

std::string record_folder(std::string_view record) {
  return std::string(records) + std::string(record) + "/";
}

std::string document(std::size_t position, std::string_view name) {
  std::string number = std::to_string(position);
  if (number.size() < 3) number.insert(0, 3 - number.size(), '0');
  std::string safe(name.substr(0, 100));
  std::ranges::replace_if(
      safe,
      [](char c) {
        return !((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                 c == '.' || c == '_' || c == '-');
      },
      '_');
  return "documents/" + number + "-" + safe;
}

}  // namespace package_name

}  // namespace perdura::verifier
