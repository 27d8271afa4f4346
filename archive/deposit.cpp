#include "archive/deposit.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "archive/commit_group.hpp"
#include "archive/keep_dictionary.hpp"
#include "archive/prepare.hpp"

namespace perdura::archive {
namespace {

using verifier::Receipt;

constexpr std::size_t waiting_records_max = 512;           // records that no worker has taken yet
constexpr std::size_t taken_at_once = 16;                  // records that a worker takes in one go
constexpr std::size_t prepared_footprint_max = 32u << 20;  // octets that wait for the committer
constexpr std::size_t gathered_records = 256;              // enough for a group to be worth a sync
constexpr std::size_t gathered_footprint = 4u << 20;
constexpr std::chrono::milliseconds gathering_time{10};
constexpr std::size_t handed_over_footprint = 256u << 10;  // a record worth handing over at once

// Turns what an act throws into its error: the act stops, the archive runs on.
template <typename Act>
auto guarded(Act act) -> decltype(act()) {
  try {
    return act();
  } catch (const std::bad_alloc&) {
    return Error{Errc::io, "there is not enough memory", "deposit",
                 "nothing of this record was stored; use fewer --threads, or raise the limit "
                 "('ulimit -v')"};
  } catch (const std::exception& problem) {
    return Error{Errc::io, std::string("a bug stopped the deposit: ") + problem.what(), "deposit",
                 "nothing of this record was stored; please report this"};
  }
}

}  // namespace

class Deposits::Pipeline {
 public:
  Pipeline(Archive& archive, unsigned workers, std::function<void()> group_done)
      : archive_(archive), group_done_(std::move(group_done)), workers_max_(std::max(1u, workers)) {
    // Here, where whoever started the deposit is told that memory does not suffice for them.
    for (std::size_t i = 0; i < workers_max_; ++i) {
      preparers_.push_back(
          std::make_unique<Preparer>(archive_, [this](const NewDictionary& dictionary) {
            return keep_dictionary(archive_, dictionary);
          }));
    }
    committer_ = std::jthread([this] { commit(); });
    for (const auto& preparer : preparers_) start_worker(*preparer);
  }

