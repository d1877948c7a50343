#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# on_postgres.sh <blog_demo> [<manage>]: runs the demo, and the tool's verbs, on the server that TUPELO_TEST_POSTGRES
# names, each in a schema of its own.
set -euo pipefail
demo=$(realpath "$1") manage=${2:+$(realpath "$2")}
server=${TUPELO_TEST_POSTGRES:?the URL of a PostgreSQL server}
schema=blog_$$
join="?"
if [[ $server == *"?"* ]]; then join="&"; fi

folder=$(mktemp -d)
trap 'cd /; rm -rf "$folder"; psql --quiet "$server" -c "SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${schema}_demo, ${schema}_tool CASCADE"' EXIT
psql --quiet "$server" -c "CREATE SCHEMA ${schema}_demo" -c "CREATE SCHEMA ${schema}_tool"

"$demo" --url "$server${join}options=-csearch_path%3D${schema}_demo"

[[ -n $manage ]] || exit 0
export DATABASE_URL="$server${join}options=-csearch_path%3D${schema}_tool"
cd "$folder" # away from every tupelo.toml
set -x
"$manage" db upgrade
"$manage" db seed
"$manage" db diff
"$manage" db check --applied
"$manage" db downgrade base --yes
