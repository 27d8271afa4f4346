// Any bytes: parsing ends, what it returns lies inside what it was given, judging it ends too, and
// without a trust anchor it never passes.
#include <cstdint>
#include <cstdlib>

#include "verifier/verify_evidence.hpp"

namespace {

using namespace perdura::verifier;

void inside(ByteView part, ByteView whole) {
  if (part.data() < whole.data() || part.data() + part.size() > whole.data() + whole.size()) {
    std::abort();
  }
}

void check_views_inside(const EvidenceRecord& record, ByteView whole) {
  for (const ArchiveTimeStampChain& chain : record.chains) {
    inside(chain.encoding, whole);
    for (const ArchiveTimeStamp& stamp : chain.archive_timestamps) {
      inside(stamp.encoding, chain.encoding);
      inside(stamp.time_stamp, stamp.encoding);
      if (!stamp.reduced_hashtree) continue;
      for (const PartialHashtree& list : *stamp.reduced_hashtree) {
        std::size_t count = 0;
        for (const ByteView value : list) {
          inside(value, stamp.encoding);
          ++count;
        }
        if (count == 0 || count != list.size()) std::abort();
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView octets(data, size);
  const auto record = parse_evidence_record(octets);
  if (!record) return 0;
  check_views_inside(*record, octets);
  const auto algorithms = digest_algorithms(*record);
  if (!algorithms) return 0;
  DataObject object{"document", {}};
  for (const DigestAlgorithm algorithm : *algorithms) {
    object.digests.emplace_back(algorithm, hash(algorithm, as_bytes("a document")));
  }
  JudgeOptions options;
  options.at = Time{2'000'000'000};
  const TokenJudge judge(options);
  const auto judged = judge_evidence_record(*record, {&object, 1}, GroupProof::whole_group, judge);
  if (judged.report.verdict() == Verdict::passed || judged.existed_since) std::abort();
  return 0;
}
