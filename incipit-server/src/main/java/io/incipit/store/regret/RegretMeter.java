// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import io.incipit.block.Stat;
import io.incipit.env.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// The hit rate of a store's last hour, beside what leaf-LRU and the clairvoyant policy would have
/// found of the same requests in the same room. `docs/store.md` says how it is computed.
///
/// The store's writer tells it of requests, which costs a hash a block and a copy of what is
/// sampled, and never waits for more than a swap of lists. The rest is done on a thread of its own.
/// Until a store has held a value nothing is done at all. Memory is bounded, see
/// [RegretWindow.Bounds].
public final class RegretMeter {
  private static final Logger LOG = System.getLogger(RegretMeter.class.getName());
  private static final int ROUND_MILLIS = 100;

  /// Between two times that the clairvoyant policy is computed.
  private static final long SNAPSHOT_NS = 60_000_000_000L;

  /// What may wait for the thread: uses of sampled blocks, and requests.
  static final int WAITING_USES = 1 << 17;

  static final int WAITING_REQUESTS = 1 << 15;

  private final Clock clock;
  private final long seed;
  private final RegretWindow window;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final LongAdder failures = new LongAdder();

  /// Written by the thread, read by the writer.
  private volatile int shift;

  /// Written by the writer; 0 until a value was stored.
  private volatile int capacity;

  /// Written by the thread.
  private volatile RegretSnapshot snapshot = RegretSnapshot.NONE;

  /// Of the thread.
  private long snapshotNs;

  /// What waits for the thread, the next three too. Guarded by this.
  private List<Sample> waiting = new ArrayList<>();

  private int waitingUses;

  /// Blocks of requests of which nothing is sampled, and that nobody was told of.
  private long asked;

  private long found;
  private long dropped;
  private boolean cleared;

  /// A meter that has seen nothing; [#start] starts its thread.
  ///
  /// @param seed of what is sampled
  public RegretMeter(Clock clock, long seed) {
    this(clock, seed, RegretWindow.Bounds.DEFAULT);
  }

  RegretMeter(Clock clock, long seed, RegretWindow.Bounds bounds) {
    this.clock = clock;
    this.seed = seed;
    this.window = new RegretWindow(bounds, seed, RegretFault.NONE);
    this.snapshotNs = clock.nanoTime();
    this.thread = Thread.ofPlatform().name("store-regret").daemon().unstarted(this::run);
  }

  /// Begins to take in what it is told.
  public void start() {
    thread.start();
  }

  /// A value was stored: the store has room for so many blocks. The store's writer.
  public void capacity(int blocks) {
    capacity = blocks;
  }

  /// A path was asked for. The store's writer; O(length).
  ///
  /// @param timeNs when, by the clock of the store
  /// @param ids of its blocks
  /// @param from leading blocks that were told before, as a request that this one is the rest of
  /// @param present leading blocks that were there
  public void asked(long timeNs, long[] ids, int from, int length, int present) {
    if (capacity == 0) {
      return;
    }
    int rate = shift;
    var sampled = new long[length];
    int count = 0;
    int itsFrom = 0;
    int real = 0;
    for (int i = 0; i < length; i++) {
      if (RegretWindow.isSampled(ids[i], seed, rate)) {
        sampled[count] = ids[i];
        count++;
        itsFrom += i < from ? 1 : 0;
        real += i < present ? 1 : 0;
      }
    }
    var path = count == length ? sampled : Arrays.copyOf(sampled, count);
    synchronized (this) {
      asked += length - from;
      found += Math.max(0, present - from);
      if (count > 0) {
        add(timeNs, path, itsFrom, real);
      }
    }
  }

  /// A block was removed, and not for lack of room: no policy would have it. The store's writer.
  public void removed(long timeNs, long id) {
    if (capacity > 0 && RegretWindow.isSampled(id, seed, shift)) {
      synchronized (this) {
        add(timeNs, new long[] {id}, Sample.REMOVAL, 0);
      }
    }
  }

  private void add(long timeNs, long[] path, int from, int real) {
    if (waiting.size() >= WAITING_REQUESTS || waitingUses + path.length > WAITING_USES) {
      dropped++;
      asked = 0;
      found = 0;
      return;
    }
    waiting.add(new Sample(timeNs, path, from, real, asked, found));
    waitingUses += path.length;
    asked = 0;
    found = 0;
  }

  /// Everything was removed: it begins afresh. The store's writer.
  public synchronized void clear() {
    cleared = true;
    waiting = new ArrayList<>();
    waitingUses = 0;
    asked = 0;
    found = 0;
  }

  private void run() {
    while (await()) {
      try {
        round();
      } catch (RuntimeException | Error failure) {
        failures.increment();
        LOG.log(Level.ERROR, "fail-regret", failure);
        window.clear();
      }
    }
  }

  /// Waits for the next round.
  ///
  /// @return whether there is one
  private boolean await() {
    try {
      return !stopped.await(ROUND_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopping) {
      return false;
    }
  }

  /// Takes in what waits, and says what the window says if that is due. The thread, or a test.
  void round() {
    if (capacity == 0) {
      return;
    }
    take();
    long nowNs = clock.nanoTime();
    if (nowNs - snapshotNs >= SNAPSHOT_NS) {
      snapshotNs = nowNs;
      window.slide(nowNs);
      snapshot = window.snapshot();
    }
  }

  private void take() {
    List<Sample> taken;
    synchronized (this) {
      if (cleared) {
        cleared = false;
        window.clear();
        snapshot = RegretSnapshot.NONE;
      }
      // What others add to from now on is not walked through.
      taken = waiting.isEmpty() ? List.of() : waiting;
      if (!taken.isEmpty()) {
        waiting = new ArrayList<>();
        waitingUses = 0;
      }
    }
    window.capacity(capacity);
    for (var sample : taken) {
      window.add(sample);
    }
    shift = window.shift();
  }

  /// Figures of the last hour, as of at most a minute ago, and what they are made from. Any thread.
  public List<Stat> stats() {
    var now = snapshot;
    long lost;
    synchronized (this) {
      lost = dropped;
    }
    return List.of(
        Stat.gauge("store-hour-blocks", now.asked()),
        Stat.gauge("store-hour-hits-permille", RegretSnapshot.permille(now.realRate())),
        Stat.gauge("store-hour-leaf-lru-permille", RegretSnapshot.permille(now.leafLruRate())),
        Stat.gauge(
            "store-hour-clairvoyant-permille", RegretSnapshot.permille(now.clairvoyantRate())),
        Stat.gauge("store-hour-sampled-requests", now.sampledRequests()),
        Stat.gauge("store-hour-sampled-blocks", now.sampledBlocks()),
        Stat.gauge("store-hour-sampled-one-in", 1L << now.shift()),
        Stat.counter("store-samples-dropped", lost),
        Stat.counter("store-samples-failed", failures.sum()));
  }

  RegretSnapshot snapshot() {
    return snapshot;
  }

  /// Ends the thread.
  public void stop() throws InterruptedException {
    stopped.countDown();
    thread.join();
  }
}
