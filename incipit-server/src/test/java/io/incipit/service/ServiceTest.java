// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Hint;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import io.incipit.quota.Quotas;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private static final ServiceConfig CONFIG =
      new ServiceConfig(2, 4, 1 << 20, 8, 256L << 20, 16L << 20);

  private Service service = service(CONFIG);

  @AfterEach
  void stop() throws InterruptedException {
    service.stop();
  }

  private static Service service(ServiceConfig config) {
    return new Service(config, new AtomicLong(1)::getAndIncrement);
  }

  private void use(ServiceConfig config, Function<IndexConfig, PrefixIndex> indexes)
      throws InterruptedException {
    service.stop();
    service =
        new Service(
            config, new AtomicLong(1)::getAndIncrement, Clock.system(), Quotas.none(), indexes);
  }

  /// An index whose `store` first runs `before`; everything else is that of the real one.
  private static PrefixIndex hooked(IndexConfig config, Runnable before) {
    var real = PrefixIndex.create(config);
    return (PrefixIndex)
        Proxy.newProxyInstance(
            ServiceTest.class.getClassLoader(),
            new Class<?>[] {PrefixIndex.class},
            (_, method, arguments) -> {
              if (method.getName().equals("store")) {
                before.run();
              }
              return method.invoke(real, arguments);
            });
  }

  private Reply run(Op op) {
    var reply = new CompletableFuture<Reply>();
    service.execute(op, reply::complete);
    return reply.join();
  }

  private static Op.Publish store(String namespace, long seq, long... hashes) {
    return new Op.Publish(
        namespace,
        "gpu-0",
        1,
        seq,
        List.of(new Change.Store(Tier.GPU, BlockChain.empty(8), BlockChain.of(hashes))));
  }

  private static Op.Publish storeAs(String owner, long seq, long... hashes) {
    return new Op.Publish(
        "default",
        owner,
        1,
        seq,
        List.of(new Change.Store(Tier.GPU, BlockChain.empty(8), BlockChain.of(hashes))));
  }

  private static Op.Match match(String namespace, long... hashes) {
    return new Op.Match(
        namespace, BlockChain.of(hashes), Cursor.NONE, List.of(), Tier.ALL_MASK, 100);
  }

  private int matched(String namespace, long... hashes) {
    return run(match(namespace, hashes)) instanceof Reply.Matched matched ? matched.blocks() : -1;
  }

  private Map<String, Value> stats(Optional<String> namespace) {
    return ((Reply.Row) run(new Op.Stats(namespace))).fields();
  }

  private static ErrorCode code(Reply reply) {
    return ((Reply.Refused) reply).code();
  }

  @Test
  void publish_thenMatch_seesIt() {
    assertThat(run(store("default", 1, 1, 2, 3))).isEqualTo(new Reply.Published(1));
    assertThat(matched("default", 1, 2, 9)).isEqualTo(2);
  }

  @Test
  void questions_ofUnknownNamespace_areRefused() {
    var hash = BlockChain.of(1);
    var questions =
        List.<Op>of(
            match("none", 1),
            new Op.Score("none", hash, Cursor.NONE, 10),
            new Op.Run("none", hash, 1),
            new Op.Locate("none", hash),
            new Op.Foretell("none", Hint.DONE, hash),
            new Op.Owners("none", Optional.empty(), 0, 10),
            new Op.Stats(Optional.of("none")),
            new Op.Inspect("none", hash, 1),
            new Op.DescribeNamespace("none"),
            new Op.DropNamespace("none"),
            store("none", 1, 1));

    assertThat(questions)
        .allSatisfy(op -> assertThat(code(run(op))).isEqualTo(ErrorCode.NONAMESPACE));
    assertThat(stats(Optional.empty())).containsEntry("refused-nonamespace", Value.of(11));
  }

  @Test
  void questions_answerFromTheirNamespace() {
    run(store("default", 1, 1, 2, 3));

    var score = (Reply.Scored) run(new Op.Score("default", BlockChain.of(1, 2), Cursor.NONE, 9));
    assertThat(score.scores().blocksOf(0, Tier.GPU)).isEqualTo(2);
    var ran = (Reply.Ran) run(new Op.Run("default", BlockChain.of(1), 5));
    assertThat(ran.hashes()).isEqualTo(BlockChain.of(2, 3));
    var located = (Reply.Located) run(new Op.Locate("default", BlockChain.of(2, 7)));
    assertThat(located.holders().get(0).count()).isEqualTo(1);
    assertThat(located.holders().get(1).count()).isZero();
    var owners = (Reply.Rows) run(new Op.Owners("default", Optional.empty(), 0, 10));
    assertThat(owners.rows()).hasSize(1);
    assertThat(stats(Optional.of("default"))).containsEntry("blocks", Value.of(3));
  }

  @Test
  void inspect_showsTheBlockAndItsRun() {
    run(store("default", 1, 1, 2, 3, 4));
    run(
        new Op.Publish(
            "default", "gpu-0", 1, 2, List.of(new Change.Remove(Tier.GPU, BlockChain.of(3)))));

    var rows = (Reply.Rows) run(new Op.Inspect("default", BlockChain.of(2), 2));

    assertThat(rows.rows())
        .containsExactly(
            Map.of(
                "position",
                Value.of(0),
                "hash",
                Value.of("0000000000000002"),
                "holders",
                Value.of("gpu-0/GPU")),
            Map.of(
                "position",
                Value.of(1),
                "hash",
                Value.of("0000000000000003"),
                "holders",
                Value.of("")));
    var next = (Reply.Rows) run(new Op.Inspect("default", BlockChain.of(2), 1, 2));
    assertThat(next.rows())
        .extracting(row -> row.get("position").number() + " " + row.get("hash").text())
        .containsExactly("1 0000000000000003", "2 0000000000000004");
    assertThat(run(new Op.Inspect("default", BlockChain.of(2), 3, 2)))
        .isEqualTo(new Reply.Rows(List.of()));
    assertThat(run(new Op.Inspect("default", BlockChain.of(9), 2)))
        .isEqualTo(new Reply.Rows(List.of()));
  }

  @Test
  void inspect_ownersAreInTheirOrder_andNamesWithBlanksInQuotes() {
    for (int i = 0; i < 20; i++) {
      var owner = i == 1 ? "o \"1" : "o" + i;
      run(
          new Op.Publish(
              "default",
              owner,
              1,
              1,
              List.of(
                  new Change.Store(Tier.HOST, BlockChain.empty(8), BlockChain.of(1)),
                  new Change.Store(Tier.GPU, BlockChain.empty(8), BlockChain.of(1)))));
    }

    var rows = (Reply.Rows) run(new Op.Inspect("default", BlockChain.of(1), 1));

    assertThat(rows.rows().getFirst().get("holders").text())
        .startsWith("o0/GPU o0/HOST \"o \\\"1\"/GPU \"o \\\"1\"/HOST o2/GPU")
        .endsWith("o7/GPU o7/HOST and 24 more");
  }

  @Test
  void create_again_dependsOnTheContract() {
    assertThat(run(new Op.CreateNamespace(Namespace.of("a", 16, 8)))).isEqualTo(new Reply.Done());
    assertThat(run(new Op.CreateNamespace(Namespace.of("a", 16, 8)))).isEqualTo(new Reply.Done());
    assertThat(code(run(new Op.CreateNamespace(Namespace.of("a", 32, 8)))))
        .isEqualTo(ErrorCode.CONTRACT);
    assertThat(service.hashBytes("a")).isEqualTo(8);
    assertThat(service.hashBytes("b")).isZero();
    assertThat(run(new Op.ListNamespaces("", 9)))
        .isEqualTo(new Reply.Names(List.of("a", "default")));
    var row = (Reply.Row) run(new Op.DescribeNamespace("a"));
    assertThat(row.fields())
        .containsEntry("block-tokens", Value.of(16))
        .containsEntry("hash-bytes", Value.of(8));
  }

  @Test
  void create_atTheLimit_isRefusedBeyondIt() {
    for (int i = 1; i < CONFIG.namespacesMax(); i++) {
      assertThat(run(new Op.CreateNamespace(Namespace.of("n" + i, 16, 8))))
          .isEqualTo(new Reply.Done());
    }
    assertThat(code(run(new Op.CreateNamespace(Namespace.of("more", 16, 8)))))
        .isEqualTo(ErrorCode.LIMIT);
    run(new Op.DropNamespace("n1"));
    assertThat(run(new Op.CreateNamespace(Namespace.of("more", 16, 8))))
        .isEqualTo(new Reply.Done());
  }

  @Test
  void drop_forgetsAll_andDefaultIsBackEmpty() {
    run(new Op.CreateNamespace(Namespace.of("a", 16, 8)));
    run(store("a", 1, 1, 2));
    run(store("default", 1, 1, 2));

    assertThat(run(new Op.DropNamespace("a"))).isEqualTo(new Reply.Done());
    assertThat(run(new Op.DropNamespace("default"))).isEqualTo(new Reply.Done());

    assertThat(code(run(match("a", 1)))).isEqualTo(ErrorCode.NONAMESPACE);
    assertThat(matched("default", 1)).isZero();
    assertThat(code(run(store("default", 2, 3)))).isEqualTo(ErrorCode.GAP);
    assertThat(stats(Optional.empty())).containsEntry("blocks", Value.of(0));
  }

  @Test
  void emptyNamespace_costsLittle() {
    long before = stats(Optional.empty()).get("index-bytes").number();
    run(new Op.CreateNamespace(Namespace.of("a", 16, 8)));
    long after = stats(Optional.empty()).get("index-bytes").number();

    assertThat(after - before).isBetween(1L, 9L << 10);
  }

  @Test
  void emptyNamespace_onTheHeap_costsLittle() throws InterruptedException {
    int many = 200;
    service.stop();
    service = service(new ServiceConfig(2, 4, 1 << 20, many + 1, 256L << 20, 16L << 20));
    var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var namespaces = IntStream.range(0, many).mapToObj(i -> Namespace.of("n" + i, 16, 8)).toList();
    service.answer(new Op.CreateNamespace(namespaces.getFirst()));

    long before = thread.getCurrentThreadAllocatedBytes();
    namespaces.subList(1, many).forEach(one -> service.answer(new Op.CreateNamespace(one)));
    long each = (thread.getCurrentThreadAllocatedBytes() - before) / (many - 1);

    assertThat(each).isLessThanOrEqualTo(128L << 10);
  }

  @Test
  void publish_whenTheLaneIsFull_isBusyAndLaterFine() throws InterruptedException {
    var open = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    use(
        CONFIG,
        config ->
            hooked(
                config,
                () -> {
                  entered.countDown();
                  await(open);
                }));
    var replies = new ArrayList<CompletableFuture<Reply>>();
    replies.add(later(store("default", 1, 1)));
    await(entered);
    for (int seq = 2; seq <= 1 + CONFIG.laneQueue(); seq++) {
      replies.add(later(store("default", seq, seq)));
    }
    var refused = later(store("default", 2 + CONFIG.laneQueue(), 99));

    assertThat(refused).isCompleted();
    assertThat(code(refused.join())).isEqualTo(ErrorCode.BUSY);
    assertThat(matched("default", 1)).isZero();
    open.countDown();
    assertThat(replies)
        .allSatisfy(reply -> assertThat(reply.join()).isInstanceOf(Reply.Published.class));
    assertThat(run(store("default", 2 + CONFIG.laneQueue(), 99)))
        .isEqualTo(new Reply.Published(2 + CONFIG.laneQueue()));
  }

  @Test
  void publish_whenTooManyBytesWait_isBusy() throws InterruptedException {
    var open = new CountDownLatch(1);
    var entered = new CountDownLatch(1);
    use(
        new ServiceConfig(1, 100, 1_000, 8, 256L << 20, 16L << 20),
        config ->
            hooked(
                config,
                () -> {
                  entered.countDown();
                  await(open);
                }));
    var large = store("default", 2, IntStream.range(1_000, 1_200).asLongStream().toArray());
    var first = later(store("default", 1, 1));
    await(entered);

    var second = later(large);
    var third = later(store("default", 3, 7));

    assertThat(second).isNotCompleted();
    assertThat(code(third.join())).isEqualTo(ErrorCode.BUSY);
    open.countDown();
    assertThat(first.join()).isEqualTo(new Reply.Published(1));
    assertThat(second.join()).isEqualTo(new Reply.Published(2));
  }

  private CompletableFuture<Reply> later(Op op) {
    var reply = new CompletableFuture<Reply>();
    service.execute(op, reply::complete);
    return reply;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void publish_thatFails_isInternalAndTheLaneGoesOn() throws InterruptedException {
    var fail = new AtomicLong(1);
    use(
        new ServiceConfig(1, 4, 1 << 20, 8, 256L << 20, 16L << 20),
        config ->
            hooked(
                config,
                () -> {
                  if (fail.getAndDecrement() > 0) {
                    throw new IllegalStateException("planted");
                  }
                }));

    var failed = (Reply.Refused) run(store("default", 1, 1, 2));

    assertThat(failed.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(failed.detail()).doesNotContain("planted");
    assertThat(((Reply.Refused) run(store("default", 1, 1, 2))).detail()).startsWith("1 a publish");
    assertThat(run(storeAs("gpu-1", 1, 1, 2))).isEqualTo(new Reply.Published(1));
    assertThat(stats(Optional.empty()))
        .containsEntry("failures", Value.of(1))
        .containsEntry("refused-internal", Value.of(1));
  }

  @Test
  void reply_thatFails_doesNotEndTheLane() {
    service.execute(
        store("default", 1, 1),
        _ -> {
          throw new IllegalStateException("planted");
        });

    assertThat(run(store("default", 2, 2))).isEqualTo(new Reply.Published(2));
    assertThat(stats(Optional.empty())).containsEntry("failures", Value.of(1));
  }

  @Test
  void memoryLimit_whenReached_shedsAndFlagsTheOwner() throws InterruptedException {
    long limit = 16L << 20;
    service.stop();
    service = service(new ServiceConfig(1, 4, 64 << 20, 8, limit, 16L << 20));
    long[] chain = new long[4_096];
    for (int seq = 1; seq <= 600; seq++) {
      for (int i = 0; i < chain.length; i++) {
        chain[i] = seq * 1_000_003L * 4_096 + i * 7_919L + 1;
      }
      run(store("default", seq, chain));
    }

    var stats = stats(Optional.of("default"));
    assertThat(stats.get("shed-blocks").number()).isPositive();
    assertThat(stats.get("blocks").number()).isPositive();
    long used = stats(Optional.empty()).get("index-bytes").number();
    assertThat(used).isLessThan(2 * limit);
    var owners = (Reply.Rows) run(new Op.Owners("default", Optional.empty(), 0, 1));
    assertThat(owners.rows().getFirst()).containsEntry("partial", Value.of(1));
  }

  @Test
  void sweep_afterClear_givesBlocksBack() {
    run(store("default", 1, 1, 2, 3));
    run(new Op.Publish("default", "gpu-0", 1, 2, List.of(new Change.Clear(Optional.empty()))));

    assertThat(matched("default", 1)).isZero();
    while (!stats(Optional.of("default")).get("blocks").equals(Value.of(0))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void publish_afterStop_isBusy() throws InterruptedException {
    service.stop();

    assertThat(code(run(store("default", 1, 1)))).isEqualTo(ErrorCode.BUSY);
  }

  @Test
  void answer_publish_isMisuse() {
    var publish = store("default", 1, 1);
    assertThat(code(service.answer(publish))).isEqualTo(ErrorCode.INTERNAL);
    assertThatThrownBy(() -> new ServiceConfig(0, 1, 1, 1, 1 << 30, 16L << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("index.lanes: 0 (expected: ");
  }
}
