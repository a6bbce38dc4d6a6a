#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every JMH benchmark once, briefly: shows that it works, measures nothing. Arguments select
# benchmarks by name.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$root/incipit" --version >/dev/null # builds what changed
dist=$(cd target/dist/current && pwd -P)
jmh() {
  "$JAVA_HOME/bin/java" -cp "$dist/incipit-bench/*" org.openjdk.jmh.Main "$@"
}

if ! jmh -l 2>/dev/null | grep -q '^io\.incipit\.'; then
  echo "bench-smoke: there are no benchmarks yet"
  exit 0
fi
jmh -f 0 -wi 0 -i 1 -r 100ms -foe true "$@"
echo "bench-smoke: ok"
