#include "archive/rocks_store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>
#include <system_error>

#include "archive/new_file.hpp"
#include "archive/store_limits.hpp"

namespace perdura::archive {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

constexpr int format_version = 1;
constexpr const char* format_key = "format";  // in the default column family
constexpr const char* objects_family = "objects";
constexpr const char* index_family = "index";

// An object lies in slices, so that reading a range of a pack does not read the whole pack.
constexpr std::size_t slice_size = 64u << 10;

Slice slice_of(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

Bytes bytes_of(const Slice& slice) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(slice.data());
  return {data, data + slice.size()};
}

void append_big_endian(std::string& out, std::uint64_t value, unsigned octets) {
  for (unsigned i = octets; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

// Names hold no zero octet, so that one ends them.
std::string length_key(const std::string& object) { return object + '\0'; }

std::string slice_key(const std::string& object, std::uint64_t number) {
  std::string key = object + '\0';
  append_big_endian(key, number, 4);
  return key;
}

// The partition's length, the partition, the key: no partition's rows are in reach of another's
// prefix, and within one the order is that of the keys.
std::string row_key(const std::string& partition, const std::string& key) {
  std::string out(1, static_cast<char>(partition.size()));
  out.reserve(1 + partition.size() + key.size());
  return out.append(partition).append(key);
}

// The least key that is greater than all that start with `prefix`, which starts with a partition's
// length and so never consists of 0xFF alone.
std::string after_all(std::string prefix) {
  while (prefix.back() == '\xFF') prefix.pop_back();
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// What RocksDB says, as a person reads it.
Error error_of(const Status& status, const std::string& where) {
  if (status.IsNoSpace()) {
    return {Errc::io, "no space left on the disk", where, "free disk space and try again"};
  }
  if (status.IsCorruption()) {
    return {Errc::io, "the store is damaged: " + status.ToString(), where,
            "the disk altered or lost octets; bring the store back from a backup"};
  }
  const std::string text = status.ToString();
  if (text.find("Permission denied") != std::string::npos) {
    return {Errc::denied, "no permission: " + text, where, "check who owns the folder"};
  }
  return {Errc::io, text, where, ""};
}

rocksdb::CompressionType best_compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  for (const auto type : {rocksdb::kZSTD, rocksdb::kLZ4Compression}) {
    if (std::ranges::find(supported, type) != supported.end()) return type;
  }
  return rocksdb::kNoCompression;
}

// Memory in all: two families' write buffers (at most 64 MiB together), 32 MiB of blocks, 8 MiB of
// slices read last.
rocksdb::DBOptions database_options(OpenMode mode) {
  rocksdb::DBOptions options;
  options.create_if_missing = mode == OpenMode::create;
  options.create_missing_column_families = mode == OpenMode::create;
  options.error_if_exists = mode == OpenMode::create;
  options.paranoid_checks = true;
  options.max_background_jobs = 2;
  // A reader beside a writer keeps its files open, so that the writer may drop them.
  options.max_open_files = mode == OpenMode::read_only ? -1 : 512;
  options.db_write_buffer_size = 64u << 20;
  options.max_total_wal_size = 96u << 20;  // what opening after a crash has to replay
  options.bytes_per_sync = 1u << 20;
  options.advise_random_on_open = false;  // reading everything back profits from read-ahead
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1u << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = blocks;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  table.block_size = 8u << 10;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.level_compaction_dynamic_level_bytes = true;
  options.max_write_buffer_number = 3;
  options.compression = rocksdb::kNoCompression;
  return options;
}

// Octets that are encrypted already and never change: in blob files, not compressed, and moved by
// no compaction. Files of which nothing is left are dropped; the rest is reclaimed on request.
rocksdb::ColumnFamilyOptions objects_options(const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::ColumnFamilyOptions options = family_options(blocks);
  options.write_buffer_size = 24u << 20;
  options.enable_blob_files = true;
  options.min_blob_size = 4u << 10;
  options.blob_file_size = 256u << 20;
  options.enable_blob_garbage_collection = true;
  options.blob_garbage_collection_age_cutoff = 0;
  // One shard: a slice must fit beside others. Contents of one pack are read one after the other.
  options.blob_cache = rocksdb::NewLRUCache(8u << 20, 0);
  return options;
}

rocksdb::ColumnFamilyOptions index_options(const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::ColumnFamilyOptions options = family_options(blocks);
  options.write_buffer_size = 16u << 20;
  options.compression = best_compression();
  options.compression_opts.level = 1;
  return options;
}

class RocksStore final : public Store {
 public:
  RocksStore(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families,
             std::string where, bool read_only)
      : db_(std::move(db)),
        families_(std::move(families)),
        where_(std::move(where)),
        read_only_(read_only) {}
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;
  ~RocksStore() override {
    for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
    db_->Close();
  }

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

  // Whether the store was made by this version or an older one. Errors: unsupported, malformed, io.
  Result<Ok> check_version();
  // Says that the store is complete.
  Result<Ok> write_version();

 private:
  static constexpr std::size_t stripes = 256;
  using Locks = std::vector<std::unique_lock<std::mutex>>;

  rocksdb::ColumnFamilyHandle* meta() const { return families_[0]; }
  rocksdb::ColumnFamilyHandle* objects() const { return families_[1]; }
  rocksdb::ColumnFamilyHandle* index() const { return families_[2]; }

  // Holds everyone else off these names; in one order, so that two callers can't wait for each
  // other.
  Locks lock(const std::vector<const std::string*>& names) const;
  Result<Ok> write(rocksdb::WriteBatch& batch, bool sync);
  Result<std::optional<std::uint64_t>> length_of(const std::string& object) const;
  // Whether the object is there already. Errors: conflict (with other octets), io.
  Result<bool> is_there(const Object& object) const;
  Result<bool> holds(const std::string& partition, const Condition& condition) const;
  void add(rocksdb::WriteBatch& batch, const Object& object) const;
  void add(rocksdb::WriteBatch& batch, const Commit& commit) const;
  Error missing(const std::string& object) const;

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // default, objects, index
  std::string where_;
  const bool read_only_;
  mutable std::array<std::mutex, stripes> stripes_;
  std::mutex failure_mutex_;
  std::optional<std::string> failure_;  // what the first write that failed said
};

RocksStore::Locks RocksStore::lock(const std::vector<const std::string*>& names) const {
  std::vector<std::size_t> numbers;
  for (const std::string* name : names)
    numbers.push_back(std::hash<std::string>{}(*name) % stripes);
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  Locks locks;
  for (const std::size_t number : numbers) locks.emplace_back(stripes_[number]);
  return locks;
}

Result<Ok> RocksStore::write(rocksdb::WriteBatch& batch, bool sync) {
  if (read_only_) return Error{Errc::conflict, "the store was opened for reading only", where_, ""};
  {
    const std::lock_guard guard(failure_mutex_);
    if (failure_) {
      return Error{Errc::io, "no more is written since an earlier write failed: " + *failure_,
                   where_, "mend the cause (disk full, disk failing), then start again"};
    }
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  const Status status = db_->Write(options, &batch);
  if (status.ok()) return Ok{};
  // What reached the log is not known, and writing behind a torn entry would lose what follows.
  const Error error = error_of(status, where_);
  const std::lock_guard guard(failure_mutex_);
  if (!failure_) failure_ = error.what;
  return error;
}

Error RocksStore::missing(const std::string& object) const {
  return {Errc::not_found, "there is no such object", where_ + ": " + object, ""};
}

Result<std::optional<std::uint64_t>> RocksStore::length_of(const std::string& object) const {
  rocksdb::PinnableSlice value;
  const Status status = db_->Get({}, objects(), length_key(object), &value);
  if (status.IsNotFound()) return std::optional<std::uint64_t>();
  if (!status.ok()) return error_of(status, where_ + ": " + object);
  std::uint64_t length = 0;
  for (const char c : value.ToStringView()) length = length << 8 | static_cast<unsigned char>(c);
  return std::optional<std::uint64_t>(length);
}

Result<bool> RocksStore::is_there(const Object& object) const {
  const auto length = length_of(object.name);
  if (!length) return length.error();
  if (!*length) return false;
  if (**length == object.octets.size()) {
    const auto octets = read(object.name, 0, **length);
    if (!octets) return octets.error();
    if (*octets == object.octets) return true;
  }
  return Error{Errc::conflict, "an object of this name with other octets is there",
               where_ + ": " + object.name, ""};
}

void RocksStore::add(rocksdb::WriteBatch& batch, const Object& object) const {
  std::string length;
  append_big_endian(length, object.octets.size(), 8);
  batch.Put(objects(), length_key(object.name), length);
  const ByteView octets = object.octets;
  for (std::size_t at = 0; at < octets.size(); at += slice_size) {
    const std::size_t size = std::min(slice_size, octets.size() - at);
    batch.Put(objects(), slice_key(object.name, at / slice_size),
              slice_of(octets.subspan(at, size)));
  }
}

Result<Ok> RocksStore::put(std::vector<Object> objects) {
  if (auto fit = check_objects(objects); !fit) return fit;
  std::vector<const std::string*> names;
  std::size_t size = 0;
  for (const Object& object : objects) {
    names.push_back(&object.name);
    size += object.octets.size();
  }
  const Locks locks = lock(names);
  rocksdb::WriteBatch batch(size + size / 256 + 4096);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto same_name = [&](const Object& other) { return other.name == objects[i].name; };
    const auto first = std::ranges::find_if(objects, same_name);
    if (first != objects.begin() + static_cast<std::ptrdiff_t>(i)) {
      if (first->octets == objects[i].octets) continue;
      return Error{Errc::conflict, "two objects of one name with different octets",
                   where_ + ": " + objects[i].name, ""};
    }
    const auto there = is_there(objects[i]);
    if (!there) return there.error();
    if (!*there) add(batch, objects[i]);
  }
  return write(batch, true);
}

Result<Bytes> RocksStore::read(const std::string& object, std::uint64_t offset,
                               std::uint64_t length) const {
  Bytes out;
  const std::uint64_t end = std::min<std::uint64_t>(
      object_size_max, offset + std::min<std::uint64_t>(length, object_size_max));
  std::uint64_t at = std::min<std::uint64_t>(offset, object_size_max);
  do {
    rocksdb::PinnableSlice value;
    const std::uint64_t number = at / slice_size;
    const Status status = db_->Get({}, objects(), slice_key(object, number), &value);
    if (status.IsNotFound()) {  // behind the end, unless something is wrong
      const auto whole = length_of(object);
      if (!whole) return whole.error();
      if (!*whole) return missing(object);
      if (at >= **whole) return out;
      return Error{Errc::io, "the store is damaged: a part of an object is missing",
                   where_ + ": " + object, "bring the store back from a backup"};
    }
    if (!status.ok()) return error_of(status, where_ + ": " + object);
    const std::uint64_t start = number * slice_size;
    const std::uint64_t slice_end = start + value.size();
    const std::uint64_t until = std::min(end, slice_end);
    if (at < until) {
      const auto* data = reinterpret_cast<const std::uint8_t*>(value.data());
      out.reserve(static_cast<std::size_t>(end - offset));
      out.insert(out.end(), data + (at - start), data + (until - start));
      at = until;
    }
    if (value.size() < slice_size) return out;  // the last one
  } while (at < end);
  return out;
}

Result<Ok> RocksStore::erase(const std::string& object) {
  const Locks locks = lock({&object});
  const auto length = length_of(object);
  if (!length) return length.error();
  if (!*length) return Ok{};
  rocksdb::WriteBatch batch;
  batch.Delete(objects(), length_key(object));
  for (std::uint64_t at = 0; at < **length; at += slice_size) {
    batch.Delete(objects(), slice_key(object, at / slice_size));
  }
  return write(batch, true);
}

Result<bool> RocksStore::holds(const std::string& partition, const Condition& condition) const {
  const auto value = get(partition, condition.key);
  if (!value) return value.error();
  return *value == condition.value;
}

void RocksStore::add(rocksdb::WriteBatch& batch, const Commit& commit) const {
  for (const Write& write : commit.writes) {
    const std::string key = row_key(commit.partition, write.key);
    if (write.value) {
      batch.Put(index(), key, slice_of(*write.value));
    } else {
      batch.Delete(index(), key);
    }
  }
}

Result<Ok> RocksStore::commit(const Commit& commit) {
  if (auto fit = check_commit(commit); !fit) return fit;
  const Locks locks = lock({&commit.partition});
  for (const Condition& condition : commit.conditions) {
    const auto held = holds(commit.partition, condition);
    if (!held) return held.error();
    if (*held) continue;
    return Error{Errc::conflict,
                 condition.value ? "a row does not have the value that was expected"
                                 : "a row is there that should not be",
                 where_ + ": " + commit.partition, ""};
  }
  rocksdb::WriteBatch batch;
  add(batch, commit);
  return write(batch, true);
}

Result<Ok> RocksStore::commit_derived(const std::vector<Commit>& commits) {
  std::vector<const std::string*> partitions;
  for (const Commit& commit : commits) {
    if (auto fit = check_commit(commit); !fit) return fit;
    if (!commit.conditions.empty()) {
      return Error{Errc::misuse, "a derived commit has no conditions", commit.partition, ""};
    }
    partitions.push_back(&commit.partition);
  }
  const Locks locks = lock(partitions);
  rocksdb::WriteBatch batch;
  for (const Commit& commit : commits) {
    add(batch, commit);
    if (batch.GetDataSize() < commit_size_max) continue;
    if (auto done = write(batch, false); !done) return done;
    batch.Clear();
  }
  return write(batch, false);
}

Result<std::optional<Bytes>> RocksStore::get(const std::string& partition,
                                             const std::string& key) const {
  rocksdb::PinnableSlice value;
  const Status status = db_->Get({}, index(), row_key(partition, key), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return error_of(status, where_ + ": " + partition);
  return std::optional<Bytes>(bytes_of(value));
}

Result<std::vector<Row>> RocksStore::scan(const std::string& partition, const std::string& prefix,
                                          const std::string& after, std::size_t limit) const {
  const std::size_t stem = 1 + partition.size();
  const std::string end = after_all(row_key(partition, prefix));
  const Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(options, index()));
  const bool resumes = !after.empty() && after >= prefix;
  row->Seek(row_key(partition, resumes ? after + '\0' : prefix));
  std::vector<Row> rows;
  for (; row->Valid() && rows.size() < limit; row->Next()) {
    Slice key = row->key();
    key.remove_prefix(stem);
    rows.push_back({key.ToString(), bytes_of(row->value())});
  }
  if (!row->status().ok()) return error_of(row->status(), where_ + ": " + partition);
  return rows;
}

Result<Ok> RocksStore::check_version() {
  std::string value;
  const Status status = db_->Get({}, meta(), format_key, &value);
  if (!status.ok() && !status.IsNotFound()) return error_of(status, where_);
  const std::string ours = std::to_string(format_version);
  if (value == ours) return Ok{};
  if (value.empty()) {
    return Error{Errc::malformed, "the store is incomplete: making it was cut short", where_,
                 "nothing was kept in it; remove the folder and make the store again"};
  }
  return Error{Errc::unsupported,
               "the store has format version " + value + ", this program reads version " + ours,
               where_, "use a newer perdura"};
}

Result<Ok> RocksStore::write_version() {
  rocksdb::WriteBatch batch;
  batch.Put(meta(), format_key, std::to_string(format_version));
  return write(batch, true);
}

// Opening a database of RocksDB that is there, or is to be made, with these families.
Error error_of_open(const Status& status, const std::string& where) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("/LOCK: ") != std::string::npos &&
      text.find("ermission") == std::string::npos) {
    return {Errc::conflict, "another process has the store open", where,
            "the archive's server or another perdura command is running; wait for it or stop it"};
  }
  return error_of(status, where);
}

// The families of the store, those first that we know. A newer version may have more.
Result<std::vector<std::string>> families_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  const Status status = rocksdb::DB::ListColumnFamilies({}, folder.string(), &names);
  if (!status.ok()) return error_of(status, folder.string());
  std::vector<std::string> ordered = {rocksdb::kDefaultColumnFamilyName, objects_family,
                                      index_family};
  for (const std::string& name : ordered) {
    if (std::ranges::find(names, name) != names.end()) continue;
    return Error{Errc::malformed, "the folder holds a database that is not a store of perdura",
                 folder.string(), "check the path"};
  }
  for (const std::string& name : names) {
    if (std::ranges::find(ordered, name) == ordered.end()) ordered.push_back(name);
  }
  return ordered;
}

