#!/usr/bin/env bash
# Runs the tests of a build with PERDURA_COVERAGE, and prints for each layer how much of it they reach, as clang
# counts lines and outcomes of conditions in the source.
#
#   coverage.sh SOURCE-FOLDER BUILD-FOLDER
#
# Left behind in the build's folder: coverage-LAYER.txt, a line for each file, and coverage-LAYER/, the source with
# the count of each line and of each outcome.
set -euo pipefail
source_folder=$1 build=$2
llvm=$(command -v llvm-cov-14 || command -v llvm-cov)
profdata=$(command -v llvm-profdata-14 || command -v llvm-profdata)
cd "$build"

rm -rf profiles coverage.profdata
export LLVM_PROFILE_FILE=$build/profiles/%4m.profraw
bin/verifier_test --gtest_brief=1 --gtest_filter='-*Mutation*'
bin/archive_test --gtest_brief=1 --gtest_filter='-*Rehearsal*LosesNoRecord*:*FiftyYears*:Limits.*'
ctest -j2 --output-on-failure --no-tests=error -L 'fuzz|programs'

"$profdata" merge profiles/*.profraw -o coverage.profdata
objects=(bin/verifier_test)
for program in bin/archive_test bin/perdura bin/perdura-verify bin/*_fuzz; do
  objects+=(-object "$program")
done
for layer in verifier archive tools; do
  counted=("${objects[@]}" -instr-profile=coverage.profdata "$source_folder/$layer")
  "$llvm" report "${counted[@]}" | sed 1,2d >"coverage-$layer.txt"
  rm -rf "coverage-$layer"
  "$llvm" show --format=text --show-branches=count --output-dir="coverage-$layer" "${counted[@]}"
  # File, regions, functions, lines and branches: each a count, how many are missed, and the part that is reached.
  awk -v layer="$layer" '/^TOTAL/ {print layer ": " $10 " of " $8 " lines, " $13 " of " $11 " branches"}' "coverage-$layer.txt"
done
