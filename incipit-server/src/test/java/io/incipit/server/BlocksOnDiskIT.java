// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Search;
import io.incipit.store.memory.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blocks in parts, in processes that are killed at any moment: what was committed is read and is
/// known to the index, what was not is there with all parts or not at all, and no byte is wrong.
class BlocksOnDiskIT {
  private static final int LIVES = 5;
  private static final int PARTS = 3;

  @TempDir private Path directory;

  @Test
  @Tag("stress")
  void killedAtAnyMoment_keepsWhatWasCommittedAndNoHalves() throws Exception {
    Search.of(Search.Family.STRESS, "killed with blocks on disk", 2, 40)
        .run(seed -> new Round(seed).run());
  }

  /// One directory and the processes that have it, one after the other.
  private final class Round {
    private final Lives lives;
    private final Set<Integer> committed = new HashSet<>();
    private int block;

    Round(long seed) {
      this.lives = new Lives(directory.resolve("round-" + seed), new SplittableRandom(seed));
    }

    void run() throws IOException, InterruptedException {
      for (int life = 0; life < LIVES; life++) {
        try (var server = lives.next()) {
          try (var peer = attached(server)) {
            Lives.awaitInfo(peer, "store_blocks_finding:0");
            for (int number = 1; number <= block; number++) {
              check(peer, number);
            }
          }
          try (var peer = attached(server)) {
            lives.untilKilled(server, peer, this::put);
          }
        }
      }
    }

    private Peer attached(SmallServer server) throws IOException {
      var peer = new Peer(server.port(), 0);
      ask(peer, "KVC.NAMESPACE", "CREATE", "kv", "BLOCKTOKENS", "16", "HASHBYTES", "8");
      assertThat(ask(peer, "KVC.ATTACH", "kv", "MODEL", "m")).isEqualTo("+OK");
      return peer;
    }

    private String ask(Peer peer, String command, String... words) throws IOException {
      peer.send(command, words(words));
      return peer.line();
    }

    private byte[][] words(String... words) {
      var bytes = new byte[words.length][];
      for (int i = 0; i < words.length; i++) {
        bytes[i] = words[i].getBytes(StandardCharsets.US_ASCII);
      }
      return bytes;
    }

    private static String hash(int number) {
      return "%016x".formatted(number);
    }

    private void check(Peer peer, int number) throws IOException, InterruptedException {
      int parts = 0;
      for (int part = 0; part < PARTS; part++) {
        peer.send("KVC.READ", words("0", "kv", Integer.toString(part), hash(number), "HEX"));
        if (peer.line().equals("*1")) {
          assertThat(peer.line()).isEqualTo("+MISS 0");
          continue;
        }
        parts++;
        assertThat(peer.line()).isEqualTo("*2");
        peer.bulk();
        check(peer.bulk(), number, part);
        assertThat(peer.line()).isEqualTo("+END");
      }
      assertThat(parts).as("parts of %d", number).isIn(0, PARTS);
      if (committed.contains(number)) {
        assertThat(parts).as("parts of %d, which was committed", number).isEqualTo(PARTS);
      }
      awaitKnown(peer, number, parts == 0 ? ":0" : ":1");
    }

    private void check(ByteBuffer value, int number, int part) {
      assertThat(value.remaining()).as("block %d", number).isEqualTo(length(number, part));
      assertThat(Payload.wrongAt(value, key(number, part), 1, 0))
          .as("block %d", number)
          .isNegative();
    }

    private void awaitKnown(Peer peer, int number, String blocks)
        throws IOException, InterruptedException {
      for (var known = ""; !known.equals(blocks); Thread.sleep(5)) {
        peer.send("KVC.MATCH", words("kv", hash(number), "LIMIT", "0", "HEX"));
        assertThat(peer.line()).isEqualTo("*5");
        known = peer.line();
        peer.line();
        peer.line();
        peer.bulk();
        assertThat(peer.line()).isEqualTo("*0");
      }
    }

    private static int key(int number, int part) {
      return 8 * number + part;
    }

    private static int length(int number, int part) {
      return 1 + (number * 7_919 + part * 104_729) % (256 << 10);
    }

    /// Two blocks behind the last one, in one put; whoever comes back puts under other names.
    private void put(Peer peer) throws IOException {
      var put = "put-" + block;
      int first = block + 1;
      block += 2;
      for (int number = first; number <= block; number++) {
        for (int part = 0; part < PARTS; part++) {
          var value = Payload.bytes(key(number, part), 1, 0, length(number, part)).array();
          var words = words("kv", put, "", hash(number), part + "/" + PARTS, "");
          words[5] = value;
          peer.send("KVC.PUT", words);
          assertThat(peer.line()).isEqualTo("+OK");
        }
      }
      peer.send("KVC.COMMIT", words("kv", put));
      assertThat(peer.line()).isEqualTo("*3");
      assertThat(peer.line()).isEqualTo(":2");
      peer.line();
      peer.line();
      committed.add(first);
      committed.add(block);
    }
  }
}
