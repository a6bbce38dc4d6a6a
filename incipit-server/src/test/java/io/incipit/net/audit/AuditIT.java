// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.incipit.net.access.Users;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.tls.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// A server with TLS and users that writes an audit log: a line for each kind of event there is.
class AuditIT {
  private static final int PATIENCE_MILLIS = 120_000;
  private static final String OWN = "incipit_" + "A".repeat(43);

  @TempDir private Path directory;
  private final TestAuthority authority = new TestAuthority("test authority");
  private Path users;
  private Path audit;

  @BeforeEach
  void write() throws Exception {
    users = Files.createFile(directory.resolve("users"));
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(users, line("root", "admin@*") + line("team", "read@team-*"));
    audit = directory.resolve("audit.jsonl");
    authority.write(directory.resolve("ca.pem"));
    issue();
  }

  private void issue() throws IOException {
    authority
        .issue("server", "localhost", "127.0.0.1")
        .write(directory.resolve("server.pem"), directory.resolve("server.key"));
  }

  private static String line(String name, String rules) {
    return Users.line(name, token(name), List.of(rules.split(" "))) + "\n";
  }

  private static String token(String name) {
    return "token-of-" + name;
  }

  private IncipitServer server() throws IOException {
    return server(Map.of());
  }

  private IncipitServer server(Map<String, String> more) throws IOException {
    var values = new HashMap<String, String>();
    values.put("net.resp-port", "0");
    values.put("net.http-port", "0");
    values.put("access.users", users.toString());
    values.put("audit.file", audit.toString());
    values.put("tls.certificate", directory.resolve("server.pem").toString());
    values.put("tls.key", directory.resolve("server.key").toString());
    values.putAll(more);
    return IncipitServer.start(ServerConfig.of(values));
  }

  private Socket connect(int port) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    var pem = Files.readAllBytes(directory.resolve("ca.pem"));
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var socket = context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /// The first lines of the replies to some requests of RESP.
  private void resp(IncipitServer server, String... requests) throws Exception {
    try (var socket = connect(server.respPort())) {
      for (var request : requests) {
        send(socket.getOutputStream(), request + "\r\n");
        line(socket.getInputStream());
      }
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int one = in.read(); one >= 0 && one != '\n'; one = in.read()) {
      line.append((char) one);
    }
    return line.toString();
  }

