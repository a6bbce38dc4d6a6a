// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.block.Change.Remove;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.block.StagedPuts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A process that puts blocks in parts and reads them until it reaches a point of a put, or of what
/// it causes, for the n-th time; there it says so and stands still, to be killed. Which blocks it
/// was told are committed it prints.
final class BlockCrashChild {
  /// Where. An eviction is seen where the index is told of it.
  enum Point {
    RECOVERING,
    BEFORE_RESERVE,
    RESERVED,
    MID_BYTES,
    STAGED,
    WRITTEN,
    SYNCED,
    ANNOUNCING,
    ANNOUNCED,
    EVICTING
  }

  private final Point point;
  private final AtomicInteger left;

  private BlockCrashChild(Point point, int times) {
    this.point = point;
    this.left = new AtomicInteger(times);
  }

  /// Directory, seed, first block with an odd number, point, which time it is reached.
  public static void main(String[] arguments) throws Exception {
    var child = new BlockCrashChild(Point.valueOf(arguments[3]), Integer.parseInt(arguments[4]));
    child.run(Path.of(arguments[0]), Long.parseLong(arguments[1]), Integer.parseInt(arguments[2]));
  }

  private void reach(Point reached) {
    if (reached == point && left.decrementAndGet() <= 0) {
      say("at " + point);
      while (true) {
        LockSupport.park();
      }
    }
  }

  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private void run(Path directory, long seed, int first) throws IOException {
    var feed = new OwnerStream.Feed(this::offer, (_, room) -> room.run());
    var random = RandomSource.seeded(seed);
    var disk =
        new WatchedDisk(
            RawDisk.system(),
            () -> reach(Point.RECOVERING),
            () -> reach(Point.WRITTEN),
            () -> reach(Point.SYNCED));
    var store = CrashBlocks.open(directory, disk, Clock.system(), feed);
    var blocks = new CrashBlocks(store);
    for (int number = first; ; number += 2) {
      put(blocks, number, number + 2);
      if (number > 2) {
        blocks.read(1 + random.nextInt(number - 2));
      }
    }
  }

  private boolean offer(Op.Publish op, Consumer<Reply> replies) {
    boolean evicts =
        op.changes().stream()
            .anyMatch(change -> change instanceof Remove gone && gone.tier() == Tier.HOST);
    reach(evicts ? Point.EVICTING : Point.ANNOUNCING);
    reach(Point.ANNOUNCED);
    replies.accept(new Reply.Done());
    return true;
  }

  /// Puts blocks `[from, to)` at once.
  private void put(CrashBlocks blocks, int from, int to) {
    var store = blocks.store();
    var put = new StagedPuts.Name(blocks.space(), "put-" + from);
    for (int number = from; number < to; number++) {
      say("put " + number);
      for (int part = 0; part < CrashBlocks.PARTS; part++) {
        stage(blocks, put, number, part);
      }
    }
    reach(Point.STAGED);
    var refusal = new String[] {""};
    blocks.change(() -> refusal[0] = store.blocks().commit(put).refusal());
    for (int number = from; number < to && refusal[0].isEmpty(); number++) {
      say("committed " + number);
    }
  }

  private void stage(CrashBlocks blocks, StagedPuts.Name put, int number, int part) {
    var block = blocks.block(number);
    int length = CrashBlocks.length(number, part);
    reach(Point.BEFORE_RESERVE);
    blocks.change(
        () -> {
          var place =
              blocks.store().reserve(block.key().bytes(part), length, Patience.LAST).orElseThrow();
          reach(Point.RESERVED);
          try (var whole = place.part(0, length)) {
            var bytes = CrashBlocks.bytes(number, part);
            int half = length / 2;
            whole.write(bytes.duplicate().limit(half));
            reach(Point.MID_BYTES);
            whole.write(bytes.duplicate().position(half));
          }
          var refusal = blocks.store().blocks().stage(put, block, part, place);
          if (!refusal.isEmpty()) {
            throw new IllegalStateException(refusal);
          }
        });
  }
}
