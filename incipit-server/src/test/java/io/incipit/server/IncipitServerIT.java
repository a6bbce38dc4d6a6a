// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.incipit.env.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Servers in which something fails that should not, while they are made.
@EnabledOnOs(OS.LINUX)
class IncipitServerIT {
  private static final Path SHM = Path.of("/dev/shm");

  private Path directory = SHM;

  /// A clock that fails when it is asked.
  private static final class FailingClock implements Clock {
    @Override
    public long nanoTime() {
      throw new AssertionError("planted");
    }

    @Override
    public long wallMillis() {
      return Clock.system().wallMillis();
    }

    @Override
    public void sleepNs(long durationNs) throws InterruptedException {
      Clock.system().sleepNs(durationNs);
    }
  }

  @BeforeEach
  void makeDirectory() throws IOException {
    assumeTrue(Files.isWritable(SHM));
    directory = Files.createTempDirectory(SHM, "incipit-it-");
  }

  @AfterEach
  void removeDirectory() throws IOException {
    for (var file : files()) {
      Files.delete(file);
    }
    Files.delete(directory);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  private ServerConfig config() {
    return ServerConfig.of(
        Map.of(
            "net.resp-port", "0",
            "net.http-port", "0",
            "store.share-directory", directory.toString(),
            "store.host-limit", "16MiB"));
  }

  @Test
  void start_failsWhileItIsMade_leavesNoFile() throws IOException {
    assertThatThrownBy(() -> IncipitServer.start(config(), new FailingClock()))
        .hasMessage("planted");
    assertThat(files()).isEmpty();
  }
}
