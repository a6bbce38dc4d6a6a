// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Hash64;
import io.incipit.store.memory.HeapUse;
import io.incipit.store.regret.RegretWindow.Bounds;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The sample of a store's requests beside the simulator, and within its bounds.
final class RegretWindowTest {
  private static final boolean SLOW = Boolean.getBoolean("incipit.slow.programs");
  private static final String CONVERSATION = "conversation_trace.jsonl";
  private static final List<String> FILES =
      List.of(CONVERSATION, "synthetic_trace.jsonl", "claude_code_even.jsonl.gz");
  private static final int[] CAPACITIES = {1_024, 5_120, 20_480};

  /// Room for all of every trace.
  private static final Bounds ALL = new Bounds(1 << 23, 1 << 16, 1 << 22);

  private static final double EXACT = 1e-12;

  /// Of samples of about 1/16 of the conversations, in parts of one: what was measured, rounded up.
  private static final double SAMPLED = 0.015;

  private static final Bounds SMALL = new Bounds(1 << 15, 1 << 14, 1 << 14);
  private static final int SEEDS = 8;

  /// What was measured, rounded up.
  private static final double WINDOW_MIB = 16;

  @Test
  void snapshot_allSampled_equalsTheSimulator() throws Exception {
    for (var file : SLOW ? FILES.subList(0, 2) : List.of(CONVERSATION)) {
      for (int capacity : CAPACITIES) {
        assertEquals(0, offBy(() -> RegretTraces.open(file), capacity, RegretFault.NONE), EXACT);
      }
    }
  }

  @Test
  void snapshot_headsFirst_isFoundByTheSimulator() throws Exception {
    assertTrue(offBy(RegretTraces::synthetic, 5_120, RegretFault.HEAD_FIRST) > EXACT);
  }

  private static double offBy(TraceSource.Opening trace, int capacity, RegretFault fault)
      throws IOException, InterruptedException {
    var requests = RegretTraces.requests(trace.open(), capacity);
    var found = RegretTraces.window(requests, capacity, ALL, 1, fault).snapshot();
    var simulated = RegretTraces.simulated(trace, capacity);
    assertEquals(0, found.shift());
    System.out.printf(
        "%,d blocks: store %.2f%%, leaf-lru %.2f%%, clairvoyant %.2f%%%n",
        capacity, 100 * found.realRate(), 100 * found.leafLruRate(), 100 * found.clairvoyantRate());
    return Math.max(
        Math.abs(simulated[0] - found.leafLruRate()),
        Math.abs(simulated[1] - found.clairvoyantRate()));
  }

  @Test
  void snapshot_ofSamples_isNearTheSimulator() throws Exception {
    assertTrue(worst(CONVERSATION, SMALL, RegretFault.NONE) <= SAMPLED);
    if (SLOW) {
      for (var file : FILES) {
        worst(file, Bounds.DEFAULT, RegretFault.NONE);
        worst(file, SMALL, RegretFault.NONE);
      }
    }
  }

  @Test
  void snapshot_poolsNotScaled_isFarFromTheSimulator() throws Exception {
    assertTrue(worst(CONVERSATION, SMALL, RegretFault.UNSCALED) > SAMPLED);
  }

