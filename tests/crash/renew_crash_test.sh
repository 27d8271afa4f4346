#!/usr/bin/env bash
# Kills the real process at many points of both renewals, of one from digests and of its confirmation, and shows that the evidence from before stands
# until the new is there, that what was begun goes on, and that every record still verifies.
#
# Usage: renew_crash_test.sh BIN_DIR [POINTS]
#
# SIGKILL at the N-th system call of a kind that changes the disk (strace injects it), EIO at the N-th sync,
# and SIGKILL at random moments. After each: 'perdura check' finds nothing wrong, the same renewal runs to its
# end, and the export of all records passes.
set -u
bin=$1
wanted=${2:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
failures=0
points=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# Two batches, the second of several pages of 256 leaves, on two tracks.
make_archive() {
  local i
  mkdir "$work/few" "$work/many"
  for i in 1 2 3; do echo "document $i" > "$work/few/$i.txt"; done
  head -c 1500000 /dev/urandom > "$work/few/large.bin"
  for i in $(seq 1 600); do echo "document $i of many" > "$work/many/$i.txt"; done
  "$bin/perdura" init "$work/sealed" --local-tsas 2 > /dev/null &&
    "$bin/perdura" deposit "$work/sealed" "$work/few" --quiet > /dev/null &&
    "$bin/perdura" seal "$work/sealed" --quiet > /dev/null &&
    "$bin/perdura" deposit "$work/sealed" "$work/many" --quiet > /dev/null &&
    "$bin/perdura" seal "$work/sealed" --quiet > /dev/null
}

# The same after a renewal from digests that is not confirmed yet.
make_unconfirmed() {
  cp -a "$work/sealed" "$work/unconfirmed" &&
    "$bin/perdura" renew "$work/unconfirmed" --hash-tree --from-digests --quiet > /dev/null
}

# What must hold at any moment: everything checks, and every record verifies without the archive.
inspect() {
  local archive=$1 what=$2
  if ! "$bin/perdura" check "$archive" --quiet > "$work/check" 2>&1; then
    fail "$what: check says: $(tail -n 3 "$work/check" | tr '\n' ' ')"
    return
  fi
  rm -rf "$work/case.zip"
  if ! "$bin/perdura" export "$archive" --all -o "$work/case.zip" --quiet > /dev/null 2> "$work/error" ||
    ! "$bin/perdura-verify" "$work/case.zip" --trust "$archive/tsa/ca.pem" \
      --trust "$archive/tsa2/ca.pem" > "$work/verdict" 2>&1; then
    fail "$what: the export does not verify: $(tail -n 3 "$work/error" "$work/verdict" | tr '\n' ' ')"
  fi
}

# The renewal is run again and ends well.
goes_on() {
  local archive=$1 what=$2
  shift 2
  if ! "$bin/perdura" renew "$archive" --quiet "$@" > "$work/renewed" 2>&1; then
    fail "$what: the renewal does not go on: $(tail -n 3 "$work/renewed" | tr '\n' ' ')"
    return
  fi
  inspect "$archive" "$what, run again"
  case " $* " in
    *" --confirm "*)
      "$bin/perdura" renew "$archive" --confirm --quiet | grep -q 'nothing to confirm' ||
        fail "$what: after it was run again there is still something to confirm"
      ;;
  esac
}

one_point() {  # inject, description, options of renew...; returns the exit code of what was killed
  local inject=$1 what=$2 code
  shift 2
  rm -rf "$work/archive"
  cp -a "$base" "$work/archive"
  # The shell's own word on a killed process is not for the log.
  {
    strace -f -qq -o /dev/null -e "trace=${inject%%:*}" -e "inject=$inject" \
      "$bin/perdura" renew "$work/archive" --quiet "$@" > /dev/null 2> "$work/error"
    code=$?
  } 2> /dev/null
  points=$((points + 1))
  inspect "$work/archive" "$what"
  [ $((points % 4)) -eq 0 ] && goes_on "$work/archive" "$what" "$@"
  return $code
}

kill_at_calls() {  # name, options of renew...
  local name=$1 call n
  shift
  for call in fdatasync fsync pwrite64 write; do
    n=1
    while [ "$n" -lt 2000 ] && [ "$points" -lt "$limit" ]; do
      one_point "$call:signal=KILL:when=$n" "$name killed at $call $n" "$@" && break
      case $call in
        fdatasync | fsync) n=$((n + 1)) ;;
        *) n=$((n + 1 + n / 3)) ;;
      esac
    done
  done
  for n in 1 2 3; do one_point "fdatasync:error=EIO:when=$n" "$name, fdatasync $n fails" "$@"; done
}

# On one archive that grows older: the act in turn, each killed after a random time.
kill_at_random() {
  local round what acts=("--time-stamps" "--hash-tree --hash sha512" "--hash-tree --hash sha3-256")
  rm -rf "$work/archive"
  cp -a "$work/sealed" "$work/archive"
  for round in $(seq 1 "$1"); do
    what="killed at random $round"
    # shellcheck disable=SC2086  # several words
    "$bin/perdura" renew "$work/archive" --quiet ${acts[$((round % 3))]} > /dev/null 2>&1 &
    sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
    kill -KILL $! 2> /dev/null
    wait $! 2> /dev/null
    points=$((points + 1))
    inspect "$work/archive" "$what"
  done
  goes_on "$work/archive" "after all random kills"
}

make_archive && make_unconfirmed || exit 1
base=$work/sealed
if strace -qq -o /dev/null -e trace=fsync true 2> /dev/null; then
  limit=$((wanted / 4))
  kill_at_calls "time-stamp renewal" --time-stamps
  limit=$((wanted / 2))
  kill_at_calls "hash-tree renewal" --hash-tree --hash sha512 --track local
  limit=$((wanted * 3 / 4))
  kill_at_calls "renewal from digests" --hash-tree --from-digests --track local
  base=$work/unconfirmed
  limit=$wanted
  kill_at_calls "confirmation" --confirm
else
  echo "strace can't be used here: only killed at random times" >&2
fi
kill_at_random $((wanted / 4))

echo "$points crashes, $failures failures"
[ "$failures" -eq 0 ]
