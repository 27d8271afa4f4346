#!/usr/bin/env bash
# What perdura-verify prints with --json is what formats/report.schema.json says, whatever the verdict.
#
#   report_schema_test.sh SOURCE-FOLDER BIN-FOLDER
set -euo pipefail
source_folder=$1 bin=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$bin/perdura" init archive >/dev/null 2>&1
mkdir documents
printf 'one' >documents/one.txt
printf 'two' >documents/two.txt
"$bin/perdura" deposit archive documents >/dev/null 2>&1
"$bin/perdura" seal archive >/dev/null 2>&1
"$bin/perdura" export archive --all -o case >/dev/null 2>&1

# Verifies and keeps the lines; the exit status must be the first argument.
judged() {
  local expected=$1 status=0
  shift
  "$bin/perdura-verify" "$@" --json >>lines || status=$?
  [ "$status" = "$expected" ] || {
    echo "error: exit status $status, not $expected: $*" >&2
    exit 1
  }
}
judged 0 case --trust archive/tsa/ca.pem
judged 2 case
judged 0 case --trust archive/tsa/ca.pem --lang ja --verbose
record=$(find case/data/records -name statement.json -printf '%h\n' | sort | head -n 1)
evidence=$(find "$record" -name '*.ers' | head -n 1)
mapfile -t document < <(find "$record/documents" -type f)
judged 0 --evidence "$evidence" --trust archive/tsa/ca.pem "$record/statement.json" "${document[@]}"
judged 1 --evidence "$evidence" --trust archive/tsa/ca.pem documents/one.txt case/bagit.txt
printf 'x' >>"${document[0]}"
judged 1 case --trust archive/tsa/ca.pem

python3 - "$source_folder/verifier/formats/report.schema.json" lines <<'PYTHON'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
lines = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
assert len(lines) >= 14, len(lines)
wrong = 0
for number, line in enumerate(lines, 1):
    for error in validator.iter_errors(line):
        print(f"line {number}: {error.json_path}: {error.message}", file=sys.stderr)
        wrong += 1
verdicts = {line["verdict"] for line in lines}
assert verdicts == {"PASSED", "INDETERMINATE", "FAILED"}, verdicts
# A schema that takes anything would prove nothing.
for broken in ({}, {**lines[0], "verdict": "GOOD"}, {**lines[0], "more": 1},
               {**lines[0], "perdura": "report/2"}):
    assert not validator.is_valid(broken), broken
sys.exit(1 if wrong else 0)
PYTHON
