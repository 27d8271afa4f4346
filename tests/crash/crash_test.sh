#!/usr/bin/env bash
# Kills the real process at many points of deposit and seal, opens the archive again, and shows that
# everything acknowledged is there and verifies, and nothing is half there.
#
# Usage: crash_test.sh BIN_DIR [KILLS]
#
# Two ways to die: SIGKILL at the N-th system call of a kind that changes the disk (strace injects it, for
# growing N), and SIGKILL after a random time. And one way not to die: the N-th sync fails with EIO.
set -u
bin=$1
kills=${2:-120}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failures=0
points=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# Documents of all the sizes that take another path: tiny, packed, large (chunked), the same twice.
make_documents() {
  local folder=$1 seed=$2 i
  mkdir -p "$folder"
  for i in $(seq 1 40); do
    printf '{"resourceType":"Observation","id":"%s-%s","status":"final","text":"%s"}' "$seed" "$i" \
      "$(head -c $((RANDOM % 3000)) /dev/zero | tr '\0' 'x')" > "$folder/small-$i.json"
  done
  head -c 3000000 /dev/urandom > "$folder/zz-large.bin"
  cp "$folder/small-1.json" "$folder/twin.json"
}

# After a crash: every receipt that was printed whole must hold, every acknowledged document must read
# back, the whole archive must check, and it must go on taking deposits and seals.
inspect() {
  local archive=$1 receipts=$2 what=$3 acknowledged
  if ! "$bin/perdura" check "$archive" --quiet > "$work/check" 2>&1; then
    fail "$what: check says: $(tail -n 3 "$work/check" | tr '\n' ' ')"
    return
  fi
  # A last line that was cut off was never acknowledged.
  acknowledged=$(grep -c '"record":"[0-9a-f]\{64\}","salt":"[^"]*"}$' "$receipts" 2>/dev/null)
  "$bin/perdura" list "$archive" --json > "$work/list" 2> /dev/null
  grep -o '"record":"[0-9a-f]\{64\}","salt":"[^"]*"}$' "$receipts" 2>/dev/null | cut -c11-74 |
    sort > "$work/acknowledged"
  grep -o '^{"record":"[0-9a-f]\{64\}"' "$work/list" | cut -c12-75 | sort > "$work/listed"
  if [ -n "$(comm -23 "$work/acknowledged" "$work/listed")" ]; then
    fail "$what: of $acknowledged acknowledged records some are gone"
  fi
}

# The archive still works: one more record, sealed, exported and verified without the archive.
works_on() {
  local archive=$1 what=$2
  echo "after the crash: $what $RANDOM" > "$work/more.txt"
  if ! "$bin/perdura" deposit "$archive" "$work/more.txt" --quiet > /dev/null 2> "$work/error" ||
    ! "$bin/perdura" seal "$archive" --quiet > /dev/null 2>> "$work/error"; then
    fail "$what: the archive does not go on: $(tail -n 2 "$work/error" | tr '\n' ' ')"
    return
  fi
  rm -rf "$work/case"
  if ! "$bin/perdura" export "$archive" --all -o "$work/case" --quiet > /dev/null 2> "$work/error" ||
    ! "$bin/perdura-verify" "$work/case" --trust "$archive/tsa/ca.pem" > "$work/verdict" 2>&1; then
    fail "$what: the export does not verify: $(tail -n 3 "$work/error" "$work/verdict" | tr '\n' ' ')"
  fi
}

# The record identifiers and salts of a receipt are random, so each run starts from a fresh copy.
make_documents "$work/documents" first
"$bin/perdura" init "$work/fresh" > /dev/null || exit 1
make_documents "$work/before" before
"$bin/perdura" deposit "$work/fresh" "$work/before" --quiet --receipts "$work/receipts-before" || exit 1
cp -a "$work/fresh" "$work/deposited"

run_traced() {  # inject, archive, act
  local inject=$1 archive=$2 act=$3
  local traced=${inject%%:*}
  local command=("$bin/perdura" seal "$archive" --quiet)
  if [ "$act" = deposit ]; then
    command=("$bin/perdura" deposit "$archive" "$work/documents" --quiet --receipts "$work/receipts")
  fi
  # In a shell of its own, which keeps to itself what it has to say of a killed process.
  (strace -f -qq -o /dev/null -e "trace=$traced" -e "inject=$inject" "${command[@]}" \
    > /dev/null 2> "$work/error") 2> /dev/null
}

