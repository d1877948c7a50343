#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# on_postgres.sh <shop>: runs the shop on the server that TUPELO_TEST_POSTGRES names, in a schema of its own.
set -euo pipefail
shop=$(realpath "$1")
server=${TUPELO_TEST_POSTGRES:?the URL of a PostgreSQL server}
schema=shop_$$
join="?"
if [[ $server == *"?"* ]]; then join="&"; fi

trap 'psql --quiet "$server" -c "SET client_min_messages = warning; DROP SCHEMA IF EXISTS $schema CASCADE"' EXIT
psql --quiet "$server" -c "CREATE SCHEMA $schema"
"$shop" "$server${join}options=-csearch_path%3D$schema"
