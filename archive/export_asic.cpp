#include "archive/export_asic.hpp"

#include <array>
#include <cstdio>

#include "archive/damaged_records.hpp"
#include "archive/evidence.hpp"
#include "archive/group_members.hpp"
#include "archive/package_output.hpp"
#include "verifier/asic.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/package.hpp"
#include "verifier/xml_digest.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
namespace names = verifier::package_name;
using verifier::as_bytes;

// "META-INF/evidencerecord001.ers"
std::string numbered(const char* before, std::size_t number, const char* after) {
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), "%03u", static_cast<unsigned>(number % 1000));
  return std::string("META-INF/") + before + digits.data() + after;
}

// ASiCEvidenceRecordManifest (EN 319 162-1 annex A.4). Names are ASCII that XML and URIs take as it
// is.
std::string manifest(const std::string& evidence, const std::vector<std::string>& objects,
                     const std::vector<Digest>& digests, DigestAlgorithm algorithm) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<asic:ASiCManifest xmlns:asic=\"" +
      std::string(verifier::asic_namespace) + "\" xmlns:ds=\"" +
      std::string(verifier::xmldsig_namespace) + "\">\n  <asic:SigReference URI=\"" + evidence +
      "\"/>\n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    text += "  <asic:DataObjectReference URI=\"" + objects[i] +
            "\">\n    <ds:DigestMethod Algorithm=\"" +
            std::string(verifier::digest_uri(algorithm)) + "\"/>\n    <ds:DigestValue>" +
            verifier::to_base64(digests[i]) + "</ds:DigestValue>\n  </asic:DataObjectReference>\n";
  }
  return text + "</asic:ASiCManifest>\n";
}

// Writes one container after the other.
class AsicExport {
 public:
  AsicExport(const Archive& archive, const ExportOptions& options)
      : archive_(archive), options_(options), reader_(archive.reader()), evidence_(archive) {}

  const ExportResult& result() const { return result_; }

  Result<Ok> write(std::uint64_t index, const DepositRow& row, const fs::path& path) {
    auto output = open_zip_output(path, archive_.clock().now());
    if (!output) return output.error();
    output_ = output->get();
    const ByteView type = as_bytes(verifier::asic_e_type);
    if (auto added = output_->add("mimetype", type); !added) return added;
    if (auto added = add_record(index, row); !added) return added;
    if (auto published = output_->publish(); !published) return published;
    ++result_.records;
    if (options_.progress) options_.progress(result_.records);
    return Ok{};
  }

 private:
  Result<Ok> add_record(std::uint64_t index, const DepositRow& row) {
    const auto lineages = evidence_.lineages();
    if (!lineages) return lineages.error();
    if ((*lineages)->batch_of(index) == nullptr) {
      return Error{Errc::conflict, "the record is not sealed yet, so there is no evidence for it",
                   row.statement.address.hex(), "run 'perdura seal' first"};
    }
    const auto text = read_statement_text(archive_, reader_, row);
    if (!text) return text.error();
    const auto statement = verifier::parse_statement(*text);
    if (!statement) return statement.error();
    std::vector<std::string> objects = {std::string(names::statement)};
    if (auto added = output_->add(objects.front(), as_bytes(*text)); !added) return added;
    for (std::size_t i = 0; i < row.documents.size(); ++i) {
      objects.push_back(names::document(i + 1, statement->documents[i].name));
      if (auto added = add_document(objects.back(), row.documents[i]); !added) return added;
    }
    const MembersOf members = record_members(archive_, reader_, row, *text);
    const auto evidence = evidence_.evidence_for(index, row, members);
    if (!evidence) return evidence.error();
    for (std::size_t i = 0; i < evidence->size(); ++i) {
      auto added = add_evidence(i + 1, (*evidence)[i].evidence_record, objects, members);
      if (!added) return added;
    }
    return Ok{};
  }

