#include "archive/policy_in_use.hpp"

#include <boost/json.hpp>

#include "archive/files.hpp"
#include "archive/new_file.hpp"
#include "archive/random.hpp"
#include "verifier/policy_reader.hpp"

namespace perdura::archive {
namespace {

namespace fs = std::filesystem;
using verifier::AlgorithmPolicy;

constexpr const char* policy_file_name = "policy";

// Canonical JSON (RFC 8785): members in ascending order.
std::string journal_text(const verifier::PolicyTable& table, ByteView octets,
                         const std::string& actor, Time now) {
  const Digest digest = verifier::hash(DigestAlgorithm::sha256, octets);
  return boost::json::serialize(boost::json::object{{"act", "policy"},
                                                    {"actor", actor},
                                                    {"name", table.name},
                                                    {"sha256", digest.hex()},
                                                    {"time", to_string(now)}});
}

}  // namespace

Result<std::shared_ptr<const AlgorithmPolicy>> policy_in_use(const fs::path& folder) {
  const fs::path path = folder / policy_file_name;
  std::error_code problem;
  if (!fs::exists(path, problem) && !problem) return AlgorithmPolicy::built_in();
  const auto octets = read_file(path, verifier::policy_limits::size);
  if (!octets) return octets.error();
  auto file = verifier::read_policy(*octets);
  if (!file) {
    Error error = file.error();
    error.where = path.string() + (error.where.empty() ? "" : ": " + error.where);
    error.hint = "remove the file to go back to the policy that is built in";
    return error;
  }
  return std::make_shared<const AlgorithmPolicy>(std::move(file->table));
}

Result<Ok> use_policy(Archive& archive, ByteView octets, const std::string& actor) {
  auto file = verifier::read_policy(octets);
  if (!file) return file.error();
  const Time now = archive.clock().now();
  if (file->table.next_update && *file->table.next_update < now) {
    return Error{Errc::conflict,
                 "the policy was to be replaced by " + to_string(*file->table.next_update),
                 file->table.name, "use its successor: RFC 5698 section 6 has this one refused"};
  }
  const JournalEntry entry{.text = journal_text(file->table, octets, actor, now),
                           .salt = random_octets(32)};
  {
    Journal::Turn turn = archive.journal().turn();
    JournalHead head = turn.head();
    head.derived = head.size;
    if (auto done = turn.append({entry}, {}, head); !done) return done;
  }
  auto written = replace_file(archive.folder() / policy_file_name, octets, 0644);
  if (!written) return written;
  archive.set_policy(std::make_shared<const AlgorithmPolicy>(std::move(file->table)));
  return Ok{};
}

}  // namespace perdura::archive
