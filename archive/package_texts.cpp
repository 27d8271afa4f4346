#include "archive/package_texts.hpp"

#include <algorithm>

namespace perdura::archive {
namespace {

// On one line, as a tag file's value must be.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

}  // namespace

std::string readme_text(const verifier::PackageHeader& header) {
  return "This package holds health records from the archive '" + one_line(header.archive) +
         "',\nexported " + to_string(header.exported_at) + " by '" + one_line(header.exported_by) +
         "', with evidence that\neach of them is unaltered.\n" +
         R"(
TO VERIFY IT

    perdura-verify THIS-PACKAGE --trust CA.pem

THIS-PACKAGE is the zip or the folder. CA.pem is the certificate of whom you trust to stamp time; get it
from the time-stamping authority itself, or from somebody who has reason to know. The certificates
in data/trust are put there for convenience and prove nothing by themselves. perdura-verify needs no
network and no archive. Its answer is, for each record and for the package:

    PASSED          unaltered since the time that it names
    INDETERMINATE   nothing is wrong, but something that is needed is not there; it says what
    FAILED          something is wrong; it says what, and where

BY-HAND.txt tells how to verify with sha256sum and openssl alone.

WHAT LIES WHERE

    data/records/<identifier>/documents/   the documents, as they were deposited
    data/records/<identifier>/statement.json   what the archive wrote down at the deposit: who, what, when
    data/records/<identifier>/*.ers        evidence records (RFC 4998) of both together
    data/records/<identifier>/receipt.json     the receipt that the depositor got
    data/records/<identifier>/journal-proof.tlog-proof   proof that the deposit stands in the archive's journal
    data/journal/                          the journal's signed checkpoints and their evidence
    data/package.json                      what was asked for, and from whom the time-stamps are
    manifest-sha256.txt                    the SHA-256 of every file (this is a BagIt bag, RFC 8493)

A record's identifier is the SHA-256 of its statement, and the statement holds the SHA-256 and SHA-512 of
each document.

WHAT IT DOES NOT PROVE

That a document is true, or that the person named in it wrote it; only that it existed at the time
stated and is unaltered since. Time-stamps marked as self-asserted come from the archive's own authority:
they show what the archive claims, and nothing against the archive itself. That no other record exists
is not shown either.
)";
}

std::string by_hand_text(const verifier::PackageHeader&) { return "(to be written)\n"; }

std::string bagit_text() { return "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"; }

std::string bag_info_text(const verifier::PackageHeader& header, std::uint64_t payload_octets,
                          std::uint64_t payload_files) {
  return "Source-Organization: " + one_line(header.archive) +
         "\nBag-Software-Agent: perdura " PERDURA_VERSION "\nBagging-Date: " +
         to_string(header.exported_at).substr(0, 10) +
         "\nExternal-Description: health records with evidence of integrity, package/1"
         "\nPayload-Oxum: " +
         std::to_string(payload_octets) + "." + std::to_string(payload_files) + "\n";
}

}  // namespace perdura::archive
