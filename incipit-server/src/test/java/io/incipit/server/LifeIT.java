// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The life of a server: start, restart, stop.
class LifeIT {
  private static final String CHAIN = "0000000100000002";

  private static String ask(Wire wire, String... words) throws IOException {
    var text = new StringBuilder("*" + words.length + "\r\n");
    for (var word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    wire.send(text.toString());
    return wire.line();
  }

  private static List<String> answers(Wire wire) throws IOException {
    var answers = new ArrayList<String>();
    answers.add(ask(wire, "KVC.MATCH", "default", CHAIN));
    for (int i = 0; i < 3; i++) {
      answers.add(wire.line());
    }
    // The cursor names the server's life; the rest is as before.
    wire.bulk();
    answers.add(wire.bulk());
    return answers;
  }

  @Test
  void restart_tellsTheOwnerThatThereIsAGap_andItReBases() throws IOException {
    List<String> before;
    String port;
    try (var server = Tools.server(Map.of());
        var wire = new Wire(server.respPort())) {
      port = Integer.toString(server.respPort());
      for (int seq = 1; seq <= 3; seq++) {
        assertThat(
                ask(wire, "KVC.PUBLISH", "default", "a", "7", "" + seq, "STORE", "GPU", "", CHAIN))
            .isEqualTo(":" + seq);
      }
      before = answers(wire);
      assertThat(before).startsWith("*5", ":2", ":32", ":0");
    }
    try (var server = Tools.server(Map.of("net.resp-port", port));
        var wire = new Wire(server.respPort())) {
      assertThat(ask(wire, "KVC.PUBLISH", "default", "a", "7", "4", "SYNCED"))
          .startsWith("-GAP 1 ");
      assertThat(
              ask(
                  wire,
                  "KVC.PUBLISH",
                  "default",
                  "a",
                  "7",
                  "5",
                  "CLEAR",
                  "*",
                  "STORE",
                  "GPU",
                  "",
                  CHAIN,
                  "SYNCED"))
          .isEqualTo(":5");
      assertThat(answers(wire)).isEqualTo(before);
    }
  }

  @Test
  void stop_answersWhatWasTaken() throws IOException {
    try (var server = Tools.server(Map.of());
        var wire = new Wire(server.respPort())) {
      assertThat(ask(wire, "PING")).isEqualTo("+PONG");
      server.stop();
      server.stop();
      assertThat(wire.rest()).isIn("", "(reset)");
      assertThatThrownBy(() -> new Wire(server.respPort())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void stop_underLoad_answersInOrderThenCloses() throws IOException {
    try (var server = Tools.server(Map.of());
        var wire = new Wire(server.respPort())) {
      var many = new StringBuilder();
      for (int seq = 1; seq <= 5_000; seq++) {
        many.append("KVC.PUBLISH default a 1 ").append(seq).append(" SYNCED\r\n");
      }
      wire.send(many.toString());
      assertThat(wire.line()).isEqualTo(":1");
      server.stop();

      var replies = wire.rest().replace("(reset)", "").lines().toList();
      for (int i = 0; i < replies.size(); i++) {
        var busy = "-BUSY %d the server stops; nothing was changed".formatted(i + 2);
        assertThat(replies.get(i)).isIn(":" + (i + 2), i + 1 == replies.size() ? busy : "");
      }
    }
  }

  @Test
  void start_onAPortInUse_saysWhichAndWhatToDo() throws IOException {
    try (var server = Tools.server(Map.of())) {
      var port = Integer.toString(server.respPort());
      assertThatThrownBy(() -> Tools.server(Map.of("net.resp-port", port)))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "port %s on 127.0.0.1: in use (expected: a free port of this machine; choose another"
                      .formatted(port)
                  + " with --port or net.resp-port)");
      assertThatThrownBy(() -> Tools.server(Map.of("net.http-port", port)))
          .hasMessageContaining("--http-port");
    }
  }

  @Test
  void http_answersBesideResp() throws Exception {
    try (var server = Tools.server(Map.of("net.transport", "nio"));
        var client = HttpClient.newHttpClient();
        var wire = new Wire(server.respPort())) {
      assertThat(ask(wire, "PING")).isEqualTo("+PONG");
      assertThat(get(client, server.httpPort(), "/readyz")).isEqualTo("ready\n");
      assertThat(get(client, server.httpPort(), "/metrics"))
          .contains("incipit_connections_opened_total{port=\"resp\"} 1\n")
          .contains("\nprocess_start_time_seconds ", "\njvm_memory_used_bytes{area=\"heap\"} ")
          .contains("\nincipit_build_info{");
      assertThat(get(client, server.httpPort(), "/")).contains("<h1>Incipit</h1>");
    }
  }

  private static String get(HttpClient client, int port, String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
