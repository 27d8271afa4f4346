#include "archive/keep_dictionary.hpp"

#include "archive/keyspace.hpp"
#include "archive/pack.hpp"
#include "archive/row_codec.hpp"

namespace perdura::archive {
namespace {

namespace keys = keyspace;

constexpr std::uint64_t dictionary_row_version = 1;
constexpr std::size_t dictionaries_max = 256;

// Writes the row of a dictionary beside those of the media type that are there: contents that were
// compressed with an older one need it as long as they are kept.
Result<Ok> add_row(Store& store, const std::string& media_type, const Bytes& row,
                   const std::string& pack) {
  for (unsigned number = 0;; ++number) {
    const std::string key = keys::dictionary_key(media_type, number);
    auto done = store.commit({.partition = keys::archive_partition,
                              .conditions = {{key, std::nullopt}},
                              .writes = {{key, row}, settled(pack)}});
    if (done || done.error().code != Errc::conflict || number == dictionaries_max) return done;
  }
}

}  // namespace

Result<Ok> keep_dictionary(Archive& archive, const NewDictionary& dictionary) {
  ContentSealer sealer(archive.store(), archive.vault(), archive.dictionaries());
  // A media type of its own, for which there is never a dictionary.
  auto sealed = sealer.seal(ByteView(dictionary.bytes), "application/vnd.perdura.dictionary");
  if (!sealed) return sealed.error();
  auto name = archive.object_names().pack();
  if (!name) return name.error();
  PackBuilder pack(*name);
  const ContentLocation location = pack.add(*sealed);
  std::vector<Object> objects;
  objects.push_back(pack.finish());
  if (auto put = archive.store().put(std::move(objects)); !put) return put;
  RowWriter row;
  row.number(dictionary_row_version).fixed(sealed->sha256.view()).octets(encode(location));
  auto done = add_row(archive.store(), dictionary.media_type, row.take(), location.object);
  if (!done) return done;
  return archive.dictionaries().load(dictionary.media_type, sealed->sha256, dictionary.bytes);
}

Result<Ok> load_dictionaries(Archive& archive) {
  const auto rows =
      archive.store().scan(keys::archive_partition, keys::dictionary_prefix, "", dictionaries_max);
  if (!rows) return rows.error();
  ContentReader reader = archive.reader();
  for (const Row& row : *rows) {
    RowReader in(row.value);
    const std::uint64_t version = in.number();
    const Digest address(in.fixed(32));
    const auto location = decode_content_location(in.octets(), row.key);
    if (version != dictionary_row_version || !in.done() || !location) {
      return Error{Errc::malformed, "the row is damaged", row.key,
                   "restore the store from a backup"};
    }
    Bytes bytes;
    const auto sink = [&](ByteView part) -> Result<Ok> {
      bytes.insert(bytes.end(), part.begin(), part.end());
      return Ok{};
    };
    if (auto read = reader.read(*location, address, sink); !read) return read.error();
    auto loaded = archive.dictionaries().load(keys::media_type_in(row.key), address, bytes);
    if (!loaded) return loaded;
  }
  return Ok{};
}

}  // namespace perdura::archive
