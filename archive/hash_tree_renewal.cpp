#include "archive/hash_tree_renewal.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "archive/hash_tree.hpp"
#include "archive/keyspace.hpp"
#include "archive/object_putter.hpp"
#include "archive/record_renewer.hpp"
#include "verifier/ordered_pipeline.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::size_t set_aside_max = 100'000;

// One page of a batch on its way through the workers.
struct PageJob {
  const Batch* batch = nullptr;
  std::uint64_t page = 0;
  std::vector<LeafToRenew> leaves;
  std::optional<Bytes> stored;  // the page as an earlier attempt left it
};

struct PageOutcome {
  std::uint64_t page = 0;
  Bytes octets;
  bool stored = false;
  std::vector<Digest> leaves;  // of the tree
  std::vector<std::uint64_t> set_aside;
  std::vector<SetAside> found;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::optional<Error> error;
};

// Turns jobs into pages; one for each worker.
class PageRenewer {
 public:
  PageRenewer(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
              const verifier::TokenJudge& judge, const HashTreeTask& task)
      : task_(task), renewer_(archive, lineages, judge, task), hasher_(task.algorithm) {}

  PageOutcome run(PageJob& job) {
    PageOutcome outcome;
    outcome.page = job.page;
    outcome.stored = job.stored.has_value();
    std::vector<RenewedMembers> page;
    if (job.stored) {
      auto decoded = decode_members_page(*job.stored, task_.algorithm);
      if (!decoded || decoded->size() != job.leaves.size()) {
        outcome.error = decoded
                            ? Error{Errc::malformed, "a page of renewed hash values is cut short",
                                    "renewal " + task_.id, ""}
                            : decoded.error();
        return outcome;
      }
      page = *std::move(decoded);
      outcome.octets = *std::move(job.stored);
    } else {
      for (const LeafToRenew& leaf : job.leaves) {
        if (!renew(*job.batch, leaf, page, outcome)) return outcome;
      }
      outcome.octets = encode_members_page(page);
    }
    finish(job, page, outcome);
    return outcome;
  }

 private:
  bool renew(const Batch& batch, const LeafToRenew& leaf, std::vector<RenewedMembers>& page,
             PageOutcome& outcome) {
    auto renewed = renewer_.renew(batch, leaf);
    if (!renewed) {
      outcome.error = renewed.error();
      return false;
    }
    outcome.bytes += renewed->bytes;
    if (renewed->members.empty()) {
      outcome.found.push_back({*leaf.deposit, renewed->record, renewed->why});
    }
    page.push_back(std::move(renewed->members));
    return true;
  }

  void finish(const PageJob& job, const std::vector<RenewedMembers>& page, PageOutcome& outcome) {
    for (std::size_t i = 0; i < page.size(); ++i) {
      const std::uint64_t position = job.page * tree_tile_width + i;
      outcome.leaves.push_back(renewed_group(hasher_, page[i], position));
      if (!job.leaves[i].deposit) continue;
      ++outcome.records;
      if (page[i].empty()) outcome.set_aside.push_back(*job.leaves[i].deposit);
    }
  }

  const HashTreeTask& task_;
  RecordRenewer renewer_;
  verifier::Hasher hasher_;
};

// All batches of a task, one after the other.
class TreesRenewal {
 public:
  TreesRenewal(const Archive& archive, const std::shared_ptr<const Lineages>& lineages,
               const verifier::TokenJudge& judge, const HashTreeTask& task,
               const HashTreeOptions& options)
      : archive_(archive),
        lineages_(*lineages),
        task_(task),
        options_(options),
        pages_(archive.store()),
        tiles_(archive.store()),
        pipeline_(
            std::max(1u, options.threads), std::size_t{4} * std::max(1u, options.threads),
            [&](unsigned) {
              auto renewer = std::make_shared<PageRenewer>(archive, lineages, judge, task);
              return [renewer](PageJob& job) { return renewer->run(job); };
            },
            [this](PageOutcome outcome) { take(std::move(outcome)); }) {}

  Result<RenewedTrees> run() {
    for (const std::uint64_t number : task_.batches) {
      const Batch* batch = lineages_.batch(number);
      verifier::check(batch != nullptr, "a renewal is of batches that there are");
      if (auto done = renew_batch(*batch); !done) return done.error();
    }
    std::ranges::sort(result_.set_aside);
    return std::move(result_);
  }

