#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything a change must pass: the gates and all tests, those of the Python package too.
# `--slow=programs`, `--slow=stress` and `--slow=lincheck` run the long versions of one family of
# tests and nothing else, within 10 minutes; `--slow` runs everything, with the long versions of
# all. Other arguments go to Maven, for example -Dincipit.seed=42 or -pl incipit-core.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

arguments=()
long=()
selected=
for argument in "$@"; do
  case $argument in
    --slow)
      arguments+=(-Pslow)
      long=(programs stress lincheck)
      ;;
    --slow=programs) # the traces have some, and need the modules between
      arguments+=(-Dincipit.slow.programs=true -Dgroups=programs -pl incipit-core,incipit-trace -am)
      long+=(programs)
      selected=yes
      ;;
    --slow=stress | --slow=lincheck)
      arguments+=("-Dincipit.slow.${argument#*=}=true" "-Dgroups=${argument#*=}" -pl incipit-core)
      long+=("${argument#*=}")
      selected=yes
      ;;
    --slow=*)
      echo "test: $argument: no such family (expected: programs, stress or lincheck)" >&2
      exit 2
      ;;
    *)
      arguments+=("$argument")
      case $argument in -pl | -Dtest=* | -Dit.test=* | -Dgroups=*) selected=yes ;; esac
      ;;
  esac
done

started=$(mktemp)
trap 'rm -f "$started"' EXIT
code=0
maven verify ${arguments[@]+"${arguments[@]}"} || code=$?

reports() {
  find {incipit-*,checks/house}/target/{surefire,failsafe}-reports \
    -name 'TEST-*.xml' -newer "$started" "$@" 2>/dev/null || true
}

# The classes of tests that left no report: not reached, or killed.
absent() {
  reports | sed 's:.*/TEST-::; s:\.xml$::' | sort -u >"$started.ran"
  find {incipit-*,checks/house}/src/test/java \( -name '*Test.java' -o -name '*IT.java' \) -print \
    | sed 's:.*/src/test/java/::; s:\.java$::; s:/:.:g' | sort -u | comm -23 - "$started.ran"
  rm -f "$started.ran"
}

# The sum over all modules; how far the searches got; by name what was skipped, what failed, and
# what did not run at all.
echo
reports -print0 | xargs -0 -r cat | awk '
  function value(name,   text) {
    if (!match($0, " " name "=\"[^\"]*\"")) return ""
    text = substr($0, RSTART, RLENGTH)
    sub(/^[^"]*"/, "", text); sub(/"$/, "", text)
    return text
  }
  /<testsuite /{ tests += value("tests"); failures += value("failures")
                 errors += value("errors"); skips += value("skipped") }
  /<testcase /{ test = value("classname") "." value("name") }
  /rounds: .* in .* s/{ line = $0; sub(/.*rounds: /, "", line); sub(/]]>.*/, "", line)
                        print "  rounds   " line }
  /<skipped/{ print "  skipped  " test "  " value("message") }
  /<(failure|error)[ >]/{ print "  FAILED   " test }
  END { printf "All modules: tests run: %d, failures: %d, errors: %d, skipped: %d\n",
        tests, failures, errors, skips }' || true
if [ -z "$selected" ]; then
  checks/python.sh || code=1
  absent | sed 's/^/  did not run: /'
fi
for family in programs stress lincheck; do
  case " ${long[*]-} " in
    *" $family "*) ;;
    *) echo "  did not run: the long versions of $family (--slow=$family)" ;;
  esac
done
[ "$code" = 0 ] && echo "test: ok" || echo "test: FAILED (see above)"
exit "$code"
