#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the suite in the instrumented build build/coverage and reports how much of src/ (without its tests) it ran.
#
#   scripts/coverage.sh [<least line coverage in percent> [<room>=<least of that room>...]]
#
# Writes build/coverage/report/index.html; the table per file goes to build/coverage/report.txt.
set -euo pipefail
cd "$(dirname "$0")/.."

least=${1:-0}
of_rooms=("${@:2}")
build=build/coverage
rm -rf "$build/profiles"
mkdir -p "$build/profiles"

# %m: one file per program, merged as each process ends, however many processes the suite starts.
export LLVM_PROFILE_FILE="$PWD/$build/profiles/%m.profraw"
status=0
# What the preset's filter leaves: of the servers one, in both ways of running it, and no faults that wait for deadlines.
ctest --test-dir "$build" -j "$(nproc)" --output-on-failure --no-tests=error -LE 'compile_fail|layering|install' \
  >"$build/ctest.log" 2>&1 || status=$?
if ((status != 0)); then
  cat "$build/ctest.log"
  echo "coverage: the suite failed, so its coverage means nothing" >&2
  exit 1
fi
grep -E 'tests passed' "$build/ctest.log"
llvm-profdata-19 merge -sparse "$build"/profiles/*.profraw -o "$build/all.profdata"

# The shared libraries hold every object: a file that no test links must not go uncounted.
objects=()
while IFS= read -r file; do
  objects+=(-object "$file")
done < <(find "$build" -type f -perm -u+x \( -name 'libtupelo*.so*' -o -name 'tupelo_*' \) \
  -not -path '*/CMakeFiles/*' | sort)
common=("${objects[@]}" -instr-profile "$build/all.profdata" --ignore-filename-regex '/tests/|/examples/|/bench/|^/usr/|/build/')

llvm-cov-19 report "${common[@]}" >"$build/report.txt" 2>"$build/report.err" || { cat "$build/report.err"; exit 1; }
llvm-cov-19 show "${common[@]}" -format=html -output-dir "$build/report" >/dev/null 2>&1 || true
llvm-cov-19 export -summary-only "${common[@]}" 2>/dev/null >"$build/summary.json"
python3 - "$build/summary.json" "$PWD/src/" "$least" "${of_rooms[@]}" <<'PY'
import collections, json, sys

path, root, least = sys.argv[1], sys.argv[2], float(sys.argv[3])
wanted = {room: float(percent) for room, percent in (pair.split("=") for pair in sys.argv[4:])}
rooms = collections.defaultdict(lambda: [0, 0])
for file in json.load(open(path))["data"][0]["files"]:
    if file["filename"].startswith(root):
        parts = file["filename"][len(root):].split("/")
        room = parts[0] if parts[1] in ("include", "src") else "/".join(parts[:2])
        lines = file["summary"]["lines"]
        for name in (room, "src/"):
            rooms[name][0] += lines["covered"]
            rooms[name][1] += lines["count"]
total = rooms.pop("src/", [0, 0])
short = [room for room in wanted if room not in rooms]
for room, (covered, count) in sorted(rooms.items()):
    percent = 100 * covered / max(count, 1)
    goal = f" (at least {wanted[room]:g} % wanted)" if room in wanted else ""
    print(f"coverage: {room:<16} {percent:6.1f} %  of {count} lines{goal}")
    if percent < wanted.get(room, 0):
        short.append(room)
percent = 100 * total[0] / max(total[1], 1)
print(f"coverage: {'src/':<16} {percent:6.1f} %  of {total[1]} lines (at least {least:g} % wanted)")
if short:
    print("coverage: too little, or no such room: " + ", ".join(short))
sys.exit(percent < least or bool(short))
PY
