// The documents of one record that are in the store before the record is: in packs of their own, so
// that a record of any number of documents waits in little memory until it is whole.
//
// Nothing refers to such an object until the record is committed; the objects of a record that
// never is are erased, after the death of the process by open() (object_names.hpp).
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/content.hpp"

namespace perdura::archive {

// Thread safety: one thread; one object for each record.
class PutAhead {
 public:
  // How many octets of small contents wait in memory at most before they are put.
  static constexpr std::size_t waiting_max = 8u << 20;

  // `damaged`: documents whose copy in the store does not count.
  PutAhead(Archive& archive, const std::set<Digest>& damaged)
      : archive_(archive), damaged_(damaged) {}

  // Takes the record's next document, which is the last of `documents`. When too much waits, what
  // does is put in packs, and its octets are dropped; so are those of a document that the record or
  // the store has already. Errors: malformed, io.
  Result<Ok> take_last(std::vector<SealedContent>& documents);

 private:
  Result<Ok> put(std::vector<SealedContent>& documents);

  Archive& archive_;
  const std::set<Digest>& damaged_;
  std::size_t first_ = 0;    // of the documents, that may wait in memory
  std::size_t waiting_ = 0;  // octets of those from there on
  std::set<Digest> put_;     // documents that need no place any more
};

// The objects that hold some of these contents already.
std::set<std::string> objects_of(const std::vector<SealedContent>& contents);

// Erases objects that turned out not to be needed. Errors: io; what is left then is erased when the
// archive is opened next.
Result<Ok> erase_objects(Archive& archive, const std::set<std::string>& objects);

}  // namespace perdura::archive
