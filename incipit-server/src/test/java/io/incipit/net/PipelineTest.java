// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static io.incipit.net.Bed.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.net.limits.ConnectionConfig;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Clients that send much before they read, and what they cost others.
class PipelineTest {
  private static final int MIB = 1 << 20;
  private static final String ECHO = request("ECHO", "x".repeat(1_000));
  private static final String ECHOED = "$1000\r\n" + "x".repeat(1_000) + "\r\n";

  private Bed bed = new Bed(config(16 * MIB));

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static ConnectionConfig config(long bufferBytes) {
    return new ConnectionConfig(
        100,
        100,
        10,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        64 << 10,
        256,
        bufferBytes);
  }

  private double cut(String reason) {
    return bed.metric("incipit_connections_closed_total{reason=\"" + reason + "\"}");
  }

  /// Sends `ECHO` to a client that does not read, as long as the server reads, and says how often.
  private static int fill(Bed bed, int most) {
    int sent = 0;
    bed.channel.deaf(true);
    while (sent < most && bed.channel.config().isAutoRead()) {
      bed.write(Bed.bytes(ECHO.repeat(50)));
      bed.channel.runPendingTasks();
      sent += 50;
    }
    return sent;
  }

  @Test
  void pipeline_writtenBeforeItIsRead_getsItsShareOfTheBudget() {
    int share = 16 * MIB / 16 * 9;
    int sent = fill(bed, Integer.MAX_VALUE);
    assertThat(sent * ECHOED.length()).isBetween(share - MIB, share + MIB);
    bed.channel.deaf(false);
    assertThat(bed.read() + bed.settle()).isEqualTo(ECHOED.repeat(sent));
    assertThat(bed.channel.config().isAutoRead()).isTrue();
    assertThat(bed.context.budget().used()).isZero();
  }

  @Test
  void stallClock_standsStill_whileTheClientSends() {
    bed.channel.deaf(true);
    for (int second = 0; second < 60; second++) {
      bed.write(Bed.bytes(ECHO.repeat(20)));
      bed.channel.runPendingTasks();
      bed.tick(Duration.ofSeconds(1));
      assertThat(bed.channel.isOpen()).isTrue();
    }
    bed.tick(Duration.ofSeconds(10));
    bed.tick(Duration.ofSeconds(10));
    assertThat(bed.channel.isOpen()).isFalse();
    assertThat(cut("write-timeout")).isOne();
  }

  @Test
  void client_beyondItsShare_isToldBehindItsReplies() {
    int sent = fill(bed, Integer.MAX_VALUE);
    bed.write(Bed.bytes(ECHO.repeat(10)));
    bed.tick(Duration.ofSeconds(1));
    bed.tick(Duration.ofSeconds(10));
    assertThat(cut("buffer-limit")).isOne();
    bed.write(Bed.bytes(ECHO.repeat(10)));
    bed.channel.deaf(false);
    var replies = bed.read();
    assertThat(replies).startsWith(ECHOED.repeat(sent) + "-ERR the replies that wait, ");
    assertThat(replies).hasSizeLessThan(sent * ECHOED.length() + 300);
    assertThat(bed.ends()).isTrue();
  }

  @Test
  void neverReading_leavesOthersTheirPart() throws InterruptedException {
    fill(bed, Integer.MAX_VALUE);
    for (int i = 0; i < 20; i++) {
      var other = new Bed(bed);
      assertThat(other.ask("PING")).isEqualTo("+PONG\r\n");
      assertThat(other.send(ECHO.repeat(100))).isEqualTo(ECHOED.repeat(100));
      assertThat(fill(other, 100)).isEqualTo(100);
      assertThat(other.ask("ECHO", "x".repeat(MIB / 4))).isEmpty();
      other.channel.deaf(false);
      other.channel.finishAndReleaseAll();
    }
    assertThat(cut("buffer-limit")).isZero();
  }

