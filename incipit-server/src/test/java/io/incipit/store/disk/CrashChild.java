// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.Points.Point;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.memory.Payload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// A process that puts and removes until it reaches a point of the store's work for the n-th time;
/// there it says so and stands still, to be killed. What it asks for and what it is told it prints.
final class CrashChild implements Tenants {
  static final int KEYS = 40;

  /// Waiting puts beyond which nothing more is asked for.
  private static final int WAITING_MAX = 12;

  private final Map<KeyHash, Integer> byHash = new HashMap<>();
  private final RandomGenerator random;
  private final AtomicInteger waiting = new AtomicInteger();

  private CrashChild(long seed) {
    this.random = RandomSource.seeded(seed);
  }

  static DiskConfig config(Path directory) {
    return new DiskConfig(directory, 2 << 20, 256 << 10, 1 << 20, 4, true);
  }

  /// Directory, seed, first version, point, which time it is reached.
  public static void main(String[] arguments) throws Exception {
    var point = Point.valueOf(arguments[3]);
    var left = new AtomicInteger(Integer.parseInt(arguments[4]));
    new CrashChild(Long.parseLong(arguments[1]))
        .run(
            Path.of(arguments[0]),
            Long.parseLong(arguments[2]),
            reached -> {
              if (reached == point && left.decrementAndGet() <= 0) {
                say("at", point.toString());
                while (true) {
                  LockSupport.park();
                }
              }
            });
  }

  private static void say(String... words) {
    synchronized (System.out) {
      System.out.println(String.join(" ", words));
      System.out.flush();
    }
  }

  private static void say(String what, long key, long version, Object more) {
    say(what, Long.toString(key), Long.toString(version), more.toString());
  }

  private void run(Path directory, long first, Points points) throws IOException {
    var store =
        DiskStore.open(
            config(directory),
            RawDisk.system(),
            Clock.system(),
            this,
            KeyHash::of,
            points,
            DiskFault.NONE);
    for (int key = 0; key < KEYS; key++) {
      byHash.put(store.hash(Payload.key(key)), key);
    }
    store.start();
    for (long version = first; ; version++) {
      while (waiting.get() >= WAITING_MAX) {
        Thread.onSpinWait();
      }
      step(store, random.nextInt(KEYS), version);
    }
  }

  private void step(DiskStore store, int key, long version) {
    waiting.incrementAndGet();
    if (random.nextInt(5) == 0) {
      say("remove", key, version, 0);
      var _ = store.remove(Payload.key(key)).thenAccept(outcome -> ended(key, version, outcome));
    } else {
      boolean large = random.nextInt(10) == 0;
      int length =
          large ? 200_000 + random.nextInt(200_000) : (int) Math.pow(2, 15 * random.nextDouble());
      say("put", key, version, length);
      var source = DiskRig.source(key, version, length, false);
      var _ =
          store
              .put(Payload.key(key), version, new Fingerprint(key, version), source)
              .thenAccept(outcome -> ended(key, version, outcome));
    }
  }

  private void ended(int key, long version, Outcome outcome) {
    say("ended", key, version, outcome);
    waiting.decrementAndGet();
  }

  @Override
  public boolean keep(KeyHash hash, int length, boolean read) {
    return (hash.low() & 3) != 0;
  }

  @Override
  public void gone(KeyHash hash, Optional<byte[]> key, boolean wrong) {
    say("gone", byHash.get(hash), 0, 0);
  }
}
