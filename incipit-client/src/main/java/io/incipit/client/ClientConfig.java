// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import java.time.Duration;
import java.util.Optional;

/// Where a client connects, and how long it waits.
///
/// @param host name or address of the server
/// @param port RESP port of the server
/// @param connectTimeout for the connection to be made; requests wait for it no longer than their
///     own deadline
/// @param lookupDeadline for `match`, `score`, `run` and `locate`: an engine had better go on
///     without an answer than wait for it
/// @param otherDeadline for all other requests
/// @param inFlightMax requests without a reply at a time; who comes then waits for room until its
///     own deadline
/// @param tls how the connection is encrypted; empty if it is not
/// @param credentials what it says first on each connection, if anything
public record ClientConfig(
    String host,
    int port,
    Duration connectTimeout,
    Duration lookupDeadline,
    Duration otherDeadline,
    int inFlightMax,
    Optional<ClientTls> tls,
    Optional<Credentials> credentials) {
  /// The port that servers listen on if nothing else is said.
  public static final int DEFAULT_PORT = 7379;

  /// The most requests in flight that can be asked for.
  public static final int IN_FLIGHT_MAX = 65_536;

  private static final Duration DEADLINE_MAX = Duration.ofDays(1);

  public ClientConfig {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host: empty (expected: a name or an address)");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
    }
    requireDuration("connectTimeout", connectTimeout);
    requireDuration("lookupDeadline", lookupDeadline);
    requireDuration("otherDeadline", otherDeadline);
    if (inFlightMax < 1 || inFlightMax > IN_FLIGHT_MAX) {
      throw new IllegalArgumentException(
          "inFlightMax: %d (expected: 1 to %d)".formatted(inFlightMax, IN_FLIGHT_MAX));
    }
  }

  /// Look-ups have 20 ms, all else and connecting 5 s; 1,024 requests in flight; without TLS.
  public static ClientConfig of(String host, int port) {
    return new ClientConfig(
        host,
        port,
        Duration.ofSeconds(5),
        Duration.ofMillis(20),
        Duration.ofSeconds(5),
        1_024,
        Optional.empty(),
        Optional.empty());
  }

  /// The same with another deadline for look-ups.
  public ClientConfig withLookupDeadline(Duration deadline) {
    return new ClientConfig(
        host, port, connectTimeout, deadline, otherDeadline, inFlightMax, tls, credentials);
  }

  /// The same with another deadline for all requests but look-ups.
  public ClientConfig withOtherDeadline(Duration deadline) {
    return new ClientConfig(
        host, port, connectTimeout, lookupDeadline, deadline, inFlightMax, tls, credentials);
  }

  /// The same with another timeout for connecting.
  public ClientConfig withConnectTimeout(Duration timeout) {
    return new ClientConfig(
        host, port, timeout, lookupDeadline, otherDeadline, inFlightMax, tls, credentials);
  }

  /// The same with another bound on requests in flight.
  public ClientConfig withInFlightMax(int requests) {
    return new ClientConfig(
        host, port, connectTimeout, lookupDeadline, otherDeadline, requests, tls, credentials);
  }

  /// The same over TLS.
  public ClientConfig withTls(ClientTls by) {
    return new ClientConfig(
        host,
        port,
        connectTimeout,
        lookupDeadline,
        otherDeadline,
        inFlightMax,
        Optional.of(by),
        credentials);
  }

  /// The same, but on each connection it says who it is before all else.
  ///
  /// @param user empty for whoever has the token
  public ClientConfig withUser(String user, String token) {
    return with(Credentials.of(user, token));
  }

  /// The same with a token that stands in a file.
  public ClientConfig with(Credentials known) {
    return new ClientConfig(
        host,
        port,
        connectTimeout,
        lookupDeadline,
        otherDeadline,
        inFlightMax,
        tls,
        Optional.of(known));
  }

  /// The server as `host:port`.
  public String endpoint() {
    return host.contains(":") ? "[%s]:%d".formatted(host, port) : host + ":" + port;
  }

  static void requireDuration(String name, Duration duration) {
    if (!duration.isPositive() || duration.compareTo(DEADLINE_MAX) > 0) {
      throw new IllegalArgumentException(
          "%s: %s (expected: above 0, at most %s)".formatted(name, duration, DEADLINE_MAX));
    }
  }
}
