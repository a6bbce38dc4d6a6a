// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.env.Clock;
import io.incipit.index.Outcome;
import io.incipit.stream.Inquiry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// Threads that answer what costs too much for an event loop, or finds the index in the middle of a
/// change, in the order in which it comes. Thread-safe.
///
/// A question that finds a change standing still waits behind the others and is asked again, for as
/// long as a writer may be stopped by a collection or a debugger.
final class QuestionThreads implements Inquiry.Memory {
  /// Units of the index's work that one question may take: about a second.
  static final long UNITS_MAX = 1L << 26;

  /// Questions that may wait.
  static final int WAITING_MAX = 1_024;

  /// How long a question is asked again.
  static final long PATIENCE_NS = 15_000_000_000L;

  private static final int THREADS = 2;
  private static final long PAUSE_NS = 1_000_000L;

  /// A question, who wants its reply, and since when.
  private record Task(Op op, Consumer<Reply> replies, long startedNs) {}

  private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();
  private final long bytesMax;
  private final BiFunction<Op, Inquiry, Reply> service;
  private final Failures failures;
  private final Clock clock;
  private final AtomicLong bytes = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /// @param bytesMax memory of replies that are being made
  /// @param service answers a question, and does not throw
  QuestionThreads(
      long bytesMax, BiFunction<Op, Inquiry, Reply> service, Failures failures, Clock clock) {
    this.bytesMax = bytesMax;
    this.service = service;
    this.failures = failures;
    this.clock = clock;
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofPlatform().name("questions-" + i).daemon().unstarted(this::run));
    }
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /// Means for one question beyond what an event loop may do. Who asked gives
  /// [Inquiry#takenBytes] back.
  Inquiry inquiry() {
    return new Inquiry(this, bytesMax / THREADS).grant(UNITS_MAX);
  }

  @Override
  public boolean take(long more) {
    if (bytes.addAndGet(more) <= bytesMax) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
  }

  @Override
  public void give(long taken) {
    bytes.addAndGet(-taken);
  }

  /// Memory of replies that are being made.
  long bytes() {
    return bytes.get();
  }

  /// Questions that wait.
  int waiting() {
    return queue.size();
  }

  /// Queues a question; its reply comes on one of the threads.
  ///
  /// @return whether there was room; if not, no reply comes
  boolean offer(Op op, Consumer<Reply> replies) {
    return !closed
        && queue.size() < WAITING_MAX
        && queue.offer(new Task(op, replies, clock.nanoTime()));
  }

  private void run() {
    while (!closed) {
      try {
        answer(queue.take());
      } catch (InterruptedException closing) {
        // Closed is what counts.
      }
    }
  }

  private void answer(Task task) throws InterruptedException {
    var inquiry = inquiry();
    var reply = service.apply(task.op(), inquiry);
    boolean busy = inquiry.outcome() == Outcome.BUSY;
    if (busy && !closed && clock.nanoTime() - task.startedNs() < PATIENCE_NS) {
      var _ = queue.add(task);
      clock.sleepNs(PAUSE_NS);
      return;
    }
    reply(task, reply);
    give(inquiry.takenBytes());
  }

  private void reply(Task task, Reply reply) {
    try {
      task.replies().accept(reply);
    } catch (RuntimeException | Error failure) {
      failures.note(task.op(), failure);
    }
  }

  /// Ends the threads; what waits is refused.
  void stop() throws InterruptedException {
    closed = true;
    for (var thread : threads) {
      thread.interrupt();
      thread.join();
    }
    for (var late = queue.poll(); late != null; late = queue.poll()) {
      reply(late, new Reply.Refused(ErrorCode.BUSY, "the server stops"));
    }
  }
}
