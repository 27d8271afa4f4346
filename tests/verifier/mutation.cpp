#include "tests/verifier/mutation.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

#include "tests/verifier/vector_files.hpp"
#include "verifier/evidence_record.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::verifier::test {
namespace {

constexpr std::size_t long_octets = 50'000;

// The values that the octet at `place` of `good` is changed to.
std::vector<std::uint8_t> changes_of(const std::string& good, std::size_t place) {
  const auto octet = static_cast<std::uint8_t>(good[place]);
  const bool one = extent() == Extent::sampled || good.size() > long_octets;
  std::vector<std::uint8_t> values;
  if (extent() == Extent::all) {
    for (int value = 0; value < 256; ++value) {
      if (value != octet) values.push_back(static_cast<std::uint8_t>(value));
    }
    return values;
  }
  for (unsigned bit = 0; bit < 8; ++bit) {
    if (one && bit != place % 8) continue;
    values.push_back(static_cast<std::uint8_t>(octet ^ (1u << bit)));
  }
  return values;
}

}  // namespace

Extent extent() {
  const char* asked = std::getenv("PERDURA_MUTATE");
  const std::string text = asked == nullptr ? "" : asked;
  return text == "all" ? Extent::all : text == "bits" ? Extent::bits : Extent::sampled;
}

Mutations::Mutations(const std::string& list) : list_(list) {
  std::istringstream text(tests::vector_text("carries_nothing/" + list));
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t dash = line.find(" -- ");
    EXPECT_NE(dash, std::string::npos) << line;
    reasons_[line.substr(0, dash)] = line.substr(dash + 4);
  }
}

Mutations::~Mutations() {
  EXPECT_GT(tried_, 0U);
  std::cout << tried_ << " changes; unnoticed in " << unnoticed_.size() << " parts\n";
  for (const auto& [part, changes] : unnoticed_) {
    std::cout << "  " << part << ": " << changes << " changes\n";
  }
}

void Mutations::unnoticed(const std::string& part, std::size_t place) {
  const std::lock_guard hold(lock_);
  const bool first = ++unnoticed_[part] == 1;
  if (first && !reasons_.contains(part)) {
    ADD_FAILURE() << list_ << " does not list " << part << ", where a change at " << place
                  << " goes unnoticed";
  }
}

void Mutations::change(const std::string& good, std::size_t stride,
                       const std::function<std::string(std::size_t, char)>& part_of,
                       const std::function<bool(const std::string&)>& passes) {
  if (extent() != Extent::sampled) stride = 1;
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> tried = 0;
  const auto work = [&] {
    std::string octets = good;
    for (std::size_t place = next.fetch_add(stride); place < good.size();
         place = next.fetch_add(stride)) {
      for (const std::uint8_t value : changes_of(good, place)) {
        octets[place] = static_cast<char>(value);
        ++tried;
        if (passes(octets)) unnoticed(part_of(place, octets[place]), place);
      }
      octets[place] = good[place];
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < 2; ++i) threads.emplace_back(work);
  }
  EXPECT_GE(tried, (good.size() + stride - 1) / stride);
  tried_ += tried;
}

EvidenceParts::EvidenceParts(ByteView octets)
    : base_(octets.data()), parts_(octets.size(), "evidence record") {
  const auto record = parse_evidence_record(octets);
  if (record->crypto_infos) name(*record->crypto_infos, "hints (cryptoInfos)");
  for (const ByteView oid : record->digest_algorithms) name(oid, "list of hash functions");
  for (const auto& chain : record->chains) {
    for (const auto& stamp : chain.archive_timestamps) {
      const bool newest = &stamp == &record->chains.back().archive_timestamps.back();
      if (stamp.digest_algorithm) name(*stamp.digest_algorithm, "hash function of a tree");
      if (stamp.attributes) name(*stamp.attributes, "attributes of a time-stamp");
      for (const auto& list : stamp.reduced_hashtree.value_or(std::vector<PartialHashtree>())) {
        for (const ByteView value : list) name(value, "hash value");
      }
      name_token(stamp.time_stamp, newest ? "newest token" : "covered token");
    }
  }
}

void EvidenceParts::name(ByteView view, const std::string& part) {
  if (view.empty() || view.data() < base_ || view.data() >= base_ + parts_.size()) return;
  const auto begin = static_cast<std::size_t>(view.data() - base_);
  for (std::size_t i = 0; i < view.size(); ++i) parts_.at(begin + i) = part;
}

void EvidenceParts::name_token(ByteView octets, const std::string& token) {
  name(octets, token);
  const auto parsed = parse_timestamp_token(octets);
  if (!parsed) return;
  for (const auto& algorithm : parsed->digest_algorithms) {
    name(algorithm.encoding, token + ": list of hash functions");
    // 02 01 03 31 .. before it.
    name({algorithm.encoding.data() - 5, 3}, token + ": version");
    name({algorithm.encoding.data() - 2, 2}, token + ": list of hash functions");
  }
  name(parsed->content, token + ": content");
  name(parsed->signer.encoding, token + ": signer");
  for (const ByteView one : parsed->certificates) name(one, token + ": certificates");
  std::size_t list = 0;
  for (const ByteView one : parsed->crls) {
    name(one, token + ": revocation list " + std::to_string(++list));
  }
  for (const ByteView one : parsed->ocsp_responses) name(one, token + ": OCSP responses");
}

}  // namespace perdura::verifier::test
