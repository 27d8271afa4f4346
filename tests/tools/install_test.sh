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
  share/perdura/check-by-hand.sh share/zsh/site-functions/_perdura share/fish/vendor_completions.d/perdura.fish; do
  [ -s "$prefix/usr/$file" ] || fail "$file is not installed"
done
page=$build/share/perdura/verify.html
[ ! -e "$page" ] || cmp -s "$page" "$prefix/usr/share/perdura/verify.html" ||
  fail "share/perdura/verify.html is not installed"
others=$(cd "$prefix/usr"; find . -type f | grep -vE '^\./(bin|share/(man|bash-completion|zsh|fish|perdura))/' || true)
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

[ "$failures" = 0 ] || exit 1
echo "installed as it should be"
