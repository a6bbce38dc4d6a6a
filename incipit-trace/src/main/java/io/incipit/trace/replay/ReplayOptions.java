// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import java.util.OptionalInt;

/// How a trace is replayed.
///
/// @param clients requests in flight at most; above 1, a request may be looked up before an earlier
///     one is published, so counts differ from run to run
/// @param capacity blocks that the owner holds at most, the least recently used leaves going first;
///     no limit if empty
public record ReplayOptions(int clients, OptionalInt capacity, Tails tails, Speed speed) {
  /// The most clients.
  public static final int CLIENTS_MAX = 1024;

  /// One client, no limit, all tails, full speed.
  public static final ReplayOptions DEFAULT =
      new ReplayOptions(1, OptionalInt.empty(), Tails.ALL, Speed.MAX);

  public ReplayOptions {
    if (clients < 1 || clients > CLIENTS_MAX) {
      throw new IllegalArgumentException(
          "clients: %d (expected: 1 to %d)".formatted(clients, CLIENTS_MAX));
    }
    if (capacity.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "capacity: %d (expected: at least 1 block)".formatted(capacity.getAsInt()));
    }
    if (capacity.isPresent() && clients > 1) {
      throw new IllegalArgumentException(
          "clients: %d with a capacity (expected: 1, one owner evicts in order of use)"
              .formatted(clients));
    }
  }
}
