#!/usr/bin/env bash
# Makes sure that a container engine answers, for tests, and ends one that it started.
#
# Usage: engine.sh start|stop
#
# Where none answers, `start` runs Debian's, which takes root; its data and log are in one temporary folder.
set -euo pipefail

folder=${TMPDIR:-/tmp}/pg-guardrails-engine

answers() {
  docker version >/dev/null 2>&1
}

install_engine() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update --quiet
  apt-get install --quiet --yes --no-install-recommends docker.io
  # A package of its own from Debian 13 on.
  command -v docker >/dev/null || apt-get install --quiet --yes --no-install-recommends docker-cli
}

start() {
  if answers; then
    echo 'a container engine answers'
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    echo 'no container engine answers, and only root can start one' >&2
    return 1
  fi
  if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then install_engine; fi
  stop
  mkdir --mode=700 "$folder"
  setsid dockerd --data-root "$folder/data" --exec-root "$folder/run" --pidfile "$folder/pid" \
    >"$folder/log" 2>&1 </dev/null &
  for _ in $(seq 300); do
    if answers; then
      echo 'a container engine was started'
      return
    fi
    kill -0 $! 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$folder/log" >&2
  stop
  return 1
}

stop() {
  [ -d "$folder" ] || return 0
  if [ -s "$folder/pid" ]; then
    local pid
    pid=$(cat "$folder/pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 300); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
  fi
  # An engine that was killed leaves its data folder mounted on itself.
  if mountpoint --quiet "$folder/data"; then umount --recursive --lazy "$folder/data"; fi
  rm -rf --one-file-system "$folder"
}

case ${1:-} in
  start | stop) "$1" ;;
  *)
    echo 'usage: engine.sh start|stop' >&2
    exit 2
    ;;
esac