 private:
  Result<Ok> renew_batch(const Batch& batch) {
    batch_ = &batch;
    builder_.emplace(task_.algorithm, [this](unsigned level, std::uint64_t tile, Bytes nodes) {
      return put_tile(level, tile, std::move(nodes));
    });
    if (auto pushed = push_leaves(batch); !pushed) return pushed;
    pipeline_.drain();
    if (failure_) return *failure_;
    if (builder_->leaves() != batch.leaves()) {
      return Error{Errc::malformed, "the journal does not have the records that were sealed",
                   "batch " + std::to_string(batch.number), "run 'perdura check'"};
    }
    const auto root = builder_->finish();
    if (!root) return root.error();
    if (auto flushed = pages_.flush(); !flushed) return flushed;
    if (auto flushed = tiles_.flush(); !flushed) return flushed;
    result_.roots.push_back(*root);
    return Ok{};
  }

  // The checkpoint, then the records in order of deposit.
  Result<Ok> push_leaves(const Batch& batch) {
    PageJob job{.batch = &batch, .page = 0, .leaves = {LeafToRenew{}}, .stored = {}};
    const auto take_row = [&](std::uint64_t index, ByteView value) -> Result<bool> {
      job.leaves.push_back({index, verifier::to_bytes(value)});
      if (job.leaves.size() < tree_tile_width) return true;
      if (auto pushed = push(job); !pushed) return pushed.error();
      return !failure_;
    };
    auto done = archive_.journal().scan(keys::deposit_prefix, batch.first, batch.end, take_row);
    if (!done || job.leaves.empty()) return done;
    return push(job);
  }

  Result<Ok> push(PageJob& job) {
    const std::string object = keys::renewed_members_object(task_.id, job.batch->number, job.page);
    auto stored = archive_.store().read(object, 0, Store::object_size_max);
    if (stored) {
      job.stored = *std::move(stored);
    } else if (stored.error().code != Errc::not_found) {
      return stored.error();
    }
    PageJob next{.batch = job.batch, .page = job.page + 1, .leaves = {}, .stored = {}};
    pipeline_.push(std::exchange(job, std::move(next)));
    return Ok{};
  }

  // In order of pages.
  void take(PageOutcome outcome) {
    if (failure_) return;
    if (outcome.error) {
      failure_ = std::move(outcome.error);
      return;
    }
    auto done = keep(outcome);
    if (!done) failure_ = done.error();
    records_ += outcome.records;
    bytes_ += outcome.bytes;
    if (options_.progress) options_.progress(records_, bytes_);
  }

  Result<Ok> keep(PageOutcome& outcome) {
    for (const Digest& leaf : outcome.leaves) {
      if (auto added = builder_->add(leaf); !added) return added;
    }
    std::ranges::move(outcome.set_aside, std::back_inserter(result_.set_aside));
    std::ranges::move(outcome.found, std::back_inserter(result_.found));
    if (result_.set_aside.size() > set_aside_max) {
      return Error{
          Errc::too_large, "very many records no longer are what the evidence says",
          "renewal of track " + task_.track,
          "the store as a whole is damaged: run 'perdura check', restore it from a backup"};
    }
    if (outcome.stored) return Ok{};
    return pages_.add(keys::renewed_members_object(task_.id, batch_->number, outcome.page),
                      std::move(outcome.octets));
  }

  // The lowest level is the pages themselves. They are on disk before any tile that follows from
  // them: a page is made once.
  Result<Ok> put_tile(unsigned level, std::uint64_t tile, Bytes nodes) {
    if (level == 0) return Ok{};
    if (auto flushed = pages_.flush(); !flushed) return flushed;
    return tiles_.add(keys::renewed_tile_object(task_.id, batch_->number, level, tile),
                      std::move(nodes));
  }

  const Archive& archive_;
  const Lineages& lineages_;
  const HashTreeTask& task_;
  const HashTreeOptions& options_;
  const Batch* batch_ = nullptr;
  std::optional<HashTreeBuilder> builder_;
  ObjectPutter pages_;
  ObjectPutter tiles_;
  RenewedTrees result_;
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::optional<Error> failure_;
  verifier::OrderedPipeline<PageJob, PageOutcome> pipeline_;  // last: its workers end first
};

}  // namespace

Result<RenewedTrees> renew_hash_trees(const Archive& archive,
                                      const std::shared_ptr<const Lineages>& lineages,
                                      const verifier::TokenJudge& judge, const HashTreeTask& task,
                                      const HashTreeOptions& options) {
  return TreesRenewal(archive, lineages, judge, task, options).run();
}

}  // namespace perdura::archive
