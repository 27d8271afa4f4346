#!/bin/sh
# Renewal by the programs themselves: the horizon, what is missing, renewals from digests and their confirmation,
# verdicts as of moments, and a policy by which nothing is fit.
# Usage: renewal_test.sh BIN
set -eu
bin=$1
# shellcheck source=tests/tools/expect.sh
. "$(dirname "$0")/expect.sh"
never_says() { ! grep -qF -- "$1" "$work/out" "$work/err" || fail "something says '$1'"; }
# verify CODE OPTION...: the package, by all of the archive's authorities.
verify() {
  code=$1
  shift
  rm -f "$work/case.zip"
  "$bin/perdura" export "$work/archive" --all -o "$work/case.zip" --quiet >/dev/null
  expect "$code" "$bin/perdura-verify" "$work/case.zip" --trust "$work/archive/tsa/ca.pem" \
    --trust "$work/archive/tsa2/ca.pem" "$@"
}

echo document >"$work/document.txt"
expect 0 "$bin/perdura" init "$work/archive"
expect 0 "$bin/perdura" deposit "$work/archive" "$work/document.txt"
expect 0 "$bin/perdura" seal "$work/archive"
expect 0 "$bin/perdura" horizon "$work/archive" --json
never_says '"missing":true'
expect 1 "$bin/perdura" horizon "$work/archive" --margin 240

# What an authority owes is seen, and made up for.
expect 0 "$bin/perdura" tsa add "$work/archive" --local
expect 1 "$bin/perdura" horizon "$work/archive" --svg "$work/horizon.svg"
says 'no time-stamp yet   RENEW'
grep -q 'no time-stamp yet' "$work/horizon.svg" || fail 'the picture lacks what is missing'
expect 1 "$bin/perdura" horizon "$work/archive" --json
says '"missing":true,"due":true'
expect 0 "$bin/perdura" renew "$work/archive"
expect 0 "$bin/perdura" horizon "$work/archive"

# From digests, then confirmed.
expect 0 "$bin/perdura" renew "$work/archive" --hash-tree --from-digests --track local
never_says 'documents are read'
expect 0 "$bin/perdura" status "$work/archive"
says 'To confirm     1'
verify 0
expect 0 "$bin/perdura" renew "$work/archive" --confirm
says '1 records of 1 renewal(s) from digests were read: each document is what its digests said.'
expect 0 "$bin/perdura" renew "$work/archive" --confirm
says 'There is nothing to confirm.'
expect 0 "$bin/perdura" status "$work/archive" --json
says '"unconfirmedRenewals":0'

# What was set aside stays so, and makes the exit code, until it is brought back.
cp -a "$work/archive" "$work/altered"
head -c 3000000 /dev/urandom >"$work/large"
expect 0 "$bin/perdura" deposit "$work/altered" "$work/large"
expect 0 "$bin/perdura" seal "$work/altered"
segment=$work/altered/store/00000001.segment
octet=$(od -An -tu1 -j 1000000 -N 1 "$segment")
put() { printf "\\$(printf %o "$1")" | dd of="$segment" bs=1 seek=1000000 conv=notrunc 2>"$work/err"; }
put $((octet ^ 1))
expect 1 "$bin/perdura" renew "$work/altered" --hash-tree --hash sha3-256 --track local
says 'SET ASIDE'
expect 1 "$bin/perdura" renew "$work/altered" --rejoin --dry-run
expect 1 "$bin/perdura" renew "$work/altered" --rejoin
says 'stays set aside'
expect 1 "$bin/perdura" renew "$work/altered" --rejoin --json
says '"staySetAside":1'
put "$octet"
expect 0 "$bin/perdura" renew "$work/altered" --rejoin
expect 0 "$bin/perdura" check "$work/altered"

# As of before the seal nothing is proven; the authorities are told apart by name.
verify 2 --at 2020-01-01
says 'The first time-stamp was not yet made at that moment'
verify 0 --verbose --assume-broken 'tsa=OU=local authority'
says 'the verdict rests on the other evidence'
verify 2 --assume-broken 'tsa=OU=local authority,tsa=OU=local2 authority'
never_says 'changes nothing'
verify 0 --assume-broken 'tsa=OU=locla authority'
says "no time-stamp here is by an authority 'OU=locla authority': assuming that it fell changes nothing"

# By a policy that knows nothing nothing is fit, and that is said.
cat >"$work/policy.xml" <<'END'
<SecuritySuitabilityPolicy xmlns="urn:ietf:params:xml:ns:dssc"><PolicyName><Name>odd</Name></PolicyName>
<Publisher><Name>nobody</Name></Publisher><PolicyIssueDate>2026-01-01T00:00:00Z</PolicyIssueDate>
<Algorithm><AlgorithmIdentifier><Name>Oddhash</Name><ObjectIdentifier>1.2.3.4.5.6</ObjectIdentifier></AlgorithmIdentifier>
<Evaluation><Validity><End>2099-12-31</End></Validity></Evaluation></Algorithm></SecuritySuitabilityPolicy>
END
expect 0 "$bin/perdura" policy use "$work/archive" "$work/policy.xml"
says 'no hash function is fit'
expect 1 "$bin/perdura" horizon "$work/archive"
says 'never fit'
expect 3 "$bin/perdura" renew "$work/archive"
says 'by the policy no hash function is fit to renew with'
expect 0 "$bin/perdura" deposit "$work/archive" "$work/document.txt"
expect 2 "$bin/perdura" seal "$work/archive"
says 'by the policy its algorithms are not fit'
echo 'renewal_test: as it should be'
