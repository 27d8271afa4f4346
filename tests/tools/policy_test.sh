#!/bin/sh
# Policies by the programs themselves: show, check and use them, and judge a package by one.
# Usage: policy_test.sh BIN SOURCE
set -eu
bin=$1
source=$2
# shellcheck source=tests/tools/expect.sh
. "$(dirname "$0")/expect.sh"

expect 0 "$bin/perdura" policy show
says 'RSASSA-PSS'
says '2028-12-31'
expect 0 "$bin/perdura" policy show --json
says '"unfitFrom":"2029-01-01T00:00:00Z"'
expect 3 "$bin/perdura" policy show "$work"
expect 3 "$bin/perdura" policy
expect 3 "$bin/perdura" policy check
expect 0 "$bin/perdura" policy check "$source/verifier/policies/default.xml" --der "$work/d.der"
cmp "$work/d.der" "$source/verifier/policies/default.der" || fail 'default.der is not default.xml'
echo '<a/>' >"$work/bad.xml"
expect 1 "$bin/perdura" policy check "$work/bad.xml"
says 'no SecuritySuitabilityPolicy'

echo document >"$work/document.txt"
expect 0 "$bin/perdura" init "$work/archive"
expect 0 "$bin/perdura" deposit "$work/archive" "$work/document.txt"
expect 0 "$bin/perdura" seal "$work/archive"
expect 0 "$bin/perdura" export "$work/archive" --all -o "$work/case.zip"
verify() {
  code=$1
  shift
  expect "$code" "$bin/perdura-verify" "$work/case.zip" --trust "$work/archive/tsa/ca.pem" "$@"
}
verify 0
verify 0 --policy "$source/verifier/policies/default.xml"
verify 0 --policy "$source/verifier/policies/default.der"
verify 2 --policy "$source/tests/vectors/policy/example.xml" --verbose
says 'does not say whether an algorithm'
verify 3 --policy "$work/bad.xml"
verify 0 --assume-broken rsa,sha3-256,tsa=Nobody
verify 2 --assume-broken sha256 --verbose
says 'as you assume'
verify 2 --assume-broken ecdsa
verify 3 --assume-broken sha257

expect 0 "$bin/perdura" policy use "$work/archive" "$source/tests/vectors/policy/example.xml"
expect 0 "$bin/perdura" policy show "$work/archive"
says 'Evaluation of cryptographic algorithms'
expect 1 "$bin/perdura" check "$work/archive"
expect 1 "$bin/perdura" policy use "$work/archive" "$work/bad.xml"
expect 0 "$bin/perdura" policy use "$work/archive" "$source/verifier/policies/default.xml"
expect 0 "$bin/perdura" check "$work/archive"
echo 'policy_test: all well'
