// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.incipit.block.Namespace;
import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.store.block.Block;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.block.Space;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.Payload;
import io.incipit.store.memory.Pin;
import io.incipit.store.retain.KeepPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A store of blocks, as a rule durable when they are committed, and what each of them has. Its
/// memory is small, so that blocks leave it all the time; the disk has room for all.
final class CrashBlocks {
  static final int PARTS = 3;
  static final long HASH = 0x2222_0000_0000_0000L;
  private static final int MIB = 1 << 20;
  private static final int ROOM_TRIES = 100;
  private static final Duration LONG = Duration.ofSeconds(60);
  static final Namespace CHAT = Namespace.of("chat", 16, 8);

  private final Store store;
  private final Store.Visitor visitor;
  private final Space space;

  CrashBlocks(Store store) {
    this.store = store;
    this.visitor = store.visitor();
    this.space = store.blocks().attach(CHAT, Map.of()).space().orElseThrow();
  }

  static Store open(Path directory, RawDisk disk, Clock clock, OwnerStream.Feed feed)
      throws IOException {
    return open(directory, disk, clock, feed, Durability.DISK);
  }

  static Store open(
      Path directory, RawDisk disk, Clock clock, OwnerStream.Feed feed, Durability durability)
      throws IOException {
    var options =
        new StoreOptions(
            2 * MIB,
            8 * MIB,
            KeepPolicy.LEAF_LRU,
            Duration.ofMillis(10),
            LONG,
            LONG,
            0,
            Optional.of(new DiskConfig(directory, 2048L * MIB, 4 * MIB, 8 * MIB, 8, false)),
            durability,
            "store");
    var memory = new HostMemory(options.hostBytes(), false);
    var store = Store.open(options, memory, disk, clock, 1);
    store.blocks().feed(feed, "store");
    store.start();
    return store;
  }

  Store store() {
    return store;
  }

  Space space() {
    return space;
  }

  /// Behind each block with an odd number is the next one.
  Block block(int number) {
    boolean root = number % 2 == 1;
    return new Block(space, 0, HASH + number, root, 0, root ? 0 : HASH + number - 1, PARTS, 0);
  }

  static int length(int number, int part) {
    return 2 + (number * 7_919 + part * 104_729) % 100_000;
  }

  private static int key(int number, int part) {
    return 8 * number + part;
  }

  static ByteBuffer bytes(int number, int part) {
    return Payload.bytes(key(number, part), 1, 0, length(number, part));
  }

  /// How many parts of a block are there; the bytes of each are compared.
  int read(int number) {
    store.asked(new long[] {block(number).id()}, 16);
    int parts = 0;
    for (int part = 0; part < PARTS; part++) {
      var pin = pin(block(number).key().bytes(part));
      if (pin.isPresent()) {
        try (var value = pin.get()) {
          assertEquals(length(number, part), value.length());
          var read = value.bytes(0, value.length());
          assertEquals(-1, Payload.wrongAt(read, key(number, part), 1, 0));
          parts++;
        }
      }
    }
    return parts;
  }

  /// What is on disk and finds no room in memory, of which there is little, is asked for again.
  private Optional<Pin> pin(byte[] key) {
    var pin = visitor.readPart(key);
    for (int i = 0; i < ROOM_TRIES && pin.isEmpty(); i++) {
      var latch = new CountDownLatch(1);
      var arrival = visitor.bring(key, latch::countDown);
      if (arrival.isEmpty()) {
        return visitor.readPart(key);
      }
      TierRig.await(latch);
      pin = arrival.get().take();
    }
    return pin;
  }

  /// Runs a change, and waits until all that it did is as durable as it has to be.
  void change(Runnable task) {
    var latch = new CountDownLatch(1);
    store.later(
        new Change() {
          @Override
          public boolean run(Patience patience) {
            task.run();
            var _ = store.settled().whenComplete((_, _) -> latch.countDown());
            return true;
          }

          @Override
          public void made(boolean wrong) {
            if (wrong) {
              throw new IllegalStateException("a change failed");
            }
          }
        });
    TierRig.await(latch);
  }

  long stat(String name) {
    return store.stats().stream()
        .filter(stat -> stat.name().equals(name))
        .mapToLong(stat -> stat.value())
        .findFirst()
        .orElseThrow();
  }
}
