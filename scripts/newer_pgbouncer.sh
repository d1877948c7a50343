#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the PgBouncer that keeps prepared statements (1.21 or newer) from the source package of a newer Debian:
#
#   scripts/newer_pgbouncer.sh <folder>   leaves <folder>/pgbouncer there; does nothing where it is already
#
# The distribution's own is older. apt fetches and verifies the package with lists of its own, so that the machine's stay
# as they are.
set -euo pipefail

into=${1:?the folder for the program}
if [[ -x $into/pgbouncer ]]; then exit 0; fi
suite=trixie

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,cache/archives,source}/partial
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
cat >"$work/sources.list" <<SOURCES
deb-src [signed-by=$keyring] http://deb.debian.org/debian $suite main
deb [signed-by=$keyring] http://deb.debian.org/debian bookworm main
SOURCES
apt=(apt-get -q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists"
  -o "Dir::Cache=$work/cache" -o APT::Sandbox::User= -o Acquire::Retries=3)
cd "$work/source"
"${apt[@]}" update
"${apt[@]}" source --download-only "pgbouncer/$suite"
"${apt[@]}" download libevent-dev
dpkg-deb -x libevent-dev_*.deb "$work/libevent"
tar xf pgbouncer_*.orig.tar.gz
cd pgbouncer-*/
libevent=$work/libevent/usr
./configure --without-cares --disable-evdns --without-pam --without-systemd CFLAGS=-O1 LIBEVENT_CFLAGS="-I$libevent/include" \
  LIBEVENT_LIBS="$(echo "$libevent"/lib/*/libevent.a)"
make -j"$(nproc)" pgbouncer
mkdir -p "$into"
cp pgbouncer "$into/.new"
chmod 755 "$into/.new"
mv "$into/.new" "$into/pgbouncer"
