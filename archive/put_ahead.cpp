#include "archive/put_ahead.hpp"

#include <utility>

#include "archive/derived_rows.hpp"
#include "archive/packs.hpp"

namespace perdura::archive {

Result<Ok> PutAhead::take_last(std::vector<SealedContent>& documents) {
  waiting_ += documents.back().octets.size();
  return waiting_ <= waiting_max ? Result<Ok>(Ok{}) : put(documents);
}

Result<Ok> PutAhead::put(std::vector<SealedContent>& documents) {
  Packs packs(archive_.object_names());
  for (; first_ < documents.size(); ++first_) {
    SealedContent& content = documents[first_];
    if (!content.object.empty()) continue;
    const auto home = find_content(archive_.store(), content.sha256);
    if (!home) return home.error();
    const bool kept = *home && !damaged_.contains(content.sha256);
    if (!put_.insert(content.sha256).second || kept) {
      content.octets = Bytes();  // {} would keep the memory
      continue;
    }
    auto location = packs.add(content);
    if (!location) return location.error();
    // Before it is put: when that fails, the object is erased by the name that is noted here.
    content.object = std::move(location->object);
    content.offset = location->offset;
    content.octets = Bytes();  // {} would keep the memory
    if (auto done = archive_.store().put(packs.take_full()); !done) return done;
  }
  waiting_ = 0;
  return archive_.store().put(packs.take_all());
}

std::set<std::string> objects_of(const std::vector<SealedContent>& contents) {
  std::set<std::string> objects;
  for (const SealedContent& content : contents) {
    if (!content.object.empty()) objects.insert(content.object);
  }
  return objects;
}

Result<Ok> erase_objects(Archive& archive, const std::set<std::string>& objects) {
  for (const std::string& object : objects) {
    auto erased = object.starts_with("large/") ? erase_large_content(archive.store(), object)
                                               : archive.store().erase(object);
    if (!erased) return erased;
    archive.object_names().settle({object});
  }
  return Ok{};
}

}  // namespace perdura::archive