  Result<Ok> add_document(const std::string& name, const ContentReference& document) {
    if (auto begun = output_->begin(name); !begun) return begun;
    const auto sink = [&](ByteView part) {
      auto on = go_on(options_);
      return on ? output_->write(part) : on;
    };
    if (auto read = read_content(archive_, reader_, document, sink); !read) return read;
    ++result_.documents;
    result_.bytes += document.length;
    return output_->end();
  }

  // The manifest's digests are in the hash function of the evidence's first chain: validators
  // compare them with its hash values.
  Result<Ok> add_evidence(std::size_t number, const Bytes& octets,
                          const std::vector<std::string>& objects, const MembersOf& members) {
    const auto record = verifier::parse_evidence_record(octets);
    if (!record) return record.error();
    const auto algorithms = verifier::digest_algorithms(*record);
    if (!algorithms) return algorithms.error();
    const auto digests = members(algorithms->front());
    if (!digests) return digests.error();
    const std::string name = numbered("evidencerecord", number, ".ers");
    if (auto added = output_->add(name, octets); !added) return added;
    const std::string text = manifest(name, objects, *digests, algorithms->front());
    return output_->add(numbered("ASiCEvidenceRecordManifest", number, ".xml"), as_bytes(text));
  }

  const Archive& archive_;
  const ExportOptions& options_;
  ContentReader reader_;
  EvidenceAssembler evidence_;
  PackageOutput* output_ = nullptr;
  ExportResult result_;
};

Result<ExportResult> export_one(const Archive& archive, const fs::path& path,
                                const ExportOptions& options) {
  std::optional<std::uint64_t> only;
  std::optional<DepositRow> row;
  const auto found = for_each_selected(
      archive, options, [&](std::uint64_t index, const DepositRow& one) -> Result<bool> {
        if (only) {
          return Error{Errc::misuse, "a container holds one record, and more are selected",
                       path.string(), "name a folder, which gets a container for each"};
        }
        only = index;
        row = one;
        return true;
      });
  if (!found) return found.error();
  AsicExport out(archive, options);
  if (!only) return out.result();
  if (auto written = out.write(*only, *row, path); !written) return written.error();
  return out.result();
}

Result<ExportResult> export_each(const Archive& archive, const fs::path& path,
                                 const ExportOptions& options) {
  std::error_code failed;
  if (!fs::create_directory(path, failed)) {
    return Error{failed ? Errc::io : Errc::conflict,
                 failed ? failed.message() : "something is there already", path.string(), ""};
  }
  AsicExport out(archive, options);
  DamagedRecords damaged(archive, options);
  auto written = for_each_selected(
      archive, options, [&](std::uint64_t index, const DepositRow& row) -> Result<bool> {
        const fs::path name = path / (row.statement.address.hex() + ".asice");
        auto one = out.write(index, row, name);
        if (!one && !damaged.take_note(index, row)) return one.error();
        return true;
      });
  if (written) written = damaged.allow(out.result().records);
  ExportResult result = out.result();
  result.left_out = damaged.count();
  if (written && result.records > 0) return result;
  fs::remove_all(path, failed);
  return written ? Result<ExportResult>(result) : written.error();
}

}  // namespace

Result<ExportResult> export_asic(const Archive& archive, const fs::path& path,
                                 const ExportOptions& options) {
  if (options.include_unsealed) {
    return Error{Errc::misuse, "a container without evidence is of no use", path.string(), ""};
  }
  std::error_code failed;
  if (fs::exists(fs::symlink_status(path, failed))) {
    return Error{Errc::conflict, "something is there already", path.string(), ""};
  }
  auto result = path.extension() == ".asice" ? export_one(archive, path, options)
                                             : export_each(archive, path, options);
  if (result && result->records == 0) {
    return Error{Errc::not_found, "no record is selected, so there is nothing to export",
                 archive.folder().string(), "'perdura list' shows what there is"};
  }
  return result;
}

}  // namespace perdura::archive
