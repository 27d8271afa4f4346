#!/usr/bin/env bash
# Installs libperdura_verifier into an empty folder and builds the examples against the installed
# files alone, in C and C++, by pkg-config and by CMake, shared and static; then runs them.
#
# Usage: library_test.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

cmake --install "$build" --prefix "$work/usr" >/dev/null
# Moved, so that nothing can come from where it was built or installed.
mv "$work/usr" "$work/moved"
prefix=$work/moved
lib=$(dirname "$(find "$prefix" -name libperdura_verifier.a)")
cp -r "$prefix/share/doc/perdura/example" "$work/example"
cd "$work/example"

export PKG_CONFIG_PATH=$lib/pkgconfig
read -ra flags < <(pkg-config --cflags perdura_verifier)
read -ra shared < <(pkg-config --libs perdura_verifier)
read -ra static < <(pkg-config --static --libs perdura_verifier)
archives=()
for flag in "${static[@]}"; do [ "$flag" = -lperdura_verifier ] || archives+=("$flag"); done
strict=(-Wall -Wextra -Wpedantic -Werror)
gcc -std=c99 "${strict[@]}" example.c "${flags[@]}" "${shared[@]}" -o c_shared
g++ -std=c++20 "${strict[@]}" example.cpp "${flags[@]}" "${shared[@]}" -o cpp_shared
gcc -std=c99 "${strict[@]}" -c example.c "${flags[@]}" -o example.o
g++ example.o "$lib/libperdura_verifier.a" "${archives[@]}" -o c_static
cmake -S . -B by-cmake -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build by-cmake >/dev/null
# Each public header by itself.
for header in "$prefix"/include/perdura/verifier/*.hpp; do
  echo "#include <verifier/$(basename "$header")>" >one.cpp
  g++ -std=c++20 -fsyntax-only "${strict[@]}" "${flags[@]}" one.cpp || fail "$header needs another"
done

export LD_LIBRARY_PATH=$lib
package=$source/tests/vectors/package/passed_two_records.zip
anchor=$source/tests/vectors/package/passed_two_records.pem
other=$source/tests/vectors/other_makers/ca.pem
# Usage: expect EXIT WORDS PROGRAM ARGUMENT...
expect() {
  local wanted=$1 words=$2 told code=0
  shift 2
  told=$("$@" 2>&1) || code=$?
  [ "$code" = "$wanted" ] || fail "$* exits $code, not $wanted: $told"
  [[ $told == *"$words"* ]] || fail "$* does not say '$words': $told"
}
sed 's/x/y/' <"$package" >"$work/altered.zip"
for program in ./c_shared ./c_static by-cmake/example_c; do
  expect 0 '"verdict":"PASSED"' "$program" "$package" "$anchor" 2027-01-16
  expect 2 NO_CERTIFICATE_CHAIN_FOUND "$program" "$package" "$other" 2027-01-16
  expect 3 error "$program" "$package" "$package" 2027-01-16
  expect 3 error "$program" "$package" "$anchor" soon
  expect 3 error "$program" "$work/nothing.zip" "$anchor"
done
for program in ./cpp_shared by-cmake/example_cpp; do
  expect 0 'PASSED' "$program" "$package" "$anchor" 2027-01-16
  expect 2 INDETERMINATE "$program" "$package" "$other" 2027-01-16
done

# What is exported is ours, with a version.
exported=$(nm -D --defined-only "$lib/libperdura_verifier.so" | awk '$2 != "A" { print $3 }')
strange=$(grep -vE '^(perdura_verifier_|_Z.*7perdura8verifier).*@@PERDURA_VERIFIER_' <<<"$exported" || true)
[ -z "$strange" ] || fail "exported too: $(head -n 5 <<<"$strange")"
[ "$(grep -c ^perdura_verifier_ <<<"$exported")" = "$(grep -cE '^[a-z].*perdura_verifier_[a-z_]+\(' "$prefix/include/perdura_verifier.h")" ] ||
  fail "not every function of the C interface is exported"
objdump -p "$lib/libperdura_verifier.so" >"$work/dynamic"
grep -qE 'SONAME +libperdura_verifier\.so\.[0-9]+\.[0-9]+$' "$work/dynamic" ||
  fail "no SONAME with a version"

[ "$failures" = 0 ] || exit 1
echo "the examples build and run against the installed files"
