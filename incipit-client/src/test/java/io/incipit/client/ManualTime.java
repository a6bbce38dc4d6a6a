// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.Clock;
import io.incipit.env.Timer;
import java.util.ArrayList;
import java.util.List;

/// Time that stands still until a test moves it.
final class ManualTime implements Clock, Timer {
  private record Task(long dueNs, Runnable run) {}

  private final List<Task> tasks = new ArrayList<>();
  private long now;
  private boolean rushing;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public long wallMillis() {
    return 0;
  }

  @Override
  public void sleepNs(long durationNs) {
    throw new AssertionError("the client sleeps");
  }

  @Override
  public synchronized void after(long delayNs, Runnable task) {
    tasks.add(new Task(now + delayNs, task));
    if (rushing) {
      Thread.ofVirtual().start(() -> advance(delayNs));
    }
  }

  /// From now on whoever waits has waited long enough.
  synchronized void rush() {
    rushing = true;
    long rest = tasks.stream().mapToLong(Task::dueNs).max().orElse(now) - now;
    Thread.ofVirtual().start(() -> advance(rest));
  }

  /// Moves time, and runs what is due then.
  void advance(long durationNs) {
    List<Task> due;
    synchronized (this) {
      now += durationNs;
      due = tasks.stream().filter(task -> task.dueNs() <= now).toList();
      tasks.removeAll(due);
    }
    due.forEach(task -> task.run().run());
  }
}
