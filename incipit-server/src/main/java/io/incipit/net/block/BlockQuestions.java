// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.BlockChain;
import io.incipit.block.Namespace;
import io.incipit.block.Reply;
import io.incipit.net.task.Task;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Blocks;
import io.incipit.store.Store;
import java.util.Optional;

/// The commands on blocks that move no bytes, so that nobody has to be attached for them. For one
/// connection's event loop.
public final class BlockQuestions implements AutoCloseable {
  /// Runs that are shown unless somebody says how many.
  private static final int HOT_RUNS = 16;

  /// Salts or namespaces that are shown unless somebody says how many.
  private static final int SALT_ROWS = 16;

  private static final long NS_PER_MS = 1_000_000;

  private final Store store;
  private final BlockIndex index;
  private final Runnable wake;
  private final HintCommand hints;

  /// @param visitor for whom blocks are brought from disk
  /// @param wake called, by any thread, when a step can be done again
  public BlockQuestions(Store store, BlockIndex index, Store.Visitor visitor, Runnable wake) {
    this.store = store;
    this.index = index;
    this.wake = wake;
    this.hints = new HintCommand(store, index, visitor, wake);
  }

  /// The connection ends: nothing more is brought for it.
  @Override
  public void close() {
    hints.close();
  }

  /// Answers a request, or says who does.
  public Optional<Task> task(Command command, Request request, RespBuffer out) {
    try {
      return switch (command) {
        case EXPLAIN -> Optional.of(explain(request));
        case HOT -> Optional.of(hot(request));
        case TOUCH_BLOCKS -> {
          out.integer(touch(request));
          yield Optional.empty();
        }
        case PIN -> Optional.of(pin(request));
        case UNPIN -> Optional.of(unpin(request));
        case HINTS -> hints.task(request, out);
        case SALTS -> {
          salts(request, out);
          yield Optional.empty();
        }
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

  private Task hot(Request request) throws Refusal {
    var namespace = BlockWords.namespace(request, 1, index::namespace);
    boolean counted = request.count() > 2 && !request.is(2, "HEX");
    boolean hex = BlockWords.endsInHex(request, counted ? 2 : 1);
    int count = counted ? BlockWords.number(request, 2, "count", 1, Limits.HOT_RUNS_MAX) : HOT_RUNS;
    return new HotTask(store, namespace, count, hex, wake);
  }

  /// Counts a use of a path.
  ///
  /// @return leading blocks that are there
  private int touch(Request request) throws Refusal {
    var namespace = BlockWords.namespace(request, 1, index::namespace);
    var chain = chain(request, 2, namespace);
    var space = store.blocks().space(namespace.name());
    if (space.isEmpty()) {
      return 0;
    }
    int there = store.blocks().leading(space.get(), chain).size();
    store.asked(Blocks.ids(space.get(), chain), namespace.blockTokens());
    return there;
  }

  private Task pin(Request request) throws Refusal {
    var namespace = BlockWords.namespace(request, 1, index::namespace);
    boolean hard = request.is(2, "HARD");
    if (!hard && !request.is(2, "SOFT")) {
      throw new Refusal(
          "SYNTAX %s (expected: SOFT or HARD)".formatted(BlockWords.shown(request, 2)));
    }
    int millis = BlockWords.number(request, 3, "milliseconds", 1, Limits.PIN_MS_MAX);
    return PinTask.pin(
        store, namespace.name(), chain(request, 4, namespace), hard, millis * NS_PER_MS, wake);
  }

  private Task unpin(Request request) throws Refusal {
    var namespace = BlockWords.namespace(request, 1, index::namespace);
    return PinTask.unpin(store, namespace.name(), chain(request, 2, namespace), wake);
  }

  private void salts(Request request, RespBuffer out) throws Refusal {
    boolean namespaces = request.count() > 1 && request.is(1, "NAMESPACES");
    int word = namespaces ? 2 : 1;
    if (request.count() > word + 1) {
      throw new Refusal(
          "SYNTAX %s (expected: nothing)".formatted(BlockWords.shown(request, word + 1)));
    }
    int count =
        request.count() > word
            ? BlockWords.number(request, word, "count", 1, Limits.SALT_ROWS_MAX)
            : SALT_ROWS;
    var rows =
        namespaces
            ? store.blocks().held(count).stream().map(SaltRows::of).toList()
            : store.blocks().salts().rows(count).stream().map(SaltRows::of).toList();
    ReplyEncoder.encode(new Reply.Rows(rows), false, out);
  }

  /// The hashes of a prompt, which nothing but `HEX` follows.
  private static BlockChain chain(Request request, int word, Namespace namespace) throws Refusal {
    boolean hex = BlockWords.endsInHex(request, word);
    return BlockWords.hashes(request, word, namespace.hashBytes(), Limits.READ_BLOCKS_MAX, hex);
  }
}
