#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The long versions of the random, stress and concurrency tests; hours, for the night.
exec "$(dirname "${BASH_SOURCE[0]}")/test.sh" --slow "$@"
