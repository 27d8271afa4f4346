#include "archive/memory_store.hpp"

#include <algorithm>

#include "archive/store_limits.hpp"

namespace perdura::archive {
namespace {

Error injected() { return {Errc::io, "injected fault", "memory store", ""}; }

}  // namespace

void MemoryStore::inject(Call call, unsigned nth, Fault fault) {
  const std::lock_guard guard(mutex_);
  faults_[{call, calls_[call] + nth}] = fault;
}

void MemoryStore::refuse_writes(bool refuse) {
  const std::lock_guard guard(mutex_);
  refuse_writes_ = refuse;
}

void MemoryStore::power_cut(std::size_t survive) {
  const std::lock_guard guard(mutex_);
  faults_.clear();
  while (unsynced_.size() > survive) {
    const std::vector<Undo>& undone = unsynced_.back();
    for (auto row = undone.rbegin(); row != undone.rend(); ++row) {
      Partition& partition = partitions_[row->partition];
      if (row->value) {
        partition[row->key] = *row->value;
      } else {
        partition.erase(row->key);
      }
    }
    unsynced_.pop_back();
  }
  unsynced_.clear();  // what survived is on disk
}

unsigned MemoryStore::calls(Call call) const {
  const std::lock_guard guard(mutex_);
  return calls_[call];
}

std::vector<std::string> MemoryStore::objects() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> names;
  for (const auto& entry : objects_) names.push_back(entry.first);
  return names;
}

void MemoryStore::flip_bit(const std::string& object, std::uint64_t offset, unsigned bit) {
  const std::lock_guard guard(mutex_);
  const auto found = objects_.find(object);
  verifier::check(found != objects_.end() && offset < found->second.size() && bit < 8,
                  "there is such a bit");
  found->second[static_cast<std::size_t>(offset)] ^= static_cast<std::uint8_t>(1u << bit);
}

// Counts the call; the fault that waits for it, or that any write meets now.
std::optional<MemoryStore::Fault> MemoryStore::next_fault(Call call) const {
  const unsigned number = ++calls_[call];
  const bool writes = call == Call::put || call == Call::erase || call == Call::commit ||
                      call == Call::commit_derived;
  if (writes && refuse_writes_) return Fault::not_done;
  const auto fault = faults_.find({call, number});
  if (fault == faults_.end()) return std::nullopt;
  const Fault what = fault->second;
  faults_.erase(fault);
  return what;
}

Result<Ok> MemoryStore::put_all(const std::vector<Object>& objects, std::size_t count) {
  for (const Object& object : objects) {
    const auto same_name = [&](const Object& other) { return other.name == object.name; };
    const auto there = objects_.find(object.name);
    const bool differs = (there != objects_.end() && there->second != object.octets) ||
                         std::ranges::find_if(objects, same_name)->octets != object.octets;
    if (differs) {
      return Error{Errc::conflict, "an object of this name with other octets is there", object.name,
                   ""};
    }
  }
  for (std::size_t i = 0; i < count; ++i) objects_.emplace(objects[i].name, objects[i].octets);
  return Ok{};
}

Result<Ok> MemoryStore::put(std::vector<Object> objects) {
  if (objects.empty()) return Ok{};  // nothing that could fail
  const std::lock_guard guard(mutex_);
  const auto fault = next_fault(Call::put);
  if (fault == Fault::not_done) return injected();
  if (auto fit = check_objects(objects); !fit) return fit;
  auto done = put_all(objects, fault == Fault::partly ? objects.size() / 2 : objects.size());
  return fault && done ? Result<Ok>(injected()) : done;
}

Result<Bytes> MemoryStore::read(const std::string& object, std::uint64_t offset,
                                std::uint64_t length) const {
  const std::lock_guard guard(mutex_);
  if (next_fault(Call::read)) return injected();
  const auto found = objects_.find(object);
  if (found == objects_.end()) {
    return Error{Errc::not_found, "there is no such object", object, ""};
  }
  const Bytes& octets = found->second;
  const std::size_t from = std::min<std::uint64_t>(offset, octets.size());
  const std::size_t size = std::min<std::uint64_t>(length, octets.size() - from);
  return verifier::to_bytes(ByteView(octets).subspan(from, size));
}

