#!/usr/bin/env bash
# What a careless or unlucky person does to the commands: results that nobody can take, empty lists,
# names that are taken, arguments too many, manifests by other editors.
#
#   commands_test.sh BIN     BIN: the folder of perdura
set -euo pipefail
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*" >&2; exit 1; }
perdura() { timeout 60 "$bin/perdura" "$@"; }
# The command must end with that code, and say on standard error what the pattern finds.
refused() {  # code, pattern, command...
  local code=$1 pattern=$2 status=0
  shift 2
  "$@" >output 2>errors || status=$?
  [ "$status" = "$code" ] || fail "exit code $status, not $code: $*: $(cat errors)"
  grep -q -- "$pattern" errors || fail "nothing about '$pattern': $*: $(cat errors)"
}

perdura init archive >/dev/null
printf 'one' >one.txt
printf 'two' >two.txt
perdura deposit archive one.txt two.txt --receipts receipts --quiet
perdura seal archive >/dev/null
record=$(sed -n '1s/.*"record":"\([0-9a-f]*\)","salt.*/\1/p' receipts)

# Results that standard output does not take.
for command in "list archive" "list archive --json" "status archive" "show archive $record" \
  "get archive $record" "check archive" "horizon archive" "policy show" --help; do
  status=0
  # shellcheck disable=SC2086
  perdura $command >/dev/full 2>errors || status=$?
  [ "$status" = 1 ] || fail "exit code $status of '$command' to a full disk"
  grep -q 'standard output' errors || fail "'$command' says nothing about a full disk"
done

# Which records? None is not all.
refused 3 'names no record' perdura export archive --records '' -o case.zip
refused 3 'names no record' perdura export archive --records , -o case.zip
refused 3 'no record is selected' perdura export archive --patient '' -o case.zip
refused 3 'no record is selected' perdura export archive --from 2090-01-01 -o case.zip
[ ! -e case.zip ] || fail "a package of nothing"

# Parts of a document, at the borders of its frames of 1 MiB, and beyond its end.
head -c 3000000 /dev/urandom >large
large=$(perdura deposit archive large --quiet | sed -n 's/.*"record":"\([0-9a-f]*\)","salt.*/\1/p')
part() {  # range, offset, length
  perdura get archive "$large" --range "$1" >output
  head -c "$(($2 + $3))" large | tail -c "$3" | cmp -s - output || fail "another part for $1"
}
part 0-0 0 1
part 1048575-1048576 1048575 2
part 1048576-2097151 1048576 1048576
part 2097151- 2097151 902849
part 0- 0 3000000
part 2999999-9999999 2999999 1
part -1 2999999 1
part -5000000 0 3000000
part 5-18446744073709551615 5 2999995
perdura get archive "$large" --range 7-9 -o part
[ "$(wc -c <part)" = 3 ] || fail "a part in a file has another length"
for range in '' - 5 x-y 1-x -x 1--2 9-8 -0 3000000- 3000000-3000001 18446744073709551616- ' 1-2' 1-2,4-5; do
  refused 3 'range' perdura get archive "$large" --range "$range"
done
: >empty
empty=$(perdura deposit archive empty --quiet | sed -n 's/.*"record":"\([0-9a-f]*\)","salt.*/\1/p')
refused 3 '0 octets' perdura get archive "$empty" --range 0-
perdura seal archive >/dev/null

# Names that are taken, or are none.
printf 'mine' >taken.zip
refused 3 'already' perdura export archive --all -o taken.zip
refused 3 'already' perdura get archive "$record" -o taken.zip
ln -s nowhere link
refused 3 'already' perdura get archive "$record" -o link
refused 3 'not empty' perdura init archive
[ "$(cat taken.zip)" = mine ] || fail "a file that was there is another"
refused 3 'has a name' perdura export archive --all -o -
refused 3 'No such file' perdura export archive --all -o nowhere/case.zip
refused 3 'No such file' perdura get archive "$record" -o nowhere/one.txt
perdura export archive --all -o folder/ >/dev/null
[ -e folder/README.txt ] || fail "no package in the folder that was named with a slash"
perdura get archive "${record^^}" -o got.txt
cmp -s got.txt one.txt || cmp -s got.txt two.txt || fail "another document came back"
[ -z "$(find . -name '*.new-*' -o -name '*.partial-*')" ] || fail "temporary files are left"

