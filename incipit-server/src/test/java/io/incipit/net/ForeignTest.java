// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static io.incipit.net.Bed.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is no RESP, and what of it must not be run.
class ForeignTest {
  private static final String DROP = "KVC.NAMESPACE DROP victim\r\n";

  private Bed bed = new Bed();

  @BeforeEach
  void makeAVictim() {
    bed.ask("KVC.NAMESPACE", "CREATE", "victim", "BLOCKTOKENS", "16", "HASHBYTES", "8");
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  /// Sends bytes on a new connection of the same server, cut at `cut`, and returns what is
  /// answered.
  private String sendAnew(String text, int cut) throws InterruptedException {
    var other = new Bed(bed);
    other.write(Bed.bytes(text.substring(0, cut)));
    var replies = other.read() + other.send(text.substring(cut));
    assertThat(other.ends()).as(text).isTrue();
    return replies;
  }

  private void assertVictimLives() {
    assertThat(bed.ask("KVC.NAMESPACE", "LIST")).contains("victim");
  }

  private double closed(String reason) {
    return bed.metric("incipit_connections_closed_total{reason=\"" + reason + "\"}");
  }

  @Test
  void http_ofAnyMethodAndHeader_isAnsweredOnceAndRunsNothing() throws InterruptedException {
    var rests =
        List.of(
            "Host: localhost\r\nContent-Length: 27\r\n\r\n" + DROP,
            "\r\n" + DROP,
            DROP,
            DROP + DROP);
    int sent = 0;
    for (var method : List.of("POST", "GET", "PUT", "OPTIONS", "DELETE", "get", "PING", "ECHO")) {
      for (var rest : rests) {
        var text = method + " / HTTP/1.1\r\n" + rest;
        assertThat(sendAnew(text, text.length())).startsWith("-ERR ").hasLineCount(1);
        sent++;
      }
    }
    assertThat(closed("foreign-http")).isEqualTo(sent);
    assertVictimLives();
  }

  @Test
  void http_cutAtAnyByte_runsNothing() throws InterruptedException {
    var text = "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n" + DROP;
    for (int cut = 1; cut < text.length(); cut++) {
      assertThat(sendAnew(text, cut)).startsWith("-ERR ").hasLineCount(1);
    }
    assertVictimLives();
  }

  @Test
  void http_afterOtherRequests_endsTheConnection() throws InterruptedException {
    for (var line : List.of("POST /", "GET / HTTP/1.0", "Host: localhost", "X-Any: PING")) {
      var text = request("PING") + "PING\r\n" + line + "\r\n" + DROP;
      assertThat(sendAnew(text, text.length())).startsWith("+PONG\r\n+PONG\r\n-ERR ");
    }
    assertVictimLives();
  }

  @Test
  void firstLine_withoutACommand_endsTheConnection() throws InterruptedException {
    for (var line : List.of("EHLO there", "HEAD /", "SSH-2.0-OpenSSH_9.6", "\r\n\nhelp")) {
      var text = line + "\r\n" + DROP;
      assertThat(sendAnew(text, text.length())).startsWith("-ERR this port speaks RESP");
    }
    assertThat(closed("foreign-other")).isEqualTo(4);
    assertVictimLives();
  }

  @Test
  void firstByte_ofTlsOrNoText_endsTheConnection() throws InterruptedException {
    var hello = "\u0016\u0003\u0001\u0002\u0000\u0001" + "\r\n" + DROP;
    assertThat(sendAnew(hello, 1)).isEqualTo("-ERR this port speaks RESP without TLS\r\n");
    assertThat(closed("foreign-tls")).isOne();
    for (var first : List.of("\u0000", "\u0001", "\u0080", "\u00ff")) {
      assertThat(sendAnew(first + "\r\n" + DROP, 1)).startsWith("-ERR this port speaks RESP");
    }
    assertVictimLives();
  }

  @Test
  void connectionThatEnds_isCountedOnce() throws InterruptedException {
    var other = new Bed(bed);
    assertThat(other.send("GET / HTTP/1.1\r\n\r\n")).startsWith("-ERR ");
    other.tick(Duration.ofMinutes(1));
    assertThat(closed("foreign-http")).isOne();
    assertThat(closed("handshake-timeout")).isZero();
    assertThat(other.ends()).isTrue();
  }

  @Test
  void lines_ofCommands_goOn() {
    assertThat(bed.send("\r\nping\r\n")).isEqualTo("+PONG\r\n");
    assertThat(bed.send("NOSUCH a\r\nPING\r\n"))
        .startsWith("-ERR unknown command")
        .contains("PONG");
    assertThat(bed.ask("NOSUCH", "HTTP/1.1")).startsWith("-ERR unknown command");
    assertThat(bed.ask("POST", "/ HTTP/1.1")).startsWith("-ERR unknown command");
    assertThat(bed.channel.isOpen()).isTrue();
  }
}
