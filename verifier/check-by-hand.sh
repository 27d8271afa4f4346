#!/bin/sh
# Checks records of an unpacked Perdura package without any program of Perdura's: with openssl (3.0 or
# later), sha256sum and the usual tools of a POSIX shell (awk, cat, cmp, cut, date, find, grep, head,
# mktemp, od, rm, sed, sort, tail, tr). Read it first: a script that came with a package is as honest as who gave it to you.
#
#   sh check-by-hand.sh [--at TIME] [--track NAME] [--] PACKAGE-FOLDER CA.pem [RECORD...]
#
# PACKAGE-FOLDER  the folder in which the package was unpacked
# CA.pem          the certificate (PEM; or several, one after the other) of whom you trust to stamp
#                 time. Not the one in data/trust, unless you know from elsewhere that it is theirs.
# RECORD          a folder in data/records; without one, all of them
# --at TIME       judges as of this time (2041-06-01, or 2041-06-01T12:00:00Z) instead of now
# --track NAME    looks at this evidence alone (NAME.ers); otherwise at all that a record has
#
# For each record: its files are those that the package lists; its statement is the one that gives it
# its name, and names the documents by their SHA-256; then, for each evidence record (RFC 4998), every
# time-stamp from the first to the newest: that its hash values lead from the statement and the
# documents (from the time-stamp before; from the documents and all evidence before) to what it
# stamps, and that it is signed by whom you trust, in force until the next one took over.
#
# Exit status: 0 PASSED, 1 FAILED (something is wrong), 2 INDETERMINATE (nothing is wrong, but something
# needed is not there, or this script can't judge it), 3 the input could not be read.
#
# Not checked: the journal (receipts, proofs of the log), whether algorithms were still strong, and
# revocation beyond the lists that a time-stamp itself carries. perdura-verify checks these.
set -u
umask 077
LC_ALL=C
export LC_ALL
# Neither a configuration nor a default store of this machine shall have a say.
OPENSSL_CONF=/dev/null
export OPENSSL_CONF
unset SSL_CERT_FILE SSL_CERT_DIR

usage() {
  echo "usage: sh check-by-hand.sh [--at TIME] [--track NAME] PACKAGE-FOLDER CA.pem [RECORD...]" >&2
  exit 3
}
unreadable() {
  printf 'check-by-hand: error: %s\n' "$1" >&2
  exit 3
}

# --- what is told: a verdict is the worst of its parts, FAILED (1) before INDETERMINATE (2)

ok() { printf '  ok      %s\n' "$1"; }
note() { printf '  note    %s\n' "$1"; }
failed() {
  printf '  FAILED  %s\n' "$1"
  verdict=1
}
undecided() {
  printf '  ?       %s\n' "$1"
  [ "$verdict" = 1 ] || verdict=2
}
worse() {  # VERDICT VERDICT: the worse of the two
  if [ "$1" = 1 ] || [ "$2" = 1 ]; then echo 1; elif [ "$1" = 2 ] || [ "$2" = 2 ]; then echo 2; else echo 0; fi
}
verdict_name() {
  case $1 in 0) echo PASSED ;; 1) echo FAILED ;; *) echo INDETERMINATE ;; esac
}

# --- octets

hex_of() { od -An -v -tx1 | tr -d ' \n'; }
# Hexadecimal digits to octets. The format holds octal escapes alone.
octets_of() {
  escapes=$(printf '%s\n' "$1" | awk '{
    for (i = 1; i < length($0); i += 2) {
      high = index("0123456789abcdef", substr($0, i, 1)) - 1
      printf "\\%03o", 16 * high + index("0123456789abcdef", substr($0, i + 1, 1)) - 1
    } }')
  # shellcheck disable=SC2059
  printf "$escapes"
}
# FILE OFFSET LENGTH: that part of a file.
part_of() { tail -c "+$(($2 + 1))" "$1" | head -c "$3"; }
# ALGORITHM: the hash value of the standard input, in hexadecimal digits.
hash_of() {
  if [ "$1" = sha256 ]; then sha256sum | cut -c 1-64; else openssl dgst "-$1" -r | cut -d ' ' -f 1; fi
}
# The content octets of an OBJECT IDENTIFIER: the hash function as openssl calls it, and the number of
# its hexadecimal digits. Nothing for those that this script does not judge by, such as SHA-1.
hash_function() {
  case $1 in
    608648016503040201) echo sha256 64 ;;
    608648016503040202) echo sha384 96 ;;
    608648016503040203) echo sha512 128 ;;
    608648016503040208) echo sha3-256 64 ;;
    608648016503040209) echo sha3-384 96 ;;
    60864801650304020a) echo sha3-512 128 ;;
  esac
}

