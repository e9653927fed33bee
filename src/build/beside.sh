#!/usr/bin/env bash
# Runs a slow preparation beside the main command, its output in a log file:
#   beside.sh LOG PREPARATION -- COMMAND [ARG ...]
# Where the preparation outlives the command, its progress is shown until it ends. Fails if either of them fails.
set -u
log=$1 preparation=$2
shift 3

mkdir -p "$(dirname "$log")"
"$preparation" >"$log" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null' INT TERM

"$@" || {
  status=$?
  kill "$pid" 2>/dev/null
  exit "$status"
}

if kill -0 "$pid" 2>/dev/null; then
  echo "waiting for $preparation (log: $log)"
  tail -f --pid="$pid" -n 2 "$log"
fi
wait "$pid" || {
  status=$?
  echo "ERROR: $preparation failed; the end of $log:" >&2
  tail -n 20 "$log" >&2
  exit "$status"
}
