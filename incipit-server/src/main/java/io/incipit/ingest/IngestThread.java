// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.env.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// The thread that follows engines. Sources come and go by tasks that other threads leave.
final class IngestThread implements Runnable {
  private static final System.Logger LOG = System.getLogger(IngestThread.class.getName());
  private static final long POLL_MILLIS = 50;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Clock clock;
  private final ZContext context = new ZContext(1);
  private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
  private final List<Source> sources = new ArrayList<>();
  private final Thread thread;
  private final WakeUp wakeUp = new WakeUp();
  private ZMQ.@Nullable Poller poller;
  private volatile boolean stopped;

  /// Something to be done by the thread.
  interface Task {
    void run() throws InterruptedException;
  }

  /// A thread that follows nothing yet.
  IngestThread(Clock clock) {
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("incipit-ingest").daemon().unstarted(this);
  }

  void start() {
    thread.start();
  }

  /// The sockets that sources open belong to it.
  ZContext context() {
    return context;
  }

  /// Leaves something to be done soon.
  void tell(Task task) {
    tasks.add(task);
    wakeUp.ring();
  }

  /// Follows a source from now on. For its own tasks.
  void add(Source source) {
    sources.add(source);
    closePoller();
  }

  /// Follows a source no longer. For its own tasks.
  void remove(Source source) throws InterruptedException {
    if (sources.remove(source)) {
      closePoller();
      source.end();
    }
  }

  @Override
  public void run() {
    try {
      while (!stopped) {
        follow();
      }
      runTasks();
    } catch (InterruptedException _) {
      // It is told to stop.
    } finally {
      closePoller();
      sources.forEach(Source::close);
      context.close();
      wakeUp.close();
    }
  }

  private void follow() throws InterruptedException {
    runTasks();
    boolean more = false;
    long nowMillis = clock.nanoTime() / NANOS_PER_MILLI;
    for (var source : List.copyOf(sources)) {
      more |= turn(source, nowMillis);
    }
    if (!more) {
      await();
    }
  }

  private void runTasks() throws InterruptedException {
    for (var task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /// One source's failure is its own.
  private boolean turn(Source source, long nowMillis) throws InterruptedException {
    try {
      return source.turn(nowMillis);
    } catch (RuntimeException failure) {
      LOG.log(
          System.Logger.Level.ERROR, "follow-failed source=" + source.config().owner(), failure);
      source.counts().refuse("internal: " + failure);
      remove(source);
      return false;
    }
  }

  /// Waits until something has come, or for a moment. A poller costs a selector of the system, so
  /// it is kept for as long as the sockets are the same.
  private void await() {
    if (poller == null || sources.stream().anyMatch(Source::hasOtherSockets)) {
      closePoller();
      poller = context.createPoller(1 + 3 * sources.size());
      wakeUp.register(poller);
      for (var source : sources) {
        source.register(poller);
      }
    }
    poller.poll(POLL_MILLIS);
    wakeUp.heard();
  }

  private void closePoller() {
    if (poller != null) {
      poller.close();
      poller = null;
    }
  }

  /// Ends the thread and waits for that.
  void stop() throws InterruptedException {
    stopped = true;
    wakeUp.ring();
    thread.join();
  }
}
