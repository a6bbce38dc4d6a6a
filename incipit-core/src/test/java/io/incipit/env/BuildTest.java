// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildTest {
  @Test
  void ours_version_isThatOfTheBuild() {
    assertThat(Build.ours().version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?");
  }

  @Test
  void toString_commitKnown_namesIt() {
    assertThat(new Build("0.1.0", "0dad910+")).hasToString("0.1.0 (0dad910+)");
    assertThat(new Build("0.1.0", "")).hasToString("0.1.0");
  }
}
