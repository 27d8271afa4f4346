// Showing evidence records and time-stamps (declared in inspection.hpp).
#include <algorithm>

#include "verifier/der.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/inspection.hpp"
#include "verifier/signature.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t brief_list_max = 8;   // of a long list, when brief
constexpr std::size_t hash_octets_max = 8;  // of a hash value, when brief

std::string algorithm_text(const AlgorithmIdentifier& algorithm) {
  const auto known = digest_algorithm(algorithm);
  return known ? std::string(name(*known)) : oid_text(algorithm.oid);
}

std::string hash_function_text(ByteView oid) {
  const auto known = digest_algorithm_from_oid(oid);
  return known ? std::string(name(*known)) : oid_text(oid);
}

}  // namespace

Shown Inspector::place(ByteView part) const {
  Shown shown = Shown::object();
  if (part.empty()) return shown;  // XML has no octets of its own
  shown.add("octets", std::uint64_t{part.size()});
  const bool inside = std::less_equal<>()(whole_.data(), part.data()) &&
                      std::less_equal<>()(part.data() + part.size(), whole_.data() + whole_.size());
  if (inside) shown.add("offset", static_cast<std::uint64_t>(part.data() - whole_.data()));
  return shown;
}

std::string Inspector::hash_value(ByteView value) const {
  if (detail_ == InspectDetail::full || value.size() <= hash_octets_max) return to_hex(value);
  return to_hex(value.first(hash_octets_max)) + "...";
}

template <typename List, typename Show>
Shown Inspector::listed(const List& list, const Show& show) const {
  Shown shown = Shown::list();
  std::size_t position = 0;
  for (const auto& one : list) {
    const bool brief = detail_ == InspectDetail::brief && position == brief_list_max;
    if (brief || values_left_ == 0) {
      shown.add("... and " + std::to_string(list.size() - position) + " more" +
                (brief ? " (--full shows all)" : ""));
      break;
    }
    --values_left_;
    shown.add(show(one));
    ++position;
  }
  return shown;
}

Shown Inspector::archive_timestamp(const ArchiveTimeStamp& ats) const {
  Shown shown = place(ats.encoding);
  if (ats.digest_algorithm) shown.add("hashFunction", hash_function_text(*ats.digest_algorithm));
  if (ats.attributes) shown.add("attributes", place(*ats.attributes));
  if (ats.reduced_hashtree) {
    shown.add("hashTreeDepth", std::uint64_t{ats.reduced_hashtree->size()});
    shown.add("hashLists", listed(*ats.reduced_hashtree, [&](const PartialHashtree& list) {
                Shown one = Shown::object();
                one.add("values", std::uint64_t{list.size()});
                one.add("hashes", listed(list, [&](ByteView value) { return hash_value(value); }));
                return one;
              }));
  } else {
    shown.add("hashTreeDepth", std::uint64_t{0});
  }
  shown.add("timeStamp", token(ats.time_stamp));
  return shown;
}

Shown Inspector::evidence_record(const EvidenceRecord& record) const {
  Shown shown = place(record.encoding);
  shown.add("hashFunctions",
            listed(record.digest_algorithms, [](ByteView oid) { return hash_function_text(oid); }));
  if (record.crypto_infos) shown.add("cryptoInfos", place(*record.crypto_infos));
  if (record.encryption_info) shown.add("encryptionInfo", place(*record.encryption_info));
  Shown chains = Shown::list();
  for (const ArchiveTimeStampChain& chain : record.chains) {
    Shown one = place(chain.encoding);
    Shown stamps = Shown::list();
    for (const ArchiveTimeStamp& ats : chain.archive_timestamps) stamps.add(archive_timestamp(ats));
    one.add("archiveTimeStamps", std::move(stamps));
    chains.add(std::move(one));
  }
  shown.add("chains", std::move(chains));
  return shown;
}

Shown Inspector::token(ByteView content_info) const {
  Shown shown = place(content_info);
  const auto token = parse_timestamp_token(content_info);
  if (!token) return shown.add("unreadable", to_string(token.error()));
  const TstInfo& info = token->tst_info;
  shown.add("time", to_string(info.gen_time));
  if (info.gen_time_micros != 0) {
    shown.add("microseconds", static_cast<std::uint64_t>(info.gen_time_micros));
  }
  if (info.accuracy_micros) {
    shown.add("accuracyMicroseconds", static_cast<std::uint64_t>(*info.accuracy_micros));
  }
  shown.add("policy", oid_text(info.policy)).add("serialNumber", to_hex(info.serial_number));
  shown.add("hashFunction", algorithm_text(info.imprint_algorithm));
  shown.add("imprint", hash_value(info.hashed_message));
  if (info.nonce) shown.add("nonce", to_hex(*info.nonce));
  Shown signer = Shown::object();
  signer.add("digestAlgorithm", algorithm_text(token->signer.digest_algorithm));
  signer.add("signatureAlgorithm", oid_text(token->signer.signature_algorithm.oid));
  signer.add("signatureOctets", std::uint64_t{token->signer.signature.size()});
  if (!token->signer.serial_number.empty()) {
    signer.add("certificateSerialNumber", to_hex(token->signer.serial_number));
  }
  shown.add("signer", std::move(signer));
  shown.add("certificates",
            listed(token->certificates, [&](ByteView der) { return certificate(der); }));
  shown.add("revocationLists",
            listed(token->crls, [&](ByteView der) { return revocation_list(der); }));
  shown.add("ocspResponses",
            listed(token->ocsp_responses, [&](ByteView der) { return ocsp_response(der); }));
  if (!token->deviations.empty()) {
    shown.add("deviations", listed(token->deviations, [](const std::string& one) { return one; }));
  }
  return shown;
}

}  // namespace perdura::verifier
