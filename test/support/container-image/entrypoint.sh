#!/bin/sh
# Does what the official PostgreSQL image does with its documented variables: steps down from root, initialises
# an empty data directory with a server that only listens on its socket, and then runs the one that is asked for.
set -eu

[ "${1#-}" = "$1" ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

mkdir -p "$PGDATA" /run/postgresql
if [ "$(id -u)" = 0 ]; then
  # Takes the capabilities that the official image takes, so that a sandbox without them is noticed.
  chmod 700 "$PGDATA"
  find "$PGDATA" /run/postgresql ! -user postgres -exec chown postgres:postgres {} +
  chmod 3775 /run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ]; then
    echo 'POSTGRES_PASSWORD must be set' >&2
    exit 1
  fi
  # As in the official image, the arguments are words of shell.
  printf '%s\n' "$POSTGRES_PASSWORD" |
    eval "initdb --username=\"\$user\" --pwfile=/dev/stdin ${POSTGRES_INITDB_ARGS:-}"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n' "$database" | postgres --single -j -D "$PGDATA" postgres
  fi
  shift
  pg_ctl -D "$PGDATA" -w -o "$* -c listen_addresses='' -k /run/postgresql" start
  pg_ctl -D "$PGDATA" -w -m fast stop
  set -- postgres "$@"
fi

# The samples of the official packages say so in postgresql.conf.
shift
exec postgres -k /run/postgresql -c listen_addresses='*' "$@"
