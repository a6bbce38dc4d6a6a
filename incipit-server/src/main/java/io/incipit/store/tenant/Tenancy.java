// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.tenant;

import io.incipit.block.Stat;
import io.incipit.quota.Quotas;
import io.incipit.store.block.BlockKey;
import io.incipit.store.memory.Family;
import io.incipit.store.retain.Retention;
import io.incipit.store.tenant.Residents.Share;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Holds namespaces to their quotas of the store's memory, and keeps their floors for them. The
/// keys of Redis are a namespace together.
///
/// Where there are no quotas it does nothing and takes nothing. For the store's writer, but for
/// what says otherwise.
public final class Tenancy {
  /// Families in a row that cannot go, after which the rest waits.
  private static final int KEPT_MAX = 64;

  /// Values that go before one change.
  private static final int TRIMMED_A_CHANGE = 64;

  /// Values that go in one round of upkeep.
  private static final int TRIMMED_A_TICK = 4_096;

  /// What came of letting a family go.
  public enum Fate {
    /// It is no more in memory.
    GONE,
    /// It is being copied, and goes then.
    AWAY,
    /// Somebody has it in hand.
    KEPT;

    /// What came of letting it go at once.
    public static Fate of(boolean gone) {
      return gone ? GONE : KEPT;
    }
  }

  private final ToLongFunction<byte[]> families;
  private final Weight weights;
  private final Retention retention;
  private final Function<Family, Fate> evictor;
  private final Residents residents = new Residents();
  private Quotas quotas = Quotas.none();
  private String redis = "";

  /// Whether quotas are not what they were.
  private volatile boolean changed;

  private final LongAdder evicted = new LongAdder();
  private final LongAdder passed = new LongAdder();

  /// What values take of the store.
  public interface Weight {
    /// Bytes of the pool that a value takes, or as many as its part of the heap stands for.
    long of(byte[] key, int length);
  }

  /// @param families the number of a key's family
  /// @param weights what counts for floors
  /// @param retention which is told what not to give up
  /// @param evictor lets a family go
  public Tenancy(
      ToLongFunction<byte[]> families,
      Weight weights,
      Retention retention,
      Function<Family, Fate> evictor) {
    this.families = families;
    this.weights = weights;
    this.retention = retention;
    this.evictor = evictor;
  }

  /// Says which quotas there are, before the store starts.
  ///
  /// @param redisName the namespace that the keys of Redis are
  public void quotas(Quotas all, String redisName) {
    quotas = all;
    redis = redisName;
    retention.guard(this::isGuarded);
    all.onChange(() -> changed = true);
  }

  /// A key has a value.
  public void came(byte[] key, int bytes) {
    if (quotas.isOn()) {
      try {
        residents.came(namespace(key), families.applyAsLong(key), bytes, weights.of(key, bytes));
      } catch (OutOfMemoryError noHeap) {
        // The value is there, whether it counts or not.
        changed = true;
      }
    }
  }

  /// The value of a key is no more.
  public void gone(byte[] key, int bytes) {
    if (quotas.isOn()) {
      residents.gone(families.applyAsLong(key), bytes, weights.of(key, bytes));
    }
  }

  /// The namespace whose quotas a key counts for. Any thread.
  private String namespace(byte[] key) {
    return BlockKey.isReserved(key)
        ? BlockKey.parse(key).map(BlockKey::namespace).orElse(redis)
        : redis;
  }

  /// Blocks of a prompt were used.
  ///
  /// @param ids from the root
  public void used(long[] ids) {
    // A block is as old as what is below it, or younger.
    for (int i = ids.length - 1; i >= 0 && quotas.isOn(); i--) {
      residents.used(ids[i]);
    }
  }

  /// A family was used.
  public void used(long id) {
    if (quotas.isOn()) {
      residents.used(id);
    }
  }

  /// A family stays that was [away][Fate#AWAY].
  public void back(long id) {
    if (quotas.isOn()) {
      residents.back(id);
    }
  }

  /// Whether a family is of a floor, so that it does not go for others.
  public boolean isGuarded(long id) {
    var share = quotas.isOn() ? residents.share(id) : null;
    boolean guarded =
        share != null && share.weight - residents.weight(id) < quotas.of(share.namespace).floor();
    if (guarded) {
      passed.increment();
    }
    return guarded;
  }

  /// Whether a namespace has less than its floor, so that all of it is wanted.
  public boolean isBelowFloor(String namespace) {
    if (!quotas.isOn()) {
      return false;
    }
    var share = residents.share(namespace);
    return (share == null ? 0 : share.weight) < quotas.of(namespace).floor();
  }

  /// Why a value can never be kept, however much goes for it; empty if it can. Any thread.
  public String refusal(byte[] key, long length) {
    if (!quotas.isOn()) {
      return "";
    }
    var namespace = namespace(key);
    long most = quotas.of(namespace).bytes();
    return length <= most
        ? ""
        : "LIMIT bytes of %s: %d (expected: at most %d, its quota)"
            .formatted(namespace, length, most);
  }

  /// What comes before each change: the families that were used the longest ago go of namespaces
  /// that have more than they may.
  public void begin() {
    trim(TRIMMED_A_CHANGE);
  }

  /// What is done every now and then: as [#begin], of more, and of those that had them in
  /// somebody's hands.
  public void tick() {
    residents.stuckAgain();
    trim(TRIMMED_A_TICK);
  }

  /// Lets families go of a namespace with a floor for a value of its own, where nothing else can
  /// go: floors are against others.
  ///
  /// @return whether any did
  public boolean makeRoom(byte[] key, long bytes) {
    var share = quotas.isOn() ? residents.share(namespace(key)) : null;
    return share != null
        && quotas.of(share.namespace).floor() > 0
        && trim(share, Math.max(0, share.bytes - bytes), TRIMMED_A_CHANGE) < TRIMMED_A_CHANGE;
  }

  private void trim(int most) {
    if (!quotas.isOn()) {
      return;
    }
    if (changed) {
      changed = false;
      residents.allAgain();
    }
    int left = most;
    for (var share : residents.takeGrown()) {
      int before = left;
      left = trim(share, quotas.of(share.namespace).bytes(), left);
      if (share.bytes <= quotas.of(share.namespace).bytes()) {
        continue;
      }
      if (left == before && left > 0) {
        // Else each change of others would try it.
        residents.stuck(share);
      } else {
        residents.again(share);
      }
    }
  }

  private int trim(Share share, long quota, int most) {
    int kept = 0;
    int left = most;
    while (share.bytes > quota && left > 0 && kept < KEPT_MAX && residents.hasAny(share)) {
      long id = retention.tip(residents.oldest(share));
      var family = new Family();
      retention.members(id, family);
      switch (evict(id, family)) {
        case GONE -> {
          left -= family.size();
          evicted.increment();
        }
        case AWAY -> {
          residents.away(id);
          left -= family.size();
          evicted.increment();
        }
        case KEPT -> {
          residents.used(residents.oldest(share));
          residents.used(id);
          kept++;
        }
      }
    }
    return left;
  }

  private Fate evict(long id, Family family) {
    return family.size() == 0 || retention.isPinned(id) ? Fate.KEPT : evictor.apply(family);
  }

  /// Counters, each of some moment. Any thread.
  public List<Stat> stats() {
    return List.of(
        Stat.counter("store-quota-evicted", evicted.sum()),
        Stat.counter("store-floor-passed", passed.sum()));
  }
}
