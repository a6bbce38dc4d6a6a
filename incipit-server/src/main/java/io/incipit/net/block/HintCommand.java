// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.Hint;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.net.block.HintTask.Result;
import io.incipit.net.task.Task;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// `KVC.HINTS`: hints in the envelope that engines share. For one connection's event loop.
final class HintCommand implements AutoCloseable {
  private static final long NS_PER_MS = 1_000_000;

  private final Store store;
  private final BlockIndex index;
  private final Store.Visitor visitor;
  private final Runnable wake;

  /// What the last `kv.fetch` of this connection brings.
  private @Nullable Prefetch prefetch;

  HintCommand(Store store, BlockIndex index, Store.Visitor visitor, Runnable wake) {
    this.store = store;
    this.index = index;
    this.visitor = visitor;
    this.wake = wake;
  }

  Optional<Task> task(Request request, RespBuffer out) throws Refusal {
    var namespace = BlockWords.namespace(request, 1, index::namespace);
    if (request.length(2) > Limits.HINTS_BYTES_MAX) {
      throw new Refusal(
          "LIMIT json: %d bytes (expected: at most %d)"
              .formatted(request.length(2), Limits.HINTS_BYTES_MAX));
    }
    var actions =
        HintReader.read(
            request.bytes(), request.offset(2), request.length(2), namespace.hashBytes());
    var results = new ArrayList<Result>();
    var fetch = new Prefetch(store, visitor);
    boolean busy = prefetch != null && !prefetch.isDone();
    boolean fetches = false;
    for (var action : actions) {
      if (!action.refusal().isEmpty() && action.kind() != HintAction.Kind.UNKNOWN) {
        results.add(new Result(action.refusal(), 0));
        continue;
      }
      switch (action.kind()) {
        case FETCH -> {
          fetches |= !busy;
          results.add(busy ? busy() : fetch(namespace, action, fetch));
        }
        case DONE -> results.add(tell(namespace, action, Hint.DONE));
        case BACK ->
            results.add(tell(namespace, action, new Hint.Back(action.millis() * NS_PER_MS)));
        case PIN -> results.add(Result.OK);
        case UNKNOWN -> results.add(Result.IGNORED);
      }
    }
    if (fetches) {
      prefetch = fetch;
      fetch.begin();
    }
    var task = new HintTask(store, namespace.name(), actions, results, wake);
    if (task.isChange()) {
      return Optional.of(task);
    }
    task.write(out);
    return Optional.empty();
  }

  private static Result busy() {
    return new Result(
        "BUSY kv.fetch: the one before brings blocks still (expected: one at a time on a"
            + " connection)",
        0);
  }

  private Result fetch(Namespace namespace, HintAction action, Prefetch fetch) {
    int blocks = 0;
    var space = store.blocks().space(namespace.name());
    for (int i = 0; space.isPresent() && i < action.hashes().length(); i++) {
      var block = store.blocks().find(space.get(), action.hashes().high(i), action.hashes().low(i));
      blocks += block.isPresent() && fetch.add(block.get()) ? 1 : 0;
    }
    return new Result("OK", blocks);
  }

  private Result tell(Namespace namespace, HintAction action, Hint hint) {
    var reply = new AtomicReference<@Nullable Reply>();
    index.ask(new Op.Foretell(namespace.name(), hint, action.hashes()), reply::set);
    return reply.get() instanceof Reply.Refused(var code, var detail)
        ? new Result(code + " " + detail, 0)
        : Result.OK;
  }

  /// Brings nothing any more.
  @Override
  public void close() {
    if (prefetch != null) {
      prefetch.close();
    }
  }
}