Result<std::unique_ptr<RocksStore>> open_database(const std::filesystem::path& folder,
                                                  OpenMode mode,
                                                  const std::vector<std::string>& names) {
  const auto blocks = rocksdb::NewLRUCache(32u << 20);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) {
    families.emplace_back(name, name == objects_family ? objects_options(blocks)
                                : name == index_family ? index_options(blocks)
                                                       : family_options(blocks));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::DBOptions options = database_options(mode);
  const bool read_only = mode == OpenMode::read_only;
  const Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(options, folder.string(), families, &handles, &db)
                : rocksdb::DB::Open(options, folder.string(), families, &handles, &db);
  if (!status.ok()) return error_of_open(status, folder.string());
  return std::make_unique<RocksStore>(std::unique_ptr<rocksdb::DB>(db), std::move(handles),
                                      folder.string(), read_only);
}

Result<std::unique_ptr<Store>> create_store(const std::filesystem::path& folder) {
  std::error_code failed;
  if (std::filesystem::exists(folder, failed) && !std::filesystem::is_empty(folder, failed)) {
    return Error{Errc::conflict, "the folder is not empty", folder.string(),
                 "choose a folder that does not exist"};
  }
  if (!failed) std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error{Errc::io, "cannot make the folder: " + failed.message(), folder.string(), ""};
  }
  auto store = open_database(folder, OpenMode::create,
                             {rocksdb::kDefaultColumnFamilyName, objects_family, index_family});
  if (!store) return store.error();
  // Dying before this is done leaves a store that check_version() refuses.
  if (auto done = (*store)->write_version(); !done) return done.error();
  if (auto done = sync_folder(folder.parent_path()); !done) return done.error();
  return std::unique_ptr<Store>(*std::move(store));
}

}  // namespace

Result<std::unique_ptr<Store>> open_rocks_store(const std::filesystem::path& folder,
                                                OpenMode mode) {
  if (mode == OpenMode::create) return create_store(folder);
  std::error_code failed;
  const bool there = std::filesystem::exists(folder / "CURRENT", failed);
  if (failed) {
    return Error{Errc::denied, "cannot look into the folder: " + failed.message(), folder.string(),
                 "check who may read it"};
  }
  if (!there) {
    return Error{Errc::not_found, "there is no store", folder.string(),
                 "check the path; 'perdura init' makes an archive"};
  }
  const auto names = families_in(folder);
  if (!names) return names.error();
  // Families that we do not know are a newer version's: looked at, but not touched.
  auto store = open_database(folder, names->size() > 3 ? OpenMode::read_only : mode, *names);
  if (!store) return store.error();
  if (auto known = (*store)->check_version(); !known) return known.error();
  if (names->size() > 3) {
    return Error{Errc::malformed, "the store holds a part that its version does not have",
                 folder.string(), "bring the store back from a backup"};
  }
  return std::unique_ptr<Store>(*std::move(store));
}

}  // namespace perdura::archive
