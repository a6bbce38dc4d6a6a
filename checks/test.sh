#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything a change must pass: the gates and all tests. `--slow` runs their long versions; other
# arguments go to Maven, for example -Dincipit.seed=42 or -pl incipit-core.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

arguments=()
for argument in "$@"; do
  case $argument in
    --slow) arguments+=(-Pslow) ;;
    *) arguments+=("$argument") ;;
  esac
done

started=$(mktemp)
trap 'rm -f "$started"' EXIT
code=0
maven verify ${arguments[@]+"${arguments[@]}"} || code=$?

# The sum over all modules, and by name what was skipped and what failed.
find incipit-*/target/surefire-reports incipit-*/target/failsafe-reports \
    -name 'TEST-*.xml' -newer "$started" -print0 2>/dev/null | xargs -0 -r cat | awk '
  function value(name,   text) {
    if (!match($0, " " name "=\"[^\"]*\"")) return ""
    text = substr($0, RSTART, RLENGTH)
    sub(/^[^"]*"/, "", text); sub(/"$/, "", text)
    return text
  }
  /<testsuite /{ tests += value("tests"); failures += value("failures")
                 errors += value("errors"); skips += value("skipped") }
  /<testcase /{ test = value("classname") "." value("name") }
  /<skipped/{ print "  skipped  " test "  " value("message") }
  /<(failure|error)[ >]/{ print "  FAILED   " test }
  END { printf "All modules: tests run: %d, failures: %d, errors: %d, skipped: %d\n",
        tests, failures, errors, skips }' || true
[ "$code" = 0 ] && echo "test: ok" || echo "test: FAILED (see above)"
exit "$code"
