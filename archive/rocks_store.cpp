#include "archive/rocks_store.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>
#include <system_error>

#include "archive/new_file.hpp"
#include "archive/rocks_errors.hpp"
#include "archive/rocks_options.hpp"
#include "archive/segments.hpp"
#include "archive/store_limits.hpp"
#include "archive/store_rows.hpp"
#include "archive/written_mark.hpp"

namespace perdura::archive {
namespace {

using rocksdb::Slice;
using rocksdb::Status;

constexpr int format_version = 1;
constexpr const char* format_key = "format";  // in the default column family
constexpr const char* end_key = "segments-end";

// Objects put together that have fewer octets in all go into their rows: one sync instead of two.
constexpr std::size_t row_size_max = 64u << 10;

Slice slice_of(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

Bytes bytes_of(const Slice& slice) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(slice.data());
  return {data, data + slice.size()};
}

class RocksStore final : public Store {
 public:
  RocksStore(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families,
             std::string where, OpenMode mode)
      : db_(std::move(db)), families_(std::move(families)), where_(std::move(where)), mode_(mode) {}
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

  // Checks the version and finds the segments. Errors: unsupported, malformed, io.
  Result<Ok> start();
  // That nothing is lost of what was on disk by `mark`. Errors: io.
  Result<Ok> check_reaches(std::uint64_t mark) const;
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
  // Errors: conflict (read only), io (an earlier write failed).
  Result<Ok> check_writable();
  // Lets every later write fail: what the one that failed left behind is not known.
  void latch(const Error& error);
  Result<Ok> write(rocksdb::WriteBatch& batch, bool sync);
  Error damaged(const std::string& object) const;
  Result<std::optional<Bytes>> row_of(const std::string& object) const;
  // Whether the object is there already. Errors: conflict (with other octets), io.
  Result<bool> is_there(const Object& object) const;
  Result<Ok> put_in_rows(const std::vector<const Object*>& objects);
  Result<Ok> put_in_segments(const std::vector<const Object*>& objects);
  Result<bool> holds(const std::string& partition, const Condition& condition) const;
  void add(rocksdb::WriteBatch& batch, const Commit& commit) const;

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // default, objects, index
  std::string where_;
  const OpenMode mode_;
  mutable std::array<std::mutex, stripes> stripes_;
  std::mutex append_mutex_;               // over writing segments and committing their end
  mutable std::shared_mutex wipe_mutex_;  // so that no reader sees an object half erased
  std::unique_ptr<Segments> segments_;
  std::optional<WrittenMark> mark_;  // where there is writing
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

Result<Ok> RocksStore::check_writable() {
  if (only_reads(mode_))
    return Error{Errc::conflict, "the store was opened for reading only", where_, ""};
  const std::lock_guard guard(failure_mutex_);
  if (!failure_) return Ok{};
  return Error{Errc::io, "no more is written since an earlier write failed: " + *failure_, where_,
               "mend the cause (disk full, disk failing), then start again"};
}

void RocksStore::latch(const Error& error) {
  const std::lock_guard guard(failure_mutex_);
  if (!failure_) failure_ = error.what;
}

Result<Ok> RocksStore::write(rocksdb::WriteBatch& batch, bool sync) {
  if (auto can = check_writable(); !can) return can;
  rocksdb::WriteOptions options;
  options.sync = sync;
  // A synced write takes all before it to the disk, and nothing that others write meanwhile.
  const std::uint64_t before = db_->GetLatestSequenceNumber();
  const Status status = db_->Write(options, &batch);
  if (status.ok()) {
    if (sync && mark_) mark_->advance(before + batch.Count());
    return Ok{};
  }
  // What reached the log is not known, and writing behind a torn entry would lose what follows.
  const Error error = error_of(status, where_);
  latch(error);
  return error;
}

Error RocksStore::damaged(const std::string& object) const {
  return {Errc::io, "the store is damaged: a row is not one", where_ + ": " + object,
          "bring the store back from a backup"};
}

Result<std::optional<Bytes>> RocksStore::row_of(const std::string& object) const {
  rocksdb::PinnableSlice value;
  const Status status = db_->Get({}, objects(), object, &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return error_of(status, where_ + ": " + object);
  if (value.empty()) return damaged(object);
  return std::optional<Bytes>(bytes_of(value));
}

Result<bool> RocksStore::is_there(const Object& object) const {
  const auto octets = read(object.name, 0, object_size_max);
  if (!octets && octets.error().code == Errc::not_found) return false;
  if (!octets) return octets.error();
  if (*octets == object.octets) return true;
  return Error{Errc::conflict, "an object of this name with other octets is there",
               where_ + ": " + object.name, ""};
}

Result<Ok> RocksStore::put(std::vector<Object> objects) {
  if (auto fit = check_objects(objects); !fit) return fit;
  std::vector<const std::string*> names;
  for (const Object& object : objects) names.push_back(&object.name);
  const Locks locks = lock(names);
  std::vector<const Object*> missing;
  std::size_t size = 0;
  for (const Object& object : objects) {
    const auto same_name = [&](const Object* other) { return other->name == object.name; };
    if (const auto twin = std::ranges::find_if(missing, same_name); twin != missing.end()) {
      if ((*twin)->octets == object.octets) continue;
      return Error{Errc::conflict, "two objects of one name with different octets",
                   where_ + ": " + object.name, ""};
    }
    const auto there = is_there(object);
    if (!there) return there.error();
    if (*there) continue;
    missing.push_back(&object);
    size += object.octets.size();
  }
  if (missing.empty()) return Ok{};
  return size < row_size_max ? put_in_rows(missing) : put_in_segments(missing);
}

Result<Ok> RocksStore::put_in_rows(const std::vector<const Object*>& objects) {
  rocksdb::WriteBatch batch;
  for (const Object* object : objects) {
    const char kind = in_row;
    const std::array<Slice, 2> value = {Slice(&kind, 1), slice_of(object->octets)};
    const Slice name(object->name);
    const Status added =
        batch.Put(this->objects(), rocksdb::SliceParts(&name, 1), {value.data(), value.size()});
    if (!added.ok()) return error_of(added, where_);
  }
  return write(batch, true);
}

// The octets are synced before a row names them: dying in between leaves octets that are nobody's,
// behind the end, where the next put writes.
Result<Ok> RocksStore::put_in_segments(const std::vector<const Object*>& objects) {
  if (auto can = check_writable(); !can) return can;
  const std::lock_guard guard(append_mutex_);
  const auto extents = segments_->append(objects);
  if (!extents) {
    if (!segments_->writable()) latch(extents.error());
    return extents.error();
  }
  rocksdb::WriteBatch batch;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    batch.Put(this->objects(), objects[i]->name, write_extent((*extents)[i]));
  }
  batch.Put(meta(), end_key, write_end(segments_->end()));
  return write(batch, true);
}

Result<Bytes> RocksStore::read(const std::string& object, std::uint64_t offset,
                               std::uint64_t length) const {
  const std::shared_lock guard(wipe_mutex_);
  const auto row = row_of(object);
  if (!row) return row.error();
  if (!*row) return Error{Errc::not_found, "there is no such object", where_ + ": " + object, ""};
  const ByteView value = **row;
  if (value[0] == in_row) {
    const ByteView octets = value.subspan(1);
    const std::size_t from = std::min<std::uint64_t>(offset, octets.size());
    const std::size_t size = std::min<std::uint64_t>(length, octets.size() - from);
    return verifier::to_bytes(octets.subspan(from, size));
  }
  const auto extent = read_extent(value);
  if (!extent) return damaged(object);
  return segments_->read(*extent, offset, length);
}

Result<Ok> RocksStore::erase(const std::string& object) {
  const Locks locks = lock({&object});
  const std::unique_lock guard(wipe_mutex_);
  const auto row = row_of(object);
  if (!row) return row.error();
  if (!*row) return Ok{};
  rocksdb::WriteBatch batch;
  batch.Delete(objects(), object);
  if (auto done = write(batch, true); !done) return done;
  // Dying here leaves octets that nothing names and nothing reads.
  const auto extent = read_extent(**row);
  return extent ? segments_->wipe(*extent) : Result<Ok>(Ok{});
}

Result<bool> RocksStore::holds(const std::string& partition, const Condition& condition) const {
  const auto value = get(partition, condition.key);
  if (!value) return value.error();
  return *value == condition.value;
}

void RocksStore::add(rocksdb::WriteBatch& batch, const Commit& commit) const {
  std::string key = row_key(commit.partition, "");
  for (const Write& write : commit.writes) {
    key.replace(1 + commit.partition.size(), key.npos, write.key);
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

Result<Ok> RocksStore::start() {
  std::string version;
  std::string end_row;
  Status status = db_->Get({}, meta(), format_key, &version);
  if (status.ok()) status = db_->Get({}, meta(), end_key, &end_row);
  if (!status.ok() && !status.IsNotFound()) return error_of(status, where_);
  const std::string ours = std::to_string(format_version);
  if (version.empty()) {
    return Error{Errc::malformed, "the store is incomplete: making it was cut short", where_,
                 "nothing was kept in it; remove the folder and make the store again"};
  }
  if (version != ours) {
    return Error{Errc::unsupported,
                 "the store has format version " + version + ", this program reads version " + ours,
                 where_, "use a newer perdura"};
  }
  const auto end = end_row.empty() ? SegmentsEnd{} : read_end(verifier::as_bytes(end_row));
  if (!end) return damaged(end_key);
  const auto use = !only_reads(mode_)             ? Segments::Use::writing
                   : mode_ == OpenMode::read_once ? Segments::Use::reading_once
                                                  : Segments::Use::reading;
  auto segments = Segments::open(where_, *end, use);
  if (!segments) return segments.error();
  segments_ = *std::move(segments);
  if (only_reads(mode_)) return Ok{};
  auto mark = WrittenMark::open(where_);
  if (!mark) return mark.error();
  mark_.emplace(*std::move(mark));
  return Ok{};
}

Result<Ok> RocksStore::check_reaches(std::uint64_t mark) const {
  if (db_->GetLatestSequenceNumber() >= mark) return Ok{};
  return Error{Errc::io, "the store is damaged: it has lost writes that were on the disk", where_,
               "bring the store back from a backup; to go on with what is left of it, remove " +
                   where_ + "/written: receipts tell what is missing"};
}

Result<Ok> RocksStore::write_version() {
  rocksdb::WriteBatch batch;
  batch.Put(meta(), format_key, std::to_string(format_version));
  return write(batch, true);
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
    return Error{Errc::malformed,
                 "the folder holds a database that is no store of perdura, or a damaged one",
                 folder.string(), "check the path; if it is, bring the store back from a backup"};
  }
  for (const std::string& name : names) {
    if (std::ranges::find(ordered, name) == ordered.end()) ordered.push_back(name);
  }
  return ordered;
}

Result<std::unique_ptr<RocksStore>> open_database(const std::filesystem::path& folder,
                                                  OpenMode mode,
                                                  const std::vector<std::string>& names) {
  const auto families = family_descriptors(names);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::DBOptions options = database_options(mode);
  const Status status =
      only_reads(mode)
          ? rocksdb::DB::OpenForReadOnly(options, folder.string(), families, &handles, &db)
          : rocksdb::DB::Open(options, folder.string(), families, &handles, &db);
  if (!status.ok()) return error_of_open(status, folder.string());
  return std::make_unique<RocksStore>(std::unique_ptr<rocksdb::DB>(db), std::move(handles),
                                      folder.string(), mode);
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
  // Dying before this is done leaves a store that start() refuses.
  if (auto done = (*store)->write_version(); !done) return done.error();
  if (auto started = (*store)->start(); !started) return started.error();
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
  if (!there && std::filesystem::exists(folder / "IDENTITY", failed)) {
    return Error{Errc::io, "the store is damaged: the file CURRENT is missing", folder.string(),
                 "bring the store back from a backup"};
  }
  if (!there) {
    return Error{Errc::not_found, "there is no store", folder.string(),
                 "check the path; 'perdura init' makes an archive"};
  }
  // Before looking at anything else: a process that writes may move it meanwhile.
  const std::uint64_t mark = read_written_mark(folder).value_or(0);
  const auto names = families_in(folder);
  if (!names) return names.error();
  if (mode == OpenMode::existing) {
    // Opening for writing drops what can't be read of the log; so look before.
    const auto look = open_database(folder, OpenMode::read_only, *names);
    if (!look) return look.error();
    if (auto whole = (*look)->check_reaches(mark); !whole) return whole.error();
  }
  // Families that we do not know are a newer version's: looked at, but not touched.
  auto store = open_database(folder, names->size() > 3 ? OpenMode::read_only : mode, *names);
  if (!store) return store.error();
  if (auto whole = (*store)->check_reaches(mark); !whole) return whole.error();
  if (auto started = (*store)->start(); !started) return started.error();
  if (names->size() > 3) {
    return Error{Errc::malformed, "the store holds a part that its version does not have",
                 folder.string(), "bring the store back from a backup"};
  }
  return std::unique_ptr<Store>(*std::move(store));
}

}  // namespace perdura::archive
