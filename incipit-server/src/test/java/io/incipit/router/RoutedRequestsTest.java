// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.ingest.chain.StandardChain;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoutedRequestsTest {
  private static final BlockChain CHAIN = BlockChain.of(1, 2, 3, 4);
  private static final OwnerName OWNER = new OwnerName("w", 2, true);

  /// Stands still until it is told to go on.
  private static final class HandClock implements Clock {
    private long nowNs = Long.MAX_VALUE - 1_000_000_000L;

    @Override
    public long nanoTime() {
      return nowNs;
    }

    @Override
    public long wallMillis() {
      return 1_000;
    }

    @Override
    public void sleepNs(long durationNs) {
      throw new IllegalStateException("sleep: unexpected (expected: none)");
    }
  }

  private final HandClock clock = new HandClock();
  private final RouterBed bed = new RouterBed();
  private final RoutedRequests routed = new RoutedRequests(bed.service, clock, 6);
  private Space space = new Space(Namespace.DEFAULT, false);

  @BeforeEach
  void declare() {
    bed.declare("m", 4);
    space = new Space(new Namespace("m", 4, 8, StandardChain.ALGORITHM, "m", ""), false);
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private void pass(long seconds) {
    clock.nowNs += TimeUnit.SECONDS.toNanos(seconds);
    routed.expire();
  }

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  private int held() {
    var op = new Op.Score("m", CHAIN, Cursor.NONE, List.of("w#~2"), Tier.ALL_MASK, 10, true);
    return bed.service.answer(op) instanceof Reply.Scored scored && scored.scores().count() > 0
        ? scored.scores().blocks(0, Tier.GPU)
        : bed.service.answer(op) instanceof Reply.Scored scored
            ? scored.scores().base(Tier.GPU)
            : -1;
  }

  @Test
  void blocks_areHeldUntilTheirTimeIsOver() {
    routed.add(space, CHAIN, OWNER, seconds(5));
    pass(3);
    routed.add(space, CHAIN.slice(0, 2), OWNER, seconds(5));
    assertThat(held()).isEqualTo(4);
    pass(2);
    assertThat(held()).isEqualTo(2);
    assertThat(routed.blocks()).isEqualTo(2);
    pass(3);
    assertThat(held()).isZero();
    assertThat(routed.blocks()).isZero();

    routed.add(space, CHAIN, OWNER, seconds(1));
    assertThat(held()).isEqualTo(4);
  }

  @Test
  void add_shorterTime_doesNotShortenALongerOne() {
    routed.add(space, CHAIN, OWNER, seconds(60));
    routed.add(space, CHAIN, OWNER, seconds(1));
    pass(30);
    assertThat(held()).isEqualTo(4);
  }

  @Test
  void add_beyondTheBound_isRefusedUntilOthersAreOver() {
    routed.add(space, CHAIN, OWNER, seconds(5));
    var other = BlockChain.of(7, 8, 9);
    assertThatThrownBy(() -> routed.add(space, other, OWNER, seconds(5)))
        .hasMessage("blocks: 3 more beside 4 (expected: at most 6 that were routed)");
    routed.add(space, CHAIN, OWNER, seconds(6));
    pass(6);
    routed.add(space, other, OWNER, seconds(5));
    assertThat(routed.blocks()).isEqualTo(3);
  }

  @Test
  void add_beyondTheMemory_isRefusedAndGivesNothingAway() {
    var others = bed.service.share();
    routed.add(space, CHAIN, OWNER, seconds(5));
    assertThat(engineBytes()).isEqualTo(400);
    others.add(1L << 50);
    assertThatThrownBy(() -> routed.add(space, BlockChain.of(7), OWNER, seconds(5)))
        .hasMessageContaining("index.memory-limit");
    others.clear();
    pass(5);
    assertThat(engineBytes()).isZero();
  }

  private long engineBytes() {
    return bed.service.stats().stream()
        .filter(stat -> stat.name().equals("engine-bytes"))
        .mapToLong(Stat::value)
        .sum();
  }

  @Test
  void expire_namespaceIsGone_forgets() {
    routed.add(space, CHAIN, OWNER, seconds(5));
    bed.service.answer(new Op.DropNamespace("m"));
    pass(6);
    assertThat(routed.blocks()).isZero();
    assertThatThrownBy(() -> routed.add(space, CHAIN, OWNER, seconds(5)))
        .hasMessageStartingWith("NONAMESPACE");
    bed.declare("m", 4);
    routed.add(space, CHAIN, OWNER, seconds(5));
    assertThat(held()).isEqualTo(4);
  }
}