one_point() {  # act, inject, description; returns the program's exit code
  local act=$1 inject=$2 what=$3 code
  rm -rf "$work/archive"
  cp -a "$work/deposited" "$work/archive"
  cp "$work/receipts-before" "$work/receipts"
  run_traced "$inject" "$work/archive" "$act"
  code=$?
  points=$((points + 1))
  inspect "$work/archive" "$work/receipts" "$what"
  [ $((points % 8)) -eq 0 ] && works_on "$work/archive" "$what"
  return $code
}

if strace -qq -o /dev/null -e trace=fsync true 2> /dev/null; then
  for act in deposit seal; do
    for call in fdatasync fsync write pwrite64 rename openat; do
      # Every N for the rare calls, growing steps for the frequent ones, until the act outlives N.
      n=1
      while [ "$n" -lt 4000 ] && [ "$points" -lt $((kills * 2)) ]; do
        one_point "$act" "$call:signal=KILL:when=$n" "$act killed at $call $n"
        code=$?
        [ "$code" -eq 0 ] && break  # it was done before the N-th
        case $call in
          fdatasync | fsync | rename) n=$((n + 1)) ;;
          *) n=$((n + 1 + n / 8)) ;;
        esac
      done
    done
  done
  for act in deposit seal; do
    for n in 1 2 3 4; do
      one_point "$act" "fdatasync:error=EIO:when=$n" "$act, fdatasync $n fails"
    done
  done
else
  echo "strace can't be used here: only killed at random times" >&2
fi

# At random moments, deposit and seal in turn on one archive that grows older with every crash.
rm -rf "$work/archive"
cp -a "$work/deposited" "$work/archive"
cp "$work/receipts-before" "$work/receipts"
mkdir "$work/many"  # of one record, and too much to wait in memory until it is whole
for i in $(seq 1 14); do head -c 800000 /dev/urandom > "$work/many/$i"; done
random_kills=0
while [ "$points" -lt "$kills" ] || [ "$random_kills" -lt 60 ]; do
  random_kills=$((random_kills + 1))
  points=$((points + 1))
  if [ $((points % 3)) -eq 0 ]; then
    "$bin/perdura" seal "$work/archive" --quiet > /dev/null 2>&1 &
  elif [ $((points % 3)) -eq 1 ]; then
    head -c 800000 /dev/urandom > "$work/many/1"
    "$bin/perdura" deposit "$work/archive" --record "$work/many" --quiet --receipts "$work/receipts" \
      > /dev/null 2>&1 &
  else
    "$bin/perdura" deposit "$work/archive" "$work/documents" --quiet --receipts "$work/receipts" \
      > /dev/null 2>&1 &
  fi
  process=$!
  sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
  kill -KILL $process 2> /dev/null
  wait $process 2> /dev/null
  # A receipt that was cut off by the kill is ended, so that the next one starts a line.
  tail -c 1 "$work/receipts" | grep -q . && echo >> "$work/receipts"
  inspect "$work/archive" "$work/receipts" "killed at random $random_kills"
done
works_on "$work/archive" "after all random kills"

# Killed while it makes an archive, reads, or writes a package: what lies at the name is whole.
for i in $(seq 1 24); do
  points=$((points + 1))
  rm -rf "$work/new" "$work/case.zip"
  case $((i % 3)) in
    0) command=(init "$work/new") ;;
    1) command=(export "$work/archive" --all -o "$work/case.zip" --quiet) ;;
    2) command=(check "$work/archive" --quiet) ;;
  esac
  "$bin/perdura" "${command[@]}" > /dev/null 2>&1 &
  process=$!
  sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
  kill -KILL $process 2> /dev/null
  wait $process 2> /dev/null
  if [ -e "$work/case.zip" ] &&
    ! "$bin/perdura-verify" "$work/case.zip" --trust "$work/archive/tsa/ca.pem" > "$work/verdict" 2>&1; then
    fail "export killed: half a package lies at its name: $(tail -n 1 "$work/verdict")"
  fi
  if [ -e "$work/new/perdura.json" ] && ! "$bin/perdura" seal "$work/new" > /dev/null 2> "$work/error"; then
    fail "init killed: half an archive opens: $(tail -n 2 "$work/error" | tr '\n' ' ')"
  fi
  [ $((i % 8)) -eq 0 ] && inspect "$work/archive" "$work/receipts" "${command[0]} killed"
done

echo "$points crashes, $failures failures"
[ "$failures" -eq 0 ]
