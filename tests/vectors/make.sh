#!/bin/bash
# Makes the vectors in other_makers/ from scratch: with BouncyCastle (tests/interop, the same octets
# each time) and with OpenSSL (new keys and the present time each time, so that one is made only
# where it is missing, or with --openssl).
#
# Needs Java, Debian's libbcpkix-java, and openssl. The vectors in evidence_record/ are made by
# evidence_vectors_test.cpp.
set -euo pipefail
export LC_ALL=C

here=$(dirname "$(realpath "$0")")
out=$here/other_makers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

make_with_bouncycastle() {
  local jars=/usr/share/java
  local class_path=$work/classes:$jars/bcprov.jar:$jars/bcpkix.jar:$jars/bcutil.jar
  mkdir "$work/classes"
  javac -nowarn -d "$work/classes" -cp "$class_path" "$here"/../interop/*.java
  java -cp "$class_path" BouncyCastleErs vectors "$out"
  java -cp "$class_path" KeyKindTsa vectors "$out" # with new keys each time
}

# The DER element with the tag $1 (two hex digits) and the octets of standard input.
element() {
  local content=$work/element.$BASHPID length
  cat >"$content"
  length=$(stat -c %s "$content")
  if ((length < 128)); then printf "\\x$1\\x$(printf %02x "$length")"
  elif ((length < 256)); then printf "\\x$1\\x81\\x$(printf %02x "$length")"
  else printf "\\x$1\\x82\\x$(printf %02x $((length >> 8)))\\x$(printf %02x $((length & 255)))"
  fi
  cat "$content"
}

octets() { tr a-f A-F | basenc --base16 -d; }
sha256_algorithm() { printf '\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01'; }

make_openssl_tsa() {
  cat >tsa.cnf <<END
[tsa]
default_tsa = vector
[vector]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.2
digests = sha256
ess_cert_id_alg = sha256
[certificate]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
END
  echo 01 >serial
  local ec="ec -pkeyopt ec_paramgen_curve:P-256"
  openssl req -x509 -newkey $ec -nodes -subj '/CN=Vector CA of OpenSSL' -days 20000 -keyout ca.key \
    -out "$out/openssl_ca.pem" -addext keyUsage=critical,keyCertSign,cRLSign
  openssl req -new -newkey $ec -nodes -subj '/CN=Vector TSA of OpenSSL' -keyout tsa.key -out tsa.csr
  openssl x509 -req -in tsa.csr -CA "$out/openssl_ca.pem" -CAkey ca.key -set_serial 7 -days 10000 \
    -extfile tsa.cnf -extensions certificate -out tsa.pem
}

vector() {
  cat >"$out/$1.vec"
  cat >>"$out/$1.vec" <<END
at: $(date -u -d '+1 year' +%F)T00:00:00Z
anchors: openssl_ca.pem
evidence: openssl_group.ers
made by: $(openssl version | cut -d' ' -f1,2); make.sh
END
}

# A group of two documents under a token by "openssl ts", put together with printf.
make_with_openssl() {
  cd "$work"
  make_openssl_tsa 2>tsa.log || { cat tsa.log >&2; return 1; }
  local hashes root
  hashes=$(sha256sum "$out/a.txt" "$out/b.txt" | cut -c1-64 | sort)
  root=$(tr -d '\n' <<<"$hashes" | octets | sha256sum | cut -c1-64)
  # openssl names every setting that is not there on stderr.
  openssl ts -query -digest "$root" -sha256 -cert -out question 2>ts.log
  openssl ts -reply -config tsa.cnf -queryfile question -token_out -out token 2>>ts.log ||
    { cat ts.log >&2; return 1; }
  while read -r hash; do octets <<<"$hash" | element 04; done <<<"$hashes" | element 30 >first_list
  {
    printf '\x02\x01\x01'
    sha256_algorithm | element 30 | element 30
    { sha256_algorithm | element a0; element a2 <first_list; cat token; } |
      element 30 | element 30 | element 30
  } | element 30 >"$out/openssl_group.ers"
  vector passed_openssl_group <<END
verdict: passed
rule: RFC 4998 section 4.3
documents: a.txt b.txt
proof: whole_group
revocation: if_present
END
  vector indeterminate_openssl_gives_no_revocation_list <<END
verdict: indeterminate
reason: NO_REVOCATION_DATA
rule: RFC 5280 section 6.3
documents: a.txt b.txt
END
  vector failed_openssl_group_another_document <<END
verdict: failed
reason: HASH_FAILURE
rule: RFC 4998 section 4.3 step 2
documents: a.txt other.txt
END
}

make_with_bouncycastle
if [[ ${1:-} == --openssl || ! -e $out/openssl_group.ers ]]; then make_with_openssl; fi
