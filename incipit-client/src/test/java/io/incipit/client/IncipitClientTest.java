// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Hint;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Scores;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IncipitClientTest {
  private static final long MS = 1_000_000;
  private static final BlockChain CHAIN = BlockChain.of(1, 2, 3);

  private final ManualTime time = new ManualTime();
  private final FakeNetwork network = new FakeNetwork();
  private IncipitClient client = client(1_024);

  private IncipitClient client(int inFlightMax) {
    var config = ClientConfig.of("host", 7379).withInFlightMax(inFlightMax);
    return new IncipitClient(config, network, time, time);
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void match_reply_completesWithIt() throws Exception {
    var answer = client.match("ns", CHAIN);
    var peer = network.peer();
    assertThat(peer.request()).startsWith("KVC.MATCH", "ns");
    peer.reply(matched(2));

    assertThat(get(answer)).isEqualTo(matched(2));
  }

  @Test
  void everyMethod_itsReply_completesWithIt() throws Exception {
    var row = Map.of("name", Value.of("ns"));
    var replies =
        List.of(
            new Reply.Scored(1, 0, Cursor.NONE, Scores.of(new int[4], new int[0], 0)),
            new Reply.Ran(BlockChain.of(9), 0, Holders.NONE),
            new Reply.Located(List.of(Holders.of(new int[] {0, 1, 7, 2}, 1))),
            new Reply.Published(5),
            new Reply.Done(),
            new Reply.Done(),
            new Reply.Done(),
            new Reply.Names(List.of("ns")),
            new Reply.Row(row),
            new Reply.Row(row),
            new Reply.Rows(List.of(row)),
            new Reply.Rows(List.of(row)));
    var answers =
        List.<CompletableFuture<? extends Reply>>of(
            client.score(new Op.Score("ns", CHAIN, Cursor.NONE, 10)),
            client.run(new Op.Run("ns", BlockChain.of(1), 10)),
            client.locate(new Op.Locate("ns", BlockChain.of(1))),
            client.publish(new Op.Publish("ns", "o", 1, 5, List.of(new Change.Synced()))),
            client.hint(new Op.Foretell("ns", Hint.DONE, CHAIN)),
            client.createNamespace(Namespace.DEFAULT),
            client.dropNamespace("ns"),
            client.namespaces(),
            client.describeNamespace("ns"),
            client.stats(Optional.empty()),
            client.owners(new Op.Owners("ns", Optional.empty(), 0, 10)),
            client.inspect(new Op.Inspect("ns", BlockChain.of(1), 10)));
    var peer = network.peer();
    peer.reply(replies.toArray(Reply[]::new));

    for (int i = 0; i < replies.size(); i++) {
      assertThat((Reply) get(answers.get(i))).isEqualTo(replies.get(i));
    }
  }

  @Test
  void match_repliesCutAtEveryByte_areTheSame() throws Exception {
    var bytes = FakeNetwork.encode(matched(1), matched(3));
    for (int cut = 1; cut < bytes.length; cut++) {
      client.close();
      client = client(1_024);
      var first = client.match("ns", CHAIN);
      var second = client.match("ns", CHAIN);
      var peer = network.peer();
      peer.send(Arrays.copyOf(bytes, cut));
      peer.send(Arrays.copyOfRange(bytes, cut, bytes.length));

      assertThat(get(first)).as("cut at %d", cut).isEqualTo(matched(1));
      assertThat(get(second)).as("cut at %d", cut).isEqualTo(matched(3));
    }
  }

  @Test
  void match_refused_failsWithCodeAndDetail() {
    var answer = client.match("ns", CHAIN);
    network.peer().reply(new Reply.Refused(ErrorCode.NONAMESPACE, "ns (expected: a namespace)"));

    assertThatThrownBy(() -> get(answer))
        .isInstanceOfSatisfying(
            ClientException.Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.NONAMESPACE);
              assertThat(refused.detail()).isEqualTo("ns (expected: a namespace)");
            })
        .hasMessage("NONAMESPACE ns (expected: a namespace)");
  }

  @Test
  void execute_refused_completesWithTheRefusal() throws Exception {
    var refusal = new Reply.Refused(ErrorCode.BUSY, "later");
    var answer = client.execute(new Op.ListNamespaces("", 9), Duration.ofSeconds(1));
    network.peer().reply(refusal);

    assertThat(get(answer)).isEqualTo(refusal);
  }

  @Test
  void deadlines_outOfOrder_failOnlyWhatIsOverAndKeepRepliesInStep() throws Exception {
    var slow = client.execute(matching(), Duration.ofMillis(100));
    var fast = client.execute(matching(), Duration.ofMillis(10));
    var middle = client.execute(matching(), Duration.ofMillis(50));
    var peer = network.peer();

    time.advance(10 * MS);
    assertDeadlineExceeded(fast);
    assertThat(slow).isNotDone();
    assertThat(middle).isNotDone();

    time.advance(40 * MS);
    assertDeadlineExceeded(middle);
    assertThat(slow).isNotDone();

    var next = client.match("ns", CHAIN);
    peer.reply(matched(1), matched(2), matched(3), matched(0));
    assertThat(get(slow)).isEqualTo(matched(1));
    assertThat(get(next)).isEqualTo(matched(0));
  }

  @Test
  void deadline_lookupsAndOthers_haveTheirOwnDefaults() {
    var match = client.match("ns", CHAIN);
    var publish = client.publish(new Op.Publish("ns", "o", 1, 1, List.of(new Change.Synced())));

    time.advance(20 * MS);
    assertDeadlineExceeded(match);
    assertThat(publish).isNotDone();

    time.advance(4_980 * MS);
    assertDeadlineExceeded(publish);
  }

  @Test
  void deadline_whileConnecting_fails() {
    network.connects = new CountDownLatch(1);
    var answer = client.match("ns", CHAIN);

    time.advance(20 * MS);
    assertDeadlineExceeded(answer);
    network.connects.countDown();
  }

  @Test
  void silence_longAfterTheDeadline_givesTheConnectionUp() throws Exception {
    var answer = client.match("ns", CHAIN);
    var first = network.peer();
    time.advance(20 * MS);
    assertDeadlineExceeded(answer);

    time.advance(10_000 * MS);
    first.awaitClosed();
    var again = client.match("ns", CHAIN);
    network.peer().reply(matched(1));
    assertThat(get(again)).isEqualTo(matched(1));
  }

  @Test
  void connection_endedInTheMiddleOfAReply_failsAllInFlightAndTheNextCallConnects()
      throws Exception {
    var first = client.match("ns", CHAIN);
    var second = client.match("ns", CHAIN);
    var peer = network.peer();
    peer.send("*5\r\n:2\r\n");
    peer.end();

    for (var answer : List.of(first, second)) {
      assertThatThrownBy(() -> get(answer))
          .isInstanceOf(ClientException.ConnectionLost.class)
          .hasMessage("connection to host:7379 was closed by the server");
    }
    peer.awaitClosed();

    var third = client.match("ns", CHAIN);
    network.peer().reply(matched(3));
    assertThat(get(third)).isEqualTo(matched(3));
  }

  @Test
  void connection_refused_failsAndTheNextCallTriesAgain() throws Exception {
    network.refusing = true;
    var first = client.match("ns", CHAIN);
    assertThatThrownBy(() -> get(first))
        .isInstanceOf(ClientException.ConnectionLost.class)
        .hasMessage("cannot connect to host:7379: Connection refused");

    network.refusing = false;
    var second = client.match("ns", CHAIN);
    network.peer().reply(matched(1));
    assertThat(get(second)).isEqualTo(matched(1));
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 400 Bad Request\r\n', starts with byte 72",
    "'+OK\r\n', expected: an array",
    "'*2\r\n:1\r\n:1\r\n', 'reply: 2 values (expected: 5)'",
    "'$-7\r\n', expected: an array",
    "'*5\r\n:1\r\n:1\r\n:0\r\n$0\r\n\r\n$3\r\nabc\r\n', 'records: 3 bytes'",
    "'*99999999\r\n', array: 99999999 values",
  })
  void garbage_insteadOfAReply_closesTheConnectionAndNamesWhatCame(String bytes, String named)
      throws Exception {
    var first = client.match("ns", CHAIN);
    var second = client.match("ns", CHAIN);
    var peer = network.peer();
    peer.send(bytes);

    peer.awaitClosed();
    for (var answer : List.of(first, second)) {
      assertThatThrownBy(() -> get(answer))
          .isInstanceOf(ClientException.ConnectionLost.class)
          .hasMessageContaining(named);
    }
  }

  @Test
  void garbage_withoutARequest_closesTheConnection() throws Exception {
    var answer = client.match("ns", CHAIN);
    var peer = network.peer();
    peer.reply(matched(1), matched(2));

    peer.awaitClosed();
    assertThat(get(answer)).isEqualTo(matched(1));
  }

  @Test
  void close_inFlight_failsAtOnceAndStaysClosed() throws Exception {
    var answer = client.match("ns", CHAIN);
    var peer = network.peer();

    client.close();
    client.close();

    assertThatThrownBy(() -> get(answer))
        .isInstanceOf(ClientException.Closed.class)
        .hasMessage("client of host:7379 was closed");
    peer.awaitClosed();
    assertThatThrownBy(() -> get(client.match("ns", CHAIN)))
        .isInstanceOf(ClientException.Closed.class);
    assertThat(network.hasPeer()).isFalse();
  }

  @Test
  void close_whileConnecting_failsAtOnceAndClosesTheLateConnection() throws Exception {
    network.connects = new CountDownLatch(1);
    var answer = client.match("ns", CHAIN);

    client.close();

    assertThatThrownBy(() -> get(answer)).isInstanceOf(ClientException.Closed.class);
    network.connects.countDown();
    network.peer().awaitClosed();
  }

  @Test
  void close_neverUsed_connectsToNobody() {
    client.close();
    assertThat(network.hasPeer()).isFalse();
  }

  @Test
  void inFlight_atItsBound_waitsForARoom() throws Exception {
    client = client(1);
    var first = client.match("ns", CHAIN);
    var second = fromAnotherThread("other");
    var peer = network.peer();
    assertThat(peer.request()).contains("ns");
    assertThat(second).isNotDone();
    peer.reply(matched(1));

    assertThat(peer.request()).contains("other");
    peer.reply(matched(2));
    assertThat(get(first)).isEqualTo(matched(1));
    assertThat(get(second)).isEqualTo(matched(2));
  }

  @Test
  void inFlight_atItsBoundUntilTheDeadline_fails() {
    client = client(1);
    var _ = client.match("ns", CHAIN);
    network.peer();
    time.rush();

    assertDeadlineExceeded(client.match("ns", CHAIN));
  }

  @Test
  void inFlight_atItsBound_lettingFollowUpsOfTheReaderThrough() throws Exception {
    client = client(1);
    var first = client.match("ns", CHAIN);
    var chained = first.thenCompose(_ -> client.match("ns", CHAIN));
    var other = fromAnotherThread("ns");
    var peer = network.peer();
    network.answers = _ -> List.of(matched(2));
    peer.reply(matched(1));

    assertThat(get(chained)).isEqualTo(matched(2));
    assertThat(get(other)).isEqualTo(matched(2));
  }

  @Test
  void writes_whileOneIsUnderWay_goTogether() throws Exception {
    network.answers = _ -> List.of(matched(1));
    get(client.match("ns", CHAIN));
    var peer = network.peer();
    network.writes = new CountDownLatch(1);
    var answers = new ArrayList<CompletableFuture<Reply.Matched>>();
    var alone = fromAnotherThread("ns");
    while (peer.writeCount.get() < 2) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 50; i++) {
      answers.add(client.match("ns", CHAIN));
    }
    network.writes.countDown();

    get(alone);
    for (var answer : answers) {
      assertThat(get(answer)).isEqualTo(matched(1));
    }
    assertThat(peer.writeCount).hasValue(3);
  }

  @Test
  void manyThreads_shareTheConnection_eachGetsItsOwnReplies() throws Exception {
    network.answers =
        words -> List.of(new Reply.Matched(0, number(words), 0, Cursor.NONE, Holders.NONE));
    var threads = new ArrayList<Thread>();
    var wrong = new ArrayList<Long>();
    for (int t = 0; t < 8; t++) {
      int first = 1_000 * t;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (long i = first; i < first + 300; i++) {
                      if (client.match(Long.toString(i), CHAIN).join().tokens() != i) {
                        synchronized (wrong) {
                          wrong.add(i);
                        }
                      }
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }

    assertThat(wrong).isEmpty();
    network.peer();
    assertThat(network.hasPeer()).as("a second connection").isFalse();
  }

  @Test
  void request_beyondTheLimitOfAFrame_isMisuseAndLeavesTheConnectionUsable() throws Exception {
    var huge = BlockChain.wrap(new byte[9 << 20], 0, (9 << 20) / 32, 32);
    var op = new Op.Publish("ns", "o", 1, 1, List.of(new Change.Remove(Tier.GPU, huge)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.publish(op))
        .withMessageContaining("(expected: at most 8388608)");
    var answer = client.match("ns", CHAIN);
    network.peer().reply(matched(1));
    assertThat(get(answer)).isEqualTo(matched(1));
  }

  @Test
  void config_outOfRange_isRefused() {
    var config = ClientConfig.of("host", 1);
    assertThat(config.lookupDeadline()).isEqualTo(Duration.ofMillis(20));
    assertThatIllegalArgumentException().isThrownBy(() -> ClientConfig.of("", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> ClientConfig.of("host", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> ClientConfig.of("host", 65_536));
    assertThatIllegalArgumentException().isThrownBy(() -> config.withInFlightMax(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config.withLookupDeadline(Duration.ZERO))
        .withMessage("lookupDeadline: PT0S (expected: above 0, at most PT24H)");
    assertThat(ClientConfig.of("::1", 7379).endpoint()).isEqualTo("[::1]:7379");
  }

  private CompletableFuture<Reply.Matched> fromAnotherThread(String namespace) {
    return CompletableFuture.supplyAsync(() -> client.match(namespace, CHAIN).join());
  }

  private static Op matching() {
    return new Op.Match("ns", CHAIN, Cursor.NONE, List.of(), Tier.ALL_MASK, 10);
  }

  private static Reply.Matched matched(int blocks) {
    return new Reply.Matched(blocks, 16L * blocks, 0, Cursor.NONE, Holders.NONE);
  }

  private static long number(List<String> words) {
    return Long.parseLong(words.get(1));
  }

  private static void assertDeadlineExceeded(CompletableFuture<? extends Reply> answer) {
    assertThatThrownBy(() -> get(answer)).isInstanceOf(ClientException.DeadlineExceeded.class);
  }

  private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(10, TimeUnit.MINUTES);
    } catch (ExecutionException failed) {
      throw (RuntimeException) failed.getCause();
    } catch (TimeoutException nothing) {
      throw new AssertionError("no answer", nothing);
    }
  }
}