  private String http(IncipitServer server, String line, String token, String body)
      throws Exception {
    try (var socket = connect(server.httpPort())) {
      var header = token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
      var length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
      send(
          socket.getOutputStream(),
          line
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + header
              + length
              + "\r\n"
              + body);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private List<Map<String, Object>> lines() throws IOException {
    return Files.readString(audit)
        .lines()
        .map(
            line ->
                JsonMapper.shared().readValue(line, new TypeReference<Map<String, Object>>() {}))
        .toList();
  }

  /// Waits for a line.
  private Map<String, Object> await(Predicate<Map<String, Object>> wanted) throws Exception {
    while (true) {
      if (Files.isRegularFile(audit) && Files.readString(audit).endsWith("\n")) {
        var found = lines().stream().filter(wanted).findFirst();
        if (found.isPresent()) {
          return found.get();
        }
      }
      Thread.sleep(20);
    }
  }

  private static Predicate<Map<String, Object>> is(String... pairs) {
    return line -> {
      for (int i = 0; i < pairs.length; i += 2) {
        if (!pairs[i + 1].equals(line.get(pairs[i]))) {
          return false;
        }
      }
      return true;
    };
  }

  private static Predicate<Map<String, Object>> event(String event, String outcome) {
    return is("event", event, "outcome", outcome);
  }

  @Test
  void eachKindOfEvent_isALine() throws Exception {
    try (var server = server()) {
      await(event("start", "done"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(audit)))
          .isEqualTo("rw-------");
      denied(server);
      administered(server);
      reloaded();
    }
    await(event("stop", "done"));
    assertThat(lines()).noneMatch(is("namespace", "team-0"));
    var text = Files.readString(audit);
    assertThat(text)
        .doesNotContain("token-of-", "incipit_A", line("root", "admin@*").split("[: ]", -1)[2]);
    assertThat(lines())
        .allMatch(line -> String.valueOf(line.get("time")).matches("20[0-9T:.-]{21}Z"));
  }

  private void denied(IncipitServer server) throws Exception {
    resp(server, "GET key", "AUTH team wrong", "AUTH " + OWN + " " + OWN, "KVC.OWNERS " + OWN);
    await(event("request", "denied").and(is("listener", "resp", "reason", "NOAUTH")));
    var login = await(event("login", "denied").and(is("user", "team", "action", "AUTH")));
    assertThat(login).containsEntry("address", "127.0.0.1").containsEntry("reason", "WRONGPASS");
    assertThat((int) login.get("port")).isPositive();
    await(event("login", "denied").and(is("user", "(hidden)")));
    await(event("request", "denied").and(is("namespace", "(hidden)")));
    resp(
        server,
        "AUTH team " + token("team"),
        "FLUSHALL",
        "KVC.OWNERS other",
        "KVC.OWNERS " + token("root"));
    await(is("user", "team", "action", "FLUSHALL", "reason", "NOPERM"));
    await(is("user", "team", "namespace", "other", "reason", "NONAMESPACE"));
    http(server, "GET /metrics?" + OWN, "", "");
    http(server, "GET /metrics", OWN, "");
    http(server, "GET /metrics", token("team"), "");
    await(is("listener", "http", "action", "GET /metrics", "reason", "NOAUTH"));
    await(is("listener", "http", "event", "login", "reason", "WRONGPASS"));
    await(is("listener", "http", "user", "team", "reason", "NOPERM"));
    var query = "{\"model\":\"%s\",\"token_ids\":[1]}";
    assertThat(http(server, "POST /query", token("team"), query.formatted("other")))
        .startsWith("HTTP/1.1 404 ")
        .contains("model: other in group default (expected: one that a worker was registered for)");
    await(is("user", "team", "action", "POST /query", "namespace", "other"));
    assertThat(http(server, "POST /query", token("team"), query.formatted("team-0")))
        .startsWith("HTTP/1.1 404 ");
    for (int port : new int[] {server.respPort(), server.httpPort()}) {
      try (var plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
        plain.setSoTimeout(PATIENCE_MILLIS);
        send(plain.getOutputStream(), "AUTH " + token("root") + "\r\n\r\n");
        assertThat(line(plain.getInputStream())).isNotNull();
      }
    }
    await(event("handshake", "denied").and(is("listener", "resp", "reason", "plaintext")));
    await(event("handshake", "denied").and(is("listener", "http", "reason", "plaintext")));
  }

  private void administered(IncipitServer server) throws Exception {
    resp(
        server,
        "AUTH root " + token("root"),
        "KVC.NAMESPACE CREATE team-1 BLOCKTOKENS 16 HASHBYTES 8",
        "KVC.NAMESPACE DROP team-1",
        "KVC.NAMESPACE DROP team-1",
        "FLUSHALL",
        "FLUSHDB",
        "CLIENT KILL ID 987654");
    var root = is("event", "admin", "user", "root", "listener", "resp");
    await(root.and(is("action", "KVC.NAMESPACE CREATE", "namespace", "team-1", "outcome", "done")));
    await(root.and(is("action", "KVC.NAMESPACE DROP", "namespace", "team-1", "outcome", "done")));
    await(root.and(is("action", "KVC.NAMESPACE DROP", "reason", "NONAMESPACE")));
    await(root.and(is("action", "FLUSHALL", "outcome", "done")));
    await(root.and(is("action", "FLUSHDB", "outcome", "done")));
    await(root.and(is("action", "CLIENT KILL", "outcome", "done")));
    var worker =
        "{\"instance_id\":\"w\",\"endpoint\":\"tcp://127.0.0.1:1\",\"model_name\":\"m\","
            + "\"block_size\":16}";
    http(server, "POST /register", token("root"), worker);
    http(server, "POST /unregister", token("root"), worker);
    http(server, "POST /register", token("root"), "{\"" + OWN + "\":1}");
    var http = is("event", "admin", "user", "root", "listener", "http");
    await(http.and(is("action", "POST /register", "namespace", "m", "outcome", "done")));
    await(http.and(is("action", "POST /unregister", "namespace", "m", "outcome", "done")));
    await(http.and(is("action", "POST /register", "outcome", "failed", "reason", "status-400")));
  }

  private void reloaded() throws Exception {
    Files.writeString(users, "root " + token("root") + " admin@*\n");
    assertThat(await(event("users", "failed")).get("reason"))
        .isEqualTo(
            users
                + ":1: secret of root: 13 characters (expected: token: and 64 hex digits, as"
                + " incipit user token prints them)");
    Files.writeString(users, line("root", "admin@*"));
    await(event("users", "done"));
    issue();
    await(event("certificate", "done"));
    Files.writeString(directory.resolve("server.pem"), "nothing");
    assertThat(String.valueOf(await(event("certificate", "failed")).get("reason")))
        .contains("server.pem");
  }

  @Test
  void aTornLine_isEnded_andWhatWasThereStays() throws Exception {
    Files.writeString(audit, "{\"event\":\"before\"}\n{\"event\":\"to");
    server().close();
    var all = Files.readAllLines(audit);
    assertThat(all).startsWith("{\"event\":\"before\"}", "{\"event\":\"to");
    assertThat(all.subList(2, all.size())).hasSize(2).allMatch(line -> line.endsWith("}"));
  }

  @Test
  void aServer_thatDoesNotStart_saysSo() throws Exception {
    try (var first = server()) {
      assertThatIOException()
          .isThrownBy(() -> server(Map.of("net.resp-port", "" + first.respPort())));
      assertThat(String.valueOf(await(event("start", "failed")).get("reason")))
          .contains("port " + first.respPort());
    }
  }

  @Test
  void aFileThatCannotBeWritten_stopsTheStart() throws Exception {
    audit = directory.resolve("none").resolve("audit");
    assertThatIOException()
        .isThrownBy(this::server)
        .withMessageStartingWith("audit.file: ")
        .withMessageContaining(audit.toString())
        .withMessageEndingWith("(expected: a file that may be written, or made)");
  }

  @Test
  void aFileThatCannotBeWrittenAnyMore_stopsNobody() throws Exception {
    try (var server = server()) {
      await(event("start", "done"));
      // A directory in its place: nothing can be written from now on.
      Files.delete(audit);
      Files.createDirectory(audit);
      resp(server, "AUTH root " + token("root"), "FLUSHALL");
      while (!http(server, "GET /metrics", token("root"), "")
          .matches("(?s).*incipit_audit_write_faults_total [1-9].*")) {
        Thread.sleep(20);
      }
      resp(server, "AUTH root " + token("root"), "FLUSHDB");
      Files.delete(audit);
      await(is("action", "FLUSHALL"));
      await(is("action", "FLUSHDB"));
    }
  }
}
