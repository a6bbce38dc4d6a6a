// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.env.Clock;
import io.incipit.store.disk.Tenants;
import io.incipit.store.disk.record.KeyHash;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/// What the tier `DISK` asks and tells: values that were read, or that somebody will read soon,
/// outlive their extent; those that do not are told to the store's writer. Thread-safe.
final class DiskTenants implements Tenants {
  /// Leases at a time; a value beyond them has none.
  static final int LEASES_MAX = 65_536;

  /// A value that is gone.
  ///
  /// @param wrong whether it was not what was written, or could not be read
  record Lost(KeyHash hash, boolean wrong) {}

  private final Clock clock;
  private final ConcurrentHashMap<KeyHash, Long> leases = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Lost> lost = new ConcurrentLinkedQueue<>();

  /// Whether the family of a value is to stay.
  private volatile LongPredicate pinned = _ -> false;

  DiskTenants(Clock clock) {
    this.clock = clock;
  }

  /// Says which families are to stay, asked by any thread.
  void pinned(LongPredicate families) {
    pinned = families;
  }

  /// Keeps a value for a while, since somebody will read it.
  void lease(KeyHash hash, long durationNs) {
    if (leases.size() < LEASES_MAX) {
      leases.put(hash, clock.nanoTime() + durationNs);
    }
  }

  @Override
  public boolean keep(KeyHash hash, int length, boolean read) {
    var until = leases.get(hash);
    return read || pinned.test(hash.high()) || (until != null && until - clock.nanoTime() > 0);
  }

  @Override
  public void gone(KeyHash hash, Optional<byte[]> key, boolean wrong) {
    lost.add(new Lost(hash, wrong));
  }

  /// Hands out what is gone since the last call. The store's writer.
  void tell(Consumer<Lost> listener) {
    for (var one = lost.poll(); one != null; one = lost.poll()) {
      listener.accept(one);
    }
  }

  /// Forgets leases that are over.
  void tick() {
    long now = clock.nanoTime();
    leases.values().removeIf(until -> until - now <= 0);
  }
}
