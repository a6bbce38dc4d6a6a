// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.Change;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.env.Clock;
import java.util.ArrayDeque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One thread that applies the publishes of its namespaces, in the order in which they came, and
/// sweeps up behind them in slices between. [#offer] and [#stop] are for any thread.
final class Lane {
  private static final long CHANGE_BYTES = 128;

  /// Bytes of publishes after which one more slice is swept: what goes must not fall behind what
  /// comes. A slice is rid of about 48 short chains, which come in at least 6 KB.
  private static final long SLICE_BYTES = 6 << 10;

  /// A publish that waits, and who wants its reply.
  private record Task(HostedNamespace hosted, Op.Publish op, long bytes, Consumer<Reply> replies) {}

  private final ArrayBlockingQueue<Task> queue;
  private final long queueBytesMax;
  private final Failures failures;
  private final Clock clock;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final ArrayDeque<HostedNamespace> unswept = new ArrayDeque<>();

  /// Namespaces whose limits have changed.
  private final ConcurrentLinkedQueue<HostedNamespace> untidy = new ConcurrentLinkedQueue<>();

  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  Lane(int number, ServiceConfig config, Failures failures, Clock clock) {
    this.queue = new ArrayBlockingQueue<>(config.laneQueue());
    this.queueBytesMax = config.laneQueueBytes();
    this.failures = failures;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("lane-" + number).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Queues a publish; its reply comes on this lane's thread.
  ///
  /// @return whether there was room; if not, no reply comes
  boolean offer(HostedNamespace hosted, Op.Publish op, Consumer<Reply> replies) {
    long bytes = bytes(op);
    long queued = queuedBytes.addAndGet(bytes);
    boolean room = !closed && (queued <= queueBytesMax || queued == bytes);
    if (room && queue.offer(new Task(hosted, op, bytes, replies))) {
      return true;
    }
    queuedBytes.addAndGet(-bytes);
    return false;
  }

  /// Looks within a second whether a namespace has more than it may.
  void tidy(HostedNamespace hosted) {
    if (hosted.untidy(true)) {
      untidy.add(hosted);
    }
  }

  /// Calls `room` once when there may be room: soon if there is some now.
  void whenRoom(Runnable room) {
    waiting.add(room);
    if (closed || queue.isEmpty()) {
      wake();
    }
  }

  /// Wakes the one that has waited longest for room.
  private void wake() {
    var room = waiting.poll();
    if (room != null) {
      room.run();
    }
  }

  boolean closed() {
    return closed;
  }

  private static long bytes(Op.Publish op) {
    long bytes = CHANGE_BYTES;
    for (var change : op.changes()) {
      bytes +=
          switch (change) {
            case Change.Store(_, _, var hashes, _) ->
                CHANGE_BYTES + (long) hashes.length() * hashes.hashBytes();
            case Change.Remove(_, var hashes) ->
                CHANGE_BYTES + (long) hashes.length() * hashes.hashBytes();
            case Change.Clear _, Change.Synced _ -> CHANGE_BYTES;
          };
    }
    return bytes;
  }

  /// Publishes that wait.
  int queued() {
    return queue.size();
  }

  private void run() {
    while (!closed || !queue.isEmpty()) {
      var task = next();
      for (var hosted = untidy.poll(); hosted != null; hosted = untidy.poll()) {
        hosted.untidy(false);
        sweepLater(hosted);
      }
      long slices = 1;
      if (task != null) {
        slices = 1 + task.bytes() / SLICE_BYTES;
        queuedBytes.addAndGet(-task.bytes());
        do {
          wake();
        } while (queue.isEmpty() && !waiting.isEmpty());
        reply(task, apply(task));
      }
      for (long i = 0; i < slices && (i == 0 || !unswept.isEmpty()); i++) {
        sweep();
      }
    }
  }

  private @Nullable Task next() {
    if (!unswept.isEmpty() || closed) {
      return queue.poll();
    }
    try {
      return queue.poll(1, TimeUnit.SECONDS);
    } catch (InterruptedException closing) {
      return null;
    }
  }

  private Reply apply(Task task) {
    var hosted = task.hosted();
    if (hosted.dropped()) {
      return new Reply.Refused(
          ErrorCode.NONAMESPACE, task.op().namespace() + " (expected: one that exists)");
    }
    Reply reply;
    try {
      hosted.mend();
      reply = hosted.publish(task.op(), clock.nanoTime());
    } catch (RuntimeException | Error failure) {
      reply = failures.reply(task.op(), failure);
      mend(hosted);
    }
    account(hosted);
    sweepLater(hosted);
    return reply;
  }

  private void sweepLater(HostedNamespace hosted) {
    if (hosted.unswept(true)) {
      unswept.add(hosted);
    }
  }

  /// Replaces an index of which a change has failed; if that fails too, the next change tries
  /// again.
  private void mend(HostedNamespace hosted) {
    try {
      hosted.mend();
    } catch (RuntimeException | Error failure) {
      failures.note("restart", failure);
    }
  }

  private void account(HostedNamespace hosted) {
    try {
      hosted.account();
    } catch (RuntimeException | Error failure) {
      failures.note("account", failure);
    }
  }

  private void reply(Task task, Reply reply) {
    try {
      task.replies().accept(reply);
    } catch (RuntimeException | Error failure) {
      failures.note(task.op(), failure);
    }
  }

  /// Sweeps one slice of one namespace.
  private void sweep() {
    var hosted = unswept.poll();
    if (hosted == null) {
      return;
    }
    boolean more = false;
    try {
      more = !hosted.dropped() && hosted.sweep();
    } catch (RuntimeException | Error failure) {
      failures.note("sweep", failure);
      mend(hosted);
    }
    account(hosted);
    if (more) {
      unswept.add(hosted);
    } else {
      hosted.unswept(false);
    }
  }

  /// Applies what waits and ends the thread; what is offered from now on is refused.
  void stop() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
    for (var late = queue.poll(); late != null; late = queue.poll()) {
      reply(late, new Reply.Refused(ErrorCode.BUSY, "the server stops; nothing was changed"));
    }
    while (!waiting.isEmpty()) {
      wake();
    }
  }
}