# --- ASN.1: a reader of DER in awk. It takes hexadecimal digits on one line, and either yields
# numbers and hexadecimal digits alone or says "malformed" or "unsupported".

# shellcheck disable=SC2016
der_reader='
function octet(p) {
  return 16 * (index(digits, substr(hex, 2 * p + 1, 1)) - 1) + index(digits, substr(hex, 2 * p + 2, 1)) - 1
}
function stop(word) { print word; exit }
# The element at p, which ends at or before end: T its tag, B and E where its contents begin and end.
function element(p, end,   count, length_, i) {
  if (p + 2 > end) stop("malformed")
  T = substr(hex, 2 * p + 1, 2)
  length_ = octet(p + 1)
  B = p + 2
  if (length_ == 128) stop("unsupported")
  if (length_ > 128) {
    count = length_ - 128
    if (count > 4 || B + count > end || octet(B) == 0) stop("malformed")
    length_ = 0
    for (i = 0; i < count; i++) length_ = 256 * length_ + octet(B + i)
    if (length_ < 128) stop("malformed")
    B += count
  }
  E = B + length_
  if (E > end) stop("malformed")
}
function expect(tag, p, end) { element(p, end); if (T != tag) stop("malformed") }
function contents() { return substr(hex, 2 * B + 1, 2 * (E - B)) }
# The OBJECT IDENTIFIER of an AlgorithmIdentifier with contents from p to end.
function algorithm(p, end,   oid) {
  expect("06", p, end)
  oid = contents()
  if (E < end) { expect("05", E, end); if (B != E || E != end) stop("unsupported") }
  return oid
}
BEGIN { digits = "0123456789abcdef" }
NR == 1 { hex = $0 }
'

# An EvidenceRecord (RFC 4998 section 3.1). Prints, in order:
#   algorithm OID                  one that the record lists
#   chain BEGIN END                an ArchiveTimeStampChain, whole
#   stamp OID|- BEGIN LENGTH       its digestAlgorithm, and where its token lies
#   value LIST HEX                 a value of list 1, 2… of that stamp
#   unprotected                    it has hints or attributes that nothing protects
# shellcheck disable=SC2016
evidence_reader=$der_reader'
function read_tree(p, end,   list, list_end) {
  if (p == end) stop("malformed")
  for (list = 1; p < end; list++) {
    expect("30", p, end); p = E; list_end = E
    if (B == E) stop("malformed")
    for (E = B; E < list_end;) { expect("04", E, list_end); print "value", list, contents() }
  }
}
function read_stamp(p, end,   oid, tree, tree_end) {
  oid = "-"; tree = -1
  element(p, end)
  if (T == "a0") { p = E; oid = algorithm(B, E); element(p, end) }
  if (T == "a1") { print "unprotected"; p = E; element(p, end) }
  if (T == "a2") { tree = B; tree_end = E; p = E; element(p, end) }
  if (T != "30" || E != end) stop("malformed")
  print "stamp", oid, p, E - p
  if (tree >= 0) read_tree(tree, tree_end)
}
END {
  size = length(hex) / 2
  expect("30", 0, size); if (E != size) stop("malformed")
  expect("02", B, size); if (contents() != "01") stop("unsupported")
  expect("30", E, size); next_ = E; end = E
  for (p = B; p < end; p = after) { expect("30", p, end); after = E; print "algorithm", algorithm(B, E) }
  element(next_, size)
  if (T == "a0") { print "unprotected"; next_ = E; element(next_, size) }
  if (T == "a1") stop("unsupported")
  if (T != "30" || E != size || B == E) stop("malformed")
  for (p = B; p < size; p = chain_end) {
    expect("30", p, size); chain_end = E
    print "chain", p, E
    if (B == E) stop("malformed")
    for (q = B; q < chain_end; q = stamp_end) {
      expect("30", q, chain_end); stamp_end = E
      read_stamp(B, E)
    }
  }
  print "end"
}
'

