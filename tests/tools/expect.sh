# Sourced by tests of the programs: runs a command, and looks at how it ended and at what it said.
# shellcheck shell=sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
  echo "$(basename "$0" .sh): $1" >&2
  exit 1
}
# expect CODE COMMAND...: runs it with its output in $work/out.
expect() {
  wanted=$1
  shift
  code=0
  "$@" >"$work/out" 2>"$work/err" || code=$?
  [ "$code" = "$wanted" ] || fail "$* gave $code, not $wanted: $(cat "$work/out" "$work/err")"
}
says() { grep -qF -- "$1" "$work/out" "$work/err" || fail "nothing says '$1'"; }
