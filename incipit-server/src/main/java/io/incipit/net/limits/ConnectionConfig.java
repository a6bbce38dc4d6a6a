// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.limits;

import java.time.Duration;

/// What connections may cost. A limit that is met is said to the client, counted, and costs it the
/// connection, never another's.
///
/// @param connectionsMax connections of RESP at once
/// @param perAddressMax connections of RESP at once from one address
/// @param httpConnectionsMax connections of HTTP at once
/// @param handshakeTimeout within which the first request of a connection must be complete when it
///     has begun, and must have begun where more than half of `connectionsMax` are open
/// @param frameTimeout within which a request that began must be complete
/// @param writeTimeout within which a client must take at least [#WRITE_BYTES_PER_SECOND_MIN] of
///     what waits for it
/// @param outputBytesMax bytes of replies that may wait for each client beside `bufferBytesMax`
/// @param publishesInFlight publishes of a connection that wait for their lanes before no more of
///     its requests are read
/// @param bufferBytesMax bytes that all connections together may hold of requests that wait or are
///     not complete, and of replies beyond `outputBytesMax`
public record ConnectionConfig(
    int connectionsMax,
    int perAddressMax,
    int httpConnectionsMax,
    Duration handshakeTimeout,
    Duration frameTimeout,
    Duration writeTimeout,
    int outputBytesMax,
    int publishesInFlight,
    long bufferBytesMax) {
  /// The least that a client must take while replies wait for it.
  public static final int WRITE_BYTES_PER_SECOND_MIN = 1_024;

  private static final long MILLIS_MAX = 24L * 60 * 60 * 1_000;

  public ConnectionConfig {
    require("net.connections-max", connectionsMax, 1, 1 << 20);
    require("net.connections-per-address", perAddressMax, 1, 1 << 20);
    require("net.http-connections-max", httpConnectionsMax, 1, 1 << 20);
    require("net.handshake-timeout", handshakeTimeout.toMillis(), 1, MILLIS_MAX);
    require("net.frame-timeout", frameTimeout.toMillis(), 1, MILLIS_MAX);
    require("net.write-timeout", writeTimeout.toMillis(), 1, MILLIS_MAX);
    require("net.output-limit", outputBytesMax, 1_024, 1 << 30);
    require("net.publishes-in-flight", publishesInFlight, 1, 1 << 20);
    require("net.buffer-limit", bufferBytesMax, 1 << 20, Long.MAX_VALUE);
  }

  /// Refuses a value outside `[min, max]`, by name.
  public static void require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, value, min, max));
    }
  }
}
