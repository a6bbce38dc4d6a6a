// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.net.task.Task;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.Optional;

/// The commands on blocks that move no bytes, so that nobody has to be attached for them. For one
/// connection's event loop.
public final class BlockQuestions {
  private final Store store;
  private final BlockIndex index;
  private final Runnable wake;

  /// @param wake called, by any thread, when a step can be done again
  public BlockQuestions(Store store, BlockIndex index, Runnable wake) {
    this.store = store;
    this.index = index;
    this.wake = wake;
  }

  /// Answers a request, or says who does.
  public Optional<Task> task(Command command, Request request, RespBuffer out) {
    try {
      return switch (command) {
        case EXPLAIN -> Optional.of(explain(request));
        default ->
            throw new IllegalArgumentException(
                "command: %s (expected: one on blocks)".formatted(command.wireName()));
      };
    } catch (Refusal refusal) {
      out.error(refusal.text());
      return Optional.empty();
    }
  }

  private Task explain(Request request) throws Refusal {
    var namespace = BlockWords.namespace(request, 1, index::namespace);
    boolean hex = BlockWords.endsInHex(request, 2);
    var hashes =
        BlockWords.hashes(request, 2, namespace.hashBytes(), Limits.EXPLAIN_BLOCKS_MAX, hex);
    return new ExplainTask(store, index, namespace.name(), hashes, hex, wake);
  }
}
