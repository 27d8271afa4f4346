#!/usr/bin/env bash
# What lies in folders that people deposit: names in other character sets, pipes, links, loops.
#
#   deposit_test.sh BIN     BIN: the folder of perdura
set -euo pipefail
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*" >&2; exit 1; }
perdura() { timeout 60 "$bin/perdura" "$@"; }

perdura init archive >/dev/null
mkdir -p in/below
printf 'one' >$'in/\xe4rzte.txt'
printf 'two' >$'in/a\nb.txt'
printf 'three' >in/below/plain.txt
: >in/empty
ln -s below in/loop
ln -s below/plain.txt in/link.txt
ln -s nowhere in/dangling
mkfifo in/pipe

status=0
perdura deposit archive in --receipts receipts --quiet 2>errors || status=$?
[ "$status" = 1 ] || fail "exit code $status where some files can't be read"
grep -q 'in/dangling: ' errors || fail "the link that leads nowhere is not named"
grep -q 'in/pipe: it is neither a file nor a folder' errors || fail "the pipe is not named"
[ "$(wc -l <errors)" = 2 ] || { cat errors >&2; fail "other errors"; }
[ "$(wc -l <receipts)" = 5 ] || fail "$(wc -l <receipts) receipts for 5 files"
perdura list archive >listed
grep -qF '\x{E4}rzte.txt' listed || fail "a name in Latin 1 is not listed"
grep -qF 'a\u{A}b.txt' listed || fail "a name with a line feed is not listed"

# A pipe that is named is read.
perdura deposit archive <(printf 'from a pipe') --receipts receipts --quiet
record=$(tail -n 1 receipts | sed 's/.*"record":"\([0-9a-f]*\)".*/\1/')
[ "$(perdura get archive "$record")" = 'from a pipe' ] || fail "a pipe's octets did not come back"
# Who feeds a manifest line by line has each receipt before the next line.
mkfifo lines answers
perdura deposit archive --manifest - --quiet <lines >answers &
exec 3>lines 4<answers
for name in empty below/plain.txt; do
  echo "{\"path\":\"in/$name\"}" >&3
  read -r -t 30 -u 4 receipt || fail "no receipt for $name while more lines may come"
  [[ $receipt == *'"record"'* ]] || fail "no receipt: $receipt"
done
exec 3>&- 4<&-
wait $! || fail "a manifest from a pipe"
# Standard streams that are closed: no file of the archive takes their place.
status=0
perdura deposit archive - <&- 2>errors || status=$?
[ "$status" != 0 ] && grep -q 'standard input: cannot read it: Bad file descriptor' errors ||
  fail "a closed standard input: $(cat errors)"
status=0
perdura deposit archive in/empty >&- 2>errors || status=$?
[ "$status" = 1 ] && grep -q 'not all receipts could be written' errors || fail "a closed standard output"
perdura deposit archive in/empty --receipts receipts 2>&- || fail "a closed standard error"
perdura check archive >/dev/null || fail "a closed stream damaged the archive"
# Standard input has one end, and a device in a manifest none.
status=0
perdura deposit archive - - </dev/null 2>errors || status=$?
[ "$status" = 3 ] && grep -q 'named 2 times' errors || fail "standard input named twice: $(cat errors)"
printf '{"path":"/dev/zero"}\n' >manifest
perdura deposit archive --manifest manifest --quiet 2>errors && fail "a device was taken from a manifest"
grep -q '/dev/zero: it is no file' errors || fail "$(cat errors)"
for option in '--name x' '--issuer 1.2'; do
  # shellcheck disable=SC2086
  perdura deposit archive in/empty $option 2>errors && fail "$option alone was passed over"
done
# What somebody writes to is no document yet.
truncate -s 100M growing
(while [ ! -e enough ]; do printf x >>growing; done) &
status=0
perdura deposit archive growing in/empty --receipts grown --quiet 2>errors || status=$?
touch enough
wait
[ "$status" = 1 ] && grep -q 'growing: it was changed while it was read' errors || fail "a file that grew: $(cat errors)"
[ "$(wc -l <grown)" = 1 ] || fail "the other file was not deposited"
perdura deposit archive growing --receipts grown --quiet || fail "a file that grows no more"
# The archive does not go into itself, whatever it is called.
status=0
perdura deposit archive . --quiet --receipts receipts 2>errors || status=$?
[ "$status" = 1 ] && grep -q './archive: it is the archive itself' errors || fail "the archive went into itself"
# Nor do keys that lie elsewhere. A name that would turn the line around is spelt out.
perdura init apart --keys holder/keys >/dev/null 2>&1
[ -d holder/keys ] || fail "the keys do not lie where --keys says"
printf 'x' >"holder/$(printf 'a\342\200\256fdp.exe')"
status=0
perdura deposit apart holder --quiet --receipts receipts 2>errors || status=$?
[ "$status" = 1 ] && grep -q 'holder/keys: it is the archive itself, or its keys' errors || fail "keys: $(cat errors)"
[ "$(perdura list apart | wc -l)" = 1 ] || fail "keys were deposited"
perdura list apart | grep -qF 'a\u{202E}fdp.exe' || fail "$(perdura list apart)"
perdura show apart "$(perdura list apart | cut -c1-16)" | grep -qF 'a\u{202E}fdp.exe' || fail "show: $(perdura list apart)"
printf '{"path":"in/empty\\u0000x"}\n{"path"\n' >manifest
perdura deposit archive --manifest manifest --quiet 2>errors && fail "a path with a zero octet was taken"
grep -q 'line 1: a path holds a zero octet' errors || fail "$(cat errors)"
grep -q 'line 2: it is no JSON: incomplete JSON$' errors || fail "$(cat errors)"
echo "deposit: all as it should be"
