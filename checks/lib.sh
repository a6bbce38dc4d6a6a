# SPDX-License-Identifier: Apache-2.0
# What the checks share: where the project is, a JDK, and Maven without questions. To be sourced.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"

# The launcher knows how to find a JDK; when it calls us it has done so.
JAVA_HOME=$("$root/incipit" --jdk)
export JAVA_HOME

# Sources that JMH generated from a benchmark outlive it; without them Maven starts afresh there.
rm -rf incipit-bench/target/{classes,generated-sources}

# Maven as the checks run it: without colours, questions and standard input.
maven() {
  mvn -B -Dstyle.color=never "$@" </dev/null
}

# Runs the tests of one class or pattern of the house, and compiles what they look at.
house_test() {
  maven -q -pl checks/house -am test -Dtest="$1" -Dsurefire.failIfNoSpecifiedTests=false
}
