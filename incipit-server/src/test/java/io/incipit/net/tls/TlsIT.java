// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.net.tls.TlsBed.Speaker;
import io.incipit.tls.TestAuthority;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that speaks TLS: who gets in, who does not, and what becomes of values.
class TlsIT {
  private static final int MIB = 1 << 20;
  private static final String FAILURES = "tls_handshake_failures_total";

  @TempDir private Path directory;

  private static byte[] value(int seed, int length) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String failures(String port, String reason) {
    return FAILURES + "{port=\"%s\",reason=\"%s\"}".formatted(port, reason);
  }

  private static Optional<TestAuthority.Issued> issuedBy(TestAuthority authority) {
    return Optional.of(authority.issue("client"));
  }

  @Test
  void largeValues_goInAndOut_andNothingIsLeftHeld() throws Exception {
    try (var bed = new TlsBed(directory, Map.of());
        var one = bed.connect();
        var two = bed.connect()) {
      for (int length : new int[] {1, 16 << 10, (64 << 10) + 1, 5 * MIB, 32 * MIB}) {
        assertThat(one.ask("SET", "k" + length, value(length, length))).isEqualTo("+OK");
        two.send("GET", "k" + length);
        assertThat(two.bulk()).isEqualTo(value(length, length));
        // What is pinned cannot be dropped for good: its memory would stay taken.
        assertThat(two.ask("DEL", "k" + length)).isEqualTo(":1");
      }
      awaitNothing(bed, "server_store_bytes");
    }
  }

  private static void awaitNothing(TlsBed bed, String metric) throws Exception {
    while (bed.metric(metric) > 0) {
      Thread.sleep(20);
    }
  }

  @Test
  void slowReader_ofLargeValues_costsLittleMemoryAndNobodyElse() throws Exception {
    try (var bed = new TlsBed(directory, Map.of());
        var slow = bed.connect();
        var other = bed.connect()) {
      assertThat(other.ask("SET", "k", value(1, 32 * MIB))).isEqualTo("+OK");
      var metric = PooledByteBufAllocator.DEFAULT.metric();
      long before = metric.usedDirectMemory() + metric.usedHeapMemory();
      for (int i = 0; i < 6; i++) {
        slow.send("GET", "k");
      }
      for (int i = 0; i < 200; i++) {
        assertThat(other.ask("PING")).isEqualTo("+PONG");
      }

      long more = metric.usedDirectMemory() + metric.usedHeapMemory() - before;

      assertThat(more).as("bytes for what waits encrypted").isLessThan(64L * MIB);
      for (int i = 0; i < 6; i++) {
        assertThat(slow.bulk()).isEqualTo(value(1, 32 * MIB));
      }
    }
  }

  @Test
  void goneHalfway_inAValueEachWay_leavesNothingHeld() throws Exception {
    try (var bed = new TlsBed(directory, Map.of());
        var other = bed.connect()) {
      assertThat(other.ask("SET", "k", value(1, 32 * MIB))).isEqualTo("+OK");
      var reader = bed.connect();
      reader.send("GET", "k");
      assertThat(reader.in.readNBytes(MIB)).hasSize(MIB);
      reader.socket.close();
      var writer = bed.connect();
      writer
          .socket
          .getOutputStream()
          .write("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$9000000\r\n".getBytes(StandardCharsets.US_ASCII));
      writer.socket.getOutputStream().write(value(2, MIB));
      writer.socket.close();

      assertThat(other.ask("DEL", "k")).isEqualTo(":1");
      awaitNothing(bed, "server_store_puts_open");
      awaitNothing(bed, "server_store_bytes");
      assertThat(bed.metric("failures_total")).isZero();
    }
  }

