#!/usr/bin/env bash
# Builds perdura-verify again, in a folder with another name, from the source tar that this build made:
# all are the same octets, and so are tar and bill of materials.
#
# Usage: reproducible_test.sh SOURCE_DIR CXX BIN   BIN: the folder of a Release build's perdura-verify
set -euo pipefail
source=$1
first=$(cd "$3" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CXX=$2 CCACHE_DISABLE=1

tar -xf "$first/perdura-verify-source.tar" -C "$work"
again="$work/another name, and longer"
mkdir "$again"
mv "$work/perdura-verify" "$again/source"
# Later, and by another user's habits.
umask 077
touch "$again/source"/verifier/*
cmake -S "$again/source" -B "$again/build" -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$again/build" -j "$(nproc)" --target perdura-verify perdura-verify-source >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }

failures=0
for file in perdura-verify perdura-verify-source.tar perdura-verify.cdx.json; do
  if ! cmp "$first/$file" "$again/build/bin/$file"; then
    echo "FAILED: $file is not the same octets" >&2
    failures=1
  fi
done
if grep -aq -e "$source/" -e "$work" "$first/perdura-verify"; then
  echo "FAILED: perdura-verify says where it was built" >&2
  failures=1
fi
[ "$failures" = 0 ] || exit 1
stat -c '%n: %s octets' "$again/build/bin/perdura-verify"
