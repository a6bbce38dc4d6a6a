// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.env.Search;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import io.incipit.store.BlockCrashChild.Point;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.disk.KilledChild;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that are killed at each phase of a put, while blocks are evicted and while they are
/// found again: what was committed is there with all parts and right bytes, the rest is there whole
/// or not at all, and the index is told of what is there and of nothing else.
@Tag("stress")
final class BlockCrashTest {
  private static final int CYCLES = Search.Family.STRESS.isSlow() ? 500 : 20;
  private static final int PUTS_MAX = 40;

  /// What a child prints at most on its way to its point, and far more than it should.
  private static final int LINES_MAX = 200_000;

  private final Set<Integer> committed = new HashSet<>();
  private int last;

  @Test
  void kill_atEachPhase_losesNothingCommittedAndKeepsNoHalves(@TempDir Path directory)
      throws Exception {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    var cycles = new EnumMap<Point, Integer>(Point.class);
    var points = Point.values();
    // There is something to find and to evict.
    run(directory, Point.STAGED, random.nextLong(), PUTS_MAX);
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      var point = points[cycle % points.length];
      try {
        run(directory, point, random.nextLong(), 1 + random.nextInt(times(point)));
        check(directory);
      } catch (IOException | AssertionError failure) {
        throw new AssertionError(
            "-Dincipit.seed=%d, cycle %d at %s".formatted(seed, cycle, point), failure);
      }
      cycles.merge(point, 1, Integer::sum);
    }
    assertTrue(cycles.values().stream().allMatch(count -> count >= 2), cycles.toString());
    System.out.printf(
        "rounds: kill -9 of stores of blocks: %d, %,d committed %s%n",
        CYCLES, committed.size(), cycles);
  }

  private static int times(Point point) {
    return point == Point.RECOVERING ? 1 : PUTS_MAX;
  }

  private void run(Path directory, Point point, long seed, int times) throws IOException {
    KilledChild.run(
        BlockCrashChild.class,
        List.of(
            directory.toString(),
            Long.toString(seed),
            Integer.toString((last + 1) | 1),
            point.toString(),
            Integer.toString(times)),
        LINES_MAX,
        this::hear);
  }

  private void hear(String[] words) {
    switch (words[0]) {
      case "put" -> last = Integer.parseInt(words[1]);
      case "committed" -> committed.add(Integer.parseInt(words[1]));
      default -> throw new AssertionError(words[0]);
    }
  }

  private void check(Path directory) throws Exception {
    var service =
        new Service(
            new ServiceConfig(1, 1_024, 64 << 20, 100, 256L << 20, 16L << 20),
            new AtomicLong(1)::getAndIncrement);
    service.answer(new Op.CreateNamespace(CrashBlocks.CHAT));
    var feed = new OwnerStream.Feed(service::offer, service::whenRoom);
    var store = CrashBlocks.open(directory, RawDisk.system(), Clock.system(), feed);
    try {
      var blocks = new CrashBlocks(store);
      TierRig.awaitThat(
          () -> blocks.stat("disk-recovering") == 0 && blocks.stat("store-blocks-finding") == 0);
      for (int number = 1; number <= last; number++) {
        check(blocks, service, number);
      }
    } finally {
      store.stop(Duration.ofSeconds(60));
      store.close();
      service.stop();
    }
  }

  private void check(CrashBlocks blocks, Service service, int number) {
    int parts = blocks.read(number);
    assertTrue(parts == 0 || parts == CrashBlocks.PARTS, "half of block " + number);
    assertTrue(parts > 0 || !committed.contains(number), "lost: block " + number);
    // Of a put that nobody was told of, one block may be durable and the other not; behind one that
    // is missing the index may know of nothing.
    if (number % 2 == 1 || blocks.read(number - 1) > 0) {
      TierRig.awaitThat(() -> isTold(service, number) == parts > 0);
    }
  }

  private static boolean isTold(Service service, int number) {
    var hash = BlockChain.of(CrashBlocks.HASH + number);
    var reply = service.answer(new Op.Locate(CrashBlocks.CHAT.name(), hash));
    return ((Reply.Located) reply).holders().getFirst().count() > 0;
  }
}