# Whoever interrupts leaves nothing half made, in the clear, behind.
truncate -s 400M sparse
sparse=$(perdura deposit archive sparse --quiet | sed -n 's/.*"record":"\([0-9a-f]*\)","salt.*/\1/p')
for command in "export archive --records $sparse --unsealed -o cut.zip" \
  "export archive --records $sparse --unsealed -o cut-folder" "get archive $sparse -o cut.bin"; do
  for signal in TERM HUP; do
    # shellcheck disable=SC2086
    "$bin/perdura" $command >output 2>errors &
    until ls cut* >files 2>&1; do sleep 0.01; done
    kill -$signal $!
    status=0
    wait $! || status=$?
    [ "$status" -gt 128 ] || fail "exit code $status of '$command' after SIG$signal"
    [ -z "$(ls -d cut* 2>/dev/null)" ] || fail "'$command' left something after SIG$signal: $(ls -d cut*)"
  done
done

# Arguments too many are no arguments passed over.
for command in "list archive more" "seal archive more" "status archive more" "check archive more" \
  "show archive $record more" "get archive $record more" "export archive more --all -o more.zip" \
  "init new more" "horizon archive more" "renew archive more"; do
  # shellcheck disable=SC2086
  refused 3 "too many: 'more'" perdura $command
done
for command in "list archive more" "add archive more --local" "test archive local more" \
  "retire archive local more" "roll-over archive local more"; do
  # shellcheck disable=SC2086
  refused 3 "'more'\|name one" perdura tsa $command
done
refused 3 'given with --name' perdura tsa add archive more --local
refused 3 "'tsa add' takes no --since" perdura tsa add archive --local --since 2040-01-01
[ "$(perdura tsa list archive | wc -l)" = 1 ] || fail "an authority was added all the same"
for name in more.zip new; do
  [ ! -e $name ] || fail "a command with an argument too many made $name"
done

# An empty argument is no current folder, and nobody has a thousand cores.
mkdir void
for command in init list status "deposit ../archive"; do
  # shellcheck disable=SC2086
  (cd void && refused 3 'an argument is empty' perdura $command '' && rm output errors)
done
rmdir void || fail "something was made in the current folder"
refused 3 '1 to 1024 threads' perdura deposit archive one.txt --threads 100000
refused 3 '1 to 1024 threads' perdura check archive --threads 0

# A file that may not grow any more.
(ulimit -f 4000 && refused 1 'File too large' perdura deposit archive large one.txt --receipts /dev/null)
perdura check archive --quiet >/dev/null || fail "a limit on file sizes damaged the archive"

# An authority that nobody has is told at once, not when its year has come.
refused 3 "no TSA 'nobody' stamps at 2060" perdura rehearse --records 10 --event '2060 tsa nobody gone'

# A key that was used for another deposit.
perdura deposit archive one.txt --idempotency-key key --receipts first --quiet
perdura deposit archive one.txt --idempotency-key key --receipts again --quiet
cmp -s first again || fail "the same key gave another receipt"
refused 3 'key was used before' perdura deposit archive two.txt --idempotency-key key

