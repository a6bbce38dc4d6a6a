// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.block.StagedPuts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlockPinsTest {
  private static final long HOUR_NS = 3_600_000_000_000L;

  @Test
  void pin_ofABlockThatIsLeavingMemory_keepsItThere(@TempDir Path directory) throws Exception {
    var gate = new CountDownLatch(1);
    var closed = new AtomicBoolean();
    var disk =
        new WatchedDisk(
            RawDisk.system(),
            () -> {},
            () -> {
              if (closed.get()) {
                TierRig.await(gate);
              }
            },
            () -> {});
    var store =
        CrashBlocks.open(directory, disk, Clock.system(), OwnerStream.Feed.NONE, Durability.MEMORY);
    try {
      var blocks = new CrashBlocks(store);
      closed.set(true);
      int next = 1;
      while (blocks.stat("store-leaving-bytes") == 0) {
        put(blocks, next);
        next += 2;
      }
      int oldest = 1;
      while (!isInMemory(blocks, oldest) || !isInMemory(blocks, oldest + 1)) {
        oldest += 2;
      }
      assertTrue(oldest < next, "none of those that leave is there");
      long hash = CrashBlocks.HASH + oldest;
      var chain = BlockChain.of(hash, hash + 1);
      var done = new BlockPins.Done[1];
      blocks.change(
          () -> done[0] = store.blocks().pins().pin(CrashBlocks.CHAT.name(), chain, true, HOUR_NS));
      assertEquals(new BlockPins.Done(2, ""), done[0]);
      gate.countDown();
      long evicted = blocks.stat("store-demoted");
      while (blocks.stat("store-demoted") < evicted + 30) {
        put(blocks, next);
        next += 2;
      }
      assertTrue(isInMemory(blocks, oldest) && isInMemory(blocks, oldest + 1));
    } finally {
      gate.countDown();
      store.stop(Duration.ofSeconds(60));
      store.close();
    }
  }

  private static boolean isInMemory(CrashBlocks blocks, int number) {
    var key = blocks.block(number).key();
    boolean all = true;
    for (int part = 0; part < CrashBlocks.PARTS; part++) {
      all &= blocks.store().isInMemory(key.bytes(part));
    }
    return all;
  }

  /// Puts a block and the one behind it.
  private static void put(CrashBlocks blocks, int first) {
    var store = blocks.store();
    var put = new StagedPuts.Name(blocks.space(), "put-" + first);
    for (int number = first; number < first + 2; number++) {
      var block = blocks.block(number);
      for (int part = 0; part < CrashBlocks.PARTS; part++) {
        var bytes = CrashBlocks.bytes(number, part);
        var key = block.key().bytes(part);
        int at = part;
        blocks.change(
            () -> {
              var place = store.reserve(key, bytes.remaining(), Patience.LAST).orElseThrow();
              try (var whole = place.part(0, bytes.remaining())) {
                whole.write(bytes);
              }
              assertEquals("", store.blocks().stage(put, block, at, place));
            });
      }
    }
    blocks.change(() -> assertEquals("", store.blocks().commit(put).refusal()));
  }
}
