// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What `./incipit serve` starts from: the launcher takes the jars that this module needs.
class ClassPathTest {
  /// This test has all of them before it, and those of the tests besides.
  @Test
  void classPath_ofTheCommandLine_hasAServerAndNeitherBenchmarksNorTokenizers() {
    var jars = System.getProperty("java.class.path").split(File.pathSeparator, -1);

    assertThat(Arrays.stream(jars).map(jar -> Path.of(jar).getFileName().toString()))
        .anyMatch(jar -> jar.startsWith("netty-"))
        .noneMatch(jar -> jar.contains("jmh"))
        .noneMatch(jar -> jar.startsWith("jtokkit-") || jar.startsWith("tokenizers-"));
    assertThat(getClass().getResource("/org/openjdk/jmh/Main.class")).isNull();
    assertThat(getClass().getResource("/io/incipit/bench/cli/Main.class")).isNull();
  }
}
