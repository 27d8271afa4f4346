#include "archive/package_texts.hpp"

#include <algorithm>
#include <string_view>

#include "archive/verify_page.hpp"

namespace perdura::archive {
namespace {

// On one line, as a tag file's value must be.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

constexpr std::string_view readme_page = R"text(
TO VERIFY IT WITHOUT INSTALLING ANYTHING

Open verify.html in a browser (the network may be off; nothing leaves the machine), drop the package
on it as a zip, and say whom you trust. A page that came with a package is as honest as who gave it to
you; the same page comes with Perdura's source and is installed beside its programs.
)text";

constexpr std::string_view readme_body = R"text(
TO VERIFY IT

    perdura-verify THIS-PACKAGE --trust CA.pem

THIS-PACKAGE is the zip or the folder. CA.pem is the certificate of whom you trust to stamp time; get it
from the time-stamping authority itself, or from somebody who has reason to know. The certificates
in data/trust are put there for convenience and prove nothing by themselves. perdura-verify needs no
network and no archive. Its answer is, for each record and for the package:

    PASSED          unaltered since the time that it names
    INDETERMINATE   nothing is wrong, but something that is needed is not there; it says what
    FAILED          something is wrong; it says what, and where

If there is a folder verify, it holds the program for Linux (chmod +x verify/perdura-verify) and its
source. A program that came with a package is as honest as who gave it to you: another copy of the
source, built by somebody else, gives the same octets. To build it, on Debian 12:

    tar xf verify/perdura-verify-source.tar && cd perdura-verify && tools/packages build
    cmake -B build -G Ninja -DCMAKE_BUILD_TYPE=Release
    cmake --build build --target perdura-verify && sha256sum build/bin/perdura-verify

BY-HAND.txt tells how to verify with sha256sum and openssl alone, and check-by-hand.sh does it.

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
)text";

// The commands are the lines that are indented by four: a test runs them.
constexpr std::string_view by_hand_body = R"text(
THE SHORT WAY

  sh check-by-hand.sh . CA.pem RECORD

does all of what follows, renewals too, and says PASSED, FAILED or INDETERMINATE. It is a text: read
it first. A script that came with a package is as honest as who gave it to you; the same one comes
with Perdura's source and is installed beside its programs.

STEP BY STEP

  RECORD=77a57b85...      a folder in data/records
  TRACK=local             one of the tracks above
  CA=/path/to/CA.pem      the certificate you trust (not the one in data/trust)

1. The files are those that the package lists. Each command must print nothing but OK, or nothing.

    sha256sum --quiet -c tagmanifest-sha256.txt
    sha256sum --quiet -c manifest-sha256.txt

2. The record's identifier is the SHA-256 of its statement. The two lines must be the same.

    cd "data/records/$RECORD"
    echo "$RECORD"
    sha256sum < statement.json | cut -c1-64

3. The statement names each document's SHA-256 ("sha256"). Every line must say 1.

    for f in documents/*; do grep -c "$(sha256sum < "$f" | cut -c1-64)" statement.json; done

4. The evidence record (RFC 4998) holds, in its first list, the SHA-256 of the statement and of each
   document, and nothing else. (This is for a track with SHA-256 that was not renewed yet; RFC 4998
   sections 4.3 and 5.3 tell the general way, and the script goes it.) This must print: same

    work=$(mktemp -d)
    for f in statement.json documents/*; do sha256sum < "$f" | cut -c1-64; done | sort > "$work/group"
    openssl asn1parse -inform DER -in "$TRACK.ers" > "$work/asn1"
    awk '/d=4 .*cont \[ 2 \]/ { tree = 1; next }
         tree && /d=4 / { exit }
         tree && /d=5 .*SEQUENCE/ { if (lists++) print ""; next }
         tree && /d=6 / { sub(/.*:/, ""); printf "%s ", tolower($0) }
         END { print "" }' "$work/asn1" > "$work/lists"
    head -n 1 "$work/lists" | tr ' ' '\n' | grep . | sort | cmp - "$work/group" && echo same

5. From the first list to the time-stamped value: the SHA-256 of the values of a list, sorted, one
   after the other; that value joins the next list, and so on.

    value=
    while read -r list; do
      value=$(printf '%s\n' $list $value | sort | tr -d '\n' | tr a-f A-F |
        basenc --base16 -d | sha256sum | cut -c1-64)
    done < "$work/lists"
    echo "$value"

6. The time-stamp token covers that value, and is signed by whom you trust. This must print
   "Verification: OK", and then the time since which the record is unaltered.

    set -- $(sed -n 's/^ *\([0-9]*\):d=4 *hl=\([0-9]*\) *l= *\([0-9]*\) cons: SEQUENCE.*/\1 \2 \3/p' \
      "$work/asn1")
    tail -c +$(($1 + 1)) "$TRACK.ers" | head -c $(($2 + $3)) > "$work/token"
    openssl ts -reply -token_in -in "$work/token" -token_out -text > "$work/text" 2>/dev/null
    time=$(sed -n 's/^Time stamp: //p' "$work/text")
    openssl ts -verify -token_in -in "$work/token" -digest "$value" -CAfile "$CA" \
      -attime "$(date -u -d "$time" +%s)"
    echo "$time"

Not checked by these commands: whether the certificate was revoked, the journal (RFC 9162; the
record's journal-proof.tlog-proof and data/journal), and renewals. perdura-verify checks them; its
FORMAT.md tells how.
)text";

std::string left_out_text(std::uint64_t count) {
  if (count == 0) return "";
  return "\nNOT IN IT, though it was asked for: " + std::to_string(count) +
         (count == 1 ? " record that is" : " records that are") +
         " damaged in the archive. data/left-out.txt says which.\n";
}

}  // namespace

std::string readme_text(const verifier::PackageHeader& header, std::uint64_t left_out) {
  return "This package holds health records from the archive '" + one_line(header.archive) +
         "',\nexported " + to_string(header.exported_at) + " by '" + one_line(header.exported_by) +
         "', with evidence that\neach of them is unaltered.\n" + left_out_text(left_out) +
         std::string(verify_page().empty() ? "" : readme_page) + std::string(readme_body);
}

std::string by_hand_text(const verifier::PackageHeader& header) {
  std::string tracks;
  for (const verifier::PackageTrack& track : header.tracks) tracks += " " + track.name;
  return "HOW TO VERIFY A RECORD BY HAND\n\n"
         "Needed: a shell, sha256sum, openssl, and the certificate of whom you trust to stamp "
         "time.\n"
         "Unpack the package, go to its folder, and set what the commands use, as it stands "
         "below.\n"
         "Tracks of evidence in this package:" +
         (tracks.empty() ? " (none)" : tracks) + std::string(by_hand_body);
}

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