  private static double worst(String file, Bounds bounds, RegretFault fault) throws Exception {
    double worst = 0;
    for (int capacity : CAPACITIES) {
      var simulated = RegretTraces.simulated(() -> RegretTraces.open(file), capacity);
      var requests = RegretTraces.requests(RegretTraces.open(file), capacity);
      double lru = 0;
      double clairvoyant = 0;
      double squares = 0;
      RegretSnapshot last = RegretSnapshot.NONE;
      for (int seed = 1; seed <= SEEDS; seed++) {
        var window = RegretTraces.window(requests, capacity, bounds, Hash64.mix(seed), fault);
        last = window.snapshot();
        lru = Math.max(lru, Math.abs(simulated[0] - last.leafLruRate()));
        double off = Math.abs(simulated[1] - last.clairvoyantRate());
        squares += off * off / SEEDS;
        clairvoyant = Math.max(clairvoyant, off);
      }
      System.out.printf(
          "%s, %,d blocks, one in %d, %,d requests: store %.2f%%, leaf-lru %.2f%% within %.2f,"
              + " clairvoyant %.2f%% within %.2f (root mean square %.2f)%n",
          file,
          capacity,
          1L << last.shift(),
          last.sampledRequests(),
          100 * last.realRate(),
          100 * simulated[0],
          100 * lru,
          100 * simulated[1],
          100 * clairvoyant,
          100 * Math.sqrt(squares));
      worst = Math.max(worst, Math.max(lru, clairvoyant));
    }
    return worst;
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "FORGETS_START", "NEVER_SLIDES"})
  void clairvoyant_ofEveryWindow_findsWhatOthersFind(RegretFault fault) throws Exception {
    int capacity = 5_120;
    var requests = RegretTraces.requests(RegretTraces.synthetic(), capacity);
    var window = new RegretWindow(ALL, 1, fault);
    window.capacity(capacity);
    long everyNs = RegretWindow.LENGTH_NS / 500;
    boolean isBounded = true;
    boolean slides = true;
    for (int i = 0; i < requests.size(); i++) {
      window.add(requests.get(i).sample(i * everyNs, 0));
      slides &= window.requests() <= 500;
      if (i % 250 == 0) {
        var now = window.snapshot();
        isBounded &= now.clairvoyant() >= Math.max(now.real(), now.leafLru());
      }
    }
    assertEquals(fault != RegretFault.FORGETS_START, isBounded);
    assertEquals(fault != RegretFault.NEVER_SLIDES, slides);
  }

  @Test
  void slide_anHourOfSilence_leavesNothing() {
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(10);
    window.add(path(0, 1, 8));
    window.add(path(RegretWindow.LENGTH_NS / 2, 1, 8));
    window.slide(RegretWindow.LENGTH_NS);
    assertEquals(new RegretSnapshot(8, 0, 1, 8, 0, 8, 0, 8, 8), window.snapshot());
    window.slide(2 * RegretWindow.LENGTH_NS);
    assertEquals(RegretSnapshot.NONE, window.snapshot());
  }

  @Test
  void add_restOfAPath_isCountedOnce() {
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(100);
    window.add(path(0, 1, 4));
    var whole = path(1, 1, 9);
    window.add(new Sample(1, whole.ids, 4, 4, 5, 0));
    assertEquals(new RegretSnapshot(9, 0, 2, 13, 0, 9, 0, 0, 0), window.snapshot());
  }

  @Test
  void add_removal_isNoMissOfAPolicy() {
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(100);
    window.add(path(0, 1, 4));
    window.add(new Sample(1, new long[] {3}, Sample.REMOVAL, 0, 0, 0));
    window.add(path(2, 1, 4));
    assertEquals(new RegretSnapshot(8, 0, 3, 9, 0, 8, 0, 2, 2), window.snapshot());
  }

  @Test
  void add_distinctChains_staysWithinBounds() {
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(1 << 27);
    for (int i = 0; i < 20_000; i++) {
      window.add(path(i, 100L * i, 100));
      requireBounds(window);
    }
    var found = window.snapshot();
    assertEquals(2_000_000, found.asked());
    assertEquals(0, found.leafLru() + found.clairvoyant());
  }

  @Test
  void add_oneLongChain_staysWithinBoundsAndIsFound() {
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(1 << 20);
    for (int i = 0; i < 20; i++) {
      window.add(path(i, 0, 131_072));
      requireBounds(window);
    }
    var found = window.snapshot();
    assertEquals(20 * 131_072, found.asked());
    assertEquals(0.95, found.leafLruRate(), 0.03);
    assertEquals(0.95, found.clairvoyantRate(), 0.03);
  }

  @Test
  void add_aMillionOneBlockPaths_staysWithinBounds() {
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(1_000);
    for (int i = 0; i < 1_000_000; i++) {
      window.add(path(i, i, 1));
    }
    requireBounds(window);
    assertEquals(1_000_000, window.snapshot().asked());
  }

  @Test
  void heap_ofAFullWindow_isBounded() {
    long before = HeapUse.bytes();
    var window = new RegretWindow(Bounds.DEFAULT, 1, RegretFault.NONE);
    window.capacity(1 << 27);
    for (int i = 0; window.shift() < 3; i++) {
      window.add(path(i, 4L * i, 4));
    }
    double mib = (HeapUse.bytes() - before) / (1024.0 * 1024.0);
    System.out.printf("heap: a full window takes %.1f MiB%n", mib);
    assertTrue(mib <= WINDOW_MIB);
    assertTrue(window.requests() > 0);
  }

  private static void requireBounds(RegretWindow window) {
    assertTrue(window.uses() <= Bounds.DEFAULT.uses());
    assertTrue(window.requests() <= Bounds.DEFAULT.requests());
    assertTrue(window.lruSlots() <= 2 * Bounds.DEFAULT.pooled());
  }

  /// A path of consecutive ids, of which the store has nothing.
  private static Sample path(long timeNs, long first, int length) {
    var ids = LongStream.range(first, first + length).toArray();
    return new Sample(timeNs, ids, 0, 0, length, 0);
  }
}