# A TSTInfo (RFC 3161 section 2.4.2). Prints: OID of the imprint, imprint, genTime in seconds since 1970,
# accuracy in seconds (rounded up), genTime for people.
# shellcheck disable=SC2016
tst_reader=$der_reader'
function number(text,   i, n) {
  if (length(text) > 14) stop("malformed")
  for (i = 1; i <= length(text); i++) n = 16 * n + index(digits, substr(text, i, 1)) - 1
  return n + 0
}
END {
  size = length(hex) / 2
  expect("30", 0, size); if (E != size) stop("malformed")
  expect("02", B, size); if (contents() != "01") stop("unsupported")
  expect("06", E, size)
  expect("30", E, size); imprint_end = E
  expect("30", B, E); oid_end = E
  oid = algorithm(B, E)
  expect("04", oid_end, imprint_end); imprint = contents(); if (E != imprint_end) stop("malformed")
  expect("02", E, size)
  expect("18", E, size); written = contents(); p = E
  time = ""
  for (i = 1; i < length(written); i += 2) {
    c = substr(written, i, 2)
    if (c ~ /^3[0-9]$/) time = time substr(c, 2, 1)
    else if (c == "2e") time = time "."
    else if (c == "5a") time = time "Z"
    else stop("malformed")
  }
  if (time !~ /^[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9](\.[0-9]+)?Z$/) stop("malformed")
  accuracy = 0
  if (p < size) {
    element(p, size)
    if (T == "30") {
      end = E
      for (p = B; p < end; p = E) {
        element(p, end)
        if (T == "02") accuracy += number(contents())
        else if (!rounded++) accuracy++
      }
    }
  }
  y = substr(time, 1, 4); m = substr(time, 5, 2); d = substr(time, 7, 2)
  day = days(y, m, d)
  seconds = day * 86400 + substr(time, 9, 2) * 3600 + substr(time, 11, 2) * 60 + substr(time, 13, 2)
  printf "%s %s %.0f %.0f %s-%s-%s %s:%s:%s\n", oid, imprint, seconds, accuracy, y, m, d,
    substr(time, 9, 2), substr(time, 11, 2), substr(time, 13, 2)
}
'
# Days from 1970-01-01 in the Gregorian calendar; y counts from March, so that a leap day is its last.
# shellcheck disable=SC2016
calendar='
function days(y, m, d) {
  y += 0; m += 0; d += 0
  if (m <= 2) { y--; m += 12 }
  return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * (m - 3) + 2) / 5) + d - 1 - 719468
}
'

# TIME: seconds since 1970; nothing when it is not one.
seconds_of() {
  printf '%s\n' "$1" | awk "$calendar"'
    /^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z)?$/ {
      seconds = substr($0, 12, 2) * 3600 + substr($0, 15, 2) * 60 + substr($0, 18, 2)
      printf "%.0f\n", days(substr($0, 1, 4), substr($0, 6, 2), substr($0, 9, 2)) * 86400 + seconds
    }'
}

# --- the package

# Whether the files under data/ are those that the manifest lists, and no others.
check_package() {
  printf 'Package\n'
  verdict=0
  if ! [ -f "$package/bagit.txt" ] || ! [ -f "$package/manifest-sha256.txt" ]; then
    unreadable "$package: is not a package: there is no bagit.txt or no manifest-sha256.txt"
  fi
  if find "$package" ! -type f ! -type d | grep -q .; then
    unreadable "$package: holds links or special files"
  fi
  # Lines of another form would be passed over by sha256sum.
  for manifest in manifest-sha256.txt tagmanifest-sha256.txt; do
    [ -f "$package/$manifest" ] || {
      failed "$manifest is missing."
      continue
    }
    if grep -Evq '^[0-9a-f]{64}  [^[:cntrl:]\/-][^[:cntrl:]\]*$' "$package/$manifest" ||
      grep -Eq '(^|[ /])\.\.?(/|$)' "$package/$manifest"; then
      failed "$manifest has a line that names no file, or none inside the package."
    elif (cd "$package" && sha256sum -c "$manifest") >"$work/told" 2>&1 </dev/null; then
      ok "Every file that $manifest lists has the SHA-256 that it lists."
    else
      failed "A file is not what $manifest lists:"
      grep -v ': OK$' "$work/told" | tr -cd ' -~\n' | head -n 5 | sed 's/^/            /'
    fi
  done
  {
    printf 'tagmanifest-sha256.txt\n'
    cut -c 67- "$package/manifest-sha256.txt"
    [ ! -f "$package/tagmanifest-sha256.txt" ] || cut -c 67- "$package/tagmanifest-sha256.txt"
  } | sort >"$work/listed"
  (cd "$package" && find . -type f) | cut -c 3- | sort >"$work/present"
  if cmp -s "$work/listed" "$work/present"; then
    ok "Every file is listed, once."
  else
    failed "The files of the package are not those that its two manifests list."
  fi
  package_verdict=$verdict
}

