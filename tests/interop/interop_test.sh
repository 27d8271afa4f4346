#!/bin/bash
# Whether other people's software accepts our evidence, and we theirs.
#
#   interop_test.sh BIN_DIR PART
#
# PART is one of the functions named part_... below. Works in a temporary folder. Exit: 0 good,
# 1 something differs (said on stderr), 77 skipped (said why).
set -euo pipefail
export LC_ALL=C

bin=$(realpath "$1")
part=$2
here=$(dirname "$(realpath "$0")")
shared=$here/../../../shared
work=$(mktemp -d)
servers=()
trap 'for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$work"' EXIT
cd "$work"

failures=0
complain() { echo "interop: $*" >&2; failures=$((failures + 1)); }
skip() { echo "interop: skipped: $*"; exit 77; }

# expect CODE COMMAND...: runs it with output in ./out and ./err; complains unless it exits so.
expect() {
  local want=$1 got=0
  shift
  "$@" >out 2>err || got=$?
  [[ $got == "$want" ]] && return 0
  complain "exit $got instead of $want: $*"
  tail -n 15 out err >&2
  return 0
}

need_java() {
  command -v javac >/dev/null && command -v java >/dev/null ||
    skip "no Java compiler here (Debian: openjdk-17-jdk-headless)"
  class_path=$work/classes
  local jar
  for jar in bcprov bcpkix bcutil; do
    [[ -e /usr/share/java/$jar.jar ]] || skip "no $jar.jar (Debian: libbcpkix-java)"
    class_path=$class_path:/usr/share/java/$jar.jar
  done
  mkdir classes
  javac -nowarn -d classes -cp "$class_path" "$here"/*.java
}
bouncycastle() {
  java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$class_path" BouncyCastleErs "$@"
}

# A small archive in ./archive with single documents and records of several, sealed in two batches,
# exported to the folder ./case.
make_case() {
  mkdir documents
  local i
  for i in 1 2 3 4 5 6 7; do echo "document $i of the case" >documents/$i.txt; done
  expect 0 "$bin/perdura" init archive
  expect 0 "$bin/perdura" deposit archive documents
  expect 0 "$bin/perdura" deposit archive --record documents/1.txt documents/2.txt documents/3.txt
  expect 0 "$bin/perdura" seal archive
  echo 'a later one' >later.txt
  expect 0 "$bin/perdura" deposit archive --record later.txt documents/7.txt
  expect 0 "$bin/perdura" deposit archive documents/4.txt
  expect 0 "$bin/perdura" seal archive
  expect 0 "$bin/perdura" export archive --all -o case
}

# Lines "X.ers TAB FILE TAB FILE ...": each evidence record of ./case with all that it covers.
evidence_of_case() {
  local folder ers
  for folder in case/data/records/*/; do
    for ers in "$folder"*.ers; do
      echo -n "$ers"
      printf '\t%s' "${folder}statement.json" "${folder}documents/"*
      echo
    done
  done
  for folder in case/data/journal/batch-*/; do
    for ers in "$folder"*.ers; do printf '%s\t%s\n' "$ers" "${folder}checkpoint"; done
  done
}

flip_first_octet() {
  chmod u+w "$1"
  local octet
  octet=$(od -An -tu1 -N1 "$1")
  printf "\\x$(printf %02x $((octet ^ 1)))" | dd of="$1" bs=1 conv=notrunc status=none
}

# --- what we make, judged by others ---------------------------------------------------------------

