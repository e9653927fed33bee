#!/bin/sh
# Builds etcd, the Kubernetes control plane, kubectl and helm from the Go modules that go.mod pins and go.sum checks,
# once, into the user's cache. Progress goes to stderr; the last line on stdout is the folder with the binaries.
#
#   TOLLKEEPER_KUBE_BIN   a folder that already has the six binaries: nothing is built
#   XDG_CACHE_HOME        where the cache lies (default: ~/.cache)
#
# Go's own settings (GOPROXY, GOFLAGS, GOMODCACHE, GOCACHE …) apply as they are.
set -eu

tools='etcd=go.etcd.io/etcd/server/v3
kubectl=k8s.io/kubernetes/cmd/kubectl
helm=helm.sh/helm/v4/cmd/helm
kube-scheduler=k8s.io/kubernetes/cmd/kube-scheduler
kube-controller-manager=k8s.io/kubernetes/cmd/kube-controller-manager
kube-apiserver=k8s.io/kubernetes/cmd/kube-apiserver'

say() { printf '%s\n' "kube: $*" >&2; }
fail() { say "$@"; exit 1; }

# Prints the name of each binary that folder $1 lacks.
missing() {
    for tool in $tools; do
        [ -x "$1/${tool%%=*}" ] || printf ' %s' "${tool%%=*}"
    done
}

if [ -n "${TOLLKEEPER_KUBE_BIN:-}" ]; then
    absent=$(missing "$TOLLKEEPER_KUBE_BIN")
    [ -z "$absent" ] || fail "TOLLKEEPER_KUBE_BIN is $TOLLKEEPER_KUBE_BIN, which lacks:$absent"
    printf '%s\n' "$TOLLKEEPER_KUBE_BIN"
    exit 0
fi

cd "$(dirname "$0")"
version=$(sed -n 's|^.*k8s\.io/kubernetes \(v[0-9.]*\).*$|\1|p' go.mod | head -n 1)
[ -n "$version" ] || fail "go.mod names no version of k8s.io/kubernetes"
minor=${version#v*.}
stamp=k8s.io/component-base/version
ldflags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=${minor%%.*}"
hash=$({ cat go.mod go.sum; printf '%s' "$tools $ldflags"; } | sha256sum | cut -c 1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tollkeeper/kube
folder=$cache/$version-$hash

if [ -d "$folder" ] && [ -z "$(missing "$folder")" ]; then
    printf '%s\n' "$folder"
    exit 0
fi

# What is needed to build, told all at once and before anything is waited for.
[ -x "$(command -v go || true)" ] || PATH=$PATH:/usr/local/go/bin
if ! command -v go >/dev/null; then
    fail "Go is not installed. Install Go 1.26 or newer (https://go.dev/dl, or your distribution's package golang-go), or
      point TOLLKEEPER_KUBE_BIN at a folder with etcd, kube-apiserver, kube-scheduler, kube-controller-manager, kubectl, helm."
fi
go_version=$(cd / && GOTOOLCHAIN=local go env GOVERSION)
go_minor=$(printf '%s' "$go_version" | sed -n 's/^go1\.\([0-9]*\).*$/\1/p')
if [ -n "$go_minor" ] && [ "$go_minor" -lt 26 ]; then
    fail "Go is $go_version. Install Go 1.26 or newer (https://go.dev/dl), or
      point TOLLKEEPER_KUBE_BIN at a folder with etcd, kube-apiserver, kube-scheduler, kube-controller-manager, kubectl, helm."
fi

mkdir -p "$cache"
exec 9>"$cache/.lock"
if ! flock -n 9; then
    waited=0
    say "another build of these binaries is running; waiting for it"
    until flock -w 10 9; do
        waited=$((waited + 10))
        say "still waiting for the other build, $waited s"
    done
    if [ -d "$folder" ] && [ -z "$(missing "$folder")" ]; then
        printf '%s\n' "$folder"
        exit 0
    fi
fi

# Only under the lock: a name of this form is a build that was ended before its rename.
rm -rf "$cache"/*.unfinished
work=$folder.unfinished
rm -rf "$folder"
mkdir "$work"

began=$(date +%s)
count=$(printf '%s\n' "$tools" | wc -l)
say "building Kubernetes $version into $folder (once; 6 to 8 minutes on 2 cores, and about 740 MB of modules to fetch)"
builder=
trap 'if [ -n "$builder" ]; then kill "$builder" 2>/dev/null || true; fi; rm -rf "$work"; exit 130' INT TERM HUP
number=0
for tool in $tools; do
    number=$((number + 1))
    name=${tool%%=*}
    started=$(date +%s)
    say "[$number/$count] $name"
    CGO_ENABLED=0 go build -trimpath -ldflags "$ldflags" -o "$work/$name" "${tool#*=}" >&2 9>&- &
    builder=$!
    ticks=0
    while kill -0 "$builder" 2>/dev/null; do
        sleep 1
        ticks=$((ticks + 1))
        if [ $((ticks % 10)) -eq 0 ]; then
            say "[$number/$count] $name: $(($(date +%s) - started)) s, $(($(date +%s) - began)) s in all"
        fi
    done
    if ! wait "$builder"; then
        rm -rf "$work"
        fail "$name did not build; what Go said stands above"
    fi
    builder=
done

mv -T "$work" "$folder"
say "done in $(($(date +%s) - began)) s"
printf '%s\n' "$folder"