# --- one record

# The statement and the documents: whether they are what the record's name and the statement say.
check_files() {
  folder=$package/data/records/$record
  if ! [ -f "$folder/statement.json" ]; then
    failed "The statement is missing."
    return
  fi
  if [ "$(sha256sum <"$folder/statement.json" | cut -c 1-64)" = "$record" ]; then
    ok "The record's name is the SHA-256 of its statement."
  else
    failed "The statement was altered: the record's name is not its SHA-256."
  fi
  # In JSON a quotation mark inside of a text has a backslash before it, so only members look so.
  grep -Eo '"sha256":"[0-9a-f]{64}"' "$folder/statement.json" | cut -d '"' -f 4 >"$work/named"
  : >"$work/found"
  : >"$work/members"
  printf 'statement.json\n' >>"$work/members"
  position=0
  for file in "$folder"/documents/*; do
    [ -f "$file" ] || continue
    position=$((position + 1))
    case ${file##*/} in
      *[!A-Za-z0-9._-]*) failed "A document has a name that no package has." ;;
      "$(printf '%03d' "$position")"-*) ;;
      *) failed "Document $position is missing, or is there twice." ;;
    esac
    sha256sum <"$file" | cut -c 1-64 >>"$work/found"
    printf 'documents/%s\n' "${file##*/}" >>"$work/members"
  done
  count=$position
  if [ "$count" -gt 0 ] && cmp -s "$work/named" "$work/found"; then
    ok "The statement names the $count document(s) that are here, by their SHA-256."
  else
    failed "The documents are not those that the statement names by their SHA-256:"
    position=0
    while read -r digest; do
      position=$((position + 1))
      [ "$digest" = "$(sed -n "${position}p" "$work/found")" ] ||
        printf '            document %s is another, or is missing\n' "$position"
    done <"$work/named"
  fi
}

# ALGORITHM: the hash value of each member of the record's group, one a line.
hashes_of_members() {
  while IFS= read -r file; do hash_of "$1" <"$folder/$file"; done <"$work/members"
}

# Takes the evidence record apart: $work/N.stamp, .values and .token for its N-th time-stamp, and
# $work/chains. False when there is nothing to go on with.
read_evidence() {
  rm -f "$work"/[0-9]*.*
  hex_of <"$evidence" >"$work/hex"
  echo >>"$work/hex"
  awk "$evidence_reader" "$work/hex" >"$work/parts"
  case $(tail -n 1 "$work/parts") in
    end) ;;
    unsupported) undecided "The evidence is written in a way that this script can't read."; return 1 ;;
    *) failed "The evidence record is malformed."; return 1 ;;
  esac
  stamps=0
  chains=0
  : >"$work/algorithms"
  : >"$work/chains"
  while read -r kind first second third; do
    case $kind in
      algorithm) printf '%s\n' "$first" >>"$work/algorithms" ;;
      chain)
        chains=$((chains + 1))
        starts=true
        printf '%s %s\n' "$first" "$second" >>"$work/chains"
        ;;
      stamp)
        stamps=$((stamps + 1))
        printf '%s %s %s\n' "$chains" "$starts" "$first" >"$work/$stamps.stamp"
        : >"$work/$stamps.values"
        part_of "$evidence" "$second" "$third" >"$work/$stamps.token"
        starts=false
        ;;
      value) printf '%s %s\n' "$first" "$second" >>"$work/$stamps.values" ;;
      unprotected) note "It carries hints that nothing protects. They were not used." ;;
    esac
  done <"$work/parts"
}

# The signature algorithm of time-stamp N, as openssl calls it; nothing when it is no time-stamp.
signature_algorithm() {
  openssl cms -cmsout -noout -print -inform DER -in "$work/$1.token" 2>/dev/null |
    awk '/^ *signatureAlgorithm:/ { getline; name = $2 } END { print name }'
}

