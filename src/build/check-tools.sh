#!/usr/bin/env bash
# Checks that every program the build calls is there, and names all that are missing at once.
set -u
missing=0

need() {
  local program=$1 hint=$2
  command -v "$program" >/dev/null 2>&1 && return
  echo "ERROR: '$program' is missing: $hint" >&2
  missing=1
}

need mvn "Maven 3.8 or newer (Debian: apt-get install maven)"
need node "Node.js 20 or newer with npm, for the Solidity compiler and the development chain (nodejs.org)"
need setpriv "the local cluster needs it to end what it starts (Debian: apt-get install util-linux)"
need npm "comes with Node.js 20 or newer (nodejs.org)"
[ -n "${TOLLKEEPER_KUBE_BIN:-}" ] || need go "Go 1.26 or newer, to build the Kubernetes API server once (go.dev/dl), or point TOLLKEEPER_KUBE_BIN at a folder with its binaries"
exit "$missing"
