#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests of the Python package, with the first Python of 3.10 or newer that works; without one
# says so and goes on. Nothing but its standard library is needed. Types are checked with the mypy
# that checks/setup has put below target/python. Arguments name tests: `checks/python.sh
# tests.test_resp`; `--which` only says which Python.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root/python"
export PYTHONDONTWRITEBYTECODE=1

python=
for candidate in ${INCIPIT_PYTHON:+"$INCIPIT_PYTHON"} "$root/target/python/bin/python" \
    python3 python3.{10..15} python; do
  # Tried, not looked up: some that are found only say what is not installed.
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; then
    python=$candidate
    break
  fi
done
if [ "${1:-}" = --which ]; then
  echo "$python"
  exit
fi
if [ -z "$python" ]; then
  echo "  skipped  python: no Python 3.10 or newer (INCIPIT_PYTHON names one)"
  exit 0
fi

code=0
if [ "$#" = 0 ]; then
  tests=(discover -v -s tests -t .)
else
  tests=(-v "$@")
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$python" -m unittest "${tests[@]}" </dev/null >"$log" 2>&1 || code=$?

# As for the other tests: how many, what was skipped and what failed, by name; all of it on failure.
[ "$code" = 0 ] || cat "$log"
sed -n -E "s/^(test_[a-z0-9_]+) \((.*)\).*\.\.\. skipped '(.*)'$/  skipped  python: \1  \3/p" "$log"
sed -n -E 's/^(FAIL|ERROR): (.*)/  FAILED   python: \2/p' "$log"
ran=$(sed -n -E 's/^(Ran [0-9]+ tests?) in .*/\1/p' "$log")
echo "Python package: ${ran:-no tests ran} with $("$python" --version)"
if [ "$#" != 0 ]; then
  :
elif "$python" -m mypy --version >/dev/null 2>&1; then
  "$python" -m mypy --no-incremental --cache-dir=/dev/null || code=$?
else
  echo "  did not run: mypy, which is not installed for $python"
fi
exit "$code"
