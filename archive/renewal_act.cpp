#include "archive/renewal_act.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "archive/batch_tree.hpp"
#include "archive/hash_tree.hpp"
#include "archive/keyspace.hpp"
#include "archive/object_putter.hpp"
#include "archive/random.hpp"
#include "archive/renewal_intent.hpp"
#include "archive/renewal_status.hpp"
#include "verifier/reduced_hashtree.hpp"
#include "verifier/timestamp_token.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;
using verifier::check;
using verifier::TokenJudge;
using verifier::Verdict;

// A token, and the end of the evidence that it makes.
struct Stamped {
  Bytes token;
  Horizons ends;
};

class RenewalAct {
 public:
  RenewalAct(Archive& archive, TsaClients& tsas, const std::shared_ptr<const Lineages>& lineages,
             const PlannedRenewal& planned, const RenewOptions& options,
             std::optional<std::chrono::milliseconds> patience)
      : archive_(archive),
        tsas_(tsas),
        lineages_(lineages),
        planned_(planned),
        options_(options),
        patience_(patience) {}

  Result<RenewalOutcome> run() {
    outcome_.planned = planned_;
    draft_.kind = planned_.kind;
    draft_.track = planned_.track;
    draft_.algorithm = planned_.algorithm;
    batches_ = planned_.batches;
    const auto leaves = leaves_of_kind();
    if (!leaves) return leaves.error();
    if (auto put = put_tree(*leaves); !put) return put.error();
    auto stamped = stamp_root();
    if (!stamped) {
      take_back();
      return stamped.error();
    }
    draft_.token =
        add_fresh_status(tsas_, tokens_covered(), std::move(stamped->token), outcome_.warnings);
    if (auto judged = judge(); !judged) return judged.error();
    if (auto done = commit(); !done) return done.error();
    if (draft_.kind == RenewalKind::hash_tree) {
      // Dying before leaves a note of a renewal that is there: it is dropped when it is read.
      if (auto ended = end_renewal(archive_, draft_.track); !ended) return ended.error();
    }
    if (const Horizon* end = stamped->ends.earliest()) outcome_.ends = *end;
    return std::move(outcome_);
  }

 private:
  Result<std::vector<Digest>> leaves_of_kind() {
    switch (draft_.kind) {
      case RenewalKind::initial:
        return batch_roots();
      case RenewalKind::time_stamp:
        return chain_leaves();
      case RenewalKind::hash_tree:
        break;
    }
    return renewed_roots();
  }

  // The trees of batches as they were sealed; one under another hash function is made now.
  Result<std::vector<Digest>> batch_roots() {
    draft_.id = verifier::to_hex(random_octets(16));
    std::vector<Digest> roots;
    for (const std::uint64_t number : batches_) {
      const Batch& batch = *lineages_->batch(number);
      const auto sealed = std::ranges::find(batch.tracks, draft_.algorithm, &BatchTrack::algorithm);
      if (sealed != batch.tracks.end()) {
        roots.push_back(sealed->root);
        continue;
      }
      const auto root = put_batch_tree(archive_, batch, draft_.algorithm);
      if (!root) return root.error();
      roots.push_back(*root);
    }
    return roots;
  }

  // RFC 4998 section 5.2, timestamp renewal: each chain's tokens so far are a group.
  Result<std::vector<Digest>> chain_leaves() {
    draft_.id = verifier::to_hex(random_octets(16));
    verifier::Hasher hasher(draft_.algorithm);
    std::vector<Digest> leaves;
    for (const std::uint64_t number : batches_) {
      const Lineage lineage = lineages_->of(*lineages_->batch(number), draft_.track);
      check(!lineage.empty(), "a timestamp renewal has something to renew");
      std::vector<Digest> tokens;
      for (const Link& link : lineage.back()) {
        check(link.algorithm() == draft_.algorithm, "a chain has one hash function");
        tokens.push_back(hasher.update(link.token()).finish());
      }
      leaves.push_back(verifier::group_hash(hasher, tokens));
    }
    return leaves;
  }

