#include "archive/store_limits.hpp"

#include <algorithm>

namespace perdura::archive {
namespace {

bool is_printable(char c) { return c > ' ' && c <= '~'; }

Error too_large(std::string what, std::string where) {
  return {Errc::too_large, std::move(what), std::move(where), ""};
}

Result<Ok> check_name(const std::string& name, const char* kind) {
  if (!name.empty() && name.size() <= name_size_max) return Ok{};
  return Error{Errc::misuse, std::string(kind) + " does not have 1 to 200 octets", name, ""};
}

}  // namespace

Result<Ok> check_objects(const std::vector<Object>& objects) {
  for (const Object& object : objects) {
    if (auto named = check_name(object.name, "the name of an object"); !named) return named;
    if (!std::ranges::all_of(object.name, is_printable)) {
      return Error{Errc::misuse, "the name of an object is not printable ASCII", object.name, ""};
    }
    if (object.octets.size() > Store::object_size_max) {
      return too_large("an object is larger than 16 MiB", object.name);
    }
  }
  return Ok{};
}

Result<Ok> check_commit(const Commit& commit) {
  if (auto named = check_name(commit.partition, "the name of a partition"); !named) return named;
  std::size_t size = 0;
  for (const Condition& condition : commit.conditions) {
    if (auto named = check_name(condition.key, "the key of a row"); !named) return named;
    size += condition.key.size() + (condition.value ? condition.value->size() : 0);
  }
  for (const Write& write : commit.writes) {
    if (auto named = check_name(write.key, "the key of a row"); !named) return named;
    size += write.key.size() + (write.value ? write.value->size() : 0);
  }
  if (size > Store::commit_size_max) {
    return too_large("a commit is larger than 4 MiB", commit.partition);
  }
  return Ok{};
}

}  // namespace perdura::archive
