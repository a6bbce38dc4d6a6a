// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What many small namespaces take of the heap, what the server says that they take, and what
/// happens when there is room for no more.
class NamespaceMemoryTest {
  private static final int MANY = 2_000;

  /// Of a namespace with one block.
  private static final long EACH_MAX = 8L << 10;

  /// What else comes to the heap meanwhile, by namespace.
  private static final long HEAP_NOISE = 256;

  private static TestService service(int namespacesMax, long memoryLimit) {
    return new TestService(
        new ServiceConfig(2, 64, 1 << 20, namespacesMax, memoryLimit, 16L << 20));
  }

  private static Reply create(TestService test, int number) {
    return test.run(new Op.CreateNamespace(Namespace.of("n" + number, 16, 8)));
  }

  private static Reply publish(TestService test, int number, long seq, Change change) {
    return test.run(new Op.Publish("n" + number, "o", 1, seq, List.of(change)));
  }

  private static void fill(TestService test, int from, int to) {
    var block = new Change.Store(Tier.GPU, BlockChain.empty(8), BlockChain.of(7));
    for (int i = from; i < to; i++) {
      assertThat(create(test, i)).isEqualTo(new Reply.Done());
      assertThat(publish(test, i, 1, block)).isEqualTo(new Reply.Published(1));
    }
  }

  /// Bytes that are reachable: the least of a few looks.
  private static long heapBytes() throws InterruptedException {
    var runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(20);
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void oneBlock_takesOfTheHeapWhatIsReported() throws InterruptedException {
    try (var test = service(MANY + 200, 256L << 20)) {
      fill(test, 0, 100);
      long heap = heapBytes();
      long reported = test.stat("index-bytes");

      fill(test, 100, 100 + MANY);

      long heapEach = (heapBytes() - heap) / MANY;
      long reportedEach = (test.stat("index-bytes") - reported) / MANY;
      System.out.printf("a namespace of one block: heap %d, said %d%n", heapEach, reportedEach);
      assertThat(heapEach).isLessThanOrEqualTo(EACH_MAX + HEAP_NOISE);
      assertThat(reportedEach).isBetween(heapEach * 9 / 10, EACH_MAX);
    }
  }

  @Test
  void emptied_costsWhatANewOneDoes() {
    try (var test = service(8, 256L << 20)) {
      long none = test.stat("index-bytes");
      create(test, 0);
      long empty = test.stat("index-bytes") - none;
      fill(test, 0, 1);
      assertThat(publish(test, 0, 2, TestService.clearAll())).isEqualTo(new Reply.Published(2));
      test.awaitBlocks("n0", 0);
      awaitSwept(test);

      long ownerBytes = 512;
      assertThat(test.stat("index-bytes") - none).isBetween(empty, empty + ownerBytes);
    }
  }

  /// Blocks go before the index that had them does.
  private static void awaitSwept(TestService test) {
    while (test.stat("n0", "tree-bytes") > test.stat("default", "tree-bytes")) {
      Thread.onSpinWait();
    }
    assertThat(publish(test, 0, 3, TestService.clearAll())).isEqualTo(new Reply.Published(3));
  }

  /// `wire.md` F10: not `BUSY`, which says that to try again helps.
  @Test
  void create_whenMemoryIsUsedUp_isRefusedWithLimitUntilOneGoes() {
    try (var test = service(1 << 20, 16L << 20)) {
      int made = 0;
      var reply = create(test, made);
      while (reply instanceof Reply.Done) {
        reply = create(test, ++made);
      }

      assertThat(TestService.told(reply)).isEqualTo("LIMIT indexes:");
      assertThat(((Reply.Refused) reply).detail()).contains("index.memory-limit");
      assertThat(made).isGreaterThan(1_500);
      assertThat(TestService.told(create(test, made))).isEqualTo("LIMIT indexes:");
      assertThat(create(test, 0)).isEqualTo(new Reply.Done());
      test.run(new Op.DropNamespace("n0"));
      assertThat(create(test, made)).isEqualTo(new Reply.Done());
    }
  }

  /// `wire.md` M3: the numbers of the server are those of its namespaces, at rest.
  @Test
  void stats_ofTheServer_areTheSumOfTheNamespaces() {
    try (var test = service(8, 256L << 20)) {
      fill(test, 0, 3);
      for (int i = 0; i < 3; i++) {
        var chain = BlockChain.of(LongStream.range(8, 1_008 + i).toArray());
        publish(test, i, 2, new Change.Store(Tier.GPU, BlockChain.empty(8), chain));
      }
      assertThat(test.stat("blocks")).isEqualTo(sum(test)).isEqualTo(3 * 1_001 + 3);

      publish(test, 1, 3, new Change.Remove(Tier.GPU, BlockChain.of(7)));
      assertThat(test.stat("blocks")).isEqualTo(sum(test)).isEqualTo(3 * 1_001 + 2);

      publish(test, 2, 3, TestService.clearAll());
      test.awaitBlocks("n2", 0);
      while (test.stat("blocks") != sum(test)) {
        Thread.onSpinWait();
      }
      test.run(new Op.DropNamespace("n0"));
      assertThat(test.stat("blocks")).isEqualTo(test.stat("n1", "blocks"));
    }
  }

  private static long sum(TestService test) {
    return test.stat("n0", "blocks") + test.stat("n1", "blocks") + test.stat("n2", "blocks");
  }
}
