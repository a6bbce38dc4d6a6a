// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import io.incipit.env.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/// Clients that take turns: each is a thread, one runs at a time, and chance draws who is next at
/// each [#step], so that a seed is one interleaving. What one did is seen by the next.
public final class Turns {
  private final RandomGenerator random;
  private final List<Semaphore> turns = new ArrayList<>();
  private final List<Integer> live = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private int running;

  public Turns(long seed) {
    random = RandomSource.seeded(seed);
  }

  /// Runs clients to their ends. If one fails, the others end at their next step, and so does this.
  public void run(List<? extends Runnable> clients) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < clients.size(); i++) {
      int client = i;
      turns.add(new Semaphore(0));
      live.add(client);
      threads.add(Thread.ofPlatform().start(() -> live(client, clients.get(client))));
    }
    running = live.get(random.nextInt(live.size()));
    turns.get(running).release();
    for (var thread : threads) {
      thread.join();
    }
    var cause = failure.get();
    if (cause != null) {
      throw new AssertionError("a client failed: " + cause, cause);
    }
  }

  private void live(int client, Runnable body) {
    turns.get(client).acquireUninterruptibly();
    try {
      if (failure.get() == null) {
        body.run();
      }
    } catch (Throwable thrown) {
      failure.compareAndSet(null, thrown);
    } finally {
      live.remove(/* the client, not an index */ (Object) client);
      if (!live.isEmpty()) {
        running = live.get(random.nextInt(live.size()));
        turns.get(running).release();
      }
    }
  }

  /// The client that runs lets chance say who goes on.
  public void step() {
    int self = running;
    int next = live.get(random.nextInt(live.size()));
    if (next != self) {
      running = next;
      turns.get(next).release();
      turns.get(self).acquireUninterruptibly();
    }
    var cause = failure.get();
    if (cause != null) {
      throw new IllegalStateException("another client failed", cause);
    }
  }
}
