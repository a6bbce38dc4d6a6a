// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.protocol.Command;
import io.incipit.protocol.ReplyEncoder;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The replies of one connection that are on the way, in the order of its requests: whichever comes
/// first, they are written in that order. For the connection's event loop; [Pending#accept] is for
/// any thread.
final class PendingReplies {
  private final ServerContext context;
  private final Outflow outflow;
  private final Runnable wake;
  private final ArrayDeque<Pending> queue = new ArrayDeque<>();

  /// Whether replies are kept whatever they take: the connection ends when they are written.
  private boolean last;

  /// @param wake called when a reply has come, by whoever brings it
  PendingReplies(ServerContext context, Outflow outflow, Runnable wake) {
    this.context = context;
    this.outflow = outflow;
    this.wake = wake;
  }

  /// Where one reply goes when it comes. All but `reply` is the event loop's.
  final class Pending implements Consumer<Reply> {
    private final Command command;
    private final boolean hex;
    private final long startedNs;

    /// Told of the reply, too.
    private final Consumer<Reply> listener;

    /// A question, for the case that its reply does not fit and it is to be asked again.
    private Optional<Op> question = Optional.empty();

    /// Bytes of the question, taken from the budget.
    private long chargedBytes;

    /// Bytes of a reply that did not fit; 0 if there was none.
    private long wantedBytes;

    private volatile @Nullable Reply reply;

    private Pending(Command command, boolean hex, long startedNs, Consumer<Reply> listener) {
      this.command = command;
      this.hex = hex;
      this.startedNs = startedNs;
      this.listener = listener;
    }

    @Override
    public void accept(Reply reply) {
      this.reply = reply;
      listener.accept(reply);
      wake.run();
    }
  }

  /// Queues a reply behind all others.
  ///
  /// @param startedNs when its request was taken, by the clock
  Pending add(Command command, boolean hex, long startedNs) {
    return add(command, hex, startedNs, _ -> {});
  }

  private Pending add(Command command, boolean hex, long startedNs, Consumer<Reply> listener) {
    var pending = new Pending(command, hex, startedNs, listener);
    queue.add(pending);
    return pending;
  }

  /// Asks a question whose reply comes later, in its order. It must own its bytes.
  ///
  /// @param bytes of the question; they are taken from the budget until the reply is written
  /// @param listener told of the reply, too, by whoever brings it
  void ask(
      Command command,
      boolean hex,
      long startedNs,
      Op question,
      long bytes,
      Consumer<Reply> listener) {
    var pending = add(command, hex, startedNs, listener);
    if (context.budget().take(bytes)) {
      pending.question = Optional.of(question);
      pending.chargedBytes = bytes;
      context.service().answerLater(question, pending);
    } else {
      var reply = tooMuch("requests that wait");
      pending.reply = reply;
      listener.accept(reply);
    }
  }

  private static Reply tooMuch(String ofWhat) {
    return new Reply.Refused(
        ErrorCode.BUSY, "the server holds too many %s; ask again".formatted(ofWhat));
  }

  /// Forgets the reply that was queued last: none is to come.
  void cancel() {
    queue.removeLast();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  int count() {
    return queue.size();
  }

  /// Whether the first has come, and waits for memory.
  boolean awaitsMemory() {
    var first = queue.peek();
    return first != null && first.wantedBytes > 0;
  }

  /// Whether all that are on the way are replies to publishes.
  boolean ofPublishesOnly() {
    var first = queue.peek();
    return first == null || first.command == Command.PUBLISH;
  }

  /// Writes the replies that have come, up to the first that has not, or does not fit.
  void writeReady() {
    for (var first = queue.peek(); first != null; first = queue.peek()) {
      var reply = first.reply;
      if (reply == null) {
        askAgain(first);
        return;
      }
      int mark = outflow.out().size();
      ReplyEncoder.encode(reply, first.hex, outflow.out());
      if (!last && first.question.isPresent() && !outflow.fits(mark)) {
        first.wantedBytes = outflow.out().size();
        first.reply = null;
        outflow.out().truncate(mark);
        return;
      }
      queue.remove();
      context.budget().give(first.chargedBytes);
      context.metrics().answered(first.command, context.clock().nanoTime() - first.startedNs);
      outflow.emitMany();
    }
  }

  private void askAgain(Pending pending) {
    if (pending.wantedBytes > 0
        && pending.question.isPresent()
        && outflow.admits(pending.wantedBytes)) {
      pending.wantedBytes = 0;
      context.service().answerLater(pending.question.get(), pending);
    }
  }

  /// Answers `BUSY` to a question whose reply has not fitted since long, though its client reads.
  void giveUp(long startedBeforeNs) {
    var first = queue.peek();
    if (first != null && first.wantedBytes > 0 && first.startedNs - startedBeforeNs <= 0) {
      first.wantedBytes = 0;
      first.reply = tooMuch("replies that others do not take");
    }
  }

  /// Keeps what comes from now on whatever it takes: nothing follows it.
  void close() {
    last = true;
    for (var pending : queue) {
      if (pending.wantedBytes > 0) {
        pending.wantedBytes = 0;
        pending.reply = tooMuch("replies that others do not take");
      }
    }
  }

  /// Gives the memory of all questions back; whatever comes is nobody's now.
  void release() {
    queue.forEach(pending -> context.budget().give(pending.chargedBytes));
    queue.clear();
  }
}
