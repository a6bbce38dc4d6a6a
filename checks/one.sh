#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs one test class, or a pattern of names, without the gates of format and architecture:
# `checks/one.sh HolderTableTest -Dincipit.seed=42`. What else is given goes to Maven.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -gt 0 ] || { echo "usage: checks/one.sh CLASS [MAVEN-OPTION...]" >&2; exit 2; }
name=$1
shift
file=$(find incipit-*/src/test checks/house/src/test -name "${name%%#*}.java" | head -n 1)
[ -n "$file" ] || { echo "one: $name: no such test (expected: the name of a class)" >&2; exit 2; }
module=${file%%/src/test/*}
case $name in
  *IT | *IT#*)
    maven -q -pl "$module" -am verify -Dit.test="$name" -Dtest=none \
      -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false "$@"
    ;;
  *)
    maven -q -pl "$module" -am test -Dtest="$name" -Dsurefire.failIfNoSpecifiedTests=false "$@"
    ;;
esac
echo "one: ok"