  ~Pipeline() {
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return open_ == 0; });
      closing_ = true;
    }
    work_.notify_all();
    ready_.notify_all();
  }

  void deposit(RecordInput record, Done done) {
    std::unique_lock lock(mutex_);
    if (stopped_) {
      const Error why = unavailable(*stopped_);
      lock.unlock();
      return done(why);
    }
    // A full queue is filled again when it is half empty: not a wake-up for each record.
    if (waiting_.size() >= waiting_records_max) {
      room_.wait(lock, [&] { return waiting_.size() <= waiting_records_max / 2; });
    }
    waiting_.push_back({std::move(record), std::move(done)});
    ++open_;
    const bool wake = idle_workers_ > 0;
    lock.unlock();
    if (wake) work_.notify_one();
  }

  Result<Ok> finish() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return open_ == 0; });
    return stopped_ ? Result<Ok>(*stopped_) : Ok{};
  }

  bool stopped() const { return why_stopped().has_value(); }

 private:
  struct Waiting {
    RecordInput record;
    Done done;
  };
  // Fewer threads than were wanted do it too.
  void start_worker(Preparer& preparer) {
    try {
      workers_.emplace_back([this, &preparer] { work(preparer); });
    } catch (const std::system_error&) {
      if (!workers_.empty()) return;
      {
        const std::lock_guard lock(mutex_);
        closing_ = true;
      }
      ready_.notify_all();
      throw;
    }
  }

  struct Prepared {
    PreparedRecord record;
    Done done;
  };

  // The first failure of the archive is the one that is told.
  void stop(const Error& why) {
    const std::lock_guard lock(mutex_);
    if (!stopped_) stopped_ = why;
  }
  std::optional<Error> why_stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }
  Result<PreparedRecord> prepare(Preparer& preparer, const RecordInput& record) {
    if (const auto why = why_stopped()) return unavailable(*why);
    auto prepared = guarded([&] { return preparer.prepare(record); });
    if (prepared || !preparer.archive_failed()) return prepared;
    stop(prepared.error());
    return unavailable(prepared.error());
  }

  void work(Preparer& preparer) {
    while (true) {
      std::vector<Waiting> taken = take_waiting();
      if (taken.empty()) return;
      std::vector<Prepared> prepared;
      prepared.reserve(taken.size());
      std::size_t refused = 0;
      for (Waiting& next : taken) {
        auto record = prepare(preparer, next.record);
        if (record) {
          prepared.push_back({*std::move(record), std::move(next.done)});
          if (prepared.back().record.footprint() >= handed_over_footprint) {
            hand_over(std::exchange(prepared, {}));
          }
        } else {
          next.done(record.error());
          ++refused;
        }
      }
      hand_over(std::move(prepared));
      if (refused > 0) settle(refused);
    }
  }

  // A few records at a time: a lock and a wake-up for each would cost as much as preparing it. None
  // at the end.
  std::vector<Waiting> take_waiting() {
    std::vector<Waiting> taken;
    std::unique_lock lock(mutex_);
    ++idle_workers_;
    work_.wait(lock, [&] {
      return closing_ || (!waiting_.empty() && prepared_footprint_ < prepared_footprint_max);
    });
    --idle_workers_;
    // Not more than its share, so that the other workers have something to do too.
    const std::size_t share = std::min(waiting_.size() / workers_max_ + 1, taken_at_once);
    taken.reserve(share);
    while (!waiting_.empty() && taken.size() < share) {
      taken.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    const bool room = waiting_.size() <= waiting_records_max / 2;
    lock.unlock();
    if (room) room_.notify_all();
    return taken;
  }

  void hand_over(std::vector<Prepared> prepared) {
    if (prepared.empty()) return;
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      wake = prepared_.empty();
      for (Prepared& record : prepared) {
        prepared_footprint_ += record.record.footprint();
        prepared_.push_back(std::move(record));
      }
      wake = wake || gathered();
    }
    if (wake) ready_.notify_one();
  }

  // Whether the committer need not wait for more; under the lock.
  bool gathered() const {
    return closing_ || prepared_.size() == open_ || prepared_.size() >= gathered_records ||
           prepared_footprint_ >= gathered_footprint;
  }

  void settle(std::size_t count) {
    {
      const std::lock_guard lock(mutex_);
      open_ -= count;
    }
    room_.notify_all();
  }

  void commit() {
    while (true) {
      std::vector<PreparedRecord> records;
      std::vector<Done> dones;
      if (!take_group(records, dones)) return;
      const std::size_t count = records.size();
      std::vector<Result<Receipt>> receipts = commit(std::move(records));
      for (std::size_t i = 0; i < count; ++i) dones[i](std::move(receipts[i]));
      if (group_done_) group_done_();
      settle(count);
    }
  }

  std::vector<Result<Receipt>> commit(std::vector<PreparedRecord> records) {
    const std::size_t count = records.size();
    auto why = why_stopped();
    if (!why) {
      auto outcome = guarded(
          [&]() -> Result<GroupResult> { return commit_group(archive_, std::move(records)); });
      why = outcome ? outcome->refused : outcome.error();
      if (why) stop(*why);
      if (outcome) return std::move(outcome->receipts);
    }
    return std::vector<Result<Receipt>>(count, unavailable(*why));
  }

  // Waits for prepared records and takes as many as one group may have; false at the end.
  bool take_group(std::vector<PreparedRecord>& records, std::vector<Done>& dones) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return closing_ || !prepared_.empty(); });
    // A sync costs as much for one record as for hundreds: wait a moment for those under way.
    ready_.wait_for(lock, gathering_time, [&] { return gathered(); });
    if (prepared_.empty()) return false;
    std::size_t footprint = 0;
    while (!prepared_.empty() && records.size() < group_records_max &&
           footprint < group_footprint_max) {
      const std::size_t size = prepared_.front().record.footprint();
      footprint += size;
      prepared_footprint_ -= size;
      records.push_back(std::move(prepared_.front().record));
      dones.push_back(std::move(prepared_.front().done));
      prepared_.pop_front();
    }
    lock.unlock();
    work_.notify_all();
    return true;
  }

  Archive& archive_;
  const std::function<void()> group_done_;
  mutable std::mutex mutex_;       // guards all that follows up to the threads
  std::condition_variable work_;   // something waits for a worker, and may be prepared
  std::condition_variable ready_;  // something waits for the committer
  std::condition_variable room_;   // something was taken from the queue, or is done
  std::deque<Waiting> waiting_;
  std::deque<Prepared> prepared_;
  std::size_t prepared_footprint_ = 0;
  std::size_t open_ = 0;  // accepted, and not yet done
  std::size_t idle_workers_ = 0;
  bool closing_ = false;
  std::optional<Error> stopped_;  // what the archive failed with
  std::size_t workers_max_;
  std::vector<std::unique_ptr<Preparer>> preparers_;  // of each worker
  std::vector<std::jthread> workers_;
  std::jthread committer_;
};

Deposits::Deposits(Archive& archive, unsigned workers, std::function<void()> group_done)
    : pipeline_(std::make_unique<Pipeline>(archive, workers, std::move(group_done))) {}
Deposits::~Deposits() = default;

void Deposits::deposit(RecordInput record, Done done) {
  pipeline_->deposit(std::move(record), std::move(done));
}

bool Deposits::stopped() const { return pipeline_->stopped(); }
Result<Ok> Deposits::finish() { return pipeline_->finish(); }

}  // namespace perdura::archive
