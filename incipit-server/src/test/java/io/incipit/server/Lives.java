// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Servers with durable values that have one directory, one after the other: each is killed at some
/// moment of its work. For one thread.
final class Lives {
  /// What is done until the process is gone.
  interface Work {
    /// Does some more of it.
    void go(Peer peer) throws IOException;
  }

  private final Path folder;
  private final SplittableRandom random;
  private int life;

  /// @param folder made here
  Lives(Path folder, SplittableRandom random) {
    this.folder = folder;
    this.random = random;
    assertThat(folder.toFile().mkdirs()).isTrue();
  }

  /// Starts the next one.
  SmallServer next() throws IOException, InterruptedException {
    return SmallServer.start(
        folder.resolve("log-" + life++),
        "256m",
        "store.host-limit=16MiB",
        "store.disk-directory=" + folder.resolve("values"),
        "store.disk-limit=8GiB",
        "store.durability=disk");
  }

  /// Waits until `INFO` says so.
  static void awaitInfo(Peer peer, String line) throws IOException, InterruptedException {
    for (String info = ""; !info.contains(line); Thread.sleep(5)) {
      peer.send("INFO", "all".getBytes(StandardCharsets.US_ASCII));
      info = StandardCharsets.ISO_8859_1.decode(peer.bulk()).toString();
    }
  }

  /// Works until the process is killed, at some moment of it.
  void untilKilled(SmallServer server, Peer peer, Work work) throws InterruptedException {
    long killAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20 + random.nextInt(1_500));
    var killer =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (System.nanoTime() - killAt < 0) {
                    Thread.onSpinWait();
                  }
                  server.process().destroyForcibly();
                });
    try {
      while (true) {
        work.go(peer);
      }
    } catch (IOException | AssertionError killed) {
      killer.join();
      assertThat(server.process().onExit().join().isAlive()).isFalse();
      assertThat(System.nanoTime()).as("%s", killed).isGreaterThan(killAt);
    }
  }
}