Result<Ok> MemoryStore::erase(const std::string& object) {
  const std::lock_guard guard(mutex_);
  const auto fault = next_fault(Call::erase);
  if (fault && fault != Fault::done) return injected();
  objects_.erase(object);
  return fault ? Result<Ok>(injected()) : Ok{};
}

bool MemoryStore::holds(const Commit& commit) const {
  const auto partition = partitions_.find(commit.partition);
  return std::ranges::all_of(commit.conditions, [&](const Condition& condition) {
    std::optional<Bytes> value;
    if (partition != partitions_.end()) {
      const auto row = partition->second.find(condition.key);
      if (row != partition->second.end()) value = row->second;
    }
    return value == condition.value;
  });
}

std::vector<MemoryStore::Undo> MemoryStore::apply(const Commit& commit) {
  std::vector<Undo> undo;
  Partition& partition = partitions_[commit.partition];
  for (const Write& write : commit.writes) {
    const auto row = partition.find(write.key);
    const bool there = row != partition.end();
    undo.push_back(
        {commit.partition, write.key, there ? std::optional<Bytes>(row->second) : std::nullopt});
    if (write.value) {
      partition[write.key] = *write.value;
    } else if (there) {
      partition.erase(row);
    }
  }
  return undo;
}

Result<Ok> MemoryStore::commit(const Commit& commit) {
  const std::lock_guard guard(mutex_);
  const auto fault = next_fault(Call::commit);
  if (fault && fault != Fault::done) return injected();
  if (auto fit = check_commit(commit); !fit) return fit;
  if (!holds(commit)) {
    return Error{Errc::conflict, "a row is not what was expected", commit.partition, ""};
  }
  apply(commit);
  unsynced_.clear();
  return fault ? Result<Ok>(injected()) : Ok{};
}

Result<Ok> MemoryStore::commit_derived(const std::vector<Commit>& commits) {
  const std::lock_guard guard(mutex_);
  const auto fault = next_fault(Call::commit_derived);
  if (fault == Fault::not_done) return injected();
  for (const Commit& commit : commits) {
    if (auto fit = check_commit(commit); !fit) return fit;
    if (!commit.conditions.empty()) {
      return Error{Errc::misuse, "a derived commit has no conditions", commit.partition, ""};
    }
  }
  const std::size_t count = fault == Fault::partly ? commits.size() / 2 : commits.size();
  for (std::size_t i = 0; i < count; ++i) unsynced_.push_back(apply(commits[i]));
  return fault ? Result<Ok>(injected()) : Ok{};
}

Result<std::optional<Bytes>> MemoryStore::get(const std::string& partition,
                                              const std::string& key) const {
  const std::lock_guard guard(mutex_);
  if (next_fault(Call::get)) return injected();
  const auto rows = partitions_.find(partition);
  if (rows == partitions_.end()) return std::optional<Bytes>();
  const auto row = rows->second.find(key);
  if (row == rows->second.end()) return std::optional<Bytes>();
  return std::optional<Bytes>(row->second);
}

Result<std::vector<Row>> MemoryStore::scan(const std::string& partition, const std::string& prefix,
                                           const std::string& after, std::size_t limit) const {
  const std::lock_guard guard(mutex_);
  if (next_fault(Call::scan)) return injected();
  std::vector<Row> rows;
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) return rows;
  const bool resumes = !after.empty() && after >= prefix;
  auto row = resumes ? found->second.upper_bound(after) : found->second.lower_bound(prefix);
  for (; row != found->second.end() && row->first.starts_with(prefix); ++row) {
    if (rows.size() == limit) break;
    rows.push_back({row->first, row->second});
  }
  return rows;
}

}  // namespace perdura::archive
