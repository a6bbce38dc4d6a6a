// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.env.Clock;
import io.incipit.quota.Limits;
import io.incipit.quota.Quotas;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What indexes of other namespaces leave to one that has a floor, in 16 MiB for all.
class FloorTest {
  private static final long MEMORY = 16L << 20;
  private static final long FLOOR = 6L << 20;

  private final SplittableRandom random = new SplittableRandom(1);
  private final Quotas quotas = Quotas.of(List.of(floor(FLOOR)), Clock.system());

  private static Limits floor(long bytes) {
    long endless = Limits.ENDLESS;
    return new Limits("quiet", endless, bytes, endless, 0, endless, endless);
  }

  private TestService service() {
    var test = new TestService(new ServiceConfig(2, 64, 1 << 20, 8, MEMORY, 16L << 20), quotas);
    for (var name : List.of("quiet", "flood")) {
      assertThat(test.run(new Op.CreateNamespace(Namespace.of(name, 16, 8))))
          .isEqualTo(new Reply.Done());
    }
    return test;
  }

  /// Publishes a chain of 500 random blocks.
  private void publish(TestService test, String namespace, long seq) {
    var chain = BlockChain.of(random.longs(500).toArray());
    var change = new Change.Store(Tier.GPU, BlockChain.empty(8), chain);
    assertThat(test.run(new Op.Publish(namespace, "o", 1, seq, List.of(change))))
        .isEqualTo(new Reply.Published(seq));
  }

  /// Publishes until blocks have gone.
  private long fill(TestService test, String namespace) {
    long seq = 0;
    while (test.stat(namespace, "shed-blocks") == 0) {
      publish(test, namespace, ++seq);
      assertThat(seq).isLessThan(5_000);
    }
    return seq;
  }

  /// Waits until nothing is swept any more.
  private static void awaitRest(TestService test) {
    long before = -1;
    for (int same = 0; same < 100; same++) {
      same = before == test.stat("index-bytes") ? same : 0;
      before = test.stat("index-bytes");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static long bytes(TestService test, String namespace) {
    return test.stat(namespace, "tree-bytes") + test.stat(namespace, "by-hash-bytes");
  }

  @Test
  void floor_afterAFlood_isThere() {
    try (var test = service()) {
      fill(test, "flood");
      assertThat(test.stat("index-bytes")).isLessThanOrEqualTo(MEMORY - FLOOR * 9 / 10);
      fill(test, "quiet");
      assertThat(bytes(test, "quiet")).isGreaterThan(FLOOR / 2);
      assertThat(test.stat("index-bytes")).isLessThanOrEqualTo(MEMORY + MEMORY / 100);
    }
  }

  @Test
  void floor_andThenAFlood_isKept() {
    try (var test = service()) {
      long seq = 0;
      while (bytes(test, "quiet") < FLOOR / 2) {
        publish(test, "quiet", ++seq);
      }
      long blocks = test.stat("quiet", "blocks");
      long flood = fill(test, "flood");
      for (int i = 0; i < 200; i++) {
        publish(test, "flood", ++flood);
      }
      publish(test, "quiet", ++seq);
      assertThat(test.stat("quiet", "blocks")).isEqualTo(blocks + 500);
      assertThat(test.stat("quiet", "shed-blocks")).isZero();
    }
  }

  @Test
  void floor_thatComesLater_isMadeRoomFor() {
    quotas.set(List.of());
    try (var test = service()) {
      fill(test, "flood");
      long before = test.stat("flood", "blocks");
      quotas.set(List.of(floor(FLOOR)));
      while (test.stat("index-bytes") + test.stat("index-reserved-bytes") > MEMORY) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(test.stat("flood", "blocks")).isLessThan(before);
      fill(test, "quiet");
      assertThat(bytes(test, "quiet")).isGreaterThan(FLOOR / 2);
    }
  }

  @Test
  void floor_ofANamespaceThatIsMadeLater_isMadeRoomFor() {
    try (var test = service()) {
      test.run(new Op.DropNamespace("quiet"));
      fill(test, "flood");
      awaitRest(test);
      test.run(new Op.CreateNamespace(Namespace.of("quiet", 16, 8)));
      for (int i = 0;
          i < 10_000 && test.stat("index-bytes") + test.stat("index-reserved-bytes") > MEMORY;
          i++) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(test.stat("index-bytes") + test.stat("index-reserved-bytes"))
          .isLessThanOrEqualTo(MEMORY);
    }
  }

  @Test
  void floor_ofADroppedNamespace_isReservedNoMore() {
    try (var test = service()) {
      assertThat(test.stat("index-reserved-bytes")).isPositive();
      test.run(new Op.DropNamespace("quiet"));
      assertThat(test.stat("index-reserved-bytes")).isZero();
    }
  }
}
