// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Namespace;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final int BLOCK_TOKENS = 10;
  private static final long MS = 1_000_000;

  @Test
  void run_secondRequestSharesAPrefix_findsItAndPublishesTheRestBelowIt()
      throws IOException, InterruptedException {
    var target = new SlowTarget(new SteppedClock(), 0);

    var report =
        run(ReplayOptions.DEFAULT, target, request(0, 25, 0, 1, 2), request(0, 27, 0, 1, 3));

    assertThat(report.blockHits()).isEqualTo(2);
    assertThat(report.tokenHits()).isEqualTo(20);
    assertThat(report.blocks()).isEqualTo(6);
    assertThat(report.tokens()).isEqualTo(52);
    assertThat(report.distinctBlocks()).isEqualTo(4);
    assertThat(target.published)
        .containsExactly(
            "replay 1 " + List.of(store(chain(), chain(0, 1, 2))),
            "replay 2 " + List.of(store(chain(1), chain(3))));
  }

  @Test
  void run_wholePromptFound_countsItsTokensAndPublishesNothing()
      throws IOException, InterruptedException {
    var target = new SlowTarget(new SteppedClock(), 0);

    var report = run(ReplayOptions.DEFAULT, target, request(0, 15, 0, 1), request(0, 15, 0, 1));

    assertThat(report.tokenHits()).isEqualTo(15);
    assertThat(target.published).hasSize(1);
  }

  @Test
  void run_fullTails_neitherAsksForNorPublishesThePartialBlock()
      throws IOException, InterruptedException {
    var target = new SlowTarget(new SteppedClock(), 0);
    var options = new ReplayOptions(1, OptionalInt.empty(), Tails.FULL, Speed.MAX);

    var report = run(options, target, request(0, 15, 0, 1), request(0, 20, 0, 2));

    assertThat(target.asked).containsExactly(chain(0), chain(0, 2));
    assertThat(report.blocks()).isEqualTo(4);
    assertThat(report.blockHits()).isEqualTo(1);
  }

  @Test
  void run_capacity_removesTheOldestLeavesInTheSamePublish()
      throws IOException, InterruptedException {
    var target = new SlowTarget(new SteppedClock(), 0);
    var options = new ReplayOptions(1, OptionalInt.of(3), Tails.ALL, Speed.MAX);

    run(options, target, request(0, 20, 0, 1), request(0, 30, 0, 2, 3));

    assertThat(target.published.getLast())
        .isEqualTo(
            "replay 2 "
                + List.of(store(chain(0), chain(2, 3)), new Change.Remove(Tier.HOST, chain(1))));
  }

  @Test
  void run_paced_waitsAndCountsLatencyFromTheTimeDue() throws IOException, InterruptedException {
    var clock = new SteppedClock();
    var target = new SlowTarget(clock, 30 * MS);
    var options = new ReplayOptions(1, OptionalInt.empty(), Tails.ALL, new Speed(10));

    // Due after 0, 10 and 100 ms: the second waits for the first.
    var report =
        run(
            options,
            target,
            request(0, 10, 0),
            request(100 * MS, 10, 0),
            request(1000 * MS, 10, 0));

    assertThat(report.latencyMicros().max()).isBetween(50_000.0, 51_000.0);
    assertThat(report.latencyMicros().p50()).isBetween(30_000.0, 31_000.0);
    assertThat(report.elapsedSeconds()).isBetween(0.130, 0.131);
  }

  @Test
  void run_pacedFromAnyTimeOn_startsAtTheFirstRequest() throws IOException, InterruptedException {
    long since1970 = 1_767_225_600_000L * MS;
    for (long first : new long[] {0, 8_000 * MS, since1970}) {
      var target = new SlowTarget(new SteppedClock(), 0);
      var options = new ReplayOptions(1, OptionalInt.empty(), Tails.ALL, new Speed(1));

      var report = run(options, target, request(first, 10, 0), request(first + 100 * MS, 10, 0));

      assertThat(report.elapsedSeconds()).isBetween(0.1, 0.101);
    }
  }

  @Test
  void run_fullSpeed_countsLatencyFromTheCall() throws IOException, InterruptedException {
    var target = new SlowTarget(new SteppedClock(), 30 * MS);

    var report = run(ReplayOptions.DEFAULT, target, request(0, 10, 0), request(100 * MS, 10, 0));

    assertThat(report.latencyMicros().max()).isBetween(30_000.0, 31_000.0);
    assertThat(report.lookupsPerSecond()).isBetween(33.0, 33.4);
  }

  @Test
  void run_severalClients_handsEachRequestToOne() throws IOException, InterruptedException {
    var requests = new TraceRequest[200];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = request(0, 20, 0, i + 1);
    }
    var options = new ReplayOptions(4, OptionalInt.empty(), Tails.ALL, Speed.MAX);
    try (var target = new IndexTarget(Namespace.of("n", BLOCK_TOKENS, ReplayTarget.HASH_BYTES))) {
      var report =
          new Replay(options, Clock.system(), ReplayProgress.NONE)
              .run(new ListReader(requests), target);

      assertThat(report.requests()).isEqualTo(200);
      assertThat(report.footprint().blocks()).isEqualTo(201);
    }
  }

  @Test
  void run_targetFails_endsAllClientsWithItsFailure() {
    var options = new ReplayOptions(3, OptionalInt.empty(), Tails.ALL, Speed.MAX);
    var target =
        new SlowTarget(new SteppedClock(), 0) {
          @Override
          public synchronized int match(BlockChain chain) throws IOException {
            throw new IOException("gone");
          }
        };

    assertThatThrownBy(() -> run(options, target, request(0, 10, 0), request(0, 10, 0)))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
  }

  @Test
  void run_interrupted_stops() {
    var me = Thread.currentThread();
    var once = new AtomicBoolean();
    var target =
        new SlowTarget(new SteppedClock(), 0) {
          @Override
          public synchronized int match(BlockChain chain) throws IOException {
            if (once.compareAndSet(false, true)) {
              me.interrupt();
            }
            return super.match(chain);
          }
        };
    var requests = new TraceRequest[100_000];
    Arrays.fill(requests, request(0, 10, 0));

    assertThatThrownBy(() -> run(ReplayOptions.DEFAULT, target, requests))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void run_noRequests_givesZeros() throws IOException, InterruptedException {
    var report = run(ReplayOptions.DEFAULT, new SlowTarget(new SteppedClock(), 0));

    assertThat(report.blockHitRate()).isZero();
    assertThat(report.tokenHitRate()).isZero();
    assertThat(report.lookupsPerSecond()).isZero();
    assertThat(report.latencyMicros()).isEqualTo(new Latency(0, 0, 0, 0, 0));
  }

  @Test
  void reached_perRequest_hearsTheCount() throws IOException, InterruptedException {
    var heard = new ArrayList<Long>();
    var target = new SlowTarget(new SteppedClock(), 0);

    new Replay(ReplayOptions.DEFAULT, target.clock, (_, requests) -> heard.add(requests))
        .run(new ListReader(request(0, 10, 0), request(0, 10, 0)), target);

    assertThat(heard).containsExactly(1L, 2L);
  }

  private static ReplayReport run(
      ReplayOptions options, SlowTarget target, TraceRequest... requests)
      throws IOException, InterruptedException {
    return new Replay(options, target.clock, ReplayProgress.NONE)
        .run(new ListReader(requests), target);
  }

  private static TraceRequest request(long timeNs, int tokens, long... ids) {
    return new TraceRequest(timeNs, -1, 0, tokens, 1, BLOCK_TOKENS, BlockIds.of(ids));
  }

  private static BlockChain chain(long... ids) {
    return BlockNames.chain(BlockIds.of(ids));
  }

  private static Change store(BlockChain parent, BlockChain hashes) {
    return new Change.Store(Tier.HOST, parent, hashes);
  }

  /// A clock that goes on by 1 ns whenever it is read, and by what is slept.
  private static final class SteppedClock implements Clock {
    private final AtomicLong now = new AtomicLong();

    @Override
    public long nanoTime() {
      return now.incrementAndGet();
    }

    @Override
    public long wallMillis() {
      return 0;
    }

    @Override
    public void sleepNs(long durationNs) {
      now.addAndGet(Math.max(0, durationNs));
    }
  }

  /// An index whose look-ups take a given time, and that remembers what it was told.
  private static class SlowTarget implements ReplayTarget {
    final SteppedClock clock;
    final List<BlockChain> asked = new ArrayList<>();
    final List<String> published = new ArrayList<>();
    private final long matchNs;
    private final IndexTarget index =
        new IndexTarget(Namespace.of("slow", BLOCK_TOKENS, HASH_BYTES));

    SlowTarget(SteppedClock clock, long matchNs) {
      this.clock = clock;
      this.matchNs = matchNs;
    }

    @Override
    public synchronized int match(BlockChain chain) throws IOException {
      asked.add(chain);
      clock.sleepNs(matchNs);
      return index.match(chain);
    }

    @Override
    public synchronized void publish(String owner, long seq, List<Change> changes)
        throws IOException {
      published.add(owner + " " + seq + " " + changes);
      index.publish(owner, seq, changes);
    }

    @Override
    public Footprint footprint() {
      return index.footprint();
    }

    @Override
    public void close() {}
  }

  private static final class ListReader implements TraceReader {
    private final Iterator<TraceRequest> requests;

    ListReader(TraceRequest... requests) {
      this.requests = List.of(requests).iterator();
    }

    @Override
    public Optional<TraceRequest> next() {
      return requests.hasNext() ? Optional.of(requests.next()) : Optional.empty();
    }

    @Override
    public int blockTokens() {
      return BLOCK_TOKENS;
    }

    @Override
    public double progress() {
      return 0;
    }

    @Override
    public long skipped() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
