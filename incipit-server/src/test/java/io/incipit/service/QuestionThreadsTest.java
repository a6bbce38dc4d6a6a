// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import static io.incipit.service.TestService.match;
import static io.incipit.service.TestService.publish;
import static io.incipit.service.TestService.store;
import static io.incipit.service.TestService.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.index.IndexConfig;
import io.incipit.index.Outcome;
import io.incipit.index.PrefixIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Questions that cost much, and questions that meet a change that stands still.
class QuestionThreadsTest {
  private static final ServiceConfig CONFIG =
      new ServiceConfig(1, 1_000, 64 << 20, 8, 256L << 20, 4L << 20);

  /// While it is above 0, questions find what they read being changed.
  private final AtomicInteger open = new AtomicInteger();

  private PrefixIndex opened(IndexConfig config) {
    return TestService.index(
        config,
        (method, arguments, real) ->
            method.getReturnType() == Outcome.class && open.get() > 0
                ? Outcome.BUSY
                : real.apply(arguments));
  }

  /// Memory of a reply is given back just after it was taken.
  private static void awaitNoReplyBytes(TestService test) {
    while (test.stat("reply-bytes") != 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void question_whileTheWriterStandsStill_waitsAndLosesNothing() {
    try (var test = new TestService(CONFIG, this::opened)) {
      test.run(publish("a", 1, store(1, 2, 3)));
      open.set(1);
      assertThat(test.service.answerNow(match(1, 2, 3), 4_096, _ -> {}))
          .isEqualTo(Service.TOO_MUCH);
      long started = test.clock.nanoTime();
      test.clock.holdAfter(12_000_000_000L);
      var waits = new ArrayList<CompletableFuture<Reply>>();
      waits.add(test.later(match(1, 2, 3)));
      waits.add(test.later(new Op.Score("default", BlockChain.of(1, 2), Cursor.NONE, 9)));
      waits.add(test.later(new Op.Run("default", BlockChain.of(1), 9)));
      waits.add(test.later(new Op.Locate("default", BlockChain.of(1))));
      waits.add(test.later(new Op.Inspect("default", BlockChain.of(1), 9)));
      while (test.clock.nanoTime() - started < 10_000_000_000L) {
        Thread.onSpinWait();
      }
      assertThat(waits).noneMatch(CompletableFuture::isDone);
      assertThat(test.stat("namespaces")).as("other questions go on").isEqualTo(1);
      open.set(0);
      assertThat(waits)
          .allSatisfy(wait -> assertThat(wait.join()).isNotInstanceOf(Reply.Refused.class));
      assertThat(test.matched(1, 2, 3)).isEqualTo(3);
      assertThat(test.stat("default", "index-restarts")).isZero();
    }
  }

  @Test
  void question_whileTheWriterStandsStillForEver_isBusy() {
    try (var test = new TestService(CONFIG, this::opened)) {
      open.set(1);
      assertThat(told(test.run(match(1, 2, 3)))).startsWith("BUSY");
      awaitNoReplyBytes(test);
    }
  }

  @Test
  void question_thatCostsMuch_isAnsweredBehindAnotherThread() throws InterruptedException {
    try (var test = new TestService(CONFIG)) {
      for (int owner = 0; owner < 500; owner++) {
        test.run(publish("o" + owner, 1, store(1, 2, 3)));
      }
      var many = new long[200];
      Arrays.fill(many, 1);
      var locate = new Op.Locate("default", BlockChain.of(many));
      assertThat(test.service.answerNow(locate, Service.UNITS_NOW, _ -> {}))
          .isEqualTo(Service.TOO_MUCH);
      var thread = new CompletableFuture<String>();
      test.service.execute(locate, _ -> thread.complete(Thread.currentThread().getName()));
      assertThat(thread.join()).startsWith("questions-");
      var located = (Reply.Located) test.run(locate);
      assertThat(located.holders()).hasSize(200).allMatch(holders -> holders.count() == 500);
      assertThat(test.service.unitsNowMost()).isLessThanOrEqualTo(Service.UNITS_NOW);
      assertThat(test.stat("questions-later")).isEqualTo(2);
      awaitNoReplyBytes(test);
      assertThat(test.matched(1, 2, 3)).isEqualTo(3);
    }
  }

  /// `review/code/LocateBlowUp`: one request for a reply that no memory holds.
  @Test
  void locate_ofMoreThanAReplyMayHave_isRefusedWithHowManyFit() {
    try (var test = new TestService(CONFIG)) {
      for (int owner = 0; owner < 1_000; owner++) {
        test.run(publish("o" + owner, 1, store(1)));
      }
      var many = new long[65_536];
      Arrays.fill(many, 1);
      var refused = (Reply.Refused) test.run(new Op.Locate("default", BlockChain.of(many)));
      assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT);
      int fit = Integer.parseInt(refused.detail().replaceAll(" .*", ""));
      assertThat(fit).isBetween(100, 2_000);
      var fewer = BlockChain.of(many).slice(0, fit);
      assertThat(((Reply.Located) test.run(new Op.Locate("default", fewer))).holders())
          .hasSize(fit);
      var one = BlockChain.of(many).slice(0, fit + 1);
      assertThat(told(test.run(new Op.Locate("default", one)))).isEqualTo("LIMIT " + fit);
      awaitNoReplyBytes(test);
    }
  }

  @Test
  void owners_moreThanAReplyMayHave_areListedInPages() {
    try (var test = new TestService(CONFIG)) {
      int owners = 6_000;
      for (int owner = 0; owner < owners; owner++) {
        test.run(publish("o" + owner, 1, store(owner)));
      }
      assertThat(told(test.run(new Op.Owners("default", Optional.empty(), 0, 1 << 20))))
          .isEqualTo("LIMIT work");
      int listed = 0;
      for (int from = 0; from < owners; from += 1_000) {
        var page = (Reply.Rows) test.run(new Op.Owners("default", Optional.empty(), from, 1_000));
        listed += page.rows().size();
      }
      assertThat(listed).isEqualTo(owners);
    }
  }

  @Test
  void offer_moreThanMayWait_isBusy() throws InterruptedException {
    var entered = new CountDownLatch(2);
    var go = new CountDownLatch(1);
    try (var test = new TestService(CONFIG)) {
      for (int i = 0; i < 2; i++) {
        test.service.answerLater(
            match(1),
            _ -> {
              entered.countDown();
              try {
                go.await();
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
            });
      }
      entered.await();
      var waits = new ArrayList<CompletableFuture<Reply>>();
      for (int i = 0; i < QuestionThreads.WAITING_MAX + 1; i++) {
        var reply = new CompletableFuture<Reply>();
        test.service.answerLater(match(1), reply::complete);
        waits.add(reply);
      }
      assertThat(told(waits.getLast().join())).isEqualTo("BUSY too");
      go.countDown();
      waits.removeLast();
      assertThat(waits)
          .allSatisfy(wait -> assertThat(wait.join()).isInstanceOf(Reply.Matched.class));
    }
  }

  @Test
  void inspect_longChainsOfManyHolders_isPaged() {
    try (var test = new TestService(CONFIG)) {
      long[] chain = LongStream.rangeClosed(1, 600).toArray();
      for (var name : List.of("o10", "o2", "pod 1", "q\"\t")) {
        test.run(publish(name, 1, store(chain)));
      }
      var first = rows(test, 0, 1_000);
      assertThat(first).hasSize(Inspection.ROWS_MAX);
      assertThat(first.getFirst())
          .isEqualTo("0 0000000000000001 o10/GPU o2/GPU \"pod 1\"/GPU \"q\\\"\\x09\"/GPU");
      assertThat(rows(test, 256, 256).getFirst()).startsWith("256 0000000000000101 o10/GPU");
      assertThat(rows(test, 512, 256)).hasSize(88).last().asString().startsWith("599 ");
      assertThat(rows(test, 600, 256)).isEmpty();
      assertThat(rows(test, 1, 1)).hasSize(1).first().asString().startsWith("1 0000000000000002 ");
      assertThat(rows(test, 0, 1)).hasSize(1);
      for (int i = 0; i < 30; i++) {
        test.run(publish("p" + i, 1, store(1)));
      }
      assertThat(rows(test, 0, 1).getFirst()).endsWith("and 18 more");
    }
  }

  private static List<String> rows(TestService test, int from, int count) {
    var reply = test.run(new Op.Inspect("default", BlockChain.of(1), from, count));
    return ((Reply.Rows) reply)
        .rows().stream()
            .map(row -> String.join(" ", row.values().stream().map(v -> v.text()).toList()))
            .toList();
  }

  @Test
  void match_limitedList_needsNoMoreThanTheReply() {
    try (var test = new TestService(CONFIG)) {
      for (int owner = 0; owner < 300; owner++) {
        test.run(publish("o" + owner, 1, store(1, 2)));
      }
      var op =
          new Op.Match("default", BlockChain.of(1, 2), Cursor.NONE, List.of(), Tier.ALL_MASK, 10);
      var matched = (Reply.Matched) test.run(op);
      assertThat(matched.holders().count()).isEqualTo(10);
      assertThat(matched.flags()).isEqualTo(Reply.TRUNCATED);
    }
  }
}
