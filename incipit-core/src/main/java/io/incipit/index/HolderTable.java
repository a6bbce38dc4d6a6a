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
  private static final long DEAD = 1L << 63;

  /// The largest holder number.
  static final int HOLDER_MAX = (1 << 24) - 1;

  private int[] byOwnerAndTier = new int[16 * Tier.COUNT];
  private volatile long[] holders = filled(32);
  private volatile long[][] alone = new long[Tier.COUNT][1];
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
    markAlone(owner);
    return holder;
  }

  /// Brings the sets of holders that are alone up to date for one owner.
  private void markAlone(int owner) {
    int live = 0;
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      live += find(owner, tier) != 0 ? 1 : 0;
    }
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      int holder = find(owner, tier);
      if (holder != 0) {
        setAlone(tier, holder, live == 1);
      }
    }
  }

  private void setAlone(int tier, int holder, boolean isAlone) {
    int word = holder >>> 6;
    var sets = alone;
    if (word >= sets[0].length) {
      sets = new long[Tier.COUNT][];
      for (int t = 0; t < Tier.COUNT; t++) {
        sets[t] = Arrays.copyOf(alone[t], 2 * alone[t].length);
      }
      alone = sets;
    }
    long bit = 1L << holder;
    Segments.WORDS.setRelease(
        sets[tier], word, isAlone ? sets[tier][word] | bit : sets[tier][word] & ~bit);
  }

  /// Words of a set with a bit for each holder; safe to ask from any thread.
  int setWords() {
    return alone[0].length;
  }

  /// Copies the set of holders in a tier that are the only live ones of their owners. For any
  /// thread.
  void copyAlone(int tier, long[] target, int targetOffset, int words) {
    System.arraycopy(alone[tier], 0, target, targetOffset, words);
  }

  private int add() {
    if (count > HOLDER_MAX) {
      throw new IllegalStateException(
          "holders: %d (expected: at most %d)".formatted(count, HOLDER_MAX));
    }
    if (count == holders.length) {
      var grown = filled(2 * count);
      System.arraycopy(holders, 0, grown, 0, count);
      holders = grown;
    }
    return count++;
  }

  private static long[] filled(int length) {
    var dead = new long[length];
    Arrays.fill(dead, DEAD);
    return dead;
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
    set(holder, DEAD | (long) owner << 2 | tierCode);
    setAlone(tierCode, holder, false);
    markAlone(owner);
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

  /// Whose number it is, for [#owner], [#tier] and [#isLive]; not live if it was never given out.
  long ownerAndTier(int holder) {
    var all = holders;
    return holder < all.length ? (long) Segments.WORDS.getAcquire(all, holder) : DEAD;
  }

  /// Whether a holder is not masked.
  static boolean isLive(long ownerAndTier) {
    return ownerAndTier >= 0;
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
