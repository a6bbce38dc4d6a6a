// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.env.Clock;
import io.incipit.protocol.Command;
import java.util.Collection;
import java.util.List;

/// What the commands of a connection may know of the server around it. Thread-safe.
public interface ServerView {
  Clock clock();

  /// Runs a question that costs little, such as one for statistics.
  Reply answer(Op op);

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
    long requests() {
      return commands.stream().mapToLong(CommandTotals::calls).sum();
    }
  }

  /// How often a command was run, and how long that took in all.
  record CommandTotals(Command command, long calls, double seconds) {}
}