  Result<std::vector<Digest>> renewed_roots() {
    auto task = resumable_renewal(archive_, *lineages_, draft_.track);
    if (!task) return task.error();
    const bool goes_on =
        *task && (**task).batches == batches_ && (**task).algorithm == draft_.algorithm;
    if (*task && !goes_on) {
      if (auto given = give_up_renewal(archive_, *lineages_, **task); !given) return given.error();
    }
    if (!goes_on) {
      auto begun = begin_renewal(archive_, *lineages_,
                                 {.id = {},
                                  .track = draft_.track,
                                  .algorithm = draft_.algorithm,
                                  .from_digests = options_.wish.from_digests,
                                  .batches = batches_});
      if (!begun) return begun.error();
      *task = *std::move(begun);
    }
    draft_.id = (**task).id;
    draft_.from_digests = (**task).from_digests;
    auto options = judge_options(archive_);
    if (!options) return options.error();
    const TokenJudge judge(*std::move(options));
    auto trees = renew_hash_trees(archive_, lineages_, judge, **task, options_.hash_tree);
    if (!trees) return trees.error();
    outcome_.set_aside = std::move(trees->found);
    outcome_.set_aside_count = trees->set_aside.size();
    draft_.set_aside = std::move(trees->set_aside);
    return std::move(trees->roots);
  }

  Result<Ok> put_tree(const std::vector<Digest>& leaves) {
    ObjectPutter putter(archive_.store());
    HashTreeBuilder builder(draft_.algorithm, [&](unsigned level, std::uint64_t tile, Bytes nodes) {
      put_.push_back(keys::renewal_tile_object(draft_.id, level, tile));
      return putter.add(put_.back(), std::move(nodes));
    });
    for (const Digest& leaf : leaves) {
      if (auto added = builder.add(leaf); !added) return added;
    }
    const auto root = builder.finish();
    if (!root) return root.error();
    draft_.root = *root;
    draft_.batches = batches_.size();
    Bytes list = encode_batch_list(batches_);
    draft_.batch_list = verifier::hash(DigestAlgorithm::sha256, list);
    put_.push_back(keys::renewal_batches_object(draft_.id));
    if (auto put = putter.add(put_.back(), std::move(list)); !put) return put;
    return putter.flush();
  }

  // A TSA may be silent for months: what was put for it is not to pile up. A hash-tree renewal goes
  // on where it was, with the same names.
  void take_back() {
    if (draft_.kind == RenewalKind::hash_tree) return;
    for (const std::string& object : put_) (void)archive_.store().erase(object);
  }

  // The track's own TSA while it is active; in its place its successor, then any active one. A TSA
  // that fails is replaced only when there is little time left.
  std::vector<std::size_t> candidates() const {
    const std::vector<Track>& tracks = archive_.config().tracks;
    const Track* own = archive_.config().track(draft_.track);
    std::vector<std::size_t> order;
    const auto add = [&](const auto& wanted) {
      for (std::size_t i = 0; i < tracks.size(); ++i) {
        if (!tracks[i].active() || !wanted(tracks[i])) continue;
        if (std::ranges::find(order, i) == order.end()) order.push_back(i);
      }
    };
    add([&](const Track& track) { return &track == own; });
    const Time soon = archive_.clock().now() + options_.wish.margin_s / 4;
    if (!order.empty() && !(planned_.ends && *planned_.ends < soon)) return order;
    add([&](const Track& track) { return own != nullptr && track.name == own->successor; });
    add([](const Track&) { return true; });
    return order;
  }

  Result<Stamped> stamp_root() {
    std::optional<Error> refusal;
    for (const std::size_t i : candidates()) {
      const Track& track = archive_.config().tracks[i];
      auto stamped = stamp_by(track, *tsas_[i]);
      if (stamped) return stamped;
      if (!refusal) refusal = stamped.error();
    }
    return refusal.value_or(Error{Errc::unavailable, "no TSA is active that could renew it",
                                  "track " + draft_.track, "add one with 'perdura tsa add'"});
  }

