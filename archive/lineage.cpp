#include "archive/lineage.hpp"

#include <algorithm>

#include "archive/keyspace.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::check;

Result<std::vector<std::uint64_t>> read_batch_list(const Store& store, const Renewal& renewal) {
  const std::string object = keys::renewal_batches_object(renewal.id);
  const auto octets = store.read(object, 0, Store::object_size_max);
  if (!octets) return octets.error();
  if (verifier::hash(DigestAlgorithm::sha256, *octets) != renewal.batch_list ||
      octets->size() != renewal.batches * 8) {
    return Error{Errc::malformed, "the list of a renewal's batches was altered", object,
                 "restore the store from a backup"};
  }
  return decode_batch_list(*octets);
}

}  // namespace

Result<std::shared_ptr<const Lineages>> Lineages::load(const Store& store, const Journal& journal) {
  auto lineages = std::make_shared<Lineages>();
  auto batches = std::make_shared<std::vector<Batch>>();
  const std::uint64_t size = journal.head().size;
  const auto take_batch = [&](std::uint64_t, ByteView value) -> Result<bool> {
    auto batch = decode_batch(value);
    if (!batch) return batch.error();
    for (const BatchTrack& track : batch->tracks) lineages->tracks_.insert(track.name);
    batches->push_back(*std::move(batch));
    return true;
  };
  if (auto done = journal.scan(keys::batch_prefix, 0, size, take_batch); !done) {
    return done.error();
  }
  const auto take_renewal = [&](std::uint64_t, ByteView value) -> Result<bool> {
    auto renewal = decode_renewal(value);
    if (!renewal) return renewal.error();
    auto list = read_batch_list(store, *renewal);
    if (!list) return list.error();
    lineages->tracks_.insert(renewal->track);
    lineages->renewals_.push_back({std::make_shared<Renewal>(*std::move(renewal)),
                                   std::make_shared<std::vector<std::uint64_t>>(*std::move(list))});
    return true;
  };
  if (auto done = journal.scan(keys::renewal_prefix, 0, size, take_renewal); !done) {
    return done.error();
  }
  lineages->batches_ = std::move(batches);
  return std::shared_ptr<const Lineages>(std::move(lineages));
}

std::shared_ptr<const Lineages> Lineages::with(Renewal renewal,
                                               std::vector<std::uint64_t> batches) const {
  auto more = std::make_shared<Lineages>(*this);
  more->tracks_.insert(renewal.track);
  more->renewals_.push_back({std::make_shared<Renewal>(std::move(renewal)),
                             std::make_shared<std::vector<std::uint64_t>>(std::move(batches))});
  return more;
}

const Batch* Lineages::batch_of(std::uint64_t index) const {
  const auto batch = std::ranges::upper_bound(*batches_, index, {}, &Batch::end);
  return batch == batches_->end() ? nullptr : &*batch;
}

const Batch* Lineages::batch(std::uint64_t number) const {
  const auto batch = std::ranges::lower_bound(*batches_, number, {}, &Batch::number);
  return batch == batches_->end() || batch->number != number ? nullptr : &*batch;
}

std::vector<const Renewal*> Lineages::renewals() const {
  std::vector<const Renewal*> all;
  for (const Covering& covering : renewals_) all.push_back(covering.renewal.get());
  return all;
}

const std::vector<std::uint64_t>& Lineages::covered(const Renewal& renewal) const {
  const auto covering =
      std::ranges::find(renewals_, &renewal, [](const Covering& one) { return one.renewal.get(); });
  check(covering != renewals_.end(), "a renewal is one of these");
  return *covering->batches;
}

Lineage Lineages::of(const Batch& batch, const std::string& track) const {
  Lineage lineage;
  for (const BatchTrack& sealed : batch.tracks) {
    if (sealed.name != track || sealed.token.empty()) continue;
    lineage.push_back({{.renewal = nullptr, .unit = 0, .sealed = &sealed}});
  }
  for (const Covering& covering : renewals_) {
    const Renewal& renewal = *covering.renewal;
    if (renewal.track != track) continue;
    const auto at = std::ranges::lower_bound(*covering.batches, batch.number);
    if (at == covering.batches->end() || *at != batch.number) continue;
    const Link link{.renewal = &renewal,
                    .unit = static_cast<std::uint64_t>(at - covering.batches->begin()),
                    .sealed = nullptr};
    if (renewal.kind == RenewalKind::initial) lineage.clear();
    if (renewal.kind == RenewalKind::time_stamp) {
      check(!lineage.empty(), "a timestamp renewal has something to renew");
      lineage.back().push_back(link);
    } else {
      lineage.push_back({link});
    }
  }
  return lineage;
}

std::vector<std::uint64_t> set_aside_of(const Batch& batch, const Lineage& lineage) {
  if (lineage.empty() || lineage.back().front().renewal == nullptr) return {};
  const std::vector<std::uint64_t>& all = lineage.back().front().renewal->set_aside;
  return {std::ranges::lower_bound(all, batch.first), std::ranges::lower_bound(all, batch.end)};
}

std::optional<DigestAlgorithm> Lineages::newest_algorithm(const std::string& track) const {
  std::optional<DigestAlgorithm> newest;
  for (const Covering& covering : renewals_) {
    const Renewal& renewal = *covering.renewal;
    if (renewal.track == track && renewal.kind == RenewalKind::hash_tree) {
      newest = renewal.algorithm;
    }
  }
  return newest;
}

}  // namespace perdura::archive
