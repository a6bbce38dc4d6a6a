// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemDiskTest {
  private final Disk disk = Disk.system();

  @TempDir private Path directory;

  @Test
  void writeText_overALongerText_leavesNothingOfIt() throws IOException {
    var file = directory.resolve("text");
    disk.writeText(file, "a longer text");
    disk.writeText(file, "é\ntwo");
    assertEquals("é\ntwo", disk.readText(file));
    assertEquals(6, disk.bytes(file));
    try (var in = disk.openText(file)) {
      assertEquals("é", in.readLine());
    }
  }

  private static void add(Disk.Log log, String text) throws IOException {
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      log.append(bytes);
    }
  }

  @Test
  void log_isMadeForItsOwner_andGrows() throws IOException {
    var file = directory.resolve("log");
    try (var log = disk.log(file)) {
      assertEquals(0, log.bytes());
      assertFalse(log.isTorn());
      add(log, "one\ntw");
      assertTrue(log.isTorn());
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    try (var log = disk.log(file)) {
      assertEquals(6, log.bytes());
      assertTrue(log.isTorn());
      add(log, "o\n");
      assertFalse(log.isTorn());
    }
    assertEquals("one\ntwo\n", disk.readText(file));
  }

  @Test
  void log_thatWasMovedOrRemoved_isNotInPlace() throws IOException {
    var file = directory.resolve("log");
    var old = directory.resolve("old");
    disk.writeText(old, "older");
    try (var log = disk.log(file)) {
      add(log, "a\n");
      assertTrue(log.isInPlace());
      disk.move(file, old);
      assertFalse(log.isInPlace());
      add(log, "b\n");
      disk.writeText(file, "another");
      assertFalse(log.isInPlace());
    }
    assertEquals("a\nb\n", disk.readText(old));
    assertThrows(NoSuchFileException.class, () -> disk.move(directory.resolve("none"), old));
  }

  @Test
  void log_ofALinkOrADirectory_isRefused() throws IOException {
    var victim = directory.resolve("victim");
    disk.writeText(victim, "precious");
    var link = Files.createSymbolicLink(directory.resolve("link"), victim);
    var dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nothing"));
    for (var path : List.of(link, dangling, directory)) {
      assertThrows(IOException.class, () -> disk.log(path));
    }
    assertEquals("precious", disk.readText(victim));
  }

  @Test
  void writeText_belowADirectoryThatIsNotThere_makesNone() {
    var file = directory.resolve("a/b.txt");
    assertThrows(IOException.class, () -> disk.writeText(file, "text"));
    assertFalse(disk.exists(directory.resolve("a")));
    assertTrue(disk.obstacle(file).startsWith("a file in a directory that is there, and "));
  }

  @Test
  void draft_notKept_leavesWhatWasThereAndNothingBeside() throws IOException {
    var file = directory.resolve("text");
    disk.writeText(file, "precious");
    try (var draft = disk.draft(file)) {
      draft.out().write(new byte[100]);
    }
    assertEquals("precious", disk.readText(file));
    assertEquals(List.of("text"), names());
  }

  @Test
  void draft_untilKept_isSeenUnderNoNameThatLooksComplete() throws IOException {
    try (var draft = disk.draft(directory.resolve("trace.jsonl"))) {
      draft.out().write('x');
      assertTrue(names().getFirst().matches("\\.trace\\.jsonl\\.[0-9a-f]+\\.part"));
      draft.keep();
    }
    assertEquals(List.of("trace.jsonl"), names());
  }

  @Test
  void draft_dropped_isNotKeptAfterwards() throws IOException {
    var draft = disk.draft(directory.resolve("text"));
    draft.close();
    assertThrows(IOException.class, draft::keep);
    assertEquals(List.of(), names());
  }

  @Test
  void draft_throughALink_replacesTheFileAndKeepsLinkAndPermissions() throws IOException {
    var file = directory.resolve("text");
    disk.writeText(file, "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    var link = Files.createSymbolicLink(directory.resolve("link"), Path.of("text"));
    disk.writeText(link, "new");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", disk.readText(file));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void draft_linkThatLeadsNowhere_makesTheFile() throws IOException {
    var link = Files.createSymbolicLink(directory.resolve("link"), Path.of("text"));
    disk.writeText(link, "new");
    assertEquals("new", disk.readText(directory.resolve("text")));
  }

  @Test
  void overwrites_sameFileByAnyName_isSeen() throws IOException {
    var file = directory.resolve("text");
    disk.writeText(file, "old");
    var link = Files.createSymbolicLink(directory.resolve("link"), file);
    var twin = Files.createLink(directory.resolve("twin"), file);
    var detour = Files.createDirectory(directory.resolve("d")).resolve("../text");
    for (var name : List.of(file, link, twin, detour)) {
      assertTrue(disk.overwrites(name, file), name.toString());
      assertTrue(disk.overwrites(file, name), name.toString());
    }
    assertFalse(disk.overwrites(directory.resolve("other"), file));
    assertFalse(disk.overwrites(Path.of("/dev/null"), Path.of("/dev/null")));
  }

  @Test
  void isSamePlace_filesThatAreNotThere_areComparedByWhereTheyWouldBe() throws IOException {
    var link = Files.createSymbolicLink(directory.resolve("d"), directory);
    assertTrue(disk.isSamePlace(directory.resolve("a"), link.resolve("./a")));
    assertFalse(disk.isSamePlace(directory.resolve("a"), link.resolve("b")));
    assertTrue(disk.isSamePlace(Path.of("-"), Path.of("/dev/stdout")));
  }

  @Test
  void obstacle_fileSystemThatTakesNone_isNamed() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "no /proc");

    assertEquals(
        "a file in a directory that may be written, and /proc may not",
        disk.obstacle(Path.of("/proc/new")));
  }

  @Test
  void obstacle_directoryOrFreePlace_isNamedOrNot() {
    assertEquals("a file, and this is a directory", disk.obstacle(directory));
    assertEquals("", disk.obstacle(directory.resolve("new")));
    assertEquals("", disk.obstacle(Path.of("/dev/null")));
    assertEquals("", disk.obstacle(Path.of("-")));
  }

  @Test
  void isReadOnce_standardInputAndPipes_andNoFiles() throws Exception {
    var pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertTrue(disk.isReadOnce(pipe));
    assertTrue(disk.isReadOnce(Path.of("-")));
    assertFalse(disk.isReadOnce(directory));
    assertEquals(0, disk.bytes(pipe));
  }

  @Test
  void read_fileThatIsNotThere_isRefused() {
    var file = directory.resolve("nothing");
    assertThrows(NoSuchFileException.class, () -> disk.readText(file));
    assertThrows(NoSuchFileException.class, () -> disk.bytes(file));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