part_bouncycastle_accepts_ours() {
  need_java
  make_case
  evidence_of_case >list
  [[ $(wc -l <list) == 12 ]] || complain "12 evidence records expected: $(cat list)"
  expect 0 bouncycastle validate-list --ca archive/tsa/ca.pem list
  [[ $(grep -c ': OK$' out) == 12 ]] || complain "not all accepted: $(cat out)"
  # One member may be shown by itself (RFC 4998 section 4.3); some of several are not the group, nor
  # are they with a document of another record.
  local statement ers
  ers=$(grep '003-3.txt' list | cut -f1)
  statement=$(grep '003-3.txt' list | cut -f2)
  expect 0 bouncycastle validate "$ers" "$statement"
  expect 1 bouncycastle validate "$ers" "$statement" documents/1.txt documents/2.txt
  expect 1 bouncycastle validate "$ers" "$statement" documents/{1,2,4}.txt
  local file
  for file in case/data/records/*/documents/001-* case/data/journal/batch-*/checkpoint; do
    flip_first_octet "$file"
  done
  expect 1 bouncycastle validate-list list
  [[ $(grep -c ': REFUSED: ' out) == 12 ]] || complain "flipped documents accepted: $(cat out)"
}

# Two tracks, SHA-256 and SHA-512, through both kinds of renewal.
part_bouncycastle_accepts_our_renewals() {
  need_java
  mkdir documents
  local i step count
  for i in 1 2 3 4 5; do echo "document $i of the case" >documents/$i.txt; done
  expect 0 "$bin/perdura" init archive --local-tsas 2
  expect 0 "$bin/perdura" deposit archive documents
  expect 0 "$bin/perdura" deposit archive --record documents/1.txt documents/2.txt documents/3.txt
  expect 0 "$bin/perdura" seal archive
  echo 'a later one' >later.txt
  expect 0 "$bin/perdura" deposit archive --record later.txt documents/4.txt
  expect 0 "$bin/perdura" seal archive
  for step in --quiet --time-stamps --time-stamps '--hash-tree --hash sha512 --track local' \
    --time-stamps '--hash-tree --hash sha3-256 --track local2' --time-stamps; do
    # shellcheck disable=SC2086  # several words
    expect 0 "$bin/perdura" renew archive $step
    rm -rf case
    expect 0 "$bin/perdura" export archive --all -o case
    evidence_of_case >list
    count=$(wc -l <list)
    [[ $count == 18 ]] || complain "18 evidence records expected: $(cat list)"
    expect 0 bouncycastle validate-list list
    [[ $(grep -c ': OK$' out) == "$count" ]] || complain "after 'renew $step': $(grep REFUSED out)"
  done
  flip_first_octet case/data/records/*/documents/001-later.txt
  expect 1 bouncycastle validate-list list
  [[ $(grep -c ': REFUSED: ' out) == 2 ]] || complain "a flipped document: $(grep REFUSED out)"
}

# The time-stamp of an evidence record with one, cut out by its offset: $1.ers to token.der.
cut_out_token() {
  local offset
  offset=$(openssl asn1parse -inform DER -in "$1" | grep -B1 'pkcs7-signedData' | sed -n 1p |
    sed 's/^ *\([0-9]*\):.*/\1/')
  openssl asn1parse -inform DER -in "$1" -strparse "$offset" -noout -out token.der
}

