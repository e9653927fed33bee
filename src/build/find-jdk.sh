#!/usr/bin/env bash
# Prints the home of a JDK of at least version 25, or says on stderr how to get one and exits with 1.
# Looks at JAVA_HOME first, then where packages and version managers put JDKs, then behind `java` on the PATH.
set -u
required=25

version_of() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

behind_path() {
  local java
  java=$(command -v javac) || return 0
  dirname "$(dirname "$(readlink -f "$java")")"
}

for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$(behind_path)"; do
  [ -n "$home" ] && [ -x "$home/bin/javac" ] || continue
  version=$(version_of "$home")
  if [ -n "$version" ] && [ "$version" -ge "$required" ]; then
    echo "$home"
    exit 0
  fi
done

cat >&2 <<MESSAGE
ERROR: no JDK $required or newer was found (JAVA_HOME is '${JAVA_HOME:-}').
  Debian, Ubuntu:  apt-get install openjdk-25-jdk-headless   (or temurin-25-jdk from Adoptium)
  any system:      sdk install java 25-tem                   (sdkman.io)
then run make again, or set JAVA_HOME to it.
MESSAGE
exit 1
