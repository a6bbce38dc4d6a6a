// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RawDisk;
import io.incipit.quota.Limits;
import io.incipit.quota.Quotas;
import io.incipit.store.block.BlockKey;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.ManualClock;
import io.incipit.store.memory.Reservation;
import io.incipit.store.retain.KeepPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store of 32 MiB leaves to namespaces with floors, and what to all others.
class NamespaceFloorTest {
  private static final int MIB = 1 << 20;
  private static final long ENDLESS = Limits.ENDLESS;

  private final ManualClock clock = new ManualClock();
  private Quotas quotas = Quotas.none();
  private Store store;

  private void open(KeepPolicy policy, int metadataBytes, Limits... lines) throws IOException {
    var options =
        new StoreOptions(
            32 * MIB,
            metadataBytes,
            policy,
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            0,
            Optional.empty(),
            Durability.MEMORY,
            "store");
    quotas = Quotas.of(List.of(lines), clock);
    store = Store.open(options, new HostMemory(32 * MIB, false), RawDisk.system(), clock, 1);
    store.quotas(quotas, "redis");
    store.start();
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    store.stop(Duration.ofSeconds(10));
    store.close();
  }

  private static Limits floor(String name, long bytes) {
    return new Limits(name, ENDLESS, 0, ENDLESS, bytes, ENDLESS, ENDLESS);
  }

  /// The only part of a block of a namespace.
  private static byte[] key(String namespace, int number) {
    var text = BlockKey.space(namespace, 7) + "%016x::0/1".formatted(number);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Runs a change as often as it takes.
  private void change(Predicate<Patience> change) {
    var made = new CountDownLatch(1);
    store.later(
        new Change() {
          @Override
          public boolean run(Patience patience) {
            return change.test(patience);
          }

          @Override
          public void made(boolean failed) {
            assertThat(failed).isFalse();
            made.countDown();
          }
        });
    TierRig.await(made);
  }

  /// @return whether there was room
  private boolean put(String namespace, int number, int bytes) {
    var done = new AtomicBoolean();
    var key = key(namespace, number);
    change(
        patience -> {
          var place = store.reserve(key, bytes, patience);
          place.ifPresent(
              found -> {
                try (var part = found.part(0, bytes)) {
                  part.write(ByteBuffer.allocate(bytes));
                }
                store.commitPart(key, found);
                done.set(true);
              });
          return place.isPresent() || !store.isRoomComing(patience);
        });
    return done.get();
  }

  private long held(String namespace, int from, int to) {
    long held = 0;
    for (int i = from; i < to; i++) {
      held += store.isInMemory(key(namespace, i)) ? 1 : 0;
    }
    return held;
  }

  @ParameterizedTest
  @EnumSource(KeepPolicy.class)
  void floor_isLeftByAFlood_whateverThePolicy(KeepPolicy policy) throws IOException {
    open(policy, 32 * MIB, floor("quiet", 16 * MIB));
    for (int i = 0; i < 200; i++) {
      assertThat(put("quiet", i, 64 << 10)).isTrue();
    }
    for (int i = 0; i < 2_000; i++) {
      assertThat(put("flood", i, 64 << 10)).as("put %d", i).isTrue();
      clock.advance(10_000_000);
    }
    assertThat(held("quiet", 0, 200)).isEqualTo(200);
  }

  @Test
  void floor_ofManyColdBlocks_isPassedOverAndOthersGo() throws IOException {
    open(KeepPolicy.LEAF_LRU, 32 * MIB, floor("quiet", 20 * MIB));
    for (int i = 0; i < 40_000; i++) {
      assertThat(put("quiet", i, 64)).isTrue();
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(put("flood", i, 64 << 10)).as("put %d", i).isTrue();
      clock.advance(10_000_000);
    }
    assertThat(held("quiet", 0, 40_000)).isEqualTo(40_000);
  }

  @Test
  void floor_whereNothingElseCanGo_isSaidOftenAndAtOnce() throws IOException {
    open(KeepPolicy.LEAF_LRU, 32 * MIB, floor("quiet", 20 * MIB));
    for (int i = 0; i < 20_000; i++) {
      assertThat(put("quiet", i, 64)).isTrue();
    }
    var open = new ArrayList<Reservation>();
    change(
        _ -> {
          for (int i = 0; i < 600; i++) {
            store.reserve(key("open", i), 64 << 10, Patience.LAST).ifPresent(open::add);
          }
          return true;
        });
    long before = passed();
    for (int i = 0; i < 100; i++) {
      assertThat(put("flood", i, 64 << 10)).isFalse();
    }
    assertThat(passed() - before).isLessThan(100_000);
    change(
        _ -> {
          open.forEach(store::abort);
          return true;
        });
    assertThat(put("flood", 0, 64 << 10)).isTrue();
  }

  @Test
  void floor_whereNothingElseCanGo_isNoneForItsOwn() throws IOException {
    open(KeepPolicy.LEAF_LRU, 32 * MIB, floor("quiet", 24 * MIB));
    for (int i = 0; i < 250; i++) {
      assertThat(put("quiet", i, 64 << 10)).isTrue();
    }
    change(
        _ -> {
          for (int i = 0; i < 600; i++) {
            var _ = store.reserve(key("open", i), 64 << 10, Patience.LAST);
          }
          return true;
        });
    assertThat(put("flood", 0, 64 << 10)).isFalse();
    assertThat(held("quiet", 0, 250)).isEqualTo(250);
    for (int i = 250; i < 300; i++) {
      assertThat(put("quiet", i, 64 << 10)).as("put %d", i).isTrue();
    }
    assertThat(held("quiet", 50, 300)).isEqualTo(250);
  }

  private long passed() {
    return store.stats().stream()
        .filter(stat -> stat.name().equals("store-floor-passed"))
        .mapToLong(stat -> stat.value())
        .sum();
  }

  @Test
  void floor_ofSmallValues_leavesMetadataToOthers() throws IOException {
    open(KeepPolicy.LEAF_LRU, 2 * MIB, floor("quiet", 24 * MIB));
    for (int i = 0; i < 20_000; i++) {
      assertThat(put("quiet", i, 100)).as("put %d", i).isTrue();
    }
    for (int i = 0; i < 100; i++) {
      assertThat(put("other", i, 100)).as("put %d", i).isTrue();
    }
  }

  @Test
  void bytes_thatCannotGo_areTriedEveryNowAndThenOnly() throws IOException {
    open(KeepPolicy.LEAF_LRU, 32 * MIB);
    for (int i = 0; i < 100; i++) {
      assertThat(put("much", i, 1_000)).isTrue();
      long id = store.family(key("much", i)).id();
      change(
          _ -> {
            assertThat(store.retention().pin(id, true, clock.nanoTime() + ENDLESS / 2)).isTrue();
            return true;
          });
    }
    quotas.set(List.of(new Limits("much", ENDLESS, 0, 1_000, 0, ENDLESS, ENDLESS)));
    for (int i = 0; i < 100; i++) {
      assertThat(put("other", i, 1_000)).isTrue();
    }
    assertThat(held("much", 0, 100)).isEqualTo(100);
    change(
        _ -> {
          store.retention().unpinAll();
          return true;
        });
    for (int i = 0; i < 100 && held("much", 0, 100) > 1; i++) {
      clock.advance(60_000_000);
      change(_ -> true);
    }
    assertThat(held("much", 0, 100)).isEqualTo(1);
    assertThat(held("other", 0, 100)).isEqualTo(100);
  }
}
