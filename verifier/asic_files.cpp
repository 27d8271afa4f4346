#include "verifier/asic_files.hpp"

#include <algorithm>

namespace perdura::verifier {
namespace {

constexpr std::size_t asic_files_max = 10'000;

template <typename T>
void add_new(const std::vector<T>& from, std::vector<T>& to) {
  for (const T& one : from) {
    if (std::ranges::find(to, one) == to.end()) to.push_back(one);
  }
}

}  // namespace

Result<AsicFiles> AsicFiles::open(const PackageSource& source) {
  if (source.size() > asic_files_max) {
    return Error{Errc::too_large, "has more than 10,000 files", "container", ""};
  }
  auto reader = source.reader();
  if (!reader) return reader.error();
  AsicFiles files(*std::move(reader));
  const auto walked = source.for_each([&](std::uint32_t, const std::string& name) {
    files.files_[name] = {asic_part(name), false, std::nullopt};
  });
  if (!walked) return walked.error();
  // Signatures and the like, which nobody opens, must be in their places too.
  for (const auto& [name, file] : files.files_) {
    if (file.part != AsicPart::signature && file.part != AsicPart::other) continue;
    if (auto opened = files.hasher_.reader().open(name); !opened) return opened.error();
  }
  return files;
}

std::vector<std::string> AsicFiles::of(AsicPart part) const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) {
    if (file.part == part) names.push_back(name);
  }
  return names;
}

Result<Bytes> AsicFiles::read(const std::string& name, std::size_t size_max) {
  return read_whole(hasher_.reader(), name, size_max);
}

void AsicFiles::announce(const std::string& name, const HashingPlan& plan) {
  HashingPlan& known = plans_[name];
  add_new(plan.algorithms, known.algorithms);
  add_new(plan.canonicalizations, known.canonicalizations);
}

Result<DataObject> AsicFiles::object(const std::string& name) {
  if (const auto known = objects_.find(name); known != objects_.end()) return known->second;
  const HashingPlan& plan = plans_[name];
  const auto read_object = [&]() -> Result<DataObject> {
    if (!plan.canonicalizations.empty()) {
      const auto octets = read(name, XmlLimits().size);
      if (octets) return hash_document(name, *octets, plan);
      if (octets.error().code != Errc::too_large) return octets.error();
    }
    const auto hashed = hasher_.hash(name, plan.algorithms);
    if (!hashed) return hashed.error();
    return DataObject{name, hashed->digests};
  };
  return objects_.emplace(name, read_object()).first->second;
}

void AsicFiles::cover(const std::string& name, std::optional<Time> since) {
  AsicFile& file = files_[name];
  file.covered = true;
  if (since && (!file.since || *since < *file.since)) file.since = since;
}

}  // namespace perdura::verifier