  @Test
  void ends_areCleanInTls() throws Exception {
    try (var bed = new TlsBed(directory, Map.of())) {
      try (var quits = bed.connect()) {
        assertThat(quits.ask("QUIT")).isEqualTo("+OK");
        assertThat(quits.in.read()).isEqualTo(-1);
      }
      try (var malformed = bed.connect()) {
        malformed.socket.getOutputStream().write("*1\r\n!\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(malformed.line()).startsWith("-ERR ");
        assertThat(malformed.in.read()).isEqualTo(-1);
      }
      try (var half = bed.connect()) {
        for (int i = 0; i < 100; i++) {
          half.send("ECHO", "e" + i);
        }
        half.socket.shutdownOutput();
        for (int i = 0; i < 100; i++) {
          assertThat(new String(half.bulk(), StandardCharsets.US_ASCII)).isEqualTo("e" + i);
        }
        assertThat(half.in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void plaintext_isCutAndCounted_onBothPorts() throws Exception {
    try (var bed = new TlsBed(directory, Map.of())) {
      for (int port : new int[] {bed.server.respPort(), bed.server.httpPort()}) {
        for (var said :
            List.of("PING\r\nPING\r\n", "*1\r\n$4\r\nPING\r\n", "GET / HTTP/1.1\r\n\r\n")) {
          try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TlsBed.PATIENCE_MILLIS);
            socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
            assertThat(rest(socket)).as("what a stranger is told").doesNotContain("PONG", "HTTP");
          }
        }
      }
      assertThat(bed.metric(failures("resp", "plaintext"))).isEqualTo(3);
      assertThat(bed.metric(failures("http", "plaintext"))).isEqualTo(3);
      assertThat(bed.metric("connections_closed_total{reason=\"tls-plaintext\"}")).isEqualTo(6);
      assertThat(bed.metric("failures_total")).isZero();
    }
  }

  private static String rest(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException reset) {
      return "";
    }
  }

  @Test
  void versions_belowTheLowest_areRefused() throws Exception {
    try (var bed = new TlsBed(directory, Map.of())) {
      var context = TlsBed.context(bed.ca, Optional.empty());
      try (var old = bed.connect(context, "TLSv1.2")) {
        assertThatThrownBy(() -> old.ask("PING")).isInstanceOf(SSLException.class);
      }
      bed.await(failures("resp", "no-common-version"), 1);
      try (var today = bed.connect(context, "TLSv1.3")) {
        assertThat(today.ask("PING")).isEqualTo("+PONG");
      }
    }
  }

  @Test
  void version1_2_ifItIsWanted_hasForwardSecrecy() throws Exception {
    try (var bed = new TlsBed(directory, Map.of("tls.versions", "1.2"))) {
      var context = TlsBed.context(bed.ca, Optional.empty());
      try (var old = bed.connect(context, "TLSv1.2")) {
        assertThat(old.ask("SET", "k", value(1, 5 * MIB))).isEqualTo("+OK");
        old.send("GET", "k");
        assertThat(old.bulk()).isEqualTo(value(1, 5 * MIB));
        var suite = ((SSLSocket) old.socket).getSession().getCipherSuite();
        assertThat(suite).startsWith("TLS_ECDHE_").contains("GCM");
        assertThat(old.ask("QUIT")).isEqualTo("+OK");
      }
      try (var weak = bed.connect(context, "TLSv1.2")) {
        ((SSLSocket) weak.socket)
            .setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
        assertThatThrownBy(() -> weak.ask("PING")).isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  void clientCertificates_required_letInWhoHasOne() throws Exception {
    var settings = TlsBed.askingClients(directory, "required");
    try (var bed = new TlsBed(directory, settings)) {
      try (var known = bed.connect(TlsBed.context(bed.ca, issuedBy(bed.authority)))) {
        assertThat(known.ask("PING")).isEqualTo("+PONG");
      }
      try (var silent = bed.connect()) {
        assertThatThrownBy(() -> pingTwice(silent)).isInstanceOf(IOException.class);
      }
      bed.await(failures("resp", "no-certificate"), 1);
      strangerIsRefused(bed);
      assertThat(bed.metric("tls_handshakes_total{port=\"resp\"}")).isEqualTo(1);
    }
  }

  @Test
  void clientCertificates_optional_refuseStrangersOnly() throws Exception {
    try (var bed = new TlsBed(directory, TlsBed.askingClients(directory, "optional"))) {
      try (var silent = bed.connect()) {
        assertThat(silent.ask("PING")).isEqualTo("+PONG");
      }
      strangerIsRefused(bed);
    }
  }

  /// In TLS 1.3 a client learns of it after its own part of the handshake.
  private static void strangerIsRefused(TlsBed bed) throws Exception {
    var impostor = new TestAuthority("test authority");
    try (var stranger = bed.connect(TlsBed.context(bed.ca, issuedBy(impostor)))) {
      assertThatThrownBy(() -> pingTwice(stranger)).isInstanceOf(IOException.class);
    }
    bed.await(failures("resp", "bad-certificate"), 1);
  }

  private static void pingTwice(Speaker speaker) throws IOException {
    for (int i = 0; i < 2; i++) {
      if (!speaker.ask("PING").equals("+PONG")) {
        throw new IOException("no answer");
      }
    }
    throw new IllegalStateException("was let in");
  }

  @Test
  void stalledHandshakes_areCutAndKeepNobodyOut() throws Exception {
    try (var bed = new TlsBed(directory, Map.of("net.handshake-timeout", "2s"));
        var before = bed.connect()) {
      var stalled = new ArrayList<Socket>();
      for (int i = 0; i < 200; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), bed.server.respPort());
        socket.setSoTimeout(TlsBed.PATIENCE_MILLIS);
        // Half of them begin a record and go no further.
        socket.getOutputStream().write(i % 2 == 0 ? new byte[0] : new byte[] {22, 3, 1, 0, 99, 1});
        stalled.add(socket);
      }
      assertThat(before.ask("PING")).isEqualTo("+PONG");
      try (var after = bed.connect()) {
        assertThat(after.ask("PING")).isEqualTo("+PONG");
      }
      for (var socket : stalled) {
        rest(socket);
        socket.close();
      }
      assertThat(bed.metric(failures("resp", "timeout"))).isEqualTo(200);
      assertThat(before.ask("PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void renewal_underLoad_dropsNothing_andIsForNewConnections() throws Exception {
    try (var bed = new TlsBed(directory, Map.of());
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var first = bed.connect()) {
      var serial = first.ask("PING") + serial(first);
      var goesOn = new AtomicBoolean(true);
      var loads = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        loads.add(threads.submit(() -> load(bed, seed, goesOn)));
      }
      bed.issue();
      bed.await("tls_reloads_total{outcome=\"taken\"}", 1);
      try (var fresh = bed.connect()) {
        assertThat(fresh.ask("PING") + serial(fresh)).isNotEqualTo(serial).startsWith("+PONG");
      }
      goesOn.set(false);
      for (var load : loads) {
        assertThat(load.get()).as("rounds").isPositive();
      }
      assertThat(first.ask("PING") + serial(first)).isEqualTo(serial);
      assertThat(bed.metric("tls_certificate_expires_seconds")).isPositive();
    }
  }

  private static String serial(Speaker speaker) throws SSLException {
    return String.valueOf(
        ((SSLSocket) speaker.socket).getSession().getPeerCertificates()[0].hashCode());
  }

  /// Sets and gets a large value in a pipeline, over one connection, until it is to stop.
  private static Integer load(TlsBed bed, int seed, AtomicBoolean goesOn) throws IOException {
    var bytes = value(seed, MIB);
    int rounds = 0;
    try (var speaker = bed.connect()) {
      do {
        speaker.send("SET", "k" + seed, bytes);
        speaker.send("GET", "k" + seed);
        speaker.send("PING");
        assertThat(speaker.line()).isEqualTo("+OK");
        assertThat(speaker.bulk()).isEqualTo(bytes);
        assertThat(speaker.line()).isEqualTo("+PONG");
        rounds++;
      } while (goesOn.get());
    }
    return rounds;
  }

  @Test
  void oneConnectionTooMany_isClosed() throws Exception {
    try (var bed = new TlsBed(directory, Map.of("net.connections-max", "1"));
        var first = bed.connect()) {
      assertThat(first.ask("PING")).isEqualTo("+PONG");
      try (var second = bed.connect()) {
        assertThatThrownBy(() -> second.ask("PING")).isInstanceOf(IOException.class);
      }
      assertThat(first.ask("PING")).isEqualTo("+PONG");
    }
  }
}
