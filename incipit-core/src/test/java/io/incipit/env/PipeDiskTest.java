// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PipeDiskTest {
  private static final Path PIPE = Path.of("-");

  private final byte[] bytes = new byte[3 << 20];
  private final PipeDisk once = new PipeDisk(new OnePipe(), PIPE, false);
  private final PipeDisk often = new PipeDisk(new OnePipe(), PIPE, true);

  PipeDiskTest() {
    new Random(1).nextBytes(bytes);
  }

  @Test
  void openRead_once_givesTheBeginningAgainAndThenAll() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (var head = once.openRead(PIPE)) {
        assertArrayEquals(Arrays.copyOf(bytes, 70_000), head.readNBytes(70_000));
      }
    }
    try (var in = once.openRead(PIPE)) {
      assertArrayEquals(bytes, in.readAllBytes());
    }
  }

  @Test
  void openRead_onceAfterAllWasRead_isRefusedInsteadOfGivingLess() throws IOException {
    try (var in = once.openRead(PIPE)) {
      assertEquals(bytes.length, in.readAllBytes().length);
    }
    assertThrows(IOException.class, () -> once.openRead(PIPE));
  }

  @Test
  void openRead_often_givesAllEachTime() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (var in = often.openRead(PIPE)) {
        assertArrayEquals(bytes, in.readAllBytes());
      }
    }
    assertEquals(bytes.length, often.bytes(PIPE));
  }

  /// A disk with a pipe that can be opened only once.
  private final class OnePipe implements Disk {
    private boolean opened;

    @Override
    public InputStream openRead(Path path) throws IOException {
      if (opened) {
        throw new IOException("opened twice");
      }
      opened = true;
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public Draft draft(Path path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean exists(Path path) {
      return true;
    }

    @Override
    public long bytes(Path path) {
      return 0;
    }
  }
}
