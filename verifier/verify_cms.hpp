// Judges the evidence records that are embedded in a CMS object: RFC 4998 appendix A.
//
// What is shown when the verdict is PASSED: the object existed, as it is now but for that evidence,
// at the time of each record's first time-stamp, and so did the documents given. The object's own
// signatures are not judged.
#pragma once

#include <span>
#include <string>

#include "verifier/cms.hpp"
#include "verifier/evidence.hpp"

namespace perdura::verifier {

// How documents must be hashed to be judged with `object`: for all evidence in it. Evidence that
// can't be read asks for nothing.
HashingPlan hashing_plan(const CmsObject& object);

// Judges each evidence record of the object, which reports call `name`. `objects`: the content that
// it signs, when that is not inside. As of options.at. Thread safety: any thread.
EvidenceReport judge_cms(const CmsObject& object, const std::string& name,
                         std::span<const DataObject> objects, const JudgeOptions& options);

}  // namespace perdura::verifier
