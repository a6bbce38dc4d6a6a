// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
import java.util.Arrays;

/// The holders of an index as small numbers: an owner in a tier gets one with its first block. A
/// cleared holder's number is dead at once, which masks it everywhere; the number is used again
/// only after every run has been swept of it.
///
/// Written by one writer; [#ownerAndTier] is for any thread.
final class HolderTable {
  /// What [#ownerAndTier] says of a dead number.
  static final long DEAD = -1;

  /// The largest holder number.
  static final int HOLDER_MAX = (1 << 24) - 1;

  private int[] byOwnerAndTier = new int[16 * Tier.COUNT];
  private volatile long[] holders = new long[32];
  private int count = 1;
  private int[] free = new int[0];
  private int freeCount;
  private int[] dead = new int[0];
  private int deadCount;

  /// The number of an owner in a tier, or 0 if it has none.
  int find(int owner, int tierCode) {
    int at = owner * Tier.COUNT + tierCode;
    return at < byOwnerAndTier.length ? byOwnerAndTier[at] : 0;
  }

  /// The number of an owner in a tier, given out if need be.
  int findOrAdd(int owner, int tierCode) {
    int found = find(owner, tierCode);
    if (found != 0) {
      return found;
    }
    int at = owner * Tier.COUNT + tierCode;
    if (at >= byOwnerAndTier.length) {
      byOwnerAndTier = Arrays.copyOf(byOwnerAndTier, Math.max(at + 1, at * 2));
    }
    int holder = freeCount > 0 ? free[--freeCount] : add();
    byOwnerAndTier[at] = holder;
    set(holder, (long) owner << 2 | tierCode);
    return holder;
  }

  private int add() {
    if (count > HOLDER_MAX) {
      throw new IllegalStateException(
          "holders: %d (expected: at most %d)".formatted(count, HOLDER_MAX));
    }
    if (count == holders.length) {
      holders = Arrays.copyOf(holders, 2 * count);
    }
    return count++;
  }

  private void set(int holder, long value) {
    Segments.WORDS.setRelease(holders, holder, value);
  }

  /// Masks an owner in a tier; says whether there was anything to mask.
  boolean kill(int owner, int tierCode) {
    int holder = find(owner, tierCode);
    if (holder == 0) {
      return false;
    }
    byOwnerAndTier[owner * Tier.COUNT + tierCode] = 0;
    set(holder, DEAD);
    dead = append(dead, deadCount++, holder);
    return true;
  }

  private static int[] append(int[] list, int count, int value) {
    var room = count == list.length ? Arrays.copyOf(list, Math.max(16, 2 * count)) : list;
    room[count] = value;
    return room;
  }

  /// Numbers that are dead and not given back yet.
  int deadCount() {
    return deadCount;
  }

  int dead(int i) {
    return dead[i];
  }

  /// Gives back the first `swept` dead numbers: no run names them any more.
  void reuse(int swept) {
    for (int i = 0; i < swept; i++) {
      free = append(free, freeCount++, dead[i]);
    }
    System.arraycopy(dead, swept, dead, 0, deadCount - swept);
    deadCount -= swept;
  }

  /// `owner << 2 | tier` of a holder number, or [#DEAD], also for a number never given out.
  long ownerAndTier(int holder) {
    var all = holders;
    return holder < all.length ? (long) Segments.WORDS.getAcquire(all, holder) : DEAD;
  }

  static int owner(long ownerAndTier) {
    return (int) (ownerAndTier >>> 2);
  }

  static int tier(long ownerAndTier) {
    return (int) ownerAndTier & 3;
  }

  /// Largest number given out, plus one.
  int count() {
    return count;
  }

  long bytes() {
    return 8L * holders.length + 4L * (byOwnerAndTier.length + free.length + dead.length);
  }
}
