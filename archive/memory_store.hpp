// The twin of the real store, in memory: for tests, with faults on demand.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "archive/store.hpp"

namespace perdura::archive {

// Thread safety: any member from any thread.
class MemoryStore final : public Store {
 public:
  // Which function of the store.
  enum class Call { put, read, erase, commit, commit_derived, get, scan };
  // How a call fails.
  enum class Fault {
    not_done,  // the call fails with io and nothing happened
    done,      // the call fails with io although it happened in full: the result was lost
    partly,    // put, commit_derived: only the first half is done; else as not_done
  };

  // Lets the `nth` call of that kind, counted from now and from 1, fail. Several may be waiting.
  void inject(Call call, unsigned nth, Fault fault);
  // From now on every write fails with io, as on a full disk, until called with false.
  void refuse_writes(bool refuse);
  // As if the power went: what commit_derived wrote since the last commit() is forgotten, but for
  // the first `survive` of its commits. Faults that wait are dropped.
  void power_cut(std::size_t survive = 0);
  // How often that kind was called, faults included.
  unsigned calls(Call call) const;
  // The names of all objects in ascending order: for tests that look for what nothing refers to.
  std::vector<std::string> objects() const;
  // Changes the octet at `offset` of an object, as a failing disk would. Misuse is a broken
  // invariant.
  void flip_bit(const std::string& object, std::uint64_t offset, unsigned bit);

  Result<Ok> put(std::vector<Object> objects) override;
  Result<Bytes> read(const std::string& object, std::uint64_t offset,
                     std::uint64_t length) const override;
  Result<Ok> erase(const std::string& object) override;
  Result<Ok> commit(const Commit& commit) override;
  Result<Ok> commit_derived(const std::vector<Commit>& commits) override;
  Result<std::optional<Bytes>> get(const std::string& partition,
                                   const std::string& key) const override;
  Result<std::vector<Row>> scan(const std::string& partition, const std::string& prefix,
                                const std::string& after, std::size_t limit) const override;

 private:
  using Partition = std::map<std::string, Bytes>;
  struct Undo {  // what a row was before an unsynced commit
    std::string partition;
    std::string key;
    std::optional<Bytes> value;
  };

  // All with mutex_ held.
  std::optional<Fault> next_fault(Call call) const;
  bool holds(const Commit& commit) const;
  std::vector<Undo> apply(const Commit& commit);
  Result<Ok> put_all(const std::vector<Object>& objects, std::size_t count);

  mutable std::mutex mutex_;
  std::map<std::string, Bytes> objects_;
  std::map<std::string, Partition> partitions_;
  std::vector<std::vector<Undo>> unsynced_;  // one element a commit, oldest first
  mutable std::map<Call, unsigned> calls_;
  mutable std::map<std::pair<Call, unsigned>, Fault> faults_;  // by the number of the call
  bool refuse_writes_ = false;
};

}  // namespace perdura::archive
