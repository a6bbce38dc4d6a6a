#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Format, imports, sizes. `checks/style.sh --fix` formats first.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "${1:-}" = --fix ]; then
  maven -q spotless:apply
fi
maven -q spotless:check
house_test 'ArchitectureTest,TidyTest'
echo "style: ok"
