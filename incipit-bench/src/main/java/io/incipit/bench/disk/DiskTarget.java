// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.disk;

import io.incipit.bench.disk.Plan.Size;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.disk.DiskStore;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.Tenants;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A store of the tier `DISK` in this process, as the server opens it, with all values of one size.
final class DiskTarget implements AutoCloseable {
  /// Of values that are put and not durable, of all threads: as many as the server leaves to the
  /// store when it empties its memory.
  private static final long WAITING_BYTES = 64 << 20;

  private static final double NS_PER_MS = 1e6;
  private static final double GIB = 1L << 30;

  /// Everything is kept, and nobody hears of it.
  private static final Tenants NOBODY =
      new Tenants() {
        @Override
        public boolean keep(KeyHash hash, int length, boolean read) {
          return true;
        }

        @Override
        public void gone(KeyHash hash, Optional<byte[]> key, boolean wrong) {}
      };

  private final DiskStore store;
  private final Values values;
  private final int depth;
  private final Size size;
  private int count;

  /// Opens a new one, whose capacity is never reached.
  DiskTarget(Path directory, Values values, int depth, Size size, long bytes) throws IOException {
    long capacityBytes = Math.max(bytes * 2, 32 * DiskConfig.EXTENT_BYTES);
    var config = DiskConfig.of(directory, capacityBytes);
    this.store = DiskStore.open(config, RawDisk.system(), Clock.system(), NOBODY, KeyHash::of);
    this.values = values;
    this.depth = depth;
    this.size = size;
  }

  /// Puts values, each thread its share, without waiting for each.
  ///
  /// @return ms for each GiB, until all are durable
  double write(long bytes) throws InterruptedException {
    return put(bytes, (int) Math.max(1, WAITING_BYTES / depth / size.bytes()));
  }

  /// Puts values; each thread waits until its value is durable before it puts the next.
  double writeDurable(long bytes) throws InterruptedException {
    return put(bytes, 1);
  }

  private double put(long bytes, int waitingMax) throws InterruptedException {
    count = (int) (bytes / size.bytes());
    return msPerGib(
        Threads.run(
            depth,
            thread -> {
              var waiting = new ArrayDeque<CompletableFuture<Outcome>>();
              for (int key = thread; key < count; key += depth) {
                if (waiting.size() == waitingMax) {
                  require(waiting.remove().get());
                }
                var source = values.value(key, size.bytes());
                waiting.add(store.put(name(key), key, Fingerprint.NONE, source));
              }
              while (!waiting.isEmpty()) {
                require(waiting.remove().get());
              }
            }));
  }

  private static void require(Outcome outcome) {
    if (outcome != Outcome.DURABLE) {
      throw new IllegalStateException("put: " + outcome + " (expected: DURABLE)");
    }
  }

  /// Reads all that was written, in an order drawn by chance, each thread its share.
  ///
  /// @return ms for each GiB
  double read(long seed) throws InterruptedException {
    var order = shuffled(seed);
    return msPerGib(
        Threads.run(
            depth,
            thread -> {
              for (int i = thread; i < count; i += depth) {
                read(order[i]);
              }
            }));
  }

  /// All pieces, each of which the store compares with its checksum.
  private void read(int key) {
    try (var value = store.read(name(key)).orElseThrow()) {
      for (int piece = 0; piece < value.pieces(); piece++) {
        var _ = value.piece(piece).orElseThrow();
      }
      if (value.generation() != key || value.length() != size.bytes()) {
        throw new IllegalStateException("read: another value than that of key " + key);
      }
    }
  }

  private int[] shuffled(long seed) {
    var random = RandomSource.seeded(seed);
    var order = new int[count];
    for (int i = 1; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  private double msPerGib(long ns) {
    return ns / NS_PER_MS / ((double) count * size.bytes() / GIB);
  }

  private static byte[] name(int key) {
    return ("bench:" + key).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