# The hash of a list of hex digests as RFC 4998 section 4.2 has it: sorted, put together, hashed; a
# single one is carried up as it is.
combine() {
  if [[ $# == 1 ]]; then echo "$1"; return; fi
  printf '%s\n' "$@" | sort | tr -d '\n' | tr a-f A-F | basenc --base16 -d | sha256sum | cut -c1-64
}

# The root of $1.ers over the files after it, from nothing but sha256sum and openssl.
root_by_hand() {
  local ers=$1 file hashes=() line
  shift
  for file in "$@"; do hashes+=("$(sha256sum "$file" | cut -c1-64)"); done
  local lists
  # A line for each list: SEQUENCE at depth 5 below [2], its values as hex dumps.
  lists=$(openssl asn1parse -inform DER -in "$ers" | awk '
    /pkcs7-signedData/ { exit }
    /d=5 .*SEQUENCE/ { printf "\n" }
    /d=6 .*HEX DUMP/ { sub(/.*HEX DUMP\]:/, ""); printf "%s ", tolower($0) }' | sed '/^$/d')
  local first
  first=$(head -n 1 <<<"$lists" | tr ' ' '\n' | sed '/^$/d' | sort | tr '\n' ' ')
  # The whole group and nothing else; or, for one object, itself and its sibling.
  if [[ ${#hashes[@]} != 1 && $first != "$(printf '%s\n' "${hashes[@]}" | sort | tr '\n' ' ')" ]]
  then
    complain "$ers: the first list is not the group"
  fi
  [[ -z $first || " $first" == *" ${hashes[0]} "* ]] || complain "$ers: the object is not covered"
  local current
  current=$(combine ${first:-${hashes[0]}})
  while read -r line; do
    [[ -n $line ]] && current=$(combine "$current" $line)
  done < <(tail -n +2 <<<"$lists")
  echo "$current"
}

part_openssl_accepts_our_tokens() {
  make_case
  local files root
  while IFS=$'\t' read -r -a files; do
    cut_out_token "${files[0]}"
    root=$(root_by_hand "${files[@]}")
    expect 0 openssl ts -verify -token_in -in token.der -digest "$root" \
      -CAfile archive/tsa/ca.pem
    grep -q 'Verification: OK' out err || complain "openssl did not say OK for ${files[0]}"
    expect 1 openssl ts -verify -token_in -in token.der -digest "$(combine "$root" "$root")" \
      -CAfile archive/tsa/ca.pem
  done < <(evidence_of_case)
}

# --- what others make, judged by us ---------------------------------------------------------------

part_we_accept_bouncycastles() {
  need_java
  bouncycastle make made
  echo 'another document' >other.txt
  cd made
  local name kind at documents count=0
  while IFS=$'\t' read -r name kind at documents; do
    IFS=$'\t' read -r -a documents <<<"$documents"
    local judge=("$bin/perdura-verify" --evidence "$name.ers" --at "$at")
    expect 0 "${judge[@]}" --trust ca.pem "${documents[@]}"
    expect 2 "${judge[@]}" "${documents[@]}"
    expect 1 "${judge[@]}" --trust ca.pem ../other.txt
    expect 1 "${judge[@]}" --trust ca.pem "${documents[@]:1}" ../other.txt
    [[ $kind == single ]] || expect 0 "${judge[@]}" --trust ca.pem --complete "${documents[@]}"
    count=$((count + 1))
  done <cases.tsv
  [[ $count == 54 ]] || complain "54 records expected, not $count"
}

part_corpus_of_other_makers() {
  [[ -e $shared/corpus/cases.tsv ]] || skip "the corpus of other makers is not beside the project"
  cd "$shared/corpus"
  local evidence documents integrity rest code
  while IFS=$'\t' read -r evidence documents integrity rest; do
    [[ $evidence == \#* ]] && continue
    IFS=, read -r -a documents <<<"$documents"
    # Two documents of the corpus are the same octets, so that one "bad" row is a good one.
    [[ $integrity == bad && $documents == dss/BIN-2.bin ]] &&
      cmp -s dss/BIN-1.bin dss/BIN-2.bin && integrity=ok
    code=0
    "$bin/perdura-verify" --evidence "$evidence" "${documents[@]}" >"$work/out" 2>"$work/err" ||
      code=$?
    case $integrity.$code in
      ok.2 | bad.1) ;;
      bad.3) [[ $evidence == *malformed* ]] || complain "$evidence: could not be read" ;;
      *) complain "$evidence with ${documents[*]}: $integrity, but exit $code" ;;
    esac
  done <cases.tsv
}

# Containers of the case's records: read by unzip, openssl and, of the evidence, BouncyCastle.
part_other_tools_read_our_containers() {
  need_java
  make_case
  expect 0 "$bin/perdura" export archive --all --format asice -o containers
  [[ $(find containers -name '*.asice' | wc -l) == $(find case/data/records -mindepth 1 -maxdepth 1 | wc -l) ]] ||
    complain "as many containers as records expected"
  local container folder name digest
  for container in containers/*.asice; do
    expect 0 unzip -tq "$container"
    [[ $(unzip -Z1 "$container" | head -n 1) == mimetype ]] || complain "$container: mimetype"
    [[ $(unzip -p "$container" mimetype) == application/vnd.etsi.asic-e+zip ]] ||
      complain "$container: not the type of an ASiC-E"
    expect 0 "$bin/perdura-verify" "$container" --trust archive/tsa/ca.pem --revocation if-present
    expect 2 "$bin/perdura-verify" "$container"
    folder=${container%.asice}
    unzip -q "$container" -d "$folder"
    # Each DataObjectReference: the name, then the digest.
    tr -d '\n' <"$folder/META-INF/ASiCEvidenceRecordManifest001.xml" |
      grep -o 'DataObjectReference URI="[^"]*">.*' | sed 's/<asic:DataObjectReference/\n&/g' |
      sed -n 's/.*URI="\([^"]*\)">.*<ds:DigestValue>\([^<]*\)<.*/\1 \2/p' >"$folder.list"
    local objects=()
    while read -r name digest; do
      [[ $(openssl dgst -sha256 -binary "$folder/$name" | base64) == "$digest" ]] ||
        complain "$container: the manifest's digest of $name"
      objects+=("$folder/$name")
    done <"$folder.list"
    ((${#objects[@]} >= 2)) || complain "$container: statement and documents expected"
    expect 0 bouncycastle validate "$folder/META-INF/evidencerecord001.ers" "${objects[@]}"
    flip_first_octet "${objects[1]}"
    expect 1 "$bin/perdura-verify" "$folder" --trust archive/tsa/ca.pem --revocation if-present
  done
}

# Evidence of the test data of esig/dss, a checkout of which $PERDURA_DSS names: each row of
# dss_cases.tsv has the verdict that its table names (anchors and revocation left aside).
part_evidence_of_dss() {
  [[ -d ${PERDURA_DSS:-} ]] || skip "PERDURA_DSS names no checkout of esig/dss"
  local evidence documents digests integrity code arguments
  while IFS=$'\t' read -r evidence documents digests integrity; do
    [[ $evidence == \#* ]] && continue
    arguments=()
    case $documents in
      -) ;;
      text:*) printf %s "${documents#text:}" >document; arguments+=(document) ;;
      *) arguments+=("$PERDURA_DSS/$(dirname "$evidence")/$documents") ;;
    esac
    [[ $digests == - ]] || arguments+=(--digest "$digests")
    code=0
    "$bin/perdura-verify" --evidence "$PERDURA_DSS/$evidence" "${arguments[@]}" >out 2>err || code=$?
    case $integrity.$code in
      ok.2 | bad.1) ;;
      *) complain "$evidence with $documents $digests: $integrity, but exit $code" ;;
    esac
  done <"$here/dss_cases.tsv"
}

# Evidence, time-stamps and containers of several makers, with anchors: each row of others_cases.tsv
# gets its exit status. $PERDURA_OTHERS names the folder in which checkouts of them lie.
part_verdicts_on_others() {
  [[ -d ${PERDURA_OTHERS:-} ]] || skip "PERDURA_OTHERS names no folder of checkouts"
  command -v python3 >/dev/null || skip "no python3 here"
  expect 0 python3 "$here/judge_others.py" "$bin/perdura-verify" "$here/others_cases.tsv" \
    "$PERDURA_OTHERS"
}

# shellcheck source=interop_tsa_parts.sh
source "$here/interop_tsa_parts.sh"

"part_$part"
[[ $failures == 0 ]] || { echo "interop: $part: $failures of its checks failed" >&2; exit 1; }
