#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over the sources of src/, without their tests, or over some of them. Prints findings only.
#
#   scripts/tidy.sh [<build folder> [<file>...]]
set -euo pipefail
cd "$(dirname "$0")/.."

build=${1:-build/dev}
if [[ ! -f $build/compile_commands.json ]]; then
  echo "tidy: $build is not configured; run: cmake --preset dev" >&2
  exit 2
fi
files=("${@:2}")
patterns=("$PWD/src/[a-z_/]+/src/[a-z_0-9]+\.cpp$")
if ((${#files[@]} > 0)); then patterns=("${files[@]/#/$PWD/}"); fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
run-clang-tidy-19 -p "$build" -quiet -j "$(nproc)" "${patterns[@]}" >"$log" 2>&1 || status=$?
# A finding in a header comes once for every file that includes it; progress and counts are no findings.
awk '
  /^\[[ 0-9\/]+\]|^clang-tidy-19 |warnings? generated|^Enabled checks|^Suppressed |^Use -header-filter|^Running clang-tidy|^[ \t]*$/ { next }
  /^[^ ]+:[0-9]+:[0-9]+: (error|warning): / { shown = !seen[$0]++ }
  shown || !/^(\/| *[0-9]* \|)/
' "$log"
exit $status