  @Test
  void longReply_withoutMemory_waitsForIt() throws InterruptedException {
    fill(bed, Integer.MAX_VALUE);
    var other = new Bed(bed);
    fill(other, Integer.MAX_VALUE);
    var third = new Bed(bed);
    var echo = request("ECHO", "y".repeat(MIB));
    third.write(Bed.bytes(echo + request("PING")));
    assertThat(third.read()).isEmpty();
    bed.channel.deaf(false);
    assertThat(bed.read()).isNotEmpty();
    third.tick(Duration.ofMillis(250));
    assertThat(third.read()).startsWith("$" + MIB + "\r\nyy").endsWith("yy\r\n+PONG\r\n");
    other.channel.deaf(false);
    other.channel.finishAndReleaseAll();
    third.channel.finishAndReleaseAll();
  }

  @Test
  void longReply_withoutMemoryForLong_isBusyAndTheConnectionGoesOn() throws InterruptedException {
    fill(bed, Integer.MAX_VALUE);
    var other = new Bed(bed);
    fill(other, Integer.MAX_VALUE);
    var third = new Bed(bed);
    third.write(Bed.bytes(request("ECHO", "y".repeat(MIB)) + request("PING")));
    assertThat(third.read()).isEmpty();
    third.clock.advance(Duration.ofSeconds(10));
    third.handler.tick(third.clock.nanoTime());
    assertThat(third.read())
        .startsWith("-BUSY the server holds too many replies")
        .endsWith("PONG\r\n");
    assertThat(third.channel.isOpen()).isTrue();
    bed.channel.deaf(false);
    other.channel.deaf(false);
    other.channel.finishAndReleaseAll();
    third.channel.finishAndReleaseAll();
  }

  /// Stores a long chain for some owners and returns it.
  private String chain(int blocks, int owners) {
    var chain = new StringBuilder();
    for (int i = 0; i < blocks; i++) {
      chain.append("%08d".formatted(i));
    }
    for (int owner = 0; owner < owners; owner++) {
      assertThat(
              bed.ask(
                  "KVC.PUBLISH",
                  "default",
                  "o" + owner,
                  "1",
                  "1",
                  "STORE",
                  "GPU",
                  "",
                  chain.toString()))
          .isEqualTo(":1\r\n");
    }
    return chain.toString();
  }

  @Test
  void longQuestion_isAnsweredAside_inItsOrder() {
    var chain = chain(20_000, 2);
    var locate = request("KVC.LOCATE", "default", chain);
    var publish = request("KVC.PUBLISH", "default", "o0", "1", "2", "CLEAR", "*");
    var match = request("KVC.MATCH", "default", chain.substring(0, 800), "OWNER", "o0");
    var replies = bed.send(request("PING") + locate + publish + match + locate + "PING\r\n");

    var located = "$16\r\n";
    assertThat(replies).startsWith("+PONG\r\n*20000\r\n" + located).endsWith("\r\n+PONG\r\n");
    assertThat(replies.split("\\*20000\r\n", -1)).hasSize(3);
    assertThat(replies).contains(":2\r\n*5\r\n:0\r\n");
    assertThat(replies.split("\\$16\r\n", -1)).hasSize(20_001);
    assertThat(bed.metric("incipit_turn_units_most")).isBetween(1.0, (double) Turn.UNITS);
  }

  @Test
  void longAnswer_withoutMemory_waitsForIt() throws InterruptedException {
    var chain = chain(20_000, 8);
    fill(bed, Integer.MAX_VALUE);
    var other = new Bed(bed);
    fill(other, Integer.MAX_VALUE);
    var third = new Bed(bed);
    assertThat(third.send(request("KVC.LOCATE", "default", chain) + request("PING"))).isEmpty();
    assertThat(third.handler.connection().pendingReplies()).isOne();
    bed.channel.deaf(false);
    bed.read();
    third.tick(Duration.ofMillis(250));
    assertThat(third.settle()).startsWith("*20000\r\n$64\r\n").endsWith("\r\n+PONG\r\n");
    other.channel.deaf(false);
    other.channel.finishAndReleaseAll();
    third.channel.finishAndReleaseAll();
  }

