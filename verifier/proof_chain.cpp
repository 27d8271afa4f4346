#include "verifier/proof_chain.hpp"

#include <openssl/x509.h>

#include <algorithm>

namespace perdura::verifier {
namespace {

constexpr std::size_t chains_max = 200;
constexpr std::size_t token_octets_max = std::size_t{32} << 20;  // of tokens, whose facts are kept

std::string key_text(const Certificate& certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate.handle());
  if (key == nullptr) return "";
  const char* type = EVP_PKEY_get0_type_name(key);
  const int bits = EVP_PKEY_get_bits(key);
  return std::string(type == nullptr ? "?" : type) + (bits > 0 ? " " + std::to_string(bits) : "");
}

ProofStamp proof_stamp(const JudgedToken& judged, ProofStep step) {
  ProofStamp stamp;
  stamp.step = step;
  stamp.until = judged.reference();
  stamp.verdict = judged.verdict();
  stamp.report = judged.report();
  const TokenFacts& facts = judged.facts();
  stamp.algorithms = facts.algorithms;
  for (const CertificatePtr& one : facts.path) {
    stamp.certificates.push_back(certificate_fact(*one));
  }
  if (facts.signer != nullptr) {
    stamp.authority = facts.signer->subject();
    if (facts.path.empty()) stamp.certificates.push_back(certificate_fact(*facts.signer));
  }
  if (judged.token() == nullptr) return stamp;
  const TstInfo& info = judged.token()->tst_info;
  stamp.gen_time = info.gen_time;
  stamp.serial_number = to_hex(info.serial_number);
  if (const auto algorithm = digest_algorithm(info.imprint_algorithm)) {
    stamp.hash_function = name(*algorithm);
  }
  return stamp;
}

}  // namespace

CertificateFact certificate_fact(const Certificate& certificate) {
  return {certificate.subject(),
          certificate.issuer(),
          to_hex(certificate.serial_number()),
          key_text(certificate),
          hash(DigestAlgorithm::sha256, certificate.octets()).hex(),
          certificate.not_before(),
          certificate.not_after()};
}

std::size_t ProofChains::add_stamp(const JudgedToken& judged, ProofStep step) {
  std::string key(as_text(judged.digest(DigestAlgorithm::sha256).view()));
  key += to_string(judged.reference()) + std::to_string(static_cast<int>(step)) +
         std::to_string(static_cast<int>(judged.verdict()));
  const auto [at, is_new] = known_stamps_.emplace(std::move(key), stamps_.size());
  if (is_new) stamps_.push_back(proof_stamp(judged, step));
  return at->second;
}

std::size_t ProofChains::add(const JudgedChains& chains, const std::string& track,
                             bool self_asserted, Verdict evidence) {
  std::string key = track;
  std::size_t octets = 0;
  Verdict stamped = Verdict::passed;
  for (const auto& chain : chains) {
    key += '|';
    for (const auto& judged : chain) {
      key += as_text(judged->digest(DigestAlgorithm::sha256).view());
      octets += judged->octets().size();
      stamped = std::max(stamped, judged->verdict());
    }
  }
  if (octets == 0) return none;
  const bool holds = evidence <= stamped;
  if (!holds) key += '!' + std::to_string(static_cast<int>(evidence));
  const auto known = known_.find(key);
  if (known != known_.end()) {
    ++chains_[known->second].records;
    return known->second;
  }
  if (chains_.size() == chains_max || octets_ + octets > token_octets_max) {
    ++left_out_;
    return none;
  }
  octets_ += octets;
  ProofChain proof;
  for (std::size_t c = 0; c < chains.size(); ++c) {
    for (std::size_t j = 0; j < chains[c].size(); ++j) {
      const ProofStep step = j != 0   ? ProofStep::time_stamp_renewal
                             : c != 0 ? ProofStep::hash_tree_renewal
                                      : ProofStep::first;
      proof.stamps.push_back(add_stamp(*chains[c][j], step));
    }
  }
  proof.verdict = std::max(stamped, evidence);
  proof.holds = holds;
  proof.track = track;
  proof.self_asserted = self_asserted;
  proof.records = 1;
  chains_.push_back(std::move(proof));
  known_[key] = chains_.size() - 1;
  return chains_.size() - 1;
}

std::string ProofChains::likeness(const ProofChain& chain) const {
  std::string text = chain.track + '|' + std::to_string(static_cast<int>(chain.verdict));
  for (const std::size_t position : chain.stamps) {
    const ProofStamp& stamp = stamps_[position];
    text += '\n' + std::to_string(static_cast<int>(stamp.step)) +
            std::to_string(static_cast<int>(stamp.verdict)) + stamp.authority + '|' +
            stamp.hash_function;
    for (const AlgorithmFact& fact : stamp.algorithms) text += '|' + fact.name;
  }
  return text;
}

std::vector<std::vector<std::size_t>> ProofChains::alike() const {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < chains_.size(); ++i) groups[likeness(chains_[i])].push_back(i);
  std::vector<std::vector<std::size_t>> all;
  for (auto& group : groups) all.push_back(std::move(group.second));
  std::ranges::sort(all, [&](const auto& a, const auto& b) {
    const ProofChain& one = chains_[a.front()];
    const ProofChain& other = chains_[b.front()];
    if (one.verdict != other.verdict) return one.verdict > other.verdict;
    if (one.stamps.size() != other.stamps.size()) return one.stamps.size() > other.stamps.size();
    return a.front() < b.front();
  });
  return all;
}

std::string chain_label(std::size_t position) {
  std::string label;
  for (std::size_t rest = position + 1; rest != 0; rest = (rest - 1) / 26) {
    label.insert(label.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return label;
}

}  // namespace perdura::verifier
