// Showing packages (declared in inspection.hpp).
#include <map>

#include "verifier/evidence_record.hpp"
#include "verifier/inspection.hpp"
#include "verifier/package.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t records_brief = 8;
constexpr std::size_t records_full = 10'000;
constexpr std::size_t record_files_max = 4096;  // of one record

// The first records by name, and how many there are.
struct Records {
  std::map<std::string, std::vector<std::string>> first;
  std::uint64_t statements = 0;
  std::uint64_t files = 0;
};

Result<Records> records_of(const PackageSource& package, std::size_t records_max) {
  Records found;
  const auto visited = package.for_each([&](std::uint32_t, const std::string& name) {
    ++found.files;
    if (!name.starts_with(package_name::records)) return;
    const std::size_t end = name.find('/', package_name::records.size());
    if (end == std::string::npos) return;
    const std::string_view file = std::string_view(name).substr(end + 1);
    if (file == package_name::statement) ++found.statements;
    auto& files = found.first[name.substr(0, end + 1)];
    if (files.size() < record_files_max) files.emplace_back(file);
    if (found.first.size() > records_max) found.first.erase(std::prev(found.first.end()));
  });
  if (!visited) return visited.error();
  return found;
}

// When each time-stamp of each chain was made.
Shown times_of(const EvidenceRecord& record) {
  Shown chains = Shown::list();
  for (const ArchiveTimeStampChain& chain : record.chains) {
    Shown times = Shown::list();
    for (const ArchiveTimeStamp& ats : chain.archive_timestamps) {
      const auto token = parse_timestamp_token(ats.time_stamp);
      times.add(token ? to_string(token->tst_info.gen_time) : std::string("unreadable"));
    }
    chains.add(std::move(times));
  }
  return chains;
}

Shown evidence_of(PackageReader& reader, const std::string& name, const std::string& track,
                  InspectDetail detail, std::size_t& octets_left) {
  Shown shown = Shown::object();
  shown.add("track", track);
  const auto octets = read_whole(reader, name, evidence_size_max);
  if (!octets) return shown.add("unreadable", to_string(octets.error()));
  if (octets->size() > octets_left) return shown.add("notShown", "enough evidence was shown");
  octets_left -= octets->size();
  const auto record = parse_evidence_record(*octets);
  if (!record) return shown.add("unreadable", to_string(record.error()));
  if (detail == InspectDetail::full) {
    return shown.add("evidenceRecord", Inspector(*octets, detail).evidence_record(*record));
  }
  shown.add("octets", std::uint64_t{octets->size()});
  return shown.add("timesOfChains", times_of(*record));
}

Shown header_of(PackageReader& reader) {
  Shown shown = Shown::object();
  const auto octets = read_whole(reader, package_name::header, package_header_size_max);
  if (!octets) return shown.add("unreadable", to_string(octets.error()));
  const auto header = parse_package_header(as_text(*octets));
  if (!header) return shown.add("unreadable", to_string(header.error()));
  shown.add("archive", header->archive).add("exportedAt", to_string(header->exported_at));
  shown.add("exportedBy", header->exported_by).add("records", header->records);
  return shown.add("journalKey", header->log_key);
}

}  // namespace

Result<Shown> inspect(const PackageSource& package, InspectDetail detail) {
  if (is_container(package)) return inspect_container(package, detail);
  auto reader = package.reader();
  if (!reader) return reader.error();
  const auto found =
      records_of(package, detail == InspectDetail::full ? records_full : records_brief);
  if (!found) return found.error();
  Shown shown = Shown::object();
  shown.add("perdura", "inspection/1");
  shown.add("note", "This shows what the package holds. It judges nothing.");
  shown.add("package", header_of(**reader));
  shown.add("files", found->files).add("recordsWithStatement", found->statements);
  Shown records = Shown::list();
  std::size_t octets_left = shown_evidence_max;
  for (const auto& [folder, files] : found->first) {
    Shown record = Shown::object();
    record.add("record", folder.substr(package_name::records.size(),
                                       folder.size() - package_name::records.size() - 1));
    Shown names = Shown::list();
    Shown evidence = Shown::list();
    for (const std::string& file : files) {
      names.add(file);
      if (!file.ends_with(".ers") || file.find('/') != std::string::npos) continue;
      evidence.add(evidence_of(**reader, folder + file, file.substr(0, file.size() - 4), detail,
                               octets_left));
    }
    record.add("files", std::move(names)).add("evidence", std::move(evidence));
    records.add(std::move(record));
  }
  if (found->statements > found->first.size()) {
    records.add("... and " + std::to_string(found->statements - found->first.size()) + " more" +
                (detail == InspectDetail::brief ? " (--full shows more)" : ""));
  }
  return shown.add("records", std::move(records));
}

}  // namespace perdura::verifier
