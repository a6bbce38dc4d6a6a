// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.block.ErrorCode;
import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.protocol.Command;
import io.incipit.store.Store;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// What the commands of a connection may know of the server around it. Thread-safe.
public interface ServerView {
  Clock clock();

  /// The values.
  Store store();

  /// Sizes and counters of all namespaces together, as in `KVC.STATS`.
  List<Stat> stats();

  /// One of [#stats] by its name; 0 if there is none.
  default long stat(String name) {
    return stats().stream().filter(stat -> stat.name().equals(name)).mapToLong(Stat::value).sum();
  }

  /// Refusals so far, by code.
  Map<ErrorCode, Long> refusals();

  /// The RESP connections that are open.
  Collection<Client> clients();

  /// The most connections at once.
  int connectionsMax();

  int respPort();

  long uptimeSeconds();

  /// Bytes held of requests that are not complete and of replies that wait.
  long bufferedBytes();

  /// What was counted since the start.
  Totals totals();

  /// Counts since the start.
  ///
  /// @param connections connections taken
  /// @param refused connections refused
  /// @param receivedBytes bytes of requests
  /// @param sentBytes bytes of replies
  /// @param commands one for each command that was run
  record Totals(
      long connections,
      long refused,
      long receivedBytes,
      long sentBytes,
      List<CommandTotals> commands) {
    public Totals {
      commands = List.copyOf(commands);
    }

    /// Requests answered.
    public long requests() {
      return commands.stream().mapToLong(CommandTotals::calls).sum();
    }
  }

  /// How often a command was run, and how long that took in all.
  record CommandTotals(Command command, long calls, double seconds) {}
}
