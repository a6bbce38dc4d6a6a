// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Stat;
import io.incipit.store.memory.Family;
import io.incipit.store.memory.HostStore;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Victims;
import io.incipit.store.retain.KeepPolicy;
import io.incipit.store.retain.PathGuess;
import io.incipit.store.retain.Retention;
import io.incipit.store.retain.RetentionConfig;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What a meter says of what the retention of a store tells it.
final class RegretMeterTest {
  private static final long MINUTE_NS = 60 * RegretTraces.SECOND_NS;
  private static final int VALUE_BYTES = 64;
  private static final int CAPACITY = 5_120;

  private final ManualClock clock = new ManualClock();
  private final RegretMeter meter = new RegretMeter(clock, 7);
  private final Retention retention = retention(CAPACITY);
  private final Family family = new Family();
  private int stored;

  private Retention retention(int capacity) {
    long bytes = (long) capacity * HostStore.takenBytes(VALUE_BYTES);
    var made = new Retention(new RetentionConfig(KeepPolicy.LEAF_LRU, bytes, 16, 1), clock);
    made.meter(meter);
    return made;
  }

  private long stat(String name) {
    return meter.stats().stream()
        .filter(stat -> stat.name().equals(name))
        .mapToLong(Stat::value)
        .findFirst()
        .orElseThrow();
  }

  private void minute() {
    clock.advance(MINUTE_NS);
    meter.round();
  }

  private static long handle(int slot) {
    return (1L << 31) | slot;
  }

  /// Puts a value; the victim of the policy goes if there is no room.
  private void put(long id) {
    int slot = stored;
    if (stored == CAPACITY) {
      family.clear();
      retention.next(family);
      slot = family.slot(0);
      retention.gone(handle(slot), VALUE_BYTES, Victims.Cause.EVICTED);
    } else {
      stored++;
    }
    retention.stored(handle(slot), id, VALUE_BYTES);
  }

  @Test
  void stats_ofAStoreThatRunsLeafLru_areThoseOfLeafLru() throws Exception {
    var requests = RegretTraces.requests(RegretTraces.synthetic(), CAPACITY);
    put(-1);
    for (var request : requests) {
      var ids = request.ids().stream().mapToLong(Long::longValue).toArray();
      int present = retention.asked(clock.nanoTime(), ids, request.length());
      for (int i = present; i < request.length(); i++) {
        put(ids[i]);
      }
      meter.round();
    }
    minute();
    var found = meter.snapshot();
    assertEquals(requests.stream().mapToLong(RegretTraces.Asked::length).sum(), found.asked());
    assertEquals(found.real(), found.found());
    assertEquals(found.realRate(), found.leafLruRate(), 0.001);
    assertTrue(found.clairvoyant() > found.real());
    assertEquals(Math.round(1_000 * found.realRate()), stat("store-hour-hits-permille"));
    assertEquals(found.asked(), stat("store-hour-blocks"));
    assertEquals(1, stat("store-hour-sampled-one-in"));
    assertEquals(0, stat("store-samples-dropped"));
  }

  @Test
  void guessedPath_thatGrowsWhileItIsPut_isCountedOnce() {
    put(-1);
    var guess = new PathGuess(retention);
    var client = guess.open();
    for (int round = 0; round < 2; round++) {
      for (long id = 1; id <= (round == 0 ? 1 : 8); id++) {
        client.asked(clock.nanoTime(), id);
      }
      for (long id = 1; round == 0 && id <= 8; id++) {
        client.stored(clock.nanoTime(), handle(stored), id, VALUE_BYTES);
        stored++;
      }
      clock.advance(2 * PathGuess.GAP_NS);
      guess.tick(clock.nanoTime());
    }
    minute();
    assertEquals(new RegretSnapshot(16, 8, 3, 17, 0, 16, 8, 8, 8), meter.snapshot());
  }

  @Test
  void asked_beforeAnythingWasStored_isNothing() {
    retention.asked(clock.nanoTime(), new long[] {1, 2, 3}, 3);
    minute();
    assertEquals(RegretSnapshot.NONE, meter.snapshot());
  }

  @Test
  void clear_afterRequests_beginsAfresh() {
    put(-1);
    retention.asked(clock.nanoTime(), new long[] {1, 2, 3}, 3);
    minute();
    assertEquals(3, stat("store-hour-blocks"));
    retention.asked(clock.nanoTime(), new long[] {1, 2, 3}, 3);
    meter.clear();
    minute();
    assertEquals(RegretSnapshot.NONE, meter.snapshot());
  }

  @Test
  void gone_removedByAClient_isTold() {
    put(5);
    retention.asked(clock.nanoTime(), new long[] {5}, 1);
    retention.gone(handle(0), VALUE_BYTES, Victims.Cause.REMOVED);
    retention.asked(clock.nanoTime(), new long[] {5}, 1);
    minute();
    assertEquals(new RegretSnapshot(2, 1, 3, 3, 0, 2, 1, 0, 1), meter.snapshot());
  }

  @Test
  void askedBlocks_ofNamedPrompts_isCountedAsAllOthers() {
    put(5);
    retention.askedBlocks(clock.nanoTime(), new long[] {5, 6}, 32);
    minute();
    assertEquals(new RegretSnapshot(2, 1, 1, 2, 0, 2, 1, 0, 1), meter.snapshot());
  }

  @Test
  void askedBlocks_ofAChainThatRepeatsABlock_isCounted() {
    put(5);
    for (int i = 0; i < 3; i++) {
      retention.askedBlocks(clock.nanoTime(), new long[] {5, 5, 6, 5}, 32);
    }
    minute();
    var found = meter.snapshot();
    assertEquals(12, found.asked());
    assertTrue(found.clairvoyant() <= found.asked(), found.toString());
    assertEquals(0, stat("store-samples-failed"));
  }

  @Test
  void asked_moreThanTheThreadTakes_isDroppedAndCounted() {
    put(-1);
    var path = LongStream.range(0, RegretMeter.WAITING_USES / 2).toArray();
    for (int i = 0; i < 5; i++) {
      retention.asked(clock.nanoTime(), path, path.length);
    }
    assertEquals(3, stat("store-samples-dropped"));
    minute();
    assertEquals(2L * path.length, stat("store-hour-blocks"));
  }
}
