#include "verifier/c/perdura_verifier.h"

#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "verifier/evidence_record.hpp"
#include "verifier/report_json.hpp"
#include "verifier/verify_evidence.hpp"
#include "verifier/verify_package.hpp"

using namespace perdura::verifier;

struct perdura_verifier {
  PackageOptions options;
  std::string report;
  std::string error;
};

namespace {

perdura_verdict as_c(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return PERDURA_PASSED;
    case Verdict::failed:
      return PERDURA_FAILED;
    case Verdict::indeterminate:
      break;
  }
  return PERDURA_INDETERMINATE;
}

// Runs `act`, which yields a Result; what it throws or says is wrong becomes the verifier's error
// and `otherwise`. Every function of the interface that can fail goes through here.
template <typename Act, typename Value>
Value guarded(perdura_verifier* verifier, Value otherwise, const Act& act) noexcept {
  if (verifier == nullptr) return otherwise;
  try {
    verifier->error.clear();
    auto result = act();
    if (result) return *result;
    verifier->error = to_string(result.error());
  } catch (const std::exception& error) {
    try {
      verifier->error = error.what();
    } catch (...) {
      verifier->error.clear();
    }
  } catch (...) {
    verifier->error.clear();
  }
  return otherwise;
}

ByteView view(const void* octets, std::size_t size) {
  return {static_cast<const std::uint8_t*>(octets), octets == nullptr ? 0 : size};
}

template <typename Read>
int add(perdura_verifier* verifier, std::vector<Bytes> JudgeOptions::*into, const Read& read) {
  return guarded(verifier, 0, [&]() -> Result<int> {
    auto found = read();
    if (!found) return found.error();
    auto& list = verifier->options.judge.*into;
    list.insert(list.end(), found->begin(), found->end());
    return 1;
  });
}

JudgeOptions judge_options(const perdura_verifier& verifier) {
  JudgeOptions judge = verifier.options.judge;
  if (!judge.at_chosen) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    judge.at.seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  }
  return judge;
}

Result<EvidenceReport> judge_evidence(const perdura_verifier& verifier, ByteView evidence,
                                      std::span<const perdura_document> documents, bool complete) {
  const auto record = parse_evidence_record(evidence);
  if (!record) return record.error();
  const auto algorithms = digest_algorithms(*record);
  std::vector<DataObject> objects;
  for (const perdura_document& document : documents) {
    DataObject object{document.name == nullptr ? "" : document.name, {}};
    if (algorithms) {
      for (const DigestAlgorithm algorithm : *algorithms) {
        object.digests.emplace_back(algorithm,
                                    hash(algorithm, view(document.octets, document.size)));
      }
    }
    objects.push_back(std::move(object));
  }
  return judge_objects(*record, objects, complete, TokenJudge(judge_options(verifier)));
}

}  // namespace

int perdura_verifier_abi() { return PERDURA_VERIFIER_ABI; }
const char* perdura_verifier_version() { return PERDURA_VERSION; }

perdura_verifier* perdura_verifier_new() { return new (std::nothrow) perdura_verifier; }
void perdura_verifier_free(perdura_verifier* verifier) { delete verifier; }

int perdura_verifier_trust(perdura_verifier* verifier, const void* octets, size_t size) {
  return guarded(verifier, 0, [&]() -> Result<int> {
    const auto found = read_certificates(view(octets, size), "trust");
    if (!found) return found.error();
    auto& anchors = verifier->options.judge.anchors.certificates;
    anchors.insert(anchors.end(), found->begin(), found->end());
    return 1;
  });
}

int perdura_verifier_add_certificates(perdura_verifier* verifier, const void* octets, size_t size) {
  return add(verifier, &JudgeOptions::extra_certificates,
             [&] { return read_certificates(view(octets, size), "certificates"); });
}

int perdura_verifier_add_crls(perdura_verifier* verifier, const void* octets, size_t size) {
  return add(verifier, &JudgeOptions::extra_crls,
             [&] { return read_crls(view(octets, size), "revocation lists"); });
}

int perdura_verifier_set_time(perdura_verifier* verifier, const char* time) {
  return guarded(verifier, 0, [&]() -> Result<int> {
    const auto at = parse_time(time == nullptr ? "" : time);
    if (!at) return Error{Errc::misuse, "is not a time as in 2041-06-01T00:00:00Z", "time", ""};
    verifier->options.judge.at = *at;
    verifier->options.judge.at_chosen = true;
    return 1;
  });
}

int perdura_verifier_require_revocation_data(perdura_verifier* verifier, int required) {
  return guarded(verifier, 0, [&]() -> Result<int> {
    verifier->options.judge.revocation =
        required != 0 ? RevocationMode::required : RevocationMode::if_present;
    return 1;
  });
}

int perdura_verifier_set_log_key(perdura_verifier* verifier, const char* key) {
  return guarded(verifier, 0, [&]() -> Result<int> {
    const auto known = NoteVerifier::from_vkey(key == nullptr ? "" : key);
    if (!known) return known.error();
    verifier->options.log_key = key;
    return 1;
  });
}

perdura_verdict perdura_verifier_package(perdura_verifier* verifier, const char* path,
                                         perdura_record_report record, void* context) {
  return guarded(verifier, PERDURA_UNREADABLE, [&]() -> Result<perdura_verdict> {
    verifier->report.clear();
    PackageOptions options = verifier->options;
    options.judge = judge_options(*verifier);
    const auto sink = [&](const RecordResult& result) {
      if (record != nullptr) record(record_json(result).c_str(), context);
    };
    const auto summary = verify_package(path == nullptr ? "" : path, options, sink);
    if (!summary) return summary.error();
    verifier->report = summary_json(*summary);
    return as_c(summary->verdict);
  });
}

perdura_verdict perdura_verifier_evidence(perdura_verifier* verifier, const void* evidence,
                                          size_t size, const perdura_document* documents,
                                          size_t count, int complete) {
  return guarded(verifier, PERDURA_UNREADABLE, [&]() -> Result<perdura_verdict> {
    verifier->report.clear();
    const auto judged =
        judge_evidence(*verifier, view(evidence, size),
                       {documents, documents == nullptr ? 0 : count}, complete != 0);
    if (!judged) return judged.error();
    verifier->report = evidence_json(*judged);
    return as_c(judged->report.verdict());
  });
}

const char* perdura_verifier_report(const perdura_verifier* verifier) {
  return verifier == nullptr ? "" : verifier->report.c_str();
}
const char* perdura_verifier_error(const perdura_verifier* verifier) {
  return verifier == nullptr ? "" : verifier->error.c_str();
}
