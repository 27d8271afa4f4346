#include "verifier/asic.hpp"

#include <algorithm>

#include "verifier/xml.hpp"
#include "verifier/xml_digest.hpp"

namespace perdura::verifier {
namespace {

constexpr std::string_view folder = "meta-inf/";
constexpr std::size_t references_max = 10'000;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The name of a file that a URI relative to the container's root means; nothing when it is none. A
// '%' without two hex digits after it stands for itself, as some programs write it.
std::optional<std::string> file_name(std::string_view uri) {
  std::string name;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const auto octet = uri[i] == '%' ? from_hex(uri.substr(i + 1, 2)) : std::nullopt;
    if (octet && octet->size() == 1) {
      name.push_back(static_cast<char>(octet->front()));
      i += 2;
    } else {
      name.push_back(uri[i]);
    }
  }
  if (!fault_of_name(name).empty()) return std::nullopt;
  return name;
}

class ManifestReader {
 public:
  explicit ManifestReader(std::string name) { manifest_.name = std::move(name); }

  Result<AsicManifest> read(const XmlElement& root) {
    if (!root.is(asic_namespace, "ASiCManifest")) fail(root, "is not an ASiCManifest");
    for (const XmlElement& child : root.children()) {
      if (child.is(asic_namespace, "SigReference") && manifest_.evidence.empty()) {
        manifest_.evidence = named_file(child);
      } else if (child.is(asic_namespace, "DataObjectReference")) {
        read_reference(child);
      } else if (child.is(asic_namespace, "ASiCManifestExtensions")) {
        refuse_critical(child);
      } else {
        fail(child, "does not belong here");
      }
    }
    if (manifest_.evidence.empty()) fail(root, "has no SigReference");
    if (manifest_.references.empty()) fail(root, "names no file");
    if (error_) return *error_;
    return std::move(manifest_);
  }

 private:
  void fail(const XmlElement& at, std::string what, Errc code = Errc::malformed) {
    if (!error_) error_ = Error{code, std::move(what), manifest_.name + ": " + at.where(), ""};
  }

  std::string named_file(const XmlElement& element) {
    auto name = file_name(element.attribute("URI").value_or(""));
    if (!name) fail(element, "its URI is not the name of a file in the container");
    return std::move(name).value_or("");
  }

  // EN 319 162-1 annex A: an extension that is critical must be understood; none is.
  void refuse_critical(const XmlElement& extensions) {
    for (const XmlElement& child : extensions.children()) {
      const auto critical = child.attribute("Critical").value_or("false");
      if (critical != "false" && critical != "0") {
        fail(child, "an extension that is critical is not known", Errc::unsupported);
      }
    }
  }

  void read_reference(const XmlElement& element) {
    AsicReference reference;
    reference.name = named_file(element);
    bool has_method = false;
    for (const XmlElement& child : element.children()) {
      if (child.is(xmldsig_namespace, "DigestMethod")) {
        has_method = true;
        reference.algorithm_uri = child.attribute("Algorithm").value_or("");
        reference.algorithm = digest_algorithm_from_uri(reference.algorithm_uri);
      } else if (child.is(xmldsig_namespace, "DigestValue")) {
        const auto digest = from_xml_base64(child.text());
        if (!digest) fail(child, "is not base64");
        reference.digest = digest.value_or(Bytes());
      } else if (child.is(asic_namespace, "DataObjectReferenceExtensions")) {
        refuse_critical(child);
      } else {
        fail(child, "does not belong here");
      }
    }
    if (!has_method || reference.digest.empty()) fail(element, "has no digest");
    const bool sized =
        !reference.algorithm || reference.digest.size() == digest_size(*reference.algorithm);
    if (!sized) fail(element, "its digest has the wrong length");
    manifest_.references.push_back(std::move(reference));
    if (manifest_.references.size() > references_max) {
      fail(element, "names more than 10,000 files", Errc::too_large);
    }
  }

  AsicManifest manifest_;
  std::optional<Error> error_;
};

}  // namespace

AsicPart asic_part(std::string_view name) {
  if (name == "mimetype") return AsicPart::mimetype;
  const std::string all = lower(name);
  if (!all.starts_with(folder)) return AsicPart::document;
  const std::string_view file = std::string_view(all).substr(folder.size());
  const bool xml = file.ends_with(".xml");
  if (xml && file.starts_with("asicevidencerecordmanifest")) {
    return AsicPart::evidence_record_manifest;
  }
  if (xml && (file.starts_with("asicmanifest") || file.starts_with("asicarchivemanifest"))) {
    return AsicPart::manifest;
  }
  if (has(file, "evidencerecord") && (xml || file.ends_with(".ers"))) {
    return AsicPart::evidence_record;
  }
  if (has(file, "timestamp") && file.ends_with(".tst")) return AsicPart::time_stamp;
  if (has(file, "signature")) return AsicPart::signature;
  return AsicPart::other;
}

bool is_asic(const PackageSource& source) {
  bool found = false;
  const auto walked = source.for_each([&](std::uint32_t, const std::string& name) {
    const AsicPart part = asic_part(name);
    found = found ||
            (part != AsicPart::document && part != AsicPart::mimetype && part != AsicPart::other);
  });
  return walked && found;
}

Result<AsicManifest> parse_asic_manifest(ByteView xml, std::string name) {
  XmlLimits limits;
  limits.size = asic_manifest_size_max;
  const auto document = XmlDocument::parse(xml, limits);
  if (!document) {
    Error error = document.error();
    error.where = error.where.empty() ? name : name + ": " + error.where;
    return error;
  }
  return ManifestReader(std::move(name)).read(document->root());
}

}  // namespace perdura::verifier
