// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.protocol.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
  private final Bed bed = new Bed();

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static String publish(int seq) {
    return Bed.request("KVC.PUBLISH", "default", "o", "1", Integer.toString(seq), "SYNCED");
  }

  @Test
  void exec_runsWhatWasKept_inOrder() {
    assertThat(bed.ask("MULTI")).isEqualTo("+OK\r\n");
    assertThat(bed.ask("CLIENT", "LIST")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.send(publish(1) + publish(2))).isEqualTo("+QUEUED\r\n+QUEUED\r\n");
    assertThat(bed.ask("PING")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.ask("SELECT", "1")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.send("ECHO 'a b'\r\n")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.context.clients().iterator().next()).isNotNull();
    assertThat(bed.send(Bed.request("EXEC") + Bed.request("PING", "after")))
        .startsWith("*6\r\n$")
        .contains("\n\r\n:1\r\n:2\r\n+PONG\r\n-ERR DB index")
        .endsWith(" is out of range\r\n$3\r\na b\r\n$5\r\nafter\r\n");
    assertThat(bed.context.budget().used()).isZero();
    assertThat(bed.ask("EXEC")).isEqualTo("-ERR EXEC without MULTI\r\n");
  }

  @Test
  void exec_pipelinedWithAll_isTheSame() {
    var words = new StringBuilder(Bed.request("MULTI"));
    var expected =
        new StringBuilder("+OK\r\n").append("+QUEUED\r\n".repeat(300)).append("*300\r\n");
    for (int seq = 1; seq <= 300; seq++) {
      words.append(publish(seq));
      expected.append(':').append(seq).append("\r\n");
    }
    words.append(Bed.request("EXEC")).append(publish(301));
    assertThat(bed.send(words.toString())).isEqualTo(expected.append(":301\r\n").toString());
  }

  @Test
  void exec_afterAnErrorInBetween_runsNothing() {
    bed.ask("MULTI");
    assertThat(bed.send(publish(1))).isEqualTo("+QUEUED\r\n");
    assertThat(bed.ask("NOTHING")).startsWith("-ERR unknown command");
    assertThat(bed.ask("EXEC"))
        .isEqualTo("-EXECABORT Transaction discarded because of previous errors.\r\n");
    assertThat(bed.ask("KVC.OWNERS", "default")).isEqualTo("*0\r\n");
    bed.ask("MULTI");
    assertThat(bed.ask("ECHO")).startsWith("-ERR wrong number");
    assertThat(bed.ask("EXEC")).startsWith("-EXECABORT ");
    bed.ask("NOTHING");
    bed.ask("MULTI");
    assertThat(bed.ask("EXEC")).isEqualTo("*0\r\n");
  }

  @Test
  void multi_misused_isRefusedAndGoesOn() {
    bed.ask("MULTI");
    assertThat(bed.ask("MULTI")).isEqualTo("-ERR MULTI calls can not be nested\r\n");
    assertThat(bed.ask("WATCH", "k")).isEqualTo("-ERR WATCH inside MULTI is not allowed\r\n");
    assertThat(bed.ask("UNWATCH")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.ask("EXEC")).isEqualTo("*1\r\n+OK\r\n");
    assertThat(bed.ask("DISCARD")).isEqualTo("-ERR DISCARD without MULTI\r\n");
    assertThat(bed.ask("WATCH", "k")).isEqualTo("+OK\r\n");
  }

  @Test
  void discardAndReset_forgetWhatWasKept() {
    bed.ask("MULTI");
    bed.send(publish(1));
    assertThat(bed.context.budget().used()).isPositive();
    assertThat(bed.ask("DISCARD")).isEqualTo("+OK\r\n");
    assertThat(bed.context.budget().used()).isZero();
    bed.ask("MULTI");
    bed.send(publish(1));
    assertThat(bed.ask("RESET")).isEqualTo("+RESET\r\n");
    assertThat(bed.context.budget().used()).isZero();
    assertThat(bed.ask("PING")).isEqualTo("+PONG\r\n");
    bed.ask("MULTI");
    bed.send(publish(1));
    assertThat(bed.ask("QUIT")).isEqualTo("+OK\r\n");
    assertThat(bed.context.budget().used()).isZero();
  }

  @Test
  void keep_beyondItsBytes_isRefusedAndExecToo() {
    var big = "x".repeat(Limits.FRAME_BYTES_MAX / 2);
    bed.ask("MULTI");
    assertThat(bed.ask("ECHO", big)).isEqualTo("+QUEUED\r\n");
    assertThat(bed.ask("ECHO", big)).startsWith("-ERR MULTI: more than 65536 requests or 8388608");
    assertThat(bed.ask("PING")).isEqualTo("+QUEUED\r\n");
    assertThat(bed.ask("EXEC")).startsWith("-EXECABORT ");
    assertThat(bed.context.budget().used()).isZero();
  }
}
