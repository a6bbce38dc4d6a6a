// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.RandomSource;
import io.incipit.store.memory.HostMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Memory that is a file of a directory, taken, read by others, given back, and what is left of it.
@EnabledOnOs(OS.LINUX)
class SharedPoolTest {
  private static final Path SHM = Path.of("/dev/shm");
  private static final long BYTES = 3 << 20;
  private static final String LEFT = "incipit-pool-0123456789abcdef0123456789abcdef";

  private Path directory = SHM;

  @BeforeEach
  void makeDirectory() throws IOException {
    assumeTrue(Files.isWritable(SHM));
    directory = Files.createTempDirectory(SHM, "incipit test 'ü\"$(x)\n");
  }

  @AfterEach
  void removeDirectory() throws IOException {
    for (var file : files()) {
      Files.delete(file);
    }
    Files.delete(directory);
  }

  private HostMemory open() throws IOException {
    return SharedPool.open(directory, BYTES, RandomSource.system());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void open_isAFileThatItsUserReads_untilItIsClosed() throws IOException {
    var memory = open();
    assertThat(files()).hasSize(1);
    var file = files().getFirst();
    assertThat(memory.path()).hasValue(file.toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat((long) Files.getAttribute(file, "unix:size")).isEqualTo(BYTES);

    memory.view(BYTES - 5, 5).put(new byte[] {1, 2, 3, 4, 5});
    var read = ByteBuffer.allocate(5);
    try (var reader = FileChannel.open(file, StandardOpenOption.READ)) {
      assertThat(reader.read(read, BYTES - 5)).isEqualTo(5);
      assertThat(read.array()).containsExactly(1, 2, 3, 4, 5);
      memory.close();
      // Its bytes are gone for whoever still has it open.
      assertThat(reader.size()).isZero();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void open_takesAllRoomAtOnce() throws IOException {
    long before = Libc.fileSystem(directory.toString()).availableBytes();
    try (var _ = SharedPool.open(directory, 64 << 20, RandomSource.system())) {
      assertThat(Libc.fileSystem(directory.toString()).availableBytes())
          .isLessThanOrEqualTo(before - (48 << 20));
    }
  }

  @Test
  void open_leftByAKilledProcess_isRemoved() throws IOException {
    var left = directory.resolve(LEFT);
    Files.write(left, new byte[9_000]);
    var others =
        List.of(
            Files.write(directory.resolve(LEFT + "0"), new byte[1]),
            Files.write(directory.resolve("incipit-pool-x"), new byte[1]),
            Files.createSymbolicLink(
                directory.resolve(LEFT.replace('0', '1')), directory.resolve("incipit-pool-x")));
    try (var reader = FileChannel.open(left, StandardOpenOption.READ);
        var _ = open()) {
      assertThat(Files.exists(left)).isFalse();
      assertThat(reader.size()).isZero();
      assertThat(files()).hasSize(others.size() + 1).containsAll(others);
    }
  }

  @Test
  void reclaim_whatTookThePlaceOfAFile_stays() throws Exception {
    var linked = Files.write(directory.resolve(LEFT), new byte[9]);
    var second = Files.createLink(directory.resolve("second"), linked);
    var pipe = directory.resolve(LEFT.replace('0', '1'));
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    SharedPool.reclaim(linked.toString());
    SharedPool.reclaim(pipe.toString());
    assertThat(files()).containsExactlyInAnyOrder(linked, second, pipe);
    assertThat(Files.size(linked)).isEqualTo(9);

    Files.delete(second);
    SharedPool.reclaim(linked.toString());
    assertThat(files()).containsExactly(pipe);
  }

  @Test
  void open_whereOthersReplaceFiles_isRefused() throws IOException {
    for (int mode : List.of(0777, 0770, 0702)) {
      Files.setAttribute(directory, "unix:mode", mode);
      assertThatIOException()
          .isThrownBy(this::open)
          .withMessageStartingWith("store.share-directory: " + directory)
          .withMessageContaining("can be written by others (expected: by its owner alone, or with");
      assertThat(files()).isEmpty();
    }
    Files.setAttribute(directory, "unix:mode", 01777);
    open().close();
    Files.setAttribute(directory, "unix:mode", 0755);
    open().close();
  }

  @Test
  void close_takesTheNameFirst_andTheBytesWhenTheyAreNotMapped() {
    int file = Libc.open(directory.toString(), Libc.O_RDWR | Libc.O_TMPFILE);
    assertThat(Libc.allocate(file, 0, BYTES)).isZero();
    var memory = new HostMemory[1];
    var steps = new ArrayList<String>();
    var backing =
        new HostMemory.Backing() {
          @Override
          public int file() {
            return file;
          }

          @Override
          public String path() {
            return "here";
          }

          @Override
          public void unname() {
            steps.add("unname, mapped: " + isMapped(memory[0]));
          }

          @Override
          public void end() {
            steps.add("end, mapped: " + isMapped(memory[0]));
            Libc.close(file);
          }
        };
    memory[0] = HostMemory.shared(backing, BYTES);
    memory[0].close();
    memory[0].close();
    assertThat(steps).containsExactly("unname, mapped: true", "end, mapped: false");
  }

  private static boolean isMapped(HostMemory memory) {
    try {
      memory.view(0, 1).get();
      return true;
    } catch (IllegalStateException _) {
      return false;
    }
  }

  @Test
  void open_anothersFile_stays() throws IOException {
    try (var first = open();
        var second = open()) {
      assertThat(files()).hasSize(2);
      assertThat(first.path()).isNotEqualTo(second.path());
      first.view(0, 1).put((byte) 7);
      second.view(0, 1).put((byte) 8);
      // Whoever opens and closes a file does not end its lock.
      Files.readAllBytes(Path.of(first.path().orElseThrow()));
      open().close();
      assertThat(files()).hasSize(2);
      assertThat(first.view(0, 1).get()).isEqualTo((byte) 7);
    }
  }

  @Test
  void open_noRoom_isRefusedAndLeavesNothing() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> SharedPool.open(directory, 1L << 40, RandomSource.system()))
        .withMessageContaining("has room for")
        .withMessageContaining("(expected: for store.host-limit, 1099511627776)");
    assertThat(files()).isEmpty();
  }

  @Test
  void isPossible_whereTheNumbersOfCallsAreKnown() {
    assertThat(SharedPool.isPossible("Linux", "amd64")).isTrue();
    assertThat(SharedPool.isPossible("Linux", "aarch64")).isTrue();
    assertThat(SharedPool.isPossible("Linux", "riscv64")).isFalse();
    assertThat(SharedPool.isPossible("Mac OS X", "aarch64")).isFalse();
  }

  @Test
  void open_noMemory_isRefused() {
    assertThatIOException()
        .isThrownBy(() -> SharedPool.open(Path.of("/proc"), BYTES, RandomSource.system()))
        .withMessage(
            "store.share-directory: /proc is on a file system of kind 0x9fa0 (expected: tmpfs,"
                + " 0x1021994, as /dev/shm is)");
    assertThatIOException()
        .isThrownBy(() -> SharedPool.open(Path.of("/none"), BYTES, RandomSource.system()))
        .withMessage("store.share-directory: /none: error 2 of the system (statfs)");
    assertThatIOException()
        .isThrownBy(
            () ->
                SharedPool.open(
                    Files.write(directory.resolve("file"), new byte[1]),
                    BYTES,
                    RandomSource.system()))
        .withMessageStartingWith("store.share-directory: ");
  }
}
