// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemDiskTest {
  private final Disk disk = Disk.system();

  @TempDir private Path directory;

  @Test
  void writeText_belowDirectoriesThatAreNotThere_makesThem() throws IOException {
    var file = directory.resolve("a/b/c.txt");
    assertFalse(disk.exists(file));
    disk.writeText(file, "é\n");
    assertTrue(disk.exists(file));
    assertEquals("é\n", disk.readText(file));
    assertEquals(3, disk.bytes(file));
  }

  @Test
  void writeText_overALongerText_leavesNothingOfIt() throws IOException {
    var file = directory.resolve("text");
    disk.writeText(file, "a longer text");
    try (var out = disk.createText(file)) {
      out.write("short\ntwo");
    }
    assertEquals("short\ntwo", disk.readText(file));
    try (var in = disk.openText(file)) {
      assertEquals("short", in.readLine());
    }
  }

  @Test
  void read_fileThatIsNotThere_isRefused() {
    var file = directory.resolve("nothing");
    assertThrows(NoSuchFileException.class, () -> disk.readText(file));
    assertThrows(NoSuchFileException.class, () -> disk.bytes(file));
  }
}
