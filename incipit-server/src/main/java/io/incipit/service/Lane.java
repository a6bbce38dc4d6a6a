// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.Change;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import java.util.ArrayDeque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One thread that applies the publishes of its namespaces, in the order in which they came, and
/// sweeps up behind them in slices between. [#offer] and [#stop] are for any thread.
final class Lane {
  private static final long CHANGE_BYTES = 128;

  /// A publish that waits, and who wants its reply.
  private record Task(Tenant tenant, Op.Publish op, long bytes, Consumer<Reply> replies) {}

  private final ArrayBlockingQueue<Task> queue;
  private final long queueBytesMax;
  private final Failures failures;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final ArrayDeque<Tenant> unswept = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  Lane(int number, ServiceConfig config, Failures failures) {
    this.queue = new ArrayBlockingQueue<>(config.laneQueue());
    this.queueBytesMax = config.laneQueueBytes();
    this.failures = failures;
    this.thread = Thread.ofPlatform().name("lane-" + number).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// Queues a publish; its reply comes on this lane's thread.
  ///
  /// @return whether there was room; if not, no reply comes
  boolean offer(Tenant tenant, Op.Publish op, Consumer<Reply> replies) {
    long bytes = bytes(op);
    long queued = queuedBytes.addAndGet(bytes);
    boolean room = !closed && (queued <= queueBytesMax || queued == bytes);
    if (room && queue.offer(new Task(tenant, op, bytes, replies))) {
      return true;
    }
    queuedBytes.addAndGet(-bytes);
    return false;
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
      if (task != null) {
        queuedBytes.addAndGet(-task.bytes());
        wake();
        reply(task, apply(task));
      }
      sweep();
    }
  }

  private @Nullable Task next() {
    if (!unswept.isEmpty() || closed) {
      return queue.poll();
    }
    try {
      return queue.take();
    } catch (InterruptedException closing) {
      return null;
    }
  }

  private Reply apply(Task task) {
    var tenant = task.tenant();
    if (tenant.dropped()) {
      return new Reply.Refused(
          ErrorCode.NONAMESPACE, task.op().namespace() + " (expected: one that exists)");
    }
    try {
      tenant.limit();
      var reply = tenant.projection().publish(task.op());
      tenant.account();
      if (tenant.unswept(true)) {
        unswept.add(tenant);
      }
      return reply;
    } catch (RuntimeException | Error failure) {
      return failures.reply(task.op(), failure);
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
    var tenant = unswept.poll();
    if (tenant == null) {
      return;
    }
    try {
      if (!tenant.dropped() && tenant.projection().sweep()) {
        unswept.add(tenant);
        return;
      }
    } catch (RuntimeException | Error failure) {
      failures.note("sweep", failure);
    }
    tenant.unswept(false);
    tenant.account();
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
