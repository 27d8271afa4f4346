#!/bin/sh
# Digests that make no sense together are refused and not judged.
# Usage: given_test.sh BIN SOURCE
set -eu
bin=$(cd "$1" && pwd)
vectors=$(cd "$2" && pwd)/tests/vectors/other_makers
# shellcheck source=tests/tools/expect.sh
. "$(dirname "$0")/expect.sh"

evidence=$vectors/passed_leaf_of_three.ers
document=sha256:$(sha256sum "$vectors/a.txt" | cut -d' ' -f1)
other=sha256:$(sha256sum "$vectors/other.txt" | cut -d' ' -f1)
judge() {
  code=$1
  shift
  expect "$code" "$bin/perdura-verify" --evidence "$evidence" --trust "$vectors/ca.pem" \
    --at 2027-01-01 "$@"
}

judge 0 --digest "$document"
judge 1 --digest "$other"
judge 1 --digest "$document" --digest "$other"
judge 3 --digest "$document,$other"
says 'names sha256 twice'
judge 3 --digest sha256:00
says 'is not a digest as in sha256:e3b0...'
