// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SystemNetworkIT {
  private static final long TIMEOUT_NS = 5_000_000_000L;

  @Test
  void connect_listening_carriesBytesBothWays() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var ours = Network.system().connect("localhost", server.getLocalPort(), TIMEOUT_NS);
        var theirs = server.accept()) {
      ours.write("-ping-".getBytes(US_ASCII), 1, 4);
      assertThat(theirs.getInputStream().readNBytes(4)).asString(US_ASCII).isEqualTo("ping");

      theirs.getOutputStream().write("pong".getBytes(US_ASCII));
      theirs.shutdownOutput();
      var read = new byte[8];
      int length = 2;
      for (int n = 0; n >= 0; n = ours.read(read, length, read.length - length)) {
        length += n;
      }
      assertThat(new String(read, 2, length - 2, US_ASCII)).isEqualTo("pong");
    }
  }

  @Test
  void isLocal_byTheAddressOfTheOtherSide() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var ours = Network.system().connect("localhost", server.getLocalPort(), TIMEOUT_NS)) {
      assertThat(ours.isLocal()).isTrue();
    }
    assertThat(SystemNetwork.isOfThisMachine(InetAddress.getByName("127.1.2.3"))).isTrue();
    assertThat(SystemNetwork.isOfThisMachine(InetAddress.getByName("192.0.2.1"))).isFalse();
    for (var own : NetworkInterface.networkInterfaces().toList()) {
      assertThat(own.inetAddresses()).allMatch(SystemNetwork::isOfThisMachine);
    }
  }

  @Test
  void close_whileAnotherThreadReads_wakesIt() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var ours = Network.system().connect("127.0.0.1", server.getLocalPort(), TIMEOUT_NS);
      var reading =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return ours.read(new byte[1], 0, 1);
                } catch (IOException woken) {
                  throw new CompletionException(woken);
                }
              });
      ours.close();

      // Closed before or while it reads, it fails the same way.
      assertThatThrownBy(reading::join).hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void connect_nobodyListens_fails() throws IOException {
    int port;
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    assertThatThrownBy(() -> Network.system().connect("127.0.0.1", port, TIMEOUT_NS))
        .isInstanceOf(IOException.class);
  }

  @Test
  void connect_nameThatDoesNotExist_saysSo() {
    assertThatThrownBy(() -> Network.system().connect("no-such-host.invalid", 1, TIMEOUT_NS))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no-such-host.invalid");
  }
}