# Reads what time-stamp N says, by openssl, which checks its signature but not yet by whom.
read_token() {
  if ! openssl cms -verify -noverify -inform DER -in "$work/$1.token" -out "$work/$1.tst" \
    -signer "$work/$1.signer" >"$work/told" 2>&1; then
    # openssl 3.0 can't verify EdDSA here, nor what came after it.
    case $(signature_algorithm "$1" | tr -cd 'A-Za-z0-9.-') in
      "" | rsa* | *WithRSA* | ecdsa* | id-ecPublicKey | dsa*)
        failed "Time-stamp $1: its signature does not hold, or it is no time-stamp." ;;
      *) undecided "Time-stamp $1: its signature is of a kind that this openssl can't verify." ;;
    esac
    return 1
  fi
  hex_of <"$work/$1.tst" >"$work/hex"
  echo >>"$work/hex"
  awk "$calendar$tst_reader" "$work/hex" >"$work/$1.told"
  case $(cat "$work/$1.told") in
    unsupported) undecided "Time-stamp $1 is written in a way that this script can't read."; return 1 ;;
    malformed | "") failed "Time-stamp $1 is malformed."; return 1 ;;
  esac
}

# List 1 of time-stamp N; without a tree, what the token stamps.
first_list() {
  if [ -s "$work/$1.values" ]; then sed -n 's/^1 //p' "$work/$1.values"; else printf '%s\n' "$imprint"; fi
}

# Whether all lines of the standard input are in the first list of time-stamp N.
all_in_first_list() {
  first_list "$1" >"$work/list"
  while read -r value; do grep -qxF -- "$value" "$work/list" || return 1; done
}

# RFC 4998 section 4.3: the value of a list is its one value, or the hash of its values, sorted and
# put together; it joins the next list. The last is what the token stamps.
climb() {
  value=
  list=1
  last=$(tail -n 1 "$work/$1.values" | cut -d ' ' -f 1)
  while [ "$list" -le "${last:-0}" ]; do
    { sed -n "s/^$list //p" "$work/$1.values"; printf '%s\n' "$value"; } | grep . | sort >"$work/list"
    if [ "$(grep -c . "$work/list")" = 1 ]; then
      value=$(cat "$work/list")
    else
      value=$(octets_of "$(tr -d '\n' <"$work/list")" | hash_of "$algorithm")
    fi
    list=$((list + 1))
  done
  [ -n "$value" ] || value=$imprint
}

