// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.Points.Point;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that are killed at each point of the store's work, one after the other on the same
/// directory: what they were told is durable is there, and what is there is right.
@Tag("stress")
final class DiskCrashTest {
  private static final int CYCLES = Search.Family.STRESS.isSlow() ? 1000 : 25;

  /// What a child prints at most on its way to its point, and far more than it should.
  private static final int LINES_MAX = 2_000_000;

  private final Versions versions = new Versions(CrashChild.KEYS);
  private final Map<Point, Integer> cycles = new EnumMap<>(Point.class);
  private long version = 1;
  private long durable;

  private static final Tenants NOBODY =
      new Tenants() {
        @Override
        public boolean keep(KeyHash hash, int length, boolean read) {
          return true;
        }

        @Override
        public void gone(KeyHash hash, Optional<byte[]> key, boolean wrong) {
          throw new AssertionError("a value that was found wrong");
        }
      };

  @Test
  void kill_atEachPoint_losesNothingThatWasDurable(@TempDir Path directory) throws Exception {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var points = Point.values();
    long found = 0;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      var point = points[cycle % points.length];
      try {
        run(directory, point, random.nextLong(), times(point, random.nextInt(100)));
        found += check(directory);
      } catch (IOException | AssertionError failure) {
        throw new AssertionError(
            "-Dincipit.seed=%d, cycle %d at %s".formatted(seed, cycle, point), failure);
      }
      cycles.merge(point, 1, Integer::sum);
    }
    assertTrue(cycles.values().stream().allMatch(count -> count >= 2), cycles.toString());
    System.out.printf(
        "rounds: kill -9 of disk stores: %d, %,d durable, %,d found %s%n",
        CYCLES, durable, found, cycles);
  }

  /// Rare points are waited for once.
  private static int times(Point point, int some) {
    return switch (point) {
      case BEFORE_RESERVE, RESERVED, WRITTEN, SYNCED, INDEXED -> 1 + some;
      case MID_BYTES -> 1 + some / 10;
      case SCANNED -> 1 + some / 25;
      default -> 1 + some / 30;
    };
  }

  private void run(Path directory, Point point, long seed, int times) throws IOException {
    KilledChild.run(
        CrashChild.class,
        List.of(
            directory.toString(),
            Long.toString(seed),
            Long.toString(version),
            point.toString(),
            Integer.toString(times)),
        LINES_MAX,
        new KilledChild.Listener() {
          @Override
          public void reached() {
            assertThrows(IOException.class, () -> open(directory), "a second process");
          }

          @Override
          public void heard(String[] words) {
            hear(words);
          }
        });
  }

  private void hear(String[] words) {
    if (words.length < 4) {
      return;
    }
    int key = Integer.parseInt(words[1]);
    long number = Long.parseLong(words[2]);
    version = Math.max(version, number + 1);
    switch (words[0]) {
      case "put" -> versions.put(key, number, Integer.parseInt(words[3]));
      case "remove" -> versions.remove(key, number);
      case "gone" -> versions.gone(key);
      case "ended" -> {
        versions.ended(key, number, Outcome.valueOf(words[3]));
        durable += words[3].equals("DURABLE") ? 1 : 0;
      }
      default -> throw new AssertionError(words[0]);
    }
  }

  private static DiskStore open(Path directory) throws IOException {
    return DiskRig.open(CrashChild.config(directory), NOBODY);
  }

  private long check(Path directory) throws IOException {
    long there = 0;
    var store = open(directory);
    try {
      while (store.scan()) {
        // Until all is scanned.
      }
      for (int key = 0; key < CrashChild.KEYS; key++) {
        long found = find(store, key);
        var possible = versions.possible(key);
        assertTrue(possible.contains(found), "key %d: %d of %s".formatted(key, found, possible));
        versions.settle(key, found);
        there += found == Versions.ABSENT ? 0 : 1;
      }
    } finally {
      store.close();
    }
    return there;
  }

  private long find(DiskStore store, int key) {
    var value = store.read(Payload.key(key));
    if (value.isEmpty()) {
      return Versions.ABSENT;
    }
    try (var open = value.get()) {
      long found = open.generation();
      assertEquals(new Fingerprint(key, found), open.fingerprint());
      assertEquals(versions.length(found), open.length());
      for (int piece = 0; piece < open.pieces(); piece++) {
        var bytes = open.piece(piece).orElseThrow();
        assertEquals(-1, Payload.wrongAt(bytes, key, found, Pieces.from(piece)));
      }
      return found;
    }
  }
}
