// What the page that --html writes says about the judging: the files, how to do it again, with
// what.
//
// Thread safety: one thread.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tools/verify/options.hpp"
#include "verifier/report_html.hpp"
#include "verifier/result.hpp"

namespace perdura::tools::verify {

// The page about a package: the digest of the zip, or of the folder's manifest. Errors: not_found,
// io.
verifier::Result<verifier::PageContext> package_page(const Options& options,
                                                     const verifier::JudgeOptions& judge);

// The page about files that were judged together, the first the evidence. Errors: not_found, io.
verifier::Result<verifier::PageContext> files_page(const Options& options,
                                                   const verifier::JudgeOptions& judge,
                                                   const std::vector<std::string>& files);

// Writes the finished page to the file that the options name; `finish` is given the stream. Errors:
// io, and those of `finish`.
verifier::Result<verifier::Ok> write_page(
    const Options& options,
    const std::function<verifier::Result<verifier::Ok>(std::ostream&)>& finish);

}  // namespace perdura::tools::verify
