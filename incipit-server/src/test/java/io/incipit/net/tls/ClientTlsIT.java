// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import io.incipit.block.ContractField;
import io.incipit.block.Namespace;
import io.incipit.client.BlockPart;
import io.incipit.client.ClientConfig;
import io.incipit.client.ClientTls;
import io.incipit.client.IncipitClient;
import io.incipit.client.PutName;
import io.incipit.env.Clock;
import io.incipit.env.Network;
import io.incipit.env.Timer;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client against servers that speak TLS, well and badly.
class ClientTlsIT {
  @TempDir private Path directory;

  private static ClientConfig config(String host, int port, ClientTls tls) {
    return ClientConfig.of(host, port)
        .withLookupDeadline(Duration.ofMinutes(1))
        .withOtherDeadline(Duration.ofMinutes(1))
        .withConnectTimeout(Duration.ofMinutes(1))
        .withTls(tls);
  }

  /// What a client says that cannot connect.
  private static void isRefused(ClientConfig config, String sentence) {
    try (var client = new IncipitClient(config)) {
      assertThatThrownBy(() -> client.namespaces().join())
          .isInstanceOf(CompletionException.class)
          .satisfies(
              refused ->
                  assertThat(refused.getCause().getMessage())
                      .contains(sentence)
                      .doesNotContain("\n"));
    }
  }

  @Test
  void client_putsAndReadsBlocks() throws Exception {
    try (var bed = new TlsBed(directory, TlsBed.askingClients(directory, "required"))) {
      bed.authority
          .issue("client")
          .write(directory.resolve("client.pem"), directory.resolve("client.key"));
      var tls =
          ClientTls.ofCa(bed.ca)
              .withCertificate(directory.resolve("client.pem"), directory.resolve("client.key"));
      var bytes = new byte[8 << 20];
      new Random(7).nextBytes(bytes);
      try (var client = new IncipitClient(config("localhost", bed.server.respPort(), tls))) {
        client.createNamespace(Namespace.of("blocks", 16, 8)).join();
        client
            .attach("blocks", Map.of(ContractField.BLOCKTOKENS, "16", ContractField.HASHBYTES, "8"))
            .join();
        var put = new PutName("blocks", "p");
        var chain = BlockChain.of(0x11);
        client.put(put, BlockPart.whole(chain, 0), bytes).join();
        client.commit(put).join();
        var read = client.read("blocks", chain, 0, Duration.ZERO).join();
        assertThat(read.blocks()).singleElement().isEqualTo(ByteBuffer.wrap(bytes));
      }
    }
  }

  @Test
  void client_ofAnotherCa_orByAnotherName_isToldWhy() throws Exception {
    try (var bed = new TlsBed(directory, Map.of())) {
      int port = bed.server.respPort();
      var other = new TestAuthority("other").write(directory.resolve("other.pem"));
      isRefused(
          config("localhost", port, ClientTls.ofCa(other)),
          "comes from CN=test authority, which no CA that is trusted vouches for");
      isRefused(
          config("localhost", port, ClientTls.ofSystem()),
          "comes from CN=test authority, which no CA that is trusted vouches for");
      isRefused(
          config("localhost", port, ClientTls.ofCa(bed.ca).withServerName("example.org")),
          "the server's certificate is for localhost, 127.0.0.1 (expected: example.org)");
      isRefused(
          config("localhost", bed.server.httpPort(), ClientTls.ofCa(other)), "CN=test authority");
    }
  }

  @Test
  void client_withoutACertificate_isToldThatOneIsRequired() throws Exception {
    try (var bed = new TlsBed(directory, TlsBed.askingClients(directory, "required"))) {
      isRefused(
          config("127.0.0.1", bed.server.respPort(), ClientTls.ofCa(bed.ca)),
          "a client certificate that it trusts");
    }
  }

  @Test
  void client_ofAnExpiredServer_isToldSince() throws Exception {
    var authority = new TestAuthority("a");
    var ca = authority.write(directory.resolve("ca.pem"));
    var now = Instant.now();
    var day = Duration.ofDays(1);
    isRefusedBy(
        authority.issue("s", now.minus(day.multipliedBy(2)), now.minus(day), "localhost"),
        ca,
        "the server's certificate CN=s expired on ");
    isRefusedBy(
        authority.issue("s", now.plus(day), now.plus(day.multipliedBy(2)), "localhost"),
        ca,
        "the server's certificate CN=s is not valid before ");
  }

  private static void isRefusedBy(TestAuthority.Issued server, Path ca, String sentence)
      throws IOException {
    var context = TlsBed.context(ca, Optional.of(server));
    try (var listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (var socket = listener.accept()) {
                  assertThat(socket.getInputStream().read()).isNegative();
                } catch (IOException refused) {
                  assertThat(refused).isNotNull();
                }
              });
      isRefused(config("localhost", listener.getLocalPort(), ClientTls.ofCa(ca)), sentence);
    }
  }

  @Test
  void client_ofAPlainServer_isToldSo() throws Exception {
    var ca = new TestAuthority("a").write(directory.resolve("ca.pem"));
    try (var server =
        IncipitServer.start(ServerConfig.of(Map.of("net.resp-port", "0", "net.http-port", "0")))) {
      isRefused(
          config("localhost", server.respPort(), ClientTls.ofCa(ca)),
          "the server does not speak TLS on this port");
    }
  }

  @Test
  void client_ofAnotherNetwork_takesNoTls() {
    var config = config("localhost", 1, ClientTls.ofSystem());
    assertThatThrownBy(
            () -> new IncipitClient(config, Network.system(), Clock.system(), Timer.system()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("config.tls: ");
  }
}
