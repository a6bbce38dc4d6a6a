// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.Engines;
import io.incipit.net.access.CommandSamples;
import io.incipit.net.http.FrontRoutes;
import io.incipit.net.http.Route;
import io.incipit.net.http.RouteResponse;
import io.incipit.protocol.Command;
import io.incipit.router.RouterApi;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.service.Service;
import io.incipit.tls.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Strangers at both ports of a server with TLS and users, with every command and every route that
/// there is: who says nothing, has a wrong token, has one that was taken away, or is a user of
/// another namespace.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangersIT {
  private static final String NOAUTH = "-NOAUTH Authentication required.\r\n";
  private static final String WRONGPASS =
      "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

  /// One that exists, and one of the same length that does not.
  private static final String THERE = "team-b-1";

  private static final String ABSENT = "team-b-2";

  /// What nobody may be told: names, and what is in values and blocks.
  private static final String[] SECRETS = {THERE, "$5\r\nvalue\r\n", "bytes\r\n", "gpu\r\n"};

  private TlsBed bed;
  private SSLContext trust;

  /// Addresses of strangers: each has one of its own, since who fails waits.
  private final AtomicInteger addresses = new AtomicInteger();

  /// What somebody says first, and what he is told.
  private record Stranger(String what, List<String> login, String told) {}

  private static final List<Stranger> STRANGERS =
      List.of(
          new Stranger("no login", List.of(), ""),
          new Stranger("wrong token", List.of("AUTH", "b", "wrong"), WRONGPASS),
          new Stranger("nobody's name", List.of("AUTH", "nobody", token("b")), WRONGPASS),
          new Stranger("revoked token", List.of("AUTH", "gone", token("gone")), WRONGPASS),
          new Stranger("revoked, no name", List.of("AUTH", token("gone")), WRONGPASS));

  private static String token(String name) {
    return "token-of-" + name;
  }

  private static String line(String name, String rules) {
    return IncipitServer.userLine(name, token(name), List.of(rules.split(" ", -1))) + "\n";
  }

  private static String users() {
    return line("root", "admin@*")
        + line("b", "read,publish@team-b-*")
        + line("a", "admin@team-a*");
  }

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    var users = directory.resolve("users");
    TestAuthority.writeSecret(users, users() + line("gone", "admin@*"));
    bed = new TlsBed(directory, Map.of("access.users", users.toString()));
    trust = TlsBed.context(bed.ca, Optional.empty());
    assertThat(asRoot(CommandSamples.fill(THERE))).startsWith("+OK\r\n").doesNotContain("\r\n-");
    try (var gone = connect()) {
      assertThat(gone.ask("AUTH", "gone", token("gone"))).isEqualTo("+OK");
      TestAuthority.writeSecret(users, users());
      // Until the file was looked at again, which ends the connection.
      while (isServed(gone)) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean isServed(TlsBed.Speaker speaker) {
    try {
      return speaker.ask("PING").equals("+PONG");
    } catch (IOException _) {
      return false;
    }
  }

  /// Whatever was asked: nothing failed.
  @AfterAll
  void isWell() throws IOException {
    try {
      assertThat(asRoot(List.of(List.of("INFO", "stats")))).contains("failures:0\r\n");
    } finally {
      bed.close();
    }
  }

  private TlsBed.Speaker connect() throws IOException {
    return new TlsBed.Speaker(socket(bed.server.respPort()));
  }

  /// A connection from an address that nobody else has.
  private SSLSocket socket(int port) throws IOException {
    int number = addresses.incrementAndGet();
    var from = new byte[] {127, 9, (byte) (number >> 8), (byte) number};
    var socket = (SSLSocket) trust.getSocketFactory().createSocket();
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  /// All that is answered to some requests on a connection of its own.
  private String answers(List<List<String>> requests) throws IOException {
    try (var speaker = connect()) {
      for (var request : requests) {
        speaker.send(request.toArray());
      }
      speaker.socket.shutdownOutput();
      return new String(speaker.in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private String asRoot(List<List<String>> requests) throws IOException {
    var all = new ArrayList<List<String>>(List.of(List.of("AUTH", "root", token("root"))));
    all.addAll(requests);
    return answers(all);
  }

  /// What there is, as the one sees it who may see all.
  private String state() throws IOException {
    return asRoot(CommandSamples.looks(THERE));
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void whoIsNobody_isToldThat(Command command) throws IOException {
    var before = state();
    assertThat(before).contains(THERE, "$5\r\nvalue\r\n", "gpu\r\n");
    for (var stranger : STRANGERS) {
      for (var sample : CommandSamples.of(command, THERE)) {
        var requests = new ArrayList<List<String>>();
        if (!stranger.login.isEmpty()) {
          requests.add(stranger.login);
        }
        requests.add(sample);
        assertThat(answers(requests))
            .as("%s: %s", stranger.what, sample)
            .startsWith(stranger.told)
            .satisfies(all -> isOfNobody(command, all.substring(stranger.told.length())));
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  private static void isOfNobody(Command command, String reply) {
    switch (command) {
      case AUTH -> assertThat(reply).isEqualTo(WRONGPASS);
      case HELLO -> assertThat(reply).startsWith("-NOAUTH HELLO must be called").hasLineCount(1);
      case RESET -> assertThat(reply).isEqualTo("+RESET\r\n");
      case QUIT -> assertThat(reply).isEqualTo("+OK\r\n");
      default -> assertThat(reply).isEqualTo(NOAUTH);
    }
    assertThat(reply).doesNotContain(SECRETS);
  }

  @ParameterizedTest
  @EnumSource(Command.class)
  void aUserOfAnotherNamespace_isToldWhatHeWouldBeIfItWereNotThere(Command command)
      throws IOException {
    var before = state();
    for (int i = 0; i < CommandSamples.of(command, THERE).size(); i++) {
      var replies = new ArrayList<String>();
      for (var ns : List.of(THERE, ABSENT)) {
        var sample = CommandSamples.of(command, ns).get(i);
        var reply = answers(List.of(List.of("AUTH", "a", token("a")), sample));
        assertThat(reply).startsWith("+OK\r\n");
        replies.add(reply.replace(ns, "NS").replaceAll("id\r\n:\\d+", "id"));
      }
      assertThat(replies.getFirst()).doesNotContain(SECRETS);
      if (command != Command.TIME) {
        assertThat(replies.get(0)).as("%s %d", command, i).isEqualTo(replies.get(1));
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  /// All routes, as the server makes them.
  static List<String> routes() {
    return List.copyOf(table().keySet());
  }

  private static Map<String, Route> table() {
    var config = ServerConfig.of(Map.of());
    var service = new Service(config.index(), RandomSource.system());
    try {
      var engines = new Engines(service, Clock.system(), RandomSource.system());
      var routes = new TreeMap<String, Route>();
      routes.putAll(new RouterApi(engines, service, Clock.system(), List.of()).routes());
      routes.putAll(new FrontRoutes(Map::of, () -> "", _ -> RouteResponse.text(200, "")).routes());
      return routes;
    } finally {
      stop(service);
    }
  }

  private static void stop(Service service) {
    try {
      service.stop();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// What a route answers, headers and all but the date.
  private String http(String path, boolean posted, String token, String ns) throws IOException {
    var body =
        """
        {"model":"%1$s","instance_id":"%1$s","block_size":16,"token_ids":[1,2,3],\
        "block_hashes":["%2$s"],"endpoint":"tcp://127.0.0.1:1","type":"vLLM"}"""
            .formatted(ns, CommandSamples.HASH);
    var request = new StringBuilder();
    request.append(posted ? "POST " + path : "GET " + path + "?model=" + ns);
    request.append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if (!token.isEmpty()) {
      request.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    if (posted) {
      request
          .append("Content-Type: application/json\r\nContent-Length: ")
          .append(body.length())
          .append("\r\n");
    }
    request.append("\r\n").append(posted ? body : "");
    try (var socket = socket(bed.server.httpPort())) {
      socket.setSoTimeout(TlsBed.PATIENCE_MILLIS);
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
      var all = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(all);
      return all.toString(StandardCharsets.ISO_8859_1).replaceAll("(?i)date: [^\r]*\r\n", "");
    }
  }

  @ParameterizedTest
  @MethodSource("routes")
  void aStrangerOverHttp_isToldNothing(String path) throws IOException {
    var route = table().get(path);
    boolean posted = route.asked() == Route.Asked.WITH_BODY;
    var before = state();
    // What is for everybody has examples and counts in it, but no names of what is there.
    boolean open = route.needs().isEmpty();
    var secrets = open ? new String[] {THERE} : new String[] {THERE, "gpu", "incipit_"};
    for (var token : List.of("", "wrong", token("gone"))) {
      assertThat(http(path, posted, token, THERE))
          .as("%s %s", path, token)
          .startsWith(open ? "HTTP/1.1 200 " : "HTTP/1.1 401 ")
          .doesNotContain(secrets);
    }
    if (!open) {
      var there = http(path, posted, token("a"), THERE).replace(THERE, "NS");
      assertThat(there)
          .doesNotStartWith("HTTP/1.1 200 ")
          .doesNotContain(secrets)
          .isEqualTo(http(path, posted, token("a"), ABSENT).replace(ABSENT, "NS"));
    }
    assertThat(state()).isEqualTo(before);
  }
}
