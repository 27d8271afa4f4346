#include "archive/rocks_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstdarg>
#include <memory>

namespace perdura::archive {
namespace {

// No log file: on a full disk RocksDB 7.8 ends the process at the second line that it can't write
// to it. What matters of it comes back as a Status.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::CompressionType best_compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  for (const auto type : {rocksdb::kZSTD, rocksdb::kLZ4Compression}) {
    if (std::ranges::find(supported, type) != supported.end()) return type;
  }
  return rocksdb::kNoCompression;
}

}  // namespace

rocksdb::DBOptions database_options(OpenMode mode) {
  rocksdb::DBOptions options;
  options.create_if_missing = mode == OpenMode::create;
  options.create_missing_column_families = mode == OpenMode::create;
  options.error_if_exists = mode == OpenMode::create;
  options.paranoid_checks = true;
  options.max_background_jobs = 2;
  // A reader beside a writer keeps its files open, so that the writer may drop them.
  options.max_open_files = only_reads(mode) ? -1 : 512;
  // Its threads would be made at each opening, and each take address space that may be limited.
  options.max_file_opening_threads = 1;
  options.db_write_buffer_size = 48u << 20;
  options.max_total_wal_size = 64u << 20;  // what opening after a crash has to replay
  options.bytes_per_sync = 1u << 20;
  options.advise_random_on_open = false;  // reading everything back profits from read-ahead
  options.info_log = std::make_shared<NoLog>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

namespace {

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& blocks) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = blocks;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In parts of a block's size: a whole filter or index of a large file has more octets than the
  // cache takes for one, and would be read anew for every row that is looked for.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.format_version = 5;
  table.block_size = 8u << 10;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.level_compaction_dynamic_level_bytes = true;
  options.max_write_buffer_number = 3;
  return options;
}

rocksdb::ColumnFamilyOptions rows_options(const std::shared_ptr<rocksdb::Cache>& blocks,
                                          std::size_t write_buffer_size) {
  rocksdb::ColumnFamilyOptions options = family_options(blocks);
  options.write_buffer_size = write_buffer_size;
  options.compression = best_compression();
  options.compression_opts.level = 1;
  return options;
}

}  // namespace

std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    const std::vector<std::string>& names) {
  const auto blocks = rocksdb::NewLRUCache(32u << 20);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) {
    families.emplace_back(name, rows_options(blocks, name == index_family ? 16u << 20 : 8u << 20));
  }
  return families;
}

}  // namespace perdura::archive
