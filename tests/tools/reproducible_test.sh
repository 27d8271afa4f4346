#!/usr/bin/env bash
# Builds perdura-verify twice: from this source, and, in a folder with another name, from the source
# tar that the first build made. Both are the same octets, and so are tar and bill of materials.
#
# Usage: reproducible_test.sh SOURCE_DIR CXX
set -euo pipefail
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CXX=$2 CCACHE_DISABLE=1

# Usage: build SOURCE BUILD
build() {
  cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPERDURA_TESTS=OFF -DPERDURA_BENCH=OFF >/dev/null
  cmake --build "$2" -j "$(nproc)" --target perdura-verify perdura-verify-source >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; return 1; }
}

build "$source" "$work/first"
tar -xf "$work/first/bin/perdura-verify-source.tar" -C "$work"
mkdir "$work/another name, and longer"
mv "$work/perdura-verify" "$work/another name, and longer/source"
# Later, and by another user's habits.
umask 077
touch "$work/another name, and longer/source"/verifier/*
build "$work/another name, and longer/source" "$work/second"

failures=0
for file in perdura-verify perdura-verify-source.tar perdura-verify.cdx.json; do
  if ! cmp "$work/first/bin/$file" "$work/second/bin/$file"; then
    echo "FAILED: $file is not the same octets" >&2
    failures=1
  fi
done
if grep -aq -e "$source/" -e "$work" "$work/first/bin/perdura-verify"; then
  echo "FAILED: perdura-verify says where it was built" >&2
  failures=1
fi
[ "$failures" = 0 ] || exit 1
stat -c '%n: %s octets' "$work/first/bin/perdura-verify"
