#define ZDICT_STATIC_LINKING_ONLY  // for training with fixed parameters
#include "archive/dictionary.hpp"

#include <zdict.h>

#include <algorithm>

#include "archive/dictionary_prepared.hpp"
#include "archive/frame.hpp"

namespace perdura::archive {
namespace {

using verifier::Errc;
using verifier::Error;

constexpr std::size_t dictionary_size_max = 110u << 10;
constexpr std::size_t samples_size = 1u << 20;  // more makes dictionaries hardly better
constexpr std::size_t samples_count_min = 64;   // fewer teach nothing that comes again
constexpr std::size_t media_types_max = 64;     // a depositor may name any
constexpr std::size_t held_out_every = 16;      // of the samples, to see what it is worth
constexpr double worth_having = 0.9;            // what must remain at most, of what was without

DictionaryId id_of(const Digest& address) {
  DictionaryId id{};
  std::ranges::copy(address.view().first(id.size()), id.begin());
  return id;
}

}  // namespace

// Documents of one media type, one after the other, as the trainer wants them.
struct Dictionaries::Samples {
  Bytes octets;
  std::vector<std::size_t> sizes;
  Bytes held_out_octets;
  std::vector<std::size_t> held_out_sizes;
  std::size_t seen = 0;

  void add(ByteView sample) {
    const bool hold = ++seen % held_out_every == 0;
    Bytes& to = hold ? held_out_octets : octets;
    to.insert(to.end(), sample.begin(), sample.end());
    (hold ? held_out_sizes : sizes).push_back(sample.size());
  }
  bool enough() const { return octets.size() >= samples_size && seen >= samples_count_min; }
  Bytes train() const;
  // Whether it makes what was held out so much smaller that it is worth having.
  bool gain_from(ByteView dictionary, int level) const;
};

Bytes Dictionaries::Samples::train() const {
  ZDICT_fastCover_params_t parameters{};
  parameters.k = 1024;
  parameters.d = 8;
  parameters.f = 20;
  parameters.accel = 1;
  parameters.zParams.compressionLevel = 3;
  Bytes dictionary(dictionary_size_max);
  const std::size_t size = ZDICT_trainFromBuffer_fastCover(
      dictionary.data(), dictionary.size(), octets.data(), sizes.data(),
      static_cast<unsigned>(sizes.size()), parameters);
  dictionary.resize(ZDICT_isError(size) ? 0 : size);
  return dictionary;
}

bool Dictionaries::Samples::gain_from(ByteView bytes, int level) const {
  if (bytes.empty()) return false;
  const Dictionary dictionary(hash(verifier::DigestAlgorithm::sha256, bytes), bytes, level);
  FrameCompressor compressor(level);
  std::size_t without = 0;
  std::size_t with = 0;
  ByteView rest = held_out_octets;
  for (const std::size_t size : held_out_sizes) {
    without += compressor.compress(rest.first(size), nullptr).octets.size();
    with += compressor.compress(rest.first(size), &dictionary).octets.size();
    rest = rest.subspan(size);
  }
  return static_cast<double>(with) < worth_having * static_cast<double>(without);
}

Dictionary::Dictionary(const Digest& address, ByteView bytes, int level)
    : address_(address), id_(id_of(address)), prepared_(std::make_unique<Prepared>(bytes, level)) {}

Dictionary::~Dictionary() = default;

Dictionaries::Dictionaries(int level) : level_(level) {}
Dictionaries::~Dictionaries() = default;

Result<Ok> Dictionaries::load(std::string_view media_type, const Digest& address, ByteView bytes) {
  const std::string where = "dictionary " + address.hex();
  if (hash(verifier::DigestAlgorithm::sha256, bytes) != address) {
    return Error{Errc::malformed, "its octets do not have this SHA-256", where, ""};
  }
  if (ZDICT_getDictID(bytes.data(), bytes.size()) == 0) {
    return Error{Errc::malformed, "this is not a zstd dictionary", where, ""};
  }
  const auto made = std::make_shared<const Dictionary>(address, bytes, level_);
  const std::unique_lock guard(mutex_);
  const auto [place, is_new] = all_.emplace(made->id(), made);
  if (!is_new && place->second->address() != address) {
    return Error{Errc::conflict, "another dictionary has the same first eight octets", where, ""};
  }
  current_.insert_or_assign(std::string(media_type), place->second);
  settled_.emplace(media_type);
  return Ok{};
}

std::shared_ptr<const Dictionary> Dictionaries::current(std::string_view media_type) const {
  const std::shared_lock guard(mutex_);
  const auto found = current_.find(media_type);
  return found == current_.end() ? nullptr : found->second;
}

std::shared_ptr<const Dictionary> Dictionaries::find(const DictionaryId& id) const {
  const std::shared_lock guard(mutex_);
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : found->second;
}

std::optional<NewDictionary> Dictionaries::learn(std::string_view media_type, ByteView sample) {
  if (sample.empty() || sample.size() > document_size_max) return std::nullopt;
  {
    const std::shared_lock guard(mutex_);
    if (settled_.contains(media_type)) return std::nullopt;
  }
  std::unique_ptr<Samples> enough;
  {
    const std::unique_lock guard(mutex_);
    if (settled_.contains(media_type)) return std::nullopt;
    const bool is_new = !samples_.contains(media_type);
    if (is_new && samples_.size() + settled_.size() >= media_types_max) return std::nullopt;
    auto& samples = samples_[std::string(media_type)];
    if (is_new) samples = std::make_unique<Samples>();
    samples->add(sample);
    if (!samples->enough()) return std::nullopt;
    enough = std::move(samples);
    samples_.erase(samples_.find(media_type));
    settled_.emplace(media_type);
  }
  // Out of the lock: other threads go on compressing meanwhile.
  Bytes bytes = enough->train();
  if (!enough->gain_from(bytes, level_)) return std::nullopt;
  return NewDictionary{std::string(media_type), std::move(bytes)};
}

}  // namespace perdura::archive
