// The English of the page: its headings, and what it explains.
#include "verifier/texts.hpp"

namespace perdura::verifier {
namespace {

constexpr Sentence english_page_table[] = {
    {"picture.title", "Chain of proof {chain}: {count} time-stamps since {from}"},
    {"page.title", "Verification report"},
    {"page.time", "{date} {clock} UTC"},
    {"page.what-was-checked", "What was checked"},
    {"page.file", "File"},
    {"page.size", "Size"},
    {"page.octets", "{count} octets"},
    {"page.digest", "Digest of the file"},
    {"page.digest-given", "Document, given by its digest"},
    {"page.manifest-digest", "Digest of the folder's manifest"},
    {"page.package", "Package"},
    {"page.counts", "Contents"},
    {"page.judged-as-of", "Judged as of"},
    {"page.trusted", "Trusted by the person who checked"},
    {"page.nobody", "nobody: no certificate was given"},
    {"page.revocation", "Revocation"},
    {"page.revocation-required", "must be known for every certificate"},
    {"page.revocation-if-present", "checked as far as it is known"},
    {"page.policy", "Policy on algorithms"},
    {"page.log-key", "Key of the journal"},
    {"page.log-key-given", "given by the person who checked"},
    {"page.log-key-own", "the package's own"},
    {"page.records-not-passed", "Records that did not pass"},
    {"page.records", "All records"},
    {"page.records-explained",
     "Each record is judged by itself. \"Exists since\" is the latest moment at which it is proven "
     "to have existed, as it is now; the letters name the chains of proof below."},
    {"page.more-failed", "{count} more records failed; perdura-verify --json lists each of them."},
    {"page.more-indeterminate",
     "{count} more records could not be judged to the end; perdura-verify --json lists each of "
     "them."},
    {"page.more-passed", "{count} more records passed; perdura-verify --json lists each of them."},
    {"page.record", "Record"},
    {"page.result", "Result"},
    {"page.documents", "Documents"},
    {"page.existed-since", "Exists since"},
    {"page.chains-column", "Chains of proof"},
    {"page.chains", "Chains of proof"},
    {"page.chains-explained",
     "A time-stamp proves that what it covers existed at its time. Before its certificate or an "
     "algorithm ends, the next one covers it and carries the proof on."},
    {"page.chain-name", "Chain"},
    {"page.chain-begins", "Begins"},
    {"page.records-on-it", "Records"},
    {"page.stamp-numbers", "Time-stamps {numbers}"},
    {"page.alike", "{count} more chains are like it but for moments and serial numbers: {chains}."},
    {"page.pictured", "Of {all} time-stamps, the first and the newest are pictured: {count}."},
    {"page.pictures-left-out", "Chains of {count} more kinds are not pictured."},
    {"page.left-out", "{count} more are not told here; perdura-verify --json tells all of them."},
    {"page.records-alike", "{count} records"},
    {"page.records-not-passed-explained",
     "Only what did not pass is told here, and once for records of which the same is to be said."},
    {"page.chain", "Chain of proof {chain}"},
    {"page.chain-of-track", "Chain of proof {chain}: {track}"},
    {"page.chains-left-out",
     "More chains of proof were met than this page can hold ({count} times)."},
    {"page.self-asserted",
     "The time-stamps are the archive's own: they show alteration by anyone without its key, and "
     "prove nothing against the archive itself."},
    {"page.chain-broken",
     "This chain is broken: its time-stamps are what they are, but a renewal does not cover what "
     "it "
     "should, or they do not cover the documents. See what is marked FAILED."},
    {"page.chain-undecided",
     "Whether this chain carries the proof could not be decided. See what is marked "
     "INDETERMINATE."},
    {"page.picture-legend",
     "Circles: time-stamps. Thick bars: relied on until the next time-stamp, or the moment of "
     "judging (dashed line). Outlines: validity of the certificate. Triangles: first end of an "
     "algorithm after the policy."},
    {"page.number", "No."},
    {"page.time-of-stamp", "Time"},
    {"page.kind", "Kind"},
    {"page.authority-and-serial-number", "Time-stamp authority, serial number"},
    {"page.relied-on-until", "Relied on until"},
    {"page.serial-number", "Serial number"},
    {"page.unknown", "unknown"},
    {"page.step-first", "first time-stamp"},
    {"page.step-time-stamp-renewal", "renewal of the time-stamp"},
    {"page.step-hash-tree-renewal", "renewal of the hash tree"},
    {"page.certificates", "Certificates"},
    {"page.subject", "Subject"},
    {"page.issuer", "Issuer"},
    {"page.valid", "Valid from, until"},
    {"page.key", "Key"},
    {"page.stamps", "Time-stamps"},
    {"page.algorithms", "Algorithms"},
    {"page.algorithm", "Algorithm"},
    {"page.fit-until", "Fit until, after the policy"},
    {"page.no-end-known", "no end is known"},
    {"page.not-in-policy", "not in the policy"},
    {"page.checks-of-time-stamps", "Checks of each time-stamp"},
    {"page.checks-explained",
     "Told once for time-stamps of which the same is to be said; an ellipsis (\u2026) stands where "
     "they differ. perdura-verify --json tells each by itself."},
    {"page.all-checks", "All checks"},
    {"page.package-as-a-whole", "The package as a whole"},
    {"page.not-checked", "What was not checked, and why"},
    {"page.not-checked-truth",
     "Whether what the documents say is true: only that they are, bit for bit, what was "
     "time-stamped."},
    {"page.not-checked-depositor",
     "Who the depositor is: the archive states it, and nothing here proves it."},
    {"page.not-checked-missing",
     "Whether other records exist that were not handed over: only the archive's journal, compared "
     "with a checkpoint kept elsewhere, can show that."},
    {"page.not-checked-log-key",
     "Whose journal it is: its key is the package's own, since no other was given (--log-key)."},
    {"page.open-points", "Met while checking:"},
    {"page.times", "{count} times; {rule}"},
    {"page.again", "How to check this again"},
    {"page.again-program",
     "With the same program and the same files, this gives the same verdict:"},
    {"page.again-by-hand",
     "Without this program, with openssl and sha256sum alone (the package explains it in "
     "BY-HAND.txt; verifier/formats describes every format):"},
    {"page.program", "Program"},
    {"page.program-digest", "SHA-256 of the program"},
    {"page.made", "This page was made"},
};

}  // namespace

std::span<const Sentence> english_page_sentences() { return english_page_table; }

}  // namespace perdura::verifier
