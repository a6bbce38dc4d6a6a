// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.net.tls.TlsBed.Speaker;
import io.incipit.tls.TestAuthority;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Handshakes that strangers try, byte by byte: old versions, suites that no one should agree on,
/// records of wrong lengths and messages without end; and certificates of clients at the wrong
// time.
class TlsStrangersIT {
  private static final Map<String, String> FROM_1_2 = Map.of("tls.versions", "1.2");
  private static final List<Integer> ALL_VERSIONS_BUT_1_3 =
      List.of(
          ClientHello.TLS_1_2, ClientHello.TLS_1_1, ClientHello.TLS_1_0, 0x0300, 0x0200, 0x7f1c);

  @TempDir private Path directory;

  /// What the server answers to some bytes, on either port, until it ends the connection or has
  /// answered with a message of a handshake.
  private static byte[] answer(int port, byte[] bytes) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(TlsBed.PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      try {
        socket.getOutputStream().write(bytes);
        var header = socket.getInputStream().readNBytes(5);
        if (header.length < 5) {
          return new byte[0];
        }
        int length = two(header, 3);
        return ClientHello.concat(header, socket.getInputStream().readNBytes(length));
      } catch (IOException _) {
        // Cut while we wrote or read.
        return new byte[0];
      }
    }
  }

  private static int two(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  /// That the answer is a fatal alert, and which.
  private static void assertAlert(byte[] answer, int alert) {
    assertThat(answer).hasSize(7);
    assertThat(answer[0]).isEqualTo((byte) ClientHello.ALERT);
    assertThat(answer[5]).as("level").isEqualTo((byte) 2);
    assertThat(answer[6]).as("alert").isEqualTo((byte) alert);
  }

  /// That the answer is the server's hello, and the suite and the compression it names.
  private static void assertHello(byte[] answer, int suite) {
    assertThat(answer[0]).isEqualTo((byte) ClientHello.HANDSHAKE);
    assertThat(answer[5]).as("a server's hello").isEqualTo((byte) 2);
    int sessionBytes = answer[43] & 0xff;
    int at = 44 + sessionBytes;
    assertThat(two(answer, at)).isEqualTo(suite);
    assertThat(answer[at + 2]).as("compression").isZero();
  }

  private static int[] ports(TlsBed bed) {
    return new int[] {bed.server.respPort(), bed.server.httpPort()};
  }

  private static void assertServes(TlsBed bed) throws IOException {
    try (var known = bed.connect()) {
      assertThat(known.ask("PING")).isEqualTo("+PONG");
    }
    assertThat(bed.metric("failures_total")).isZero();
  }

  @Test
  void suites_butTheFewThatAreGood_areNeverAgreedOn() throws Exception {
    try (var bed = new TlsBed(directory, FROM_1_2)) {
      for (int port : ports(bed)) {
        assertHello(answer(port, ClientHello.ofTls12(List.of(0xC02B)).records(1 << 14)), 0xC02B);
        for (var hello : ClientHello.ofAllBut(ClientHello.GOOD)) {
          assertAlert(answer(port, hello.records(1 << 14)), ClientHello.HANDSHAKE_FAILURE);
        }
      }
      assertServes(bed);
    }
  }

  @Test
  void suites_ofTls12_areNotAgreedOnWhere13IsTheLowest() throws Exception {
    try (var bed = new TlsBed(directory, Map.of())) {
      for (int port : ports(bed)) {
        assertAlert(
            answer(port, ClientHello.ofTls12(ClientHello.GOOD).records(1 << 14)),
            ClientHello.PROTOCOL_VERSION);
      }
      assertServes(bed);
    }
  }

  @Test
  void versions_thatAreNotSpoken_areRefused_howeverTheyAreOffered() throws Exception {
    try (var bed = new TlsBed(directory, Map.of())) {
      var old = new ClientHello(ClientHello.GOOD, ALL_VERSIONS_BUT_1_3, List.of(0));
      for (int port : ports(bed)) {
        assertAlert(answer(port, old.records(1 << 14)), ClientHello.PROTOCOL_VERSION);
      }
      assertServes(bed);
    }
    try (var bed = new TlsBed(directory, FROM_1_2)) {
      for (int version : new int[] {ClientHello.TLS_1_0, ClientHello.TLS_1_1, 0x0300}) {
        var old = new ClientHello(ClientHello.GOOD, List.of(version), List.of(0));
        for (int port : ports(bed)) {
          assertAlert(answer(port, old.records(1 << 14)), ClientHello.PROTOCOL_VERSION);
        }
      }
      assertServes(bed);
    }
  }

  @Test
  void compression_thatIsOffered_isNotTaken() throws Exception {
    try (var bed = new TlsBed(directory, FROM_1_2)) {
      var deflate = new ClientHello(List.of(0xC02B), List.of(), List.of(1, 0));
      for (int port : ports(bed)) {
        assertHello(answer(port, deflate.records(1 << 14)), 0xC02B);
      }
      assertServes(bed);
    }
  }

  private static void isNoHello(byte[] answer) {
    assertThat(answer.length == 0 || answer[0] == ClientHello.ALERT)
        .as("an alert, or nothing")
        .isTrue();
  }

  @Test
  void helloInRecordsOfOneByte_isUnderstood() throws Exception {
    try (var bed = new TlsBed(directory, FROM_1_2)) {
      for (int port : ports(bed)) {
        assertHello(answer(port, ClientHello.ofTls12(List.of(0xC02B)).records(1)), 0xC02B);
      }
      assertServes(bed);
    }
  }

  @Test
  void recordsOfWrongLengths_andMessagesWithoutEnd_areCut() throws Exception {
    try (var bed = new TlsBed(directory, Map.of("net.handshake-timeout", "1s"))) {
      var zeros = new byte[1 << 14];
      var endless = new byte[1 << 14];
      // A hello that says it has 16 MiB.
      System.arraycopy(new byte[] {1, -1, -1, -1}, 0, endless, 0, 4);
      var many = endless;
      for (int i = 0; i < 6; i++) {
        many = ClientHello.concat(many, many);
      }
      for (int port : ports(bed)) {
        for (var bytes :
            List.of(
                ClientHello.concat(ClientHello.header(ClientHello.HANDSHAKE, 0xffff), zeros),
                ClientHello.concat(ClientHello.header(ClientHello.HANDSHAKE, 0x4900), zeros),
                inRecords(many),
                ClientHello.header(ClientHello.HANDSHAKE, 0),
                ClientHello.concat(ClientHello.header(ClientHello.ALERT, 2), new byte[] {1, 90}),
                ClientHello.concat(ClientHello.header(23, 4), new byte[4]),
                ClientHello.concat(ClientHello.header(24, 3), new byte[] {1, 64, 0}),
                ClientHello.concat(ClientHello.header(20, 1), new byte[] {1}),
                new byte[] {(byte) 0x80, 46, 1, 3, 1, 0, 21, 0, 0, 0, 16, 1, 2, 3})) {
          assertThat(answer(port, bytes)).satisfies(TlsStrangersIT::isNoHello);
        }
      }
      assertServes(bed);
    }
  }

  /// Bytes in records of 16 KiB.
  private static byte[] inRecords(byte[] bytes) {
    var records = new byte[bytes.length >> 14][];
    for (int i = 0; i < records.length; i++) {
      records[i] =
          ClientHello.concat(
              ClientHello.header(ClientHello.HANDSHAKE, 1 << 14),
              Arrays.copyOfRange(bytes, i << 14, (i + 1) << 14));
    }
    return ClientHello.concat(records);
  }

  /// A socket that sends each byte alone.
  private static final class Dribbling extends Socket {
    Dribbling(int port) throws IOException {
      super(InetAddress.getLoopbackAddress(), port);
      setTcpNoDelay(true);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          for (int i = offset; i < offset + length; i++) {
            out.write(bytes[i]);
          }
        }
      };
    }
  }

  @Test
  void aClientThatSendsEachByteAlone_isServed() throws Exception {
    for (var versions : List.of("1.3", "1.2")) {
      try (var bed = new TlsBed(directory, Map.of("tls.versions", versions))) {
        var factory = TlsBed.context(bed.ca, Optional.empty()).getSocketFactory();
        int port = bed.server.respPort();
        var socket = (SSLSocket) factory.createSocket(new Dribbling(port), "localhost", port, true);
        socket.setEnabledProtocols(new String[] {"TLSv" + versions});
        try (var speaker = new Speaker(socket)) {
          assertThat(speaker.ask("SET", "k", new byte[3_000])).isEqualTo("+OK");
          speaker.send("GET", "k");
          assertThat(speaker.bulk()).hasSize(3_000);
        }
        assertServes(bed);
      }
    }
  }

  @Test
  void certificatesOfClients_atTheWrongTime_letNobodyIn() throws Exception {
    var day = Duration.ofDays(1);
    var now = Instant.now();
    try (var bed = new TlsBed(directory, TlsBed.askingClients(directory, "required"))) {
      var expired = bed.authority.issue("client", now.minus(day.multipliedBy(2)), now.minus(day));
      var early = bed.authority.issue("client", now.plus(day), now.plus(day.multipliedBy(2)));
      int refused = 0;
      for (var one : List.<TestAuthority.Issued>of(expired, early)) {
        try (var stranger = bed.connect(TlsBed.context(bed.ca, Optional.of(one)))) {
          assertThatThrownBy(
                  () -> {
                    // In TLS 1.3 a client learns of it after its own part of the handshake.
                    if (stranger.ask("PING").isEmpty()) {
                      throw new IOException("no answer");
                    }
                  })
              .isInstanceOf(IOException.class);
        }
        refused++;
        bed.await(
            "tls_handshake_failures_total{port=\"resp\",reason=\"bad-certificate\"}", refused);
      }
      var good = TlsBed.context(bed.ca, Optional.of(bed.authority.issue("client")));
      try (var known = bed.connect(good)) {
        assertThat(known.ask("PING")).isEqualTo("+PONG");
      }
    }
  }
}
