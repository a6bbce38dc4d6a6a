#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long versions of the random, stress and concurrency tests, one family after the other.
test=$(dirname "${BASH_SOURCE[0]}")/test.sh
code=0
for family in programs stress lincheck; do
  "$test" --slow=$family "$@" || code=$?
done
exit "$code"
