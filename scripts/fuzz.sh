#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzzer of build/fuzz for some seconds, from the seeds in tests/fuzz/corpus.
#
#   scripts/fuzz.sh [<seconds each>]
#   scripts/fuzz.sh keep              adds to the seeds, of all that earlier runs found, what reaches further than they do
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ${1:-} == keep ]]; then
  for found in build/fuzz/found/*/; do
    name=$(basename "$found")
    mkdir -p "tests/fuzz/corpus/$name"
    "build/fuzz/fuzz/fuzz_$name" -merge=1 -use_counters=0 "tests/fuzz/corpus/$name" "$found" >"build/fuzz/$name.log" 2>&1 ||
      { tail -60 "build/fuzz/$name.log"; exit 1; }
    echo "fuzz: $name: $(find "tests/fuzz/corpus/$name" -type f | wc -l) seeds"
  done
  exit 0
fi

# fuzz_one <name> <seconds>
fuzz_one() {
  local name=$1 seconds=$2 found=build/fuzz/found/$1 log=build/fuzz/$1.log seeds=()
  mkdir -p "$found"
  [[ -d tests/fuzz/corpus/$name ]] && seeds=("tests/fuzz/corpus/$name")
  if "build/fuzz/fuzz/fuzz_$name" -max_total_time="$seconds" -artifact_prefix="$found-" -print_final_stats=1 \
    "$found" "${seeds[@]}" >"$log" 2>&1; then
    echo "fuzz: $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, nothing found"
  else
    tail -60 "$log"
    echo "fuzz: $name failed; the input that does it is beside $found"
    return 1
  fi
}
export -f fuzz_one

# As many at a time as there are cores; xargs fails where one of them does.
find tests/fuzz -name '*_fuzz.cpp' -exec basename '{}' _fuzz.cpp ';' | sort |
  xargs -r -P "$(nproc)" -I '{}' bash -c 'fuzz_one "$1" "$2"' _ '{}' "${1:-20}"
