#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The quick part of checks/style.sh, for what is about to be committed: format, and comments that
# the formatter has broken. `checks/pre-commit.sh --install` makes Git run it before each commit,
# and hold the message against the form in CONTRIBUTING.md; `git commit --no-verify` goes past both.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "${1:-}" = --install ]; then
  git config core.hooksPath checks/hooks
  echo "pre-commit: installed (git config --unset core.hooksPath takes it out again)"
  exit
fi

staged=$(git diff --cached --name-only --diff-filter=d -- '*.java')
[ -n "$staged" ] || exit 0

# google-java-format wraps a line of a comment that is too long, and writes // before its end.
broken=$(xargs awk '
  FNR == 1 { before = "" }
  before ~ /^ *\/\/\/ / && /^ *\/\/ / { print FILENAME ":" FNR ": a comment in two pieces" }
  { before = $0 }' <<<"$staged")
if [ -n "$broken" ]; then
  echo "$broken" >&2
  exit 1
fi

modules=$(sed -n -e 's:^\(incipit-[a-z]*\)/.*:\1:p' -e 's:^\(checks/house\)/.*:\1:p' <<<"$staged" | sort -u)
maven -q spotless:check -pl "$(paste -sd, <<<"$modules")"