# Manifests as other editors write them, and wrong ones, of which each line is named.
printf '\xef\xbb\xbf{"path":"one.txt","type":"first"}\r\n\r\n{"path":"two.txt"}' >manifest
perdura deposit archive --manifest manifest --receipts more.jsonl --quiet
[ "$(wc -l <more.jsonl)" = 2 ] || fail "a manifest with a byte order mark was not read"
{
  printf '{"path":"one.txt","patient":7}\n{"path":"one.txt","patients":"7"}\n{"path":"one.txt"\n'
  printf '{"path":"one.txt","type":"'
  head -c 5000000 /dev/zero | tr '\0' x
  printf '"}\n[]\n{"path":"two.txt"}\n{"path":"gone.txt"}\n{"type":"x"}\n'
  printf '{"path":"one.txt","type":"a","type":"b"}\n{"path":"one.txt","patient":{"id":"1","isuer":"2"}}\n'
} >manifest
refused 1 'line 1: ' perdura deposit archive --manifest manifest --receipts even-more.jsonl
for line in "1: 'patient'" "2: unknown member 'patients'" '3: ' '4: the line is longer' \
  '5: it is no JSON object' "8: neither 'path' nor 'paths'" '9: a member is there twice' \
  "10: unknown member 'isuer'"; do
  grep -q "manifest line $line" errors || fail "nothing about line $line"
done
grep -q 'gone.txt: cannot open it' errors || fail "the file that is not there is not named"
[ "$(wc -l <even-more.jsonl)" = 1 ] || fail "the good line of a bad manifest was not taken"
refused 1 'cannot read the manifest' perdura deposit archive --manifest .
refused 3 'No such file' perdura deposit archive --manifest nowhere

# A record whose statement nobody could read is none.
refused 3 'outside the years' perdura deposit archive one.txt --event-time 9999-12-31T23:59:59-01:00
printf '{"resourceType":"Observation","effectiveDateTime":"9999-12-31T23:59:59-01:00"}' >endless.json
perdura deposit archive endless.json --receipts more.jsonl --quiet
perdura list archive >/dev/null || fail "a time without end can't be listed"

# A receipt that a crash cut off does not spoil the next one.
printf '{"checkpoint":"cut o' >cut.jsonl
perdura deposit archive one.txt --receipts cut.jsonl --quiet
[ "$(sed -n 2p cut.jsonl | grep -c '"perdura":"receipt/1"')" = 1 ] || fail "the receipt has no line of its own"

# Keys of another archive are refused before anything is written under them.
perdura init other >/dev/null
mv archive/keys own-keys
cp -a other/keys archive/keys
refused 3 "another archive's" perdura list archive
refused 3 "another archive's" perdura deposit archive one.txt
rm -r archive/keys
mv own-keys archive/keys

# Keys in a folder that was named by a way that is gone.
mkdir way
(cd way && perdura init ../apart --keys ../apart-keys >/dev/null)
rmdir way
perdura status apart >/dev/null || fail "keys are not found by another way than at init"
mv apart-keys moved-keys
refused 3 'no key file' perdura status apart
grep -q perdura.json errors || fail "nothing tells where to name the keys' folder"

# A passphrase is the first line of its file, whatever follows.
printf 'secret\r\nnot of it\n' >passphrase
perdura init sealed --passphrase-file passphrase >/dev/null
perdura deposit sealed one.txt --passphrase-file passphrase --receipts sealed.jsonl --quiet
PERDURA_PASSPHRASE=secret perdura list sealed >/dev/null || fail "the first line is not the passphrase"
printf '\n' >passphrase
refused 3 'first line is empty' perdura list sealed --passphrase-file passphrase

# What can't be is found out before there is an archive.
refused 3 'only http' perdura init none --tsa ftp://tsa.example/ --tsa-ca archive/tsa/ca.pem
refused 3 'needs its --tsa-ca' perdura init none --tsa http://tsa.example/
refused 3 'no certificate' perdura init none --tsa http://tsa.example/ --tsa-ca one.txt
refused 3 'quorum' perdura init none --quorum 2
refused 3 'quorum' perdura init none --quorum 0
[ ! -e none ] || fail "half an archive is left"

# A log of writes that lost its end is no log that never had it.
perdura deposit archive two.txt --receipts more.jsonl --quiet
cp -a archive damaged
for log in damaged/store/*.log; do : >"$log"; done
refused 1 'has lost writes' perdura list damaged
refused 1 'has lost writes' perdura check damaged
refused 1 'has lost writes' perdura deposit damaged one.txt

perdura check archive --quiet >/dev/null || fail "the archive is not well afterwards"
echo "commands: all as it should be"
