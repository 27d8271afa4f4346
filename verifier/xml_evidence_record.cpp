#include "verifier/xml_evidence_record.hpp"

#include <string>

#include "verifier/der.hpp"
#include "verifier/timestamp_token.hpp"
#include "verifier/xml_digest.hpp"

namespace perdura::verifier {
namespace {

// Each hash-tree renewal hashes all that was before: octets of the document times chains.
constexpr std::size_t renewed_octets_max = std::size_t{16} << 20;
constexpr std::size_t cryptographic_information_max = 1000;

}  // namespace

// Reads the elements; the first error is kept, and every read after it does nothing.
class XmlEvidenceRecord::Reader {
 public:
  explicit Reader(XmlEvidenceRecord& result) : result_(result) {}

  std::optional<Error> read(std::size_t size) {
    const XmlElement root = result_.document_.root();
    if (!is(root, "EvidenceRecord")) fail(root, "is not an EvidenceRecord of RFC 6283");
    if (root.attribute("Version") != "1.0") {
      fail(root, "version is not 1.0", Errc::unsupported);
    }
    for (const XmlElement& child : root.children()) {
      if (is(child, "EncryptionInformation") && result_.sequence_.empty()) {
        result_.record_.encryption_info = ByteView();
      } else if (is(child, "SupportingInformationList") && result_.sequence_.empty()) {
        result_.record_.crypto_infos = ByteView();
      } else if (is(child, "ArchiveTimeStampSequence") && result_.sequence_.empty()) {
        read_sequence(child);
      } else {
        fail(child, "does not belong here");
      }
    }
    if (result_.sequence_.empty()) fail(root, "has no ArchiveTimeStampSequence");
    if (result_.chains_.size() * size > renewed_octets_max) {
      fail(root, "has more chains than can be hashed", Errc::too_large);
    }
    return error_;
  }

 private:
  static bool is(const XmlElement& element, std::string_view name) {
    return element.is(xml_evidence_namespace, name);
  }

  void fail(const XmlElement& at, std::string what, Errc code = Errc::malformed) {
    if (!error_) error_ = Error{code, std::move(what), at.where(), ""};
  }

  // §2.1: orders begin with 1 and leave none out; here they are also in the document's order, since
  // that is the one in which a renewal hashes them (§4.2.2 step 5).
  void check_order(const XmlElement& element, std::size_t position) {
    if (element.attribute("Order") != std::to_string(position)) {
      fail(element, "Order is not " + std::to_string(position));
    }
  }

  std::string algorithm(const XmlElement& element) {
    const auto uri = element.attribute("Algorithm");
    if (!uri) fail(element, "has no Algorithm");
    return uri.value_or("");
  }

  // The octets of base64 text, kept for as long as the record.
  ByteView octets(const XmlElement& element) {
    auto decoded = from_xml_base64(element.text());
    if (!decoded || decoded->empty()) {
      fail(element, "does not hold base64");
      return {};
    }
    return result_.octets_->emplace_back(*std::move(decoded));
  }

  void read_sequence(const XmlElement& sequence) {
    result_.sequence_.push_back(sequence);
    for (const XmlElement& child : sequence.children()) {
      if (!is(child, "ArchiveTimeStampChain")) return fail(child, "does not belong here");
      check_order(child, result_.chains_.size() + 1);
      read_chain(child);
      if (error_) return;
    }
    if (result_.chains_.empty()) fail(sequence, "has no chain");
  }

  void read_chain(const XmlElement& element) {
    const auto children = element.children();
    if (children.size() < 3 || !is(children[0], "DigestMethod") ||
        !is(children[1], "CanonicalizationMethod")) {
      return fail(element, "lacks DigestMethod, CanonicalizationMethod or ArchiveTimeStamp");
    }
    const std::string digest_uri = algorithm(children[0]);
    const auto digest = digest_algorithm_from_uri(digest_uri);
    if (!digest) {
      return fail(children[0], "hash function " + digest_uri + " is not known", Errc::unsupported);
    }
    const std::string method_uri = algorithm(children[1]);
    const auto method = canonicalization_from_uri(method_uri);
    if (!method || !children[1].children().empty()) {
      return fail(children[1], "canonicalization " + method_uri + " is not known",
                  Errc::unsupported);
    }
    result_.chains_.push_back({element, *method, {}});
    result_.record_.digest_algorithms.push_back(oid(*digest));
    result_.record_.chains.emplace_back();
    for (std::size_t i = 2; i < children.size() && !error_; ++i) {
      if (!is(children[i], "ArchiveTimeStamp")) return fail(children[i], "does not belong here");
      check_order(children[i], i - 1);
      read_archive_timestamp(children[i], *digest);
    }
  }

