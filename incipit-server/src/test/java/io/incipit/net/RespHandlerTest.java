// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static io.incipit.net.Bed.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Search;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.protocol.Limits;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RespHandlerTest {
  private static final String HASHES = "0000000100000002";

  private Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private void use(ConnectionConfig config) throws InterruptedException {
    bed.close();
    bed = new Bed(config);
  }

  /// A conversation that uses every kind of request, with publishes amid questions.
  private static String conversation() {
    return request("PING")
        + request("KVC.NAMESPACE", "CREATE", "n", "BLOCKTOKENS", "16", "HASHBYTES", "8")
        + request("KVC.PUBLISH", "n", "a", "1", "1", "STORE", "GPU", "", HASHES)
        + request("KVC.PUBLISH", "n", "b", "1", "1", "STORE", "HOST", "", HASHES.substring(0, 8))
        + request("KVC.PUBLISH", "n", "b", "x", "2", "SYNCED")
        + request("KVC.MATCH", "n", HASHES + "99999999")
        + "ping hello\r\n"
        + request("KVC.PUBLISH", "n", "a", "1", "3", "SYNCED")
        + request("KVC.PUBLISH", "n")
        + request("NO", "such")
        + request("KVC.LOCATE", "n", HASHES)
        + request("KVC.HINT", "n", "DONE", HASHES)
        + request("KVC.HINT", "n", "BACK", "-1", HASHES)
        + "\r\n"
        + request("ECHO", "a\r\nb");
  }

  @Test
  void requests_inOneRead_areAnsweredInOrder() {
    var replies = bed.send(conversation());

    assertThat(replies)
        .startsWith("+PONG\r\n+OK\r\n:1\r\n:1\r\n-SYNTAX incarnation: x ")
        .contains("*5\r\n:2\r\n:32\r\n:0\r\n$")
        .contains("$5\r\nhello\r\n-GAP 2 got 3;")
        .contains("-ERR wrong number of arguments for 'kvc.publish' command\r\n")
        .contains("-ERR unknown command 'NO', with args beginning with: 'such' \r\n*2\r\n$16\r\n")
        .contains("+OK\r\n-SYNTAX milliseconds: -1 (expected: a number, 0 to 86400000)\r\n")
        .endsWith("$4\r\na\r\nb\r\n");
  }

  @Test
  void requests_splitAtEveryOffset_areAnsweredTheSame() throws InterruptedException {
    var expected = bed.send(conversation());
    for (int cut = 1; cut < conversation().length(); cut++) {
      use(Bed.CONFIG);
      bed.write(Bed.bytes(conversation().substring(0, cut)));
      var replies = bed.read() + bed.send(conversation().substring(cut));
      assertThat(replies).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  @Test
  void requests_byteByByte_areAnsweredTheSame() throws InterruptedException {
    var expected = bed.send(conversation());
    use(Bed.CONFIG);
    var replies = new StringBuilder();
    for (byte one : Bed.bytes(conversation())) {
      bed.write(new byte[] {one});
      replies.append(bed.read());
    }
    assertThat(replies.append(bed.settle()).toString()).isEqualTo(expected);
  }

  @Test
  void garbage_ofAnyKind_endsTheConnectionAndNothingElse() throws InterruptedException {
    long seed = Search.seed();
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 500; round++) {
      use(Bed.CONFIG);
      var bytes = Bed.bytes(conversation());
      for (int i = 1 + random.nextInt(8); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      var replies = bed.send(bytes);
      assertThat(replies)
          .as("-Dincipit.seed=%d, round %d", seed, round)
          .doesNotContain("Exception", "INTERNAL");
      assertThat(bed.metric("incipit_failures_total")).as("-Dincipit.seed=%d", seed).isZero();
    }
  }

  @Test
  void malformedFrame_getsAnErrorAndIsClosed() {
    assertThat(bed.send("*1\r\n+PING\r\n" + request("PING")))
        .isEqualTo("-ERR Protocol error: expected '$', got '+'\r\n");
    assertThat(bed.ends()).isTrue();
    assertThat(bed.metric("incipit_connections_closed_total{reason=\"malformed\"}")).isEqualTo(1);
  }

  @Test
  void declaredLength_beyondAnyLimit_isRefusedBeforeMemoryIsTaken() throws InterruptedException {
    for (var header :
        new String[] {
          "*2147483647\r\n",
          "*9223372036854775807\r\n",
          "*65537\r\n",
          "*1\r\n$2147483647\r\n",
          "*1\r\n$9999999999999999999\r\n",
          "*1\r\n$-1\r\n",
          "*1\r\n$8388609\r\n"
        }) {
      use(Bed.CONFIG);
      assertThat(bed.send(header)).startsWith("-ERR Protocol error: ");
      assertThat(bed.ends()).isTrue();
      assertThat(bed.context.budget().used()).isZero();
    }
  }

  @Test
  void frame_atItsLimit_isTakenAndBeyondItNot() throws InterruptedException {
    int framing =
        request("ECHO", "").length() - 1 + String.valueOf(Limits.FRAME_BYTES_MAX).length();
    int most = Limits.FRAME_BYTES_MAX - framing;
    assertThat(bed.ask("ECHO", "x".repeat(most))).startsWith("$" + most + "\r\n");
    assertThat(bed.ask("ECHO", "x".repeat(most - 1))).startsWith("$" + (most - 1) + "\r\n");
    assertThat(bed.ask("ECHO", "x".repeat(most + 1))).startsWith("-ERR Protocol error: frame of ");
    assertThat(bed.ends()).isTrue();
  }

  @Test
  void arguments_atTheirLimit_areTakenAndBeyondItNot() {
    for (int words = Limits.ARGUMENTS_MAX - 1; words <= Limits.ARGUMENTS_MAX; words++) {
      var ping = new String[words];
      Arrays.fill(ping, "PING");
      assertThat(bed.ask(ping)).startsWith("-ERR wrong number of arguments for 'ping'");
    }
    assertThat(bed.send("*" + (Limits.ARGUMENTS_MAX + 1) + "\r\n"))
        .startsWith("-ERR Protocol error: invalid multibulk length");
  }

  @Test
  void chain_atItsLimit_isTakenAndBeyondItNot() {
    int most = Limits.CHAIN_BLOCKS_MAX;
    for (int blocks : new int[] {most - 1, most}) {
      assertThat(bed.ask("KVC.MATCH", "default", "h".repeat(8 * blocks)))
          .startsWith("*5\r\n:0\r\n");
    }
    assertThat(bed.ask("KVC.MATCH", "default", "h".repeat(8 * (most + 1)))).startsWith("-LIMIT ");
    assertThat(bed.channel.isOpen()).isTrue();
  }

  @Test
  void changes_atTheirLimit_areTakenAndBeyondItNot() {
    assertThat(publish(1, Limits.CHANGES_MAX - 1)).isEqualTo(":1\r\n");
    assertThat(publish(2, Limits.CHANGES_MAX)).isEqualTo(":2\r\n");
    assertThat(publish(3, Limits.CHANGES_MAX + 1)).startsWith("-LIMIT changes: ");
    assertThat(publish(3, 1)).isEqualTo(":3\r\n");
  }

  private String publish(int seq, int changes) {
    var words = new String[5 + changes];
    Arrays.fill(words, "SYNCED");
    words[0] = "KVC.PUBLISH";
    words[1] = "default";
    words[2] = "owner";
    words[3] = "1";
    words[4] = Integer.toString(seq);
    return bed.ask(words);
  }

  @Test
  void name_atItsLimit_isTakenAndBeyondItNot() {
    for (int length : new int[] {127, 128}) {
      var name = "n".repeat(length);
      assertThat(bed.ask("KVC.NAMESPACE", "CREATE", name, "BLOCKTOKENS", "1", "HASHBYTES", "8"))
          .isEqualTo("+OK\r\n");
      assertThat(bed.ask("KVC.PUBLISH", name, name, "1", "1", "SYNCED")).isEqualTo(":1\r\n");
    }
    var name = "n".repeat(129);
    assertThat(bed.ask("KVC.NAMESPACE", "CREATE", name, "BLOCKTOKENS", "1", "HASHBYTES", "8"))
        .startsWith("-LIMIT namespace: 129 bytes");
    assertThat(bed.ask("KVC.PUBLISH", "default", name, "1", "1", "SYNCED"))
        .startsWith("-LIMIT owner: 129 bytes");
    assertThat(bed.ask("KVC.NAMESPACE", "CREATE", "", "BLOCKTOKENS", "1", "HASHBYTES", "8"))
        .startsWith("-LIMIT namespace: 0 bytes");
  }

  @Test
  void line_atItsLimit_isTakenAndBeyondItNot() {
    int most = Limits.INLINE_BYTES_MAX - "ECHO ".length();
    for (int length : new int[] {most - 3, most - 2}) {
      assertThat(bed.send("ECHO " + "x".repeat(length) + "\r\n")).startsWith("$" + length);
    }
    assertThat(bed.send("ECHO " + "x".repeat(most - 1) + "\r\n"))
        .isEqualTo("-ERR Protocol error: too big inline request\r\n");
  }

  @Test
  void publishes_beyondTheNumberInFlight_waitAndAreAnsweredAll() {
    var many = new StringBuilder();
    var expected = new StringBuilder();
    for (int seq = 1; seq <= 500; seq++) {
      many.append(request("KVC.PUBLISH", "default", "o", "1", Integer.toString(seq), "SYNCED"));
      expected.append(':').append(seq).append("\r\n");
    }
    bed.write(Bed.bytes(many.toString()));
    assertThat(bed.handler.connection().pendingReplies()).isLessThanOrEqualTo(8);
    assertThat(bed.read() + bed.settle()).isEqualTo(expected.toString());
    assertThat(bed.channel.config().isAutoRead()).isTrue();
  }

  @Test
  void question_afterPublish_seesIt() {
    var all = new StringBuilder();
    for (int seq = 1; seq <= 200; seq++) {
      var chain = "%08d".formatted(seq);
      all.append(request("KVC.PUBLISH", "default", "o", "1", "" + seq, "STORE", "GPU", "", chain));
      all.append(request("KVC.MATCH", "default", chain, "LIMIT", "0"));
    }
    var replies = bed.send(all.toString());
    assertThat(replies.split("\\*5\r\n:1\r\n", -1)).hasSize(201);
  }

  @Test
  void handshake_notBegunWhileThereIsRoom_lives() {
    bed.tick(Duration.ofDays(2));
    assertThat(bed.ask("PING")).isEqualTo("+PONG\r\n");
  }

  @Test
  void handshake_notBegunWhereItIsCrowded_closes() {
    var others = new ArrayList<Bed>();
    for (int i = 0; i < bed.context.connectionsMax() / 2; i++) {
      others.add(new Bed(bed));
      others.getLast().ask("PING");
    }
    bed.tick(Duration.ofMillis(4_999));
    assertThat(bed.channel.isOpen()).isTrue();
    bed.tick(Duration.ofMillis(1));
    assertThat(bed.channel.isOpen()).isFalse();
    assertThat(others).allMatch(other -> other.channel.isOpen());
    assertThat(bed.metric("incipit_connections_closed_total{reason=\"handshake-timeout\"}"))
        .isEqualTo(1);
  }

  @Test
  void handshake_begunLate_hasItsTime() {
    bed.tick(Duration.ofHours(1));
    bed.write(Bed.bytes("*1\r\n$4\r\nPI"));
    bed.tick(Duration.ofMillis(4_999));
    assertThat(bed.send("NG\r\n")).isEqualTo("+PONG\r\n");
  }

  @Test
  void handshake_withHalfARequest_closes() {
    bed.write(Bed.bytes("*1\r\n$4\r\nPI"));
    bed.tick(Duration.ofSeconds(5));
    assertThat(bed.channel.isOpen()).isFalse();
  }

  @Test
  void idleConnection_afterItsFirstRequest_lives() {
    bed.ask("PING");
    bed.tick(Duration.ofDays(2));
    assertThat(bed.channel.isOpen()).isTrue();
    assertThat(bed.ask("PING")).isEqualTo("+PONG\r\n");
  }

  @Test
  void frame_thatTrickles_isCutAfterItsTimeout() {
    bed.ask("PING");
    bed.write(Bed.bytes("*2\r\n$4\r\nECHO\r\n$100\r\n"));
    for (int second = 0; second < 29; second++) {
      bed.write(Bed.bytes("x"));
      bed.tick(Duration.ofSeconds(1));
    }
    assertThat(bed.channel.isOpen()).isTrue();
    bed.tick(Duration.ofSeconds(1));
    assertThat(bed.channel.isOpen()).isFalse();
    assertThat(bed.metric("incipit_connections_closed_total{reason=\"frame-timeout\"}"))
        .isEqualTo(1);
  }

  @Test
  void budget_whenSpent_costsTheConnectionThatWantsMore() throws InterruptedException {
    use(
        new ConnectionConfig(
            10,
            10,
            10,
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            1 << 16,
            8,
            1 << 20));
    var replies = bed.send("*2\r\n$4\r\nECHO\r\n$4000000\r\n" + "x".repeat(3_000_000));

    assertThat(replies).startsWith("-BUSY ");
    assertThat(bed.ends()).isTrue();
    assertThat(bed.context.budget().used()).isZero();
  }

  @Test
  void budget_countsARequestThatWaitsForPublishes() throws InterruptedException {
    var publish = request("KVC.PUBLISH", "default", "o", "1", "1", "SYNCED");
    bed.write(Bed.bytes(publish + request("ECHO", "x".repeat(50_000))));
    assertThat(bed.settle()).isNotEmpty();
    assertThat(bed.context.budget().used()).isZero();
    bed.write(Bed.bytes(publish + request("ECHO", "x".repeat(50_000))));
    bed.channel.finishAndReleaseAll();
    assertThat(bed.context.budget().used()).isZero();
  }

  @Test
  void drain_answersWhatWasTaken_thenCloses() {
    bed.write(Bed.bytes(request("KVC.PUBLISH", "default", "o", "1", "1", "SYNCED")));
    bed.handler.drain();

    assertThat(bed.read() + bed.settle()).isEqualTo(":1\r\n");
    assertThat(bed.channel.isOpen()).isFalse();
  }

  @Test
  void close_withPublishesOnTheWay_isQuiet() {
    bed.write(Bed.bytes(request("KVC.PUBLISH", "default", "o", "1", "1", "SYNCED")));
    var _ = bed.channel.close();
    assertThat(bed.channel.isOpen()).isFalse();
    assertThat(bed.metric("incipit_failures_total")).isZero();
  }

  @Test
  void requests_areCounted() {
    bed.ask("PING");
    bed.ask("KVC.MATCH", "default", "123");
    bed.ask("NO");

    assertThat(bed.metric("incipit_command_seconds_count{command=\"PING\"}")).isEqualTo(1);
    assertThat(bed.metric("incipit_requests_misunderstood_total{reason=\"command\"}")).isEqualTo(1);
    assertThat(bed.metric("incipit_received_bytes_total{port=\"resp\"}")).isPositive();
    assertThat(bed.ask("KVC.STATS")).contains("refused-width\r\n$1\r\n1\r\n");
  }

  @Test
  void unusedInput_ofUtf8_isShownInErrors() {
    var utf8 = new String("é".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(bed.ask(utf8)).startsWith("-ERR unknown command '" + utf8 + "'");
    bed.channel.writeInbound(Unpooled.EMPTY_BUFFER);
    assertThat(bed.ask("PING")).isEqualTo("+PONG\r\n");
  }
}
