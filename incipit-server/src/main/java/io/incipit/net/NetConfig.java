// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.net.limits.BindGuard;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.tls.TlsConfig;
import java.util.List;
import java.util.Optional;

/// Where the server listens, and with what.
///
/// @param bind address to listen on for RESP, as an IP literal or `localhost`
/// @param httpBind the same for HTTP
/// @param respPort port of RESP; 0 for any free one
/// @param httpPort port of HTTP; 0 for any free one
/// @param eventLoops threads that serve connections
/// @param transport how they wait for sockets
/// @param open whether an address other than loopback may be bound: there are TLS and users, or
///     somebody insists, though anybody who reaches it may do anything
/// @param httpHosts names, besides those of this machine, by which the HTTP port may be called
/// @param httpBodyBytesMax bytes of the body of one request over HTTP
/// @param connections what connections may cost
/// @param tls what both ports speak; empty if nothing is encrypted
public record NetConfig(
    String bind,
    String httpBind,
    int respPort,
    int httpPort,
    int eventLoops,
    Transport transport,
    boolean open,
    List<String> httpHosts,
    int httpBodyBytesMax,
    ConnectionConfig connections,
    Optional<TlsConfig> tls) {
  private static final int PORT_MAX = 65_535;
  private static final int EVENT_LOOPS_MAX = 1_024;
  private static final int HTTP_BODY_BYTES_MOST = 1 << 30;

  public NetConfig {
    ConnectionConfig.require("net.resp-port", respPort, 0, PORT_MAX);
    ConnectionConfig.require("net.http-port", httpPort, 0, PORT_MAX);
    ConnectionConfig.require("net.event-loops", eventLoops, 1, EVENT_LOOPS_MAX);
    ConnectionConfig.require("net.http-body-limit", httpBodyBytesMax, 1_024, HTTP_BODY_BYTES_MOST);
    if (respPort != 0 && respPort == httpPort && bind.equals(httpBind)) {
      throw new IllegalArgumentException(
          "net.http-port: %d (expected: another than net.resp-port)".formatted(httpPort));
    }
    BindGuard.require(bind, open);
    var _ = BindGuard.address("net.http-bind", httpBind);
    httpHosts = List.copyOf(httpHosts);
  }
}