  void read_archive_timestamp(const XmlElement& element, DigestAlgorithm digest) {
    if (++archive_timestamps_ > archive_timestamps_max) {
      return fail(element,
                  "more than " + std::to_string(archive_timestamps_max) + " archive time-stamps",
                  Errc::too_large);
    }
    ArchiveTimeStamp stamp;
    stamp.digest_algorithm = oid(digest);
    bool stamped = false;
    for (const XmlElement& child : element.children()) {
      if (is(child, "HashTree") && !stamp.reduced_hashtree && !stamped) {
        stamp.reduced_hashtree = read_hash_tree(child);
      } else if (is(child, "TimeStamp") && !stamped) {
        stamped = true;
        stamp.time_stamp = read_time_stamp(child);
        result_.chains_.back().time_stamps.push_back(child);
      } else if (!is(child, "Attributes") || !stamped) {
        fail(child, "does not belong here");
      }
    }
    if (!stamped) fail(element, "has no TimeStamp");
    result_.record_.chains.back().archive_timestamps.push_back(std::move(stamp));
  }

  std::vector<PartialHashtree> read_hash_tree(const XmlElement& element) {
    std::vector<PartialHashtree> lists;
    for (const XmlElement& child : element.children()) {
      if (!is(child, "Sequence")) fail(child, "does not belong here");
      check_order(child, lists.size() + 1);
      if (error_) break;
      lists.push_back(read_list(child));
    }
    if (lists.empty()) fail(element, "is empty");
    return lists;
  }

  // A list of hash values, in the form in which RFC 4998 has it.
  PartialHashtree read_list(const XmlElement& element) {
    DerWriter list;
    list.constructed(tag::sequence, [&] {
      for (const XmlElement& child : element.children()) {
        if (!is(child, "DigestValue")) fail(child, "does not belong here");
        const auto value = from_xml_base64(child.text());
        if (!value || value->empty()) fail(child, "does not hold base64");
        list.octet_string(value.value_or(Bytes()));
      }
    });
    DerInput input(result_.octets_->emplace_back(list.take()));
    DerReader in = input.reader();
    PartialHashtree result = PartialHashtree::read(in);
    if (input.failed()) fail(element, input.error()->what);
    return result;
  }

  ByteView read_time_stamp(const XmlElement& element) {
    const auto children = element.children();
    if (children.empty() || !is(children[0], "TimeStampToken") || children.size() > 2) {
      fail(element, "has no TimeStampToken, or too much");
      return {};
    }
    const auto type = children[0].attribute("Type");
    if (!type) fail(children[0], "has no Type");
    if (children.size() == 2) read_cryptographic_information(children[1]);
    // §3.1.2: XMLENTRUST too, and others to come. What the element holds is that type's to say.
    return type == "RFC3161" ? octets(children[0]) : ByteView();
  }

  // §3.1.3. Of types that are not known nothing is used.
  void read_cryptographic_information(const XmlElement& list) {
    if (!is(list, "CryptographicInformationList")) return fail(list, "does not belong here");
    std::size_t position = 0;
    for (const XmlElement& child : list.children()) {
      if (!is(child, "CryptographicInformation")) return fail(child, "does not belong here");
      check_order(child, ++position);
      if (position > cryptographic_information_max) {
        return fail(child, "too much CryptographicInformation", Errc::too_large);
      }
      const std::string type = child.attribute("Type").value_or("");
      if (type == "CERT") result_.certificates_.push_back(to_bytes(octets(child)));
      if (type == "CRL") result_.crls_.push_back(to_bytes(octets(child)));
      if (type != "OCSP") continue;
      const ByteView response = octets(child);
      const auto basic = basic_ocsp_response(response);
      result_.ocsp_responses_.push_back(to_bytes(basic ? *basic : response));
    }
  }

  XmlEvidenceRecord& result_;
  std::size_t archive_timestamps_ = 0;
  std::optional<Error> error_;
};

Result<XmlEvidenceRecord> XmlEvidenceRecord::parse(ByteView xml) {
  auto document = XmlDocument::parse(xml);
  if (!document) return document.error();
  XmlEvidenceRecord result(*std::move(document));
  if (auto error = Reader(result).read(xml.size())) return *error;
  return result;
}

Result<Digest> XmlEvidenceRecord::time_stamp_digest(std::size_t c, std::size_t j,
                                                    Hasher& hasher) const {
  const auto octets = chains_[c].time_stamps[j].canonical(chains_[c].method, {});
  if (!octets) return octets.error();
  return hasher.update(*octets).finish();
}

Result<Digest> XmlEvidenceRecord::sequence_digest(std::size_t c, Hasher& hasher) const {
  std::vector<XmlElement> later;
  for (std::size_t i = c; i < chains_.size(); ++i) later.push_back(chains_[i].element);
  const auto octets = sequence_.front().canonical(chains_[c].method, later);
  if (!octets) return octets.error();
  return hasher.update(*octets).finish();
}

}  // namespace perdura::verifier
