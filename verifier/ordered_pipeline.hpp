// One producer, several workers, results in the order of the jobs, in bounded memory.
//
// Thread safety: one thread (the one that made the pipeline) calls its members; `take` runs on it.
// `work` runs on the workers, each with a state of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace perdura::verifier {

template <typename Job, typename Outcome>
class OrderedPipeline {
 public:
  using Work = std::function<Outcome(Job&)>;
  using Take = std::function<void(Outcome)>;

  // `make_work(i)` is called once for each worker, here; at most `window` jobs are under way.
  OrderedPipeline(unsigned workers, std::size_t window,
                  const std::function<Work(unsigned)>& make_work, Take take)
      : window_(window), take_(std::move(take)) {
    for (unsigned i = 0; i < workers; ++i) {
      threads_.emplace_back([this, work = make_work(i)] { run(work); });
    }
  }
  OrderedPipeline(const OrderedPipeline&) = delete;
  OrderedPipeline& operator=(const OrderedPipeline&) = delete;
  // Jobs that nobody waited for are dropped.
  ~OrderedPipeline() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      waiting_.clear();
    }
    has_work_.notify_all();
  }

  // Hands a job to the workers; while the window is full, delivers what is ready. Rethrows what a
  // worker threw.
  void push(Job job) {
    deliver(window_ - 1);
    auto slot = std::make_shared<Slot>(std::move(job));
    under_way_.push_back(slot);
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(slot));
    }
    has_work_.notify_one();
  }

  // Waits until every job is done and its outcome delivered.
  void drain() { deliver(0); }

 private:
  struct Slot {
    explicit Slot(Job&& with) : job(std::move(with)) {}
    Job job;
    std::optional<Outcome> outcome;
    std::exception_ptr thrown;
    bool done = false;
  };

  // Delivers outcomes in order: all that are ready, and more until at most `left` are under way.
  void deliver(std::size_t left) {
    while (!under_way_.empty()) {
      const std::shared_ptr<Slot> first = under_way_.front();
      {
        std::unique_lock lock(mutex_);
        if (!first->done && under_way_.size() <= left) return;
        is_done_.wait(lock, [&] { return first->done; });
      }
      under_way_.pop_front();
      if (first->thrown) std::rethrow_exception(first->thrown);
      take_(*std::move(first->outcome));
    }
  }

  void run(const Work& work) {
    for (;;) {
      std::shared_ptr<Slot> slot;
      {
        std::unique_lock lock(mutex_);
        has_work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        slot = std::move(waiting_.front());
        waiting_.pop_front();
      }
      try {
        slot->outcome = work(slot->job);
      } catch (...) {
        slot->thrown = std::current_exception();
      }
      {
        const std::lock_guard lock(mutex_);
        slot->done = true;
      }
      is_done_.notify_all();
    }
  }

  std::size_t window_;
  Take take_;
  std::deque<std::shared_ptr<Slot>> under_way_;  // of the producer alone
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::condition_variable is_done_;
  std::deque<std::shared_ptr<Slot>> waiting_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace perdura::verifier
