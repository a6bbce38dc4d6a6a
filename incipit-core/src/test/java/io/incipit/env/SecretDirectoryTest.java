// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretDirectoryTest {
  @TempDir private Path root;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private List<Path> there() throws IOException {
    try (var files = Files.list(root)) {
      return files.map(Path::getFileName).sorted().toList();
    }
  }

  @Test
  void keep_putsAllInPlaceAtOnce_forItsOwnerOnly() throws IOException {
    var place = root.resolve("with blanks");
    try (var directory = SecretDirectory.begin(place)) {
      directory.write("key", "secret\n");
      assertThat(place).doesNotExist();
      assertThat(there()).singleElement().asString().matches("\\.with blanks\\.[0-9a-f]+\\.part");
      directory.keep();
    }
    assertThat(there()).containsExactly(Path.of("with blanks"));
    assertThat(place.resolve("key")).hasContent("secret\n");
    assertThat(mode(place)).isEqualTo("rwx------");
    assertThat(mode(place.resolve("key"))).isEqualTo("rw-------");
  }

  @Test
  void keep_takesThePlaceOfAnEmptyDirectory_byALinkToo() throws IOException {
    var place = Files.createDirectory(root.resolve("empty"));
    var link = Files.createSymbolicLink(root.resolve("link"), place);
    try (var directory = SecretDirectory.begin(link)) {
      directory.write("key", "secret");
      directory.keep();
    }
    assertThat(link).isSymbolicLink();
    assertThat(place.resolve("key")).hasContent("secret");
  }

  @Test
  void close_withoutKeep_leavesNothing() throws IOException {
    try (var directory = SecretDirectory.begin(root.resolve("a"))) {
      directory.write("key", "secret");
    }
    assertThat(there()).isEmpty();
  }

  @Test
  void keep_whereSomethingCameMeanwhile_changesNothing() throws IOException {
    var place = root.resolve("a");
    try (var directory = SecretDirectory.begin(place)) {
      directory.write("key", "secret");
      Files.createDirectory(place);
      Files.writeString(place.resolve("other"), "theirs");
      assertThatThrownBy(directory::keep)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(place.toRealPath() + ": cannot be put there, ");
    }
    assertThat(there()).containsExactly(Path.of("a"));
    assertThat(place.resolve("other")).hasContent("theirs");
    assertThat(place.resolve("key")).doesNotExist();
  }

  @Test
  void begin_whereSomethingIs_saysWhat() throws IOException {
    var file = Files.writeString(root.resolve("file"), "x");
    Files.createSymbolicLink(root.resolve("dangling"), root.resolve("nothing"));
    Files.createDirectory(root.resolve("full"));
    Files.writeString(root.resolve("full/x"), "x");
    var before = there();
    assertRefused(file, "file: a file (expected: a directory that is empty, or nothing)");
    assertRefused(root.resolve("full"), "full: has files (expected: a directory that is empty");
    assertRefused(root.resolve("dangling"), "dangling: a link to nothing (expected: ");
    assertRefused(root.resolve("no/such"), "no: no such directory (expected: one to make");
    assertRefused(Path.of("/"), "/: the root (expected: a directory below it)");
    assertThat(there()).isEqualTo(before);
  }

  private static void assertRefused(Path place, String sentence) {
    assertThatThrownBy(() -> SecretDirectory.begin(place))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(sentence);
  }
}