  @Test
  void requestThatWaits_whenTheServerStops_isBusy() throws InterruptedException {
    fill(bed, Integer.MAX_VALUE);
    var other = new Bed(bed);
    fill(other, Integer.MAX_VALUE);
    var third = new Bed(bed);
    third.write(Bed.bytes(request("ECHO", "y".repeat(MIB)) + request("PING")));
    third.handler.drain();
    assertThat(third.read()).isEqualTo("-BUSY the server stops; nothing was changed\r\n");
    assertThat(third.ends()).isTrue();
    bed.channel.deaf(false);
    other.channel.deaf(false);
    other.channel.finishAndReleaseAll();
  }

  @Test
  void turn_endsAfterItsUnits_howeverMuchIsThere() {
    int requests = 3 * Turn.UNITS + 5;
    bed.write(Bed.bytes("PING\r\n".repeat(requests)));
    assertThat(bed.read() + bed.settle()).isEqualTo("+PONG\r\n".repeat(requests));
    assertThat(bed.metric("incipit_turn_units_most")).isEqualTo(Turn.UNITS);
    assertThat(bed.channel.config().isAutoRead()).isTrue();
  }

  @Test
  void publishes_beyondTheLane_waitAndAreAllTaken() throws InterruptedException {
    bed.close();
    var service =
        new Service(
            new ServiceConfig(1, 4, 1 << 20, 100, 256L << 20, 16L << 20),
            new AtomicLong(1)::getAndIncrement);
    bed = new Bed(config(16 * MIB), service);
    var many = new StringBuilder();
    var expected = new StringBuilder();
    for (int seq = 1; seq <= 2_000; seq++) {
      many.append(request("KVC.PUBLISH", "default", "o", "1", "" + seq, "SYNCED"));
      many.append(request("KVC.PUBLISH", "default", "p", "1", "" + seq, "SYNCED"));
      expected.append(":").append(seq).append("\r\n").append(":").append(seq).append("\r\n");
    }
    var other = new Bed(bed);
    var others =
        many.toString().replace("$1\r\no\r\n", "$1\r\nq\r\n").replace("$1\r\np", "$1\r\nr");
    bed.write(Bed.bytes(many + request("PING")));
    other.write(Bed.bytes(others));
    assertThat(bed.read() + bed.settle()).isEqualTo(expected + "+PONG\r\n");
    assertThat(other.read() + other.settle()).isEqualTo(expected.toString());
    other.channel.finishAndReleaseAll();
  }

  @Test
  void publish_toAServiceThatStops_isBusy() throws InterruptedException {
    bed.service.stop();
    assertThat(bed.ask("KVC.PUBLISH", "default", "o", "1", "1", "SYNCED")).startsWith("-BUSY ");
  }

  @Test
  void halfClosedClient_getsAllItsReplies() {
    var many = new StringBuilder();
    var expected = new StringBuilder();
    for (int seq = 1; seq <= 5_000; seq++) {
      many.append(request("KVC.PUBLISH", "default", "o", "1", "" + seq, "SYNCED"));
      expected.append(":").append(seq).append("\r\n");
    }
    bed.write(Bed.bytes(many + request("PING") + "*1\r\n$4\r\nPI"));
    bed.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(bed.read() + bed.settle()).isEqualTo(expected + "+PONG\r\n");
    assertThat(bed.channel.isOpen()).isFalse();
  }

  @Test
  void halfClosedClient_thatIsSilent_isClosed() {
    bed.ask("PING");
    bed.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(bed.channel.isOpen()).isFalse();
  }

  @Test
  void frameBeyondTheLimit_isStillReadWhileItsErrorGoesOut() {
    bed.write(Bed.bytes("*1\r\n$9000000\r\n"));
    assertThat(bed.read()).startsWith("-ERR Protocol error: invalid bulk length");
    for (int i = 0; i < 9; i++) {
      bed.write(new byte[1_000_000]);
      assertThat(bed.channel.isOpen()).isTrue();
    }
    assertThat(bed.context.budget().used()).isZero();
    bed.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(bed.channel.isOpen()).isFalse();
  }
}
