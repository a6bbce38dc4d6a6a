// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Blocks that are to stay for a while. The store's writer changes it; any thread looks up.
///
/// Memory: some 90 B of heap a pin, by the sizes of its objects.
public final class Pins {
  /// Blocks that are pinned at a time.
  public static final int MAX = 1 << 16;

  private static final long SWEEP_NS = 1_000_000_000L;

  /// A pin.
  ///
  /// @param hard whether the block stays even if nothing else can go; else it goes last
  /// @param untilNs when it ends, by the clock of the store
  /// @param bytes of memory that the block takes, as who pinned it said
  public record Pinned(boolean hard, long untilNs, long bytes) {
    boolean lasts(long nowNs) {
      return untilNs - nowNs > 0;
    }
  }

  private final Map<Long, Pinned> pins = new ConcurrentHashMap<>();
  /// Changed by the writer.
  private final AtomicLong hardBytes = new AtomicLong();

  private boolean swept;
  private long sweptNs;

  Pins() {}

  /// The pin of a block, if it has not ended. Any thread.
  public Optional<Pinned> find(long id, long nowNs) {
    if (pins.isEmpty()) {
      return Optional.empty();
    }
    return Optional.ofNullable(pins.get(id)).filter(pin -> pin.lasts(nowNs));
  }

  /// Whether a block is to stay whatever happens. Any thread.
  public boolean isHard(long id, long nowNs) {
    return find(id, nowNs).map(Pinned::hard).orElse(false);
  }

  /// Whether there is room for so many more. Forgets those that have ended if there is none.
  public boolean hasRoom(int more, long nowNs) {
    if (pins.size() + more > MAX) {
      sweep(nowNs);
    }
    return pins.size() + more <= MAX;
  }

  /// Bytes of a block that are in [#hardBytes()].
  public long hardBytes(long id) {
    var pin = pins.get(id);
    return pin != null && pin.hard() ? pin.bytes() : 0;
  }

  /// Bytes of all that are pinned hard, those included that have ended and were not looked at
  /// since. Any thread.
  public long hardBytes() {
    return hardBytes.get();
  }

  /// Forgets pins that have ended, unless that was done within the last second. The writer.
  public void sweep(long nowNs) {
    if (swept && nowNs - sweptNs < SWEEP_NS) {
      return;
    }
    swept = true;
    sweptNs = nowNs;
    for (var pin : pins.entrySet()) {
      if (!pin.getValue().lasts(nowNs)) {
        remove(pin.getKey());
      }
    }
  }

  void add(long id, Pinned pin) {
    remove(id);
    pins.put(id, pin);
    hardBytes.addAndGet(pin.hard() ? pin.bytes() : 0);
  }

  /// Ends a pin.
  ///
  /// @return whether there was one, ended or not
  boolean remove(long id) {
    var before = pins.remove(id);
    hardBytes.addAndGet(before != null && before.hard() ? -before.bytes() : 0);
    return before != null;
  }

  void clear() {
    pins.clear();
    hardBytes.set(0);
  }

  /// Pins, those included that have ended and were not looked at since. Any thread.
  public int size() {
    return pins.size();
  }
}
