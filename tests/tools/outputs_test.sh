#!/bin/sh
# perdura-verify writes over nothing that it judges, however that is spelt, and not into it.
# Usage: outputs_test.sh BIN SOURCE
set -eu
bin=$(cd "$1" && pwd)
vectors=$(cd "$2" && pwd)/tests/vectors
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "outputs_test: $1" >&2
  exit 1
}
cd "$work"
cp "$vectors/package/passed_two_records.zip" case.zip
cp "$vectors/package/passed_two_records.pem" ca.pem
cp "$vectors/other_makers/passed_leaf_of_three.ers" "$vectors/other_makers/a.txt" .
cp "$vectors/other_makers/ca.pem" other.pem
ln -s case.zip link.zip
ln case.zip hard.zip
mkdir folder
cp a.txt folder/
cksum case.zip ca.pem passed_leaf_of_three.ers a.txt other.pem folder/a.txt >before

# verify CODE ARGUMENT...: runs it.
verify() {
  wanted=$1
  shift
  code=0
  "$bin/perdura-verify" "$@" 2>err || code=$?
  [ "$code" = "$wanted" ] || fail "$* gave $code, not $wanted: $(cat err)"
}
refused() {
  verify 3 "$@"
  grep -q 'would change what is judged' err || fail "$*: $(cat err)"
}
for page in case.zip ./case.zip "$work/folder/../case.zip" link.zip hard.zip ca.pem; do
  refused case.zip --trust ca.pem --html "$page"
done
refused passed_leaf_of_three.ers a.txt --html a.txt
refused --evidence passed_leaf_of_three.ers a.txt --html passed_leaf_of_three.ers
refused a.txt case.zip --certificate other.pem --html other.pem
refused folder --html folder/report.html
refused folder --html folder/./new.html
refused folder >folder/report.txt
rm folder/report.txt
refused case.zip --json >>case.zip
refused inspect case.zip >>case.zip
# A name that was mistyped is what is told, not how many files there are.
verify 3 missing.ers a.txt
grep -q 'missing.ers: there is no such file' err || fail "$(cat err)"
cksum case.zip ca.pem passed_leaf_of_three.ers a.txt other.pem folder/a.txt | cmp - before || fail "a file was changed"
[ "$(ls folder)" = a.txt ] || fail "a file was made"

at=2027-01-16
verify 0 case.zip --trust ca.pem --at $at --html page.html >report.txt
grep -q PASSED report.txt
grep -q '</html>' page.html
verify 0 case.zip --trust ca.pem --at $at --quiet >>case.zip # nothing is written
# A name that was mistyped is what is told, not how many files there are.
verify 3 missing.ers a.txt
grep -q 'missing.ers: there is no such file' err || fail "$(cat err)"
cksum case.zip ca.pem passed_leaf_of_three.ers a.txt other.pem folder/a.txt | cmp - before || fail "a file was changed"