  Result<Stamped> stamp_by(const Track& track, TsaClient& tsa) {
    const StampQuestion question{&track, &tsa, draft_.algorithm, draft_.root};
    auto token = std::move(stamp_all(archive_, {&question, 1}, patience_ ? 0 : 1,
                                     patience_.value_or(std::chrono::milliseconds(0)))
                               .front());
    if (!token) return token.error();
    auto ends = horizons(*token, draft_.algorithm, *archive_.policy());
    if (!ends) return ends.error();
    const Horizon* end = ends->earliest_renewable();
    const bool helps = draft_.kind != RenewalKind::time_stamp || options_.wish.force ||
                       !planned_.ends || end == nullptr || end->end > *planned_.ends;
    if (helps) return Stamped{*std::move(token), *std::move(ends)};
    return Error{Errc::unavailable,
                 "its new time-stamps end " + to_string(end->end) + " (" + end->cause +
                     "), no later than what they should renew",
                 "TSA '" + track.name + "'",
                 "ask who runs it for a newer certificate, or add another with 'perdura tsa add'"};
  }

  // The newest token of each batch, which the new one covers; and those of the chains before, where
  // records that were set aside may go on from one of them.
  std::vector<ByteView> tokens_covered() const {
    std::vector<ByteView> tokens;
    for (const std::uint64_t number : batches_) {
      const Batch& batch = *lineages_->batch(number);
      const Lineage lineage = lineages_->of(batch, draft_.track);
      if (!lineage.empty()) tokens.push_back(lineage.back().back().token());
      if (draft_.kind != RenewalKind::hash_tree || set_aside_of(batch, lineage).empty()) continue;
      for (const std::vector<Link>& chain : lineage) tokens.push_back(chain.back().token());
    }
    return tokens;
  }

  // The archive accepts no evidence that its own verifier would refuse.
  Result<Ok> judge() {
    auto options = judge_options(archive_);
    if (!options) return options.error();
    const TokenJudge judge(*std::move(options));
    const auto renewed = lineages_->with(draft_, batches_);
    BatchStates states(archive_, renewed, &judge);
    for (const std::uint64_t number : batches_) {
      const auto state = states.of(*renewed->batch(number), draft_.track);
      if (!state) return state.error();
      if (state->verdict == Verdict::failed) {
        return Error{Errc::malformed, "the renewed evidence would not hold: " + state->problem,
                     "batch " + std::to_string(number) + ", track " + draft_.track,
                     "the evidence from before is untouched; run 'perdura check'"};
      }
    }
    if (const auto token = verifier::parse_timestamp_token(draft_.token)) {
      outcome_.stamped = token->tst_info.gen_time;
    }
    return Ok{};
  }

  // Canonical JSON (RFC 8785): members in ascending order.
  std::string entry_text() const {
    return boost::json::serialize(
        boost::json::object{{"act", "renew"},
                            {"actor", options_.actor},
                            {"batchList", draft_.batch_list.hex()},
                            {"batches", draft_.batches},
                            {"digest", verifier::name(draft_.algorithm)},
                            {"fromDigests", draft_.from_digests},
                            {"kind", name(draft_.kind)},
                            {"root", draft_.root.hex()},
                            {"setAside", draft_.set_aside.size()},
                            {"time", to_string(archive_.clock().now())},
                            {"token", verifier::hash(DigestAlgorithm::sha256, draft_.token).hex()},
                            {"track", draft_.track}});
  }

  // The one step that makes the renewal count.
  Result<Ok> commit() {
    const verifier::JournalEntry entry{.text = entry_text(), .salt = random_octets(32)};
    Journal::Turn turn = archive_.journal().turn();
    draft_.entry = turn.next();
    JournalHead head = turn.head();
    head.derived = head.size;
    return turn.append({entry}, {{keys::renewal_key(draft_.entry), encode(draft_)}}, head);
  }

  Archive& archive_;
  TsaClients& tsas_;
  const std::shared_ptr<const Lineages>& lineages_;
  const PlannedRenewal& planned_;
  const RenewOptions& options_;
  std::optional<std::chrono::milliseconds> patience_;
  std::vector<std::uint64_t> batches_;
  std::vector<std::string> put_;  // names of the tree's objects
  Renewal draft_;
  RenewalOutcome outcome_;
};

}  // namespace

Result<RenewalOutcome> make_renewal(Archive& archive, TsaClients& tsas,
                                    const std::shared_ptr<const Lineages>& lineages,
                                    const PlannedRenewal& planned, const RenewOptions& options,
                                    std::optional<std::chrono::milliseconds> patience) {
  return RenewalAct(archive, tsas, lineages, planned, options, patience).run();
}

}  // namespace perdura::archive
