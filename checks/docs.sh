#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Links in the guides, and the Javadoc of what others depend on: core and client.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

house_test TidyTest
maven -q -DskipTests -pl incipit-client -am compile

jspecify=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/org/jspecify" -name 'jspecify-1*.jar' | head -n 1)
"$JAVA_HOME/bin/javadoc" -quiet -Xdoclint:all,-missing -Werror --release 25 \
  --module-path "$jspecify" \
  --module-source-path "io.incipit.core=incipit-core/src/main/java" \
  --module-source-path "io.incipit.client=incipit-client/src/main/java" \
  --module io.incipit.core,io.incipit.client -d target/javadoc
echo "docs: ok (target/javadoc/index.html)"