# What time-stamp N must cover: the record, the time-stamp before, or the record and all before.
check_cover() {
  if [ "$starts" = false ]; then
    if hash_of "$algorithm" <"$work/$(($1 - 1)).token" | all_in_first_list "$1"; then
      ok "Time-stamp $1 covers the whole time-stamp before it."
    else
      failed "Time-stamp $1 does not cover the time-stamp before it."
    fi
  elif [ "$chain" = 1 ]; then
    hashes_of_members "$algorithm" | sort >"$work/group"
    first_list "$1" | sort >"$work/list"
    if cmp -s "$work/group" "$work/list"; then
      ok "Time-stamp $1 covers the statement and the document(s), and nothing else in their place ($algorithm)."
    else
      failed "Time-stamp $1 is not about this statement and these document(s)."
    fi
  else
    read -r begin _ <"$work/chains"
    end=$(sed -n "$((chain - 1))p" "$work/chains" | cut -d ' ' -f 2)
    length=$((end - begin))
    # A SEQUENCE around all chains before, in their own octets.
    digits=$(printf '%x' "$length")
    [ $((${#digits} % 2)) = 0 ] || digits=0$digits
    [ "$length" -lt 128 ] || digits=$(printf '%x' $((128 + ${#digits} / 2)))$digits
    sequence=$({ octets_of "30$digits"; part_of "$evidence" "$begin" "$length"; } | hash_of "$algorithm")
    if hashes_of_members "$algorithm" | while read -r member; do
      octets_of "$member$sequence" | hash_of "$algorithm"
    done | all_in_first_list "$1"; then
      ok "Time-stamp $1 covers the statement, the document(s) and all evidence before it ($algorithm)."
    else
      failed "Time-stamp $1 does not cover the documents together with the evidence before it."
    fi
  fi
}

# ANCHORS TIME: whether time-stamp N is signed, as RFC 3161 asks, by whom ANCHORS vouch for at TIME.
signed() {
  openssl ts -verify -token_in -in "$work/$1.token" -digest "$value" -CAfile "$2" -partial_chain \
    -attime "$3" >"$work/told" 2>&1
}

# Whether who signed time-stamp N was to be trusted at its time and until the next one took over.
check_signer() {
  name=$(openssl x509 -in "$work/$1.signer" -noout -subject -nameopt RFC2253 2>/dev/null |
    sed 's/^subject=//' | tr -cd ' -~' | cut -c 1-200)
  if signed "$1" "$work/anchors" "$until" && signed "$1" "$work/anchors" "$seconds"; then
    ok "Time-stamp $1 was made at $shown UTC by $name, whom your certificate vouches for."
  elif signed "$1" "$work/anchors" "$seconds"; then
    undecided "Time-stamp $1, of $shown UTC, held when it was made, but no longer when it was needed: $(reason)."
  else
    # Trusting whatever certificates it carries: is it at least a time-stamp as it should be?
    openssl pkcs7 -inform DER -in "$work/$1.token" -print_certs -out "$work/certificates" 2>/dev/null
    if signed "$1" "$work/certificates" "$seconds"; then
      undecided "Time-stamp $1, of $shown UTC, is by $name, whom your certificate does not vouch for."
    else
      failed "Time-stamp $1 is not properly signed by one who may stamp time: $(reason)."
    fi
  fi
  check_revocation "$1"
}

# openssl's words for why signed() said no.
reason() {
  sed -n -e 's/^.*[Vv]erify error:\(.*\)$/\1/p' -e 's/^.*:TS routines:[^:]*:\([^:]*\):.*$/\1/p' "$work/told" |
    tr -cd ' -~\n' | head -n 1
}

# Revocation lists in the time-stamp itself, as they say at its time and when it was covered.
check_revocation() {
  told=none
  for moment in "$seconds" "$until"; do
    if openssl cms -verify -inform DER -in "$work/$1.token" -CAfile "$work/anchors" -no-CApath \
      -no-CAstore -partial_chain -purpose timestampsign -crl_check -attime "$moment" -out /dev/null \
      >"$work/told" 2>&1; then
      told=good
    elif grep -q 'certificate revoked' "$work/told"; then
      failed "Time-stamp $1: the certificate of who signed it was revoked."
      return
    fi
  done
  case $told in
    good) ok "Time-stamp $1: a list that it carries tells that the certificate was not revoked." ;;
    none) note "Time-stamp $1: whether its certificate was revoked is not shown by what it carries." ;;
  esac
}

# Time-stamp N, of those that read_token() has read.
check_stamp() {
  read -r chain starts oid <"$work/$1.stamp"
  read -r imprint_oid imprint seconds accuracy shown <"$work/$1.told"
  if [ "$1" = "$stamps" ]; then
    until=$at
  else
    read -r _ _ until until_accuracy _ <"$work/$(($1 + 1)).told"
    [ "$((until + accuracy + until_accuracy))" -ge "$seconds" ] ||
      failed "Time-stamp $(($1 + 1)) says that it was made before time-stamp $1."
  fi
  # openssl looks at the certificate at these moments; two clocks may differ a little.
  [ "$until" -ge "$seconds" ] || [ "$1" = "$stamps" ] || until=$seconds
  if [ "$oid" != - ] && [ "$oid" != "$imprint_oid" ]; then
    failed "Time-stamp $1 names another hash function for its hash tree than it was made with."
    return
  fi
  grep -qx -- "$imprint_oid" "$work/algorithms" ||
    failed "Time-stamp $1 uses a hash function that the evidence does not list."
  function_=$(hash_function "$imprint_oid")
  if [ -z "$function_" ]; then
    undecided "Time-stamp $1 uses a hash function that this script does not judge by."
    return
  fi
  algorithm=${function_% *}
  if [ "$starts" = false ] && [ "$algorithm" != "$chain_algorithm" ]; then
    failed "Time-stamp $1 uses another hash function than its chain."
  fi
  chain_algorithm=$algorithm
  if awk -v digits="${function_#* }" 'length($2) != digits { bad = 1 } END { exit !bad }' \
    "$work/$1.values" || [ "${#imprint}" != "${function_#* }" ]; then
    failed "Time-stamp $1 has a hash value that is too short or too long."
    return
  fi
  check_cover "$1"
  climb "$1"
  if [ "$value" = "$imprint" ]; then
    ok "Time-stamp $1: the hash values lead to what it stamps."
  else
    failed "Time-stamp $1: the hash values lead to something else than it stamps."
  fi
  check_signer "$1"
}

# One evidence record; sets `verdict`, and `since` when it passed.
check_evidence() {
  printf '  Evidence %s\n' "${evidence##*/}"
  verdict=0
  read_evidence || return
  number=0
  while [ "$number" -lt "$stamps" ]; do
    number=$((number + 1))
    read_token "$number" || return
  done
  [ "$(cut -d ' ' -f 3 <"$work/$stamps.told")" -le "$at" ] ||
    failed "The newest time-stamp was made after the time as of which you judge."
  chain_algorithm=
  number=0
  while [ "$number" -lt "$stamps" ]; do
    number=$((number + 1))
    check_stamp "$number"
  done
  read -r _ _ _ accuracy since <"$work/1.told"
  since="$since UTC (its clock is exact to $accuracy s)"
}

check_record() {
  printf '\nRecord %s\n' "$record"
  verdict=0
  check_files
  record_verdict=$(worse "$verdict" "$package_verdict")
  passed=0
  undecided=0
  first=
  for evidence in "$package/data/records/$record"/$track.ers; do
    if ! [ -f "$evidence" ] || ! [ -s "$work/members" ]; then continue; fi
    check_evidence
    case $verdict in
      0)
        passed=$((passed + 1))
        if [ -z "$first" ] || [ "$(printf '%s\n%s\n' "$since" "$first" | sort | head -n 1)" = "$since" ]; then
          first=$since
        fi
        ;;
      1) record_verdict=1 ;;
      *) undecided=$((undecided + 1)) ;;
    esac
  done
  if [ "$passed" = 0 ] && [ "$record_verdict" = 0 ]; then
    [ "$undecided" -gt 0 ] || printf '  ?       There is no evidence for this record.\n'
    record_verdict=2
  fi
  if [ "$record_verdict" = 0 ]; then
    printf '  PASSED  The statement and the document(s) are unaltered since %s.\n' "$first"
  else
    printf '  %s\n' "$(verdict_name "$record_verdict")"
  fi
  all=$(worse "$all" "$record_verdict")
}

# --- what was asked

for tool in openssl sha256sum awk cat cmp cut date find grep head mktemp od rm sed sort tail tr; do
  command -v "$tool" >/dev/null || unreadable "$tool is not installed"
done
at=
track='*'
while [ $# -gt 0 ]; do
  case $1 in
    --at)
      [ $# -ge 2 ] || usage
      at=$(seconds_of "$2")
      [ -n "$at" ] || unreadable "--at: is not a time as in 2041-06-01 or 2041-06-01T12:00:00Z"
      shift 2
      ;;
    --track)
      [ $# -ge 2 ] || usage
      case $2 in "" | *[!a-z0-9-]*) unreadable "--track: is not the name of a track" ;; esac
      track=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    -*) usage ;;
    *) break ;;
  esac
done
[ $# -ge 2 ] || usage
package=$1
anchor=$2
shift 2
case $package in /*) ;; *) package=./$package ;; esac
case $anchor in /*) ;; *) anchor=./$anchor ;; esac
[ -n "$at" ] || at=$(date +%s)
[ -d "$package" ] || unreadable "$package: is not a folder; unpack the package first"

work=$(mktemp -d) || unreadable "no temporary folder can be made"
trap 'rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM
# Certificates alone: whatever else is in the file has no say.
awk '/^-----BEGIN CERTIFICATE-----/ { inside = 1 } inside { print } /^-----END CERTIFICATE-----/ { inside = 0 }' \
  "$anchor" >"$work/anchors" 2>/dev/null
openssl x509 -in "$work/anchors" -noout 2>/dev/null || unreadable "$anchor: holds no certificate (PEM)"

all=0
check_package
if [ $# = 0 ]; then
  for folder in "$package"/data/records/*; do
    [ -d "$folder" ] && set -- "$@" "${folder##*/}"
  done
  [ $# -gt 0 ] || unreadable "$package: holds no record"
fi
for record in "$@"; do
  case $record in *[!0-9a-f]*) unreadable "a record has 64 hexadecimal digits" ;; esac
  if [ "${#record}" != 64 ] || ! [ -d "$package/data/records/$record" ]; then
    unreadable "$record: there is no such record in the package"
  fi
  check_record
done
cat <<END

Not checked: the journal, whether algorithms were still strong, and revocation beyond the lists that
a time-stamp itself carries. perdura-verify checks these.
Verdict: $(verdict_name "$all")
END
exit "$all"
