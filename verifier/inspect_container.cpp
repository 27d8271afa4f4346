// Showing ASiC containers (declared in inspection.hpp).
#include "verifier/asic.hpp"
#include "verifier/asic_files.hpp"
#include "verifier/inspection.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t part_size_max = std::size_t{16} << 20;
constexpr std::size_t evidence_brief = 8;
constexpr std::size_t evidence_full = 256;
constexpr std::size_t names_brief = 20;

Shown shown_names(const std::vector<std::string>& names, InspectDetail detail) {
  Shown shown = Shown::list();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (detail == InspectDetail::brief && i == names_brief) {
      shown.add("... and " + std::to_string(names.size() - i) + " more (--full shows all)");
      break;
    }
    shown.add(names[i]);
  }
  return shown;
}

Shown shown_manifest(AsicFiles& files, const std::string& name, InspectDetail detail) {
  Shown shown = Shown::object();
  shown.add("name", name);
  const auto octets = files.read(name, part_size_max);
  if (!octets) return std::move(shown.add("unreadable", to_string(octets.error())));
  const auto manifest = parse_asic_manifest(*octets, name);
  if (!manifest) return std::move(shown.add("unreadable", to_string(manifest.error())));
  std::vector<std::string> names;
  for (const AsicReference& reference : manifest->references) {
    names.push_back(reference.name + " (" + reference.algorithm_uri + ")");
  }
  shown.add("evidence", manifest->evidence);
  return std::move(shown.add("references", shown_names(names, detail)));
}

Shown shown_evidence(AsicFiles& files, const std::string& name, InspectDetail detail,
                     std::size_t& octets_left) {
  Shown shown = Shown::object();
  shown.add("name", name);
  const auto octets = files.read(name, part_size_max);
  if (!octets) return std::move(shown.add("unreadable", to_string(octets.error())));
  if (octets->size() > octets_left) {
    return std::move(shown.add("notShown", "enough evidence was shown"));
  }
  octets_left -= octets->size();
  const auto inside = inspect(*octets, detail);
  if (!inside) return std::move(shown.add("unreadable", to_string(inside.error())));
  return std::move(shown.add("holds", *inside));
}

}  // namespace

bool is_container(const PackageSource& source) {
  if (!is_asic(source)) return false;
  const auto reader = source.reader();
  return reader && !(*reader)->number("bagit.txt");
}

Result<Shown> inspect_container(const PackageSource& container, InspectDetail detail) {
  auto files = AsicFiles::open(container);
  if (!files) return files.error();
  Shown shown = Shown::object();
  shown.add("perdura", "inspection/1");
  shown.add("note", "This shows what the container holds. It judges nothing.");
  shown.add("documents", shown_names(files->of(AsicPart::document), detail));
  Shown manifests = Shown::list();
  Shown evidence = Shown::list();
  std::size_t left = detail == InspectDetail::full ? evidence_full : evidence_brief;
  std::size_t octets_left = shown_evidence_max;
  std::uint64_t more = 0;
  for (const AsicPart part : {AsicPart::evidence_record_manifest, AsicPart::manifest,
                              AsicPart::evidence_record, AsicPart::time_stamp}) {
    const bool manifest = part == AsicPart::evidence_record_manifest || part == AsicPart::manifest;
    for (const std::string& name : files->of(part)) {
      if (left == 0) {
        ++more;
        continue;
      }
      --left;
      if (manifest) manifests.add(shown_manifest(*files, name, detail));
      if (!manifest) evidence.add(shown_evidence(*files, name, detail, octets_left));
    }
  }
  shown.add("manifests", std::move(manifests)).add("evidence", std::move(evidence));
  shown.add("signatures", shown_names(files->of(AsicPart::signature), detail));
  if (more != 0) shown.add("filesOfEvidenceNotShown", more);
  return shown;
}

}  // namespace perdura::verifier
