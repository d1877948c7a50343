#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Holds the sources against the arrows of cmake/rooms.cmake, which a configured build folder has written down.
#
#   scripts/check_layering.sh [<build folder>]              everything
#   scripts/check_layering.sh <build folder> <room>         proves by trying that <room> cannot include others
#   scripts/check_layering.sh <build folder> --includes     reads every #include
set -euo pipefail
cd "$(dirname "$0")/.."

build=${1:-build/dev}
what=${2:-all}
if [[ ! -f $build/layering/rooms.txt ]]; then
  echo "layering: $build is not configured with tests; run: cmake --preset dev" >&2
  exit 2
fi
compiler=$(<"$build/layering/compiler.txt")

declare -A folder may_use tests_may_use
rooms=()
while read -r room dir allowed allowed_in_tests; do
  rooms+=("$room")
  folder[$room]=$dir
  may_use[$room]=",$allowed,"
  tests_may_use[$room]=",$allowed_in_tests,"
done <"$build/layering/rooms.txt"

# The headers of a room as a user writes them, e.g. tupelo/core/uuid.hpp.
headers_of() {
  local root=${folder[$1]}/include
  [[ -d $root ]] && (cd "$root" && find . \( -name '*.hpp' -o -name '*.inc' \) -printf '%P\n' | sort)
  return 0
}

# try <room> <header>: compiles a file of <room> that includes <header>.
try() {
  local flags=() path
  while read -r path; do
    [[ -n $path ]] && flags+=(-I "$path")
  done <"$build/layering/$1.includes"
  echo "#include <$2>" | "$compiler" -std=c++20 -fsyntax-only -x c++ "${flags[@]}" - 2>&1
}

prove() {
  local room=$1 own other header said tried=0 failed=0
  own=$(headers_of "$room" | grep -m1 'hpp$' || true)
  if [[ -z $own ]]; then
    echo "layering: $room has no header"
    return 0
  fi
  if ! said=$(try "$room" "$own"); then
    echo "layering: $room cannot include even its own $own, so the proof would prove nothing:"
    echo "$said"
    return 1
  fi
  for other in "${rooms[@]}"; do
    [[ ${may_use[$room]} == *",$other,"* ]] && continue
    header=$(headers_of "$other" | grep -m1 'hpp$' || true)
    [[ -z $header ]] && continue
    tried=$((tried + 1))
    if said=$(try "$room" "$header"); then
      echo "layering: a file of $room can include <$header> of $other, against the arrows"
      failed=1
    elif [[ $said != *"$header"*"file not found"* && $said != *"$header"*"No such file"* ]]; then
      echo "layering: $room found <$header> of $other, though it did not compile:"
      echo "$said"
      failed=1
    fi
  done
  echo "layering: $room tried $tried forbidden rooms"
  return $failed
}

read_includes() {
  local failed=0 room header line file rest allowed pattern='[<"](tupelo/[^>"]+)[>"]'
  declare -A owner
  for room in "${rooms[@]}"; do
    while read -r header; do
      [[ -z $header ]] && continue
      if [[ -n ${owner[$header]:-} ]]; then
        echo "layering: <$header> exists in both ${owner[$header]} and $room"
        failed=1
      fi
      owner[$header]=$room
    done < <(headers_of "$room")
  done
  for room in "${rooms[@]}"; do
    [[ -d ${folder[$room]} ]] || continue
    while IFS= read -r line; do
      file=${line%%:*}
      rest=${line#*:}
      [[ $rest =~ $pattern ]] || continue
      header=${BASH_REMATCH[1]}
      allowed=${may_use[$room]}
      [[ $file == "${folder[$room]}"/tests/* ]] && allowed=${tests_may_use[$room]}
      if [[ -z ${owner[$header]:-} ]]; then
        echo "$file:${rest%%:*}: layering: no room has <$header>"
        failed=1
      elif [[ $allowed != *",${owner[$header]},"* ]]; then
        echo "$file:${rest%%:*}: layering: $room may not use ${owner[$header]} (<$header>)"
        failed=1
      fi
    done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]tupelo/' --include='*.hpp' --include='*.cpp' --include='*.inc' \
      "${folder[$room]}"/{include,src,tests} 2>/dev/null || true)
  done
  return $failed
}

status=0
case $what in
  all)
    read_includes || status=1
    for room in "${rooms[@]}"; do
      prove "$room" || status=1
    done
    ;;
  --includes) read_includes || status=1 ;;
  *)
    if [[ -z ${folder[$what]:-} ]]; then
      echo "layering: no room is called $what; there are: ${rooms[*]}" >&2
      exit 2
    fi
    prove "$what" || status=1
    ;;
esac
exit $status
