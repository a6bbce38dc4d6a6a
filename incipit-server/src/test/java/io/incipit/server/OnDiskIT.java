// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Search;
import io.incipit.store.memory.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Values that outlive the process: after a clean stop all, after a kill whatever was said to be
/// durable, and nothing that was removed or replaced.
class OnDiskIT {
  private static final int MIB = 1 << 20;
  private static final int LIVES = 5;
  private static final int KEYS = 40;

  @TempDir private Path directory;

  private Map<String, String> settings(String durability) {
    return Map.of(
        "store.host-limit",
        "16MiB",
        "store.disk-directory",
        directory.resolve("values").toString(),
        "store.disk-limit",
        "8GiB",
        "store.durability",
        durability);
  }

  @Test
  void moreThanMemoryHolds_outlivesACleanStop() throws Exception {
    for (int life = 0; life < 2; life++) {
      try (var server = Tools.server(settings("memory"));
          var peer = new Peer(server.respPort(), 0)) {
        for (int key = 0; life == 0 && key < KEYS; key++) {
          peer.send("SET", key(key), Payload.bytes(key, 1, 0, MIB).array());
          peer.expect("+OK\r\n");
        }
        for (int key = 0; key < KEYS; key++) {
          peer.send("GET", key(key));
          var value = peer.bulk();
          assertThat(value.remaining()).as("key %d", key).isEqualTo(MIB);
          assertThat(Payload.wrongAt(value, key, 1, 0)).as("key %d", key).isEqualTo(-1);
        }
        peer.send("DBSIZE");
        peer.expect(":%d\r\n".formatted(KEYS));
      }
    }
  }

  private static byte[] key(int number) {
    return "key-%d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void secondProcess_isRefusedTheDirectory() throws Exception {
    try (var _ = Tools.server(settings("memory"))) {
      try (var second = Tools.server(settings("memory"))) {
        throw new AssertionError("serves on port " + second.respPort());
      } catch (IOException refused) {
        assertThat(refused).hasMessageContaining("not used by another process");
      }
    }
  }

  @Test
  @Tag("stress")
  void killedAtAnyMoment_keepsWhatWasDurable() throws Exception {
    Search.of(Search.Family.STRESS, "killed with values on disk", 2, 40)
        .run(seed -> new Round(seed).run());
  }

  /// One directory and the processes that have it, one after the other.
  private final class Round {
    private final SplittableRandom random;
    private final Lives lives;

    /// The version that was acknowledged last, 0 for a removal.
    private final Map<Integer, Long> acknowledged = new HashMap<>();

    /// Versions that may have been made after that.
    private final Map<Integer, Set<Long>> possible = new HashMap<>();

    private long version;

    Round(long seed) {
      this.random = new SplittableRandom(seed);
      this.lives = new Lives(directory.resolve("round-" + seed), random);
    }

    void run() throws IOException, InterruptedException {
      for (int life = 0; life < LIVES; life++) {
        try (var server = lives.next()) {
          try (var peer = new Peer(server.port(), 0)) {
            Lives.awaitInfo(peer, "disk_recovering:0");
            for (int key = 0; key < KEYS; key++) {
              check(peer, key);
            }
          }
          try (var peer = new Peer(server.port(), 0)) {
            lives.untilKilled(server, peer, work -> change(work, random.nextInt(KEYS)));
          }
        }
      }
    }

    private void check(Peer peer, int key) throws IOException {
      peer.send("GET", key(key));
      var bytes = peer.bulk();
      var candidates = new HashSet<>(possible.getOrDefault(key, Set.of()));
      candidates.add(acknowledged.getOrDefault(key, 0L));
      long found = 0;
      for (long candidate : candidates) {
        boolean is =
            candidate == 0
                ? !bytes.hasRemaining()
                : bytes.hasRemaining()
                    && bytes.remaining() == length(candidate)
                    && Payload.wrongAt(bytes.duplicate(), key, candidate, 0) < 0;
        found = is ? candidate : found;
        if (is) {
          candidates.clear();
          break;
        }
      }
      assertThat(candidates).as("key %d has %d bytes", key, bytes.remaining()).isEmpty();
      acknowledged.put(key, found);
      possible.remove(key);
    }

    private int length(long ofVersion) {
      return 1 + (int) ((ofVersion * 7_919L) % (512 << 10));
    }

    private void change(Peer peer, int key) throws IOException {
      long next = random.nextInt(6) == 0 ? 0 : ++version;
      possible.computeIfAbsent(key, _ -> new HashSet<>()).add(next);
      if (next == 0) {
        peer.send("DEL", key(key));
        assertThat(peer.line()).startsWith(":");
      } else {
        peer.send("SET", key(key), Payload.bytes(key, next, 0, length(next)).array());
        assertThat(peer.line()).isEqualTo("+OK");
      }
      acknowledged.put(key, next);
      possible.remove(key);
    }
  }
}
