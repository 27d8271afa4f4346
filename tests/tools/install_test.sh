#!/usr/bin/env bash
# Installs into an empty folder and looks at it as a packager would: everything in its place, the
# verifier one static binary, every option in the man pages, and completion that works.
#
# Usage: install_test.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source=$1
build=$2
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
failures=0
fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

cmake --install "$build" --prefix "$prefix/usr" >/dev/null
for file in bin/perdura bin/perdura-verify share/man/man1/perdura.1 share/man/man1/perdura-verify.1 \
  share/bash-completion/completions/perdura share/bash-completion/completions/perdura-verify \
  share/perdura/check-by-hand.sh share/perdura/perdura-verify-source.tar \
  share/perdura/perdura-verify.cdx.json include/perdura_verifier.h \
  include/perdura/verifier/verify_package.hpp lib/libperdura_verifier.a lib/libperdura_verifier.so \
  lib/pkgconfig/perdura_verifier.pc lib/cmake/perdura_verifier/perdura_verifier-config.cmake \
  share/zsh/site-functions/_perdura share/fish/vendor_completions.d/perdura.fish; do
  [ -s "$prefix/usr/$file" ] || fail "$file is not installed"
done
page=$build/share/perdura/verify.html
[ ! -e "$page" ] || cmp -s "$page" "$prefix/usr/share/perdura/verify.html" ||
  fail "share/perdura/verify.html is not installed"
others=$(cd "$prefix/usr"; find . -type f | grep -vE '^\./(bin|include|lib|share/(man|doc/perdura|bash-completion|zsh|fish|perdura))/' || true)
[ -z "$others" ] || fail "installed too: $others"

export PATH="$prefix/usr/bin:$PATH"
perdura --version >/dev/null || fail "perdura --version"
perdura-verify --version >/dev/null || fail "perdura-verify --version"

# Every long option of every command stands in the man page.
# shellcheck source=tools/completion/perdura.bash
. "$source/tools/completion/perdura.bash"
# Usage: documented PAGE COMMAND...
documented() {
  local page=$source/tools/man/$1.1 option
  shift
  for option in $(_perdura_options "$@"); do
    grep -qE -- "Fl (([a-z] , )?-)${option#--}( |$)|[, ]-${option#--}( |$)" "$page" ||
      fail "$page says nothing of '$* $option'"
  done
}
commands=$(_perdura_commands)
[ "$(wc -w <<<"$commands")" -ge 9 ] || fail "perdura --help names too few commands: $commands"
for command in $commands; do
  grep -qE "^\.(Cm|Ss) $command$" "$source/tools/man/perdura.1" || fail "perdura.1 lacks $command"
  documented perdura perdura "$command"
done
documented perdura-verify perdura-verify

# Usage: completes EXPECTED WORD...   (the last word is the one being typed)
completes() {
  local expected=$1
  shift
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  _perdura
  [[ " ${COMPREPLY[*]} " == *" $expected "* ]] || fail "'$*' completes to: ${COMPREPLY[*]}"
}
completes deposit perdura de
completes --receipts perdura deposit --re
completes --trust perdura-verify --t
completes if-present perdura-verify --revocation if

libraries=$(ldd "$prefix/usr/bin/perdura-verify" 2>&1 || true)
[[ $libraries =~ not\ a\ dynamic\ executable|statically\ linked ]] ||
  fail "perdura-verify is not one static binary: $libraries"

# A package with the verifier in it: the program that is installed, and what it is built from.
case=$prefix/case
mkdir "$case"
echo "a document" >"$case/document.txt"
perdura init "$case/archive" >/dev/null
perdura deposit "$case/archive" "$case/document.txt" >/dev/null 2>&1
perdura seal "$case/archive" >/dev/null 2>&1
perdura export "$case/archive" --all --with-verifier -o "$case/package" >/dev/null ||
  fail "perdura export --with-verifier"
cmp "$case/package/verify/perdura-verify" "$prefix/usr/bin/perdura-verify" ||
  fail "the package holds another program"
tar -tf "$case/package/verify/perdura-verify-source.tar" perdura-verify/verifier/verify_package.cpp \
  perdura-verify/tools/perdura_verify.cpp perdura-verify/CMakeLists.txt >/dev/null ||
  fail "the package holds no source"
chmod +x "$case/package/verify/perdura-verify"
"$case/package/verify/perdura-verify" "$case/package" --trust "$case/archive/tsa/ca.pem" --quiet ||
  fail "the program in the package does not pass its package"
sh "$case/package/check-by-hand.sh" "$case/package" "$case/archive/tsa/ca.pem" >"$case/told" ||
  fail "check-by-hand.sh does not pass it: $(cat "$case/told")"
mv "$prefix/usr/share/perdura/perdura-verify-source.tar" "$case"
if perdura export "$case/archive" --all --with-verifier -o "$case/second" >"$case/told" 2>&1; then
  fail "a package without the source is made all the same"
fi
[ ! -e "$case/second" ] || fail "half a package is left"

# The bill of materials: names what is linked in, and this very program.
bom=$prefix/usr/share/perdura/perdura-verify.cdx.json
grep -q "$(sha256sum <"$prefix/usr/bin/perdura-verify" | cut -c 1-64)" "$bom" ||
  fail "the bill of materials is of another program"
for library in libcrypto.a libc.a libstdc++.a libz.a libboost_json.a; do
  grep -q "\"bom-ref\":\"$library\"" "$bom" || fail "the bill of materials lacks $library"
done

[ "$failures" = 0 ] || exit 1
echo "installed as it should be"
