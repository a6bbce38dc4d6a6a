// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The refusals of the house style: sizes, leftovers, licence lines, links.
class TidyTest {
  private static final String SPDX = "// SPDX-License-Identifier: Apache-2.0\n";

  @Test
  void sources_ofTheProject_areTidy() throws IOException {
    assertThat(Tidy.offences(House.ROOT)).isEmpty();
  }

  @Test
  void offences_planted_areNamed(@TempDir Path root) throws IOException {
    var main = root.resolve("m/src/main/java/io/incipit/a");
    write(main.resolve("Long.java"), SPDX + "class Long {\n" + body(70) + "}\n");
    write(main.resolve("Huge.java"), SPDX + "class Huge {\n" + "  int a;\n".repeat(800) + "}\n");
    write(main.resolve("Wide.java"), SPDX + "class Wide {}\n// " + "w".repeat(98) + "\n");
    write(main.resolve("Left.java"), SPDX + "class Left {} // TO" + "DO later\n");
    write(main.resolve("Bare.java"), "class Bare {}\n");
    write(root.resolve("docs/a.md"), "[here](a.md) [web](https://a.b) [gone](b.md#part)\n");
    write(root.resolve("checks/a.sh"), "#!/bin/sh\necho\n");

    assertThat(Tidy.offences(root))
        .containsExactlyInAnyOrder(
            "checks/a.sh:1: no SPDX-License-Identifier line at the top",
            "docs/a.md:1: dead link: b.md",
            "m/src/main/java/io/incipit/a/Bare.java:1: no SPDX-License-Identifier line at the top",
            "m/src/main/java/io/incipit/a/Huge.java:2: class Huge of 802 lines (max 800)",
            "m/src/main/java/io/incipit/a/Left.java:2: leftover note: class Left {} // TO"
                + "DO later",
            "m/src/main/java/io/incipit/a/Long.java:3: method m of 72 lines (max 70)",
            "m/src/main/java/io/incipit/a/Wide.java:3: line of 101 columns (max 100)",
            "m/src/main/java/io/incipit/a:1: no package-info.java");
  }

  @Test
  void offences_atTheLimits_areNone(@TempDir Path root) throws IOException {
    var main = root.resolve("m/src/main/java/io/incipit/a");
    write(main.resolve("package-info.java"), SPDX + "package io.incipit.a;\n");
    write(main.resolve("Long.java"), SPDX + "class Long {\n" + body(68) + "}\n");
    write(main.resolve("Huge.java"), SPDX + "class Huge {\n" + "  int a;\n".repeat(798) + "}\n");
    for (int i = 3; i < Tidy.PACKAGE_FILES_MAX; i++) {
      write(main.resolve("A" + i + ".java"), SPDX + "class A" + i + " {}\n");
    }
    assertThat(Tidy.offences(root)).isEmpty();

    write(main.resolve("Last.java"), SPDX + "class Last {}\n");
    assertThat(Tidy.offences(root))
        .containsExactly("m/src/main/java/io/incipit/a:1: package of 26 files (max 25)");
  }

  private static String body(int lines) {
    return "  void m() {\n" + "    ;\n".repeat(lines) + "  }\n";
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
