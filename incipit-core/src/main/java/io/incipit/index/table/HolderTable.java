// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import io.incipit.block.Tier;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/// The holders of an index as small numbers: an owner in a tier gets one with its first block. A
/// cleared holder's number is dead at once, which masks it everywhere; the number is used again
/// only after every run has been swept of it.
///
/// Written by one writer; [#ownerAndTier] is for any thread.
public final class HolderTable {
  /*
   *   in use   owner << 2 | tier
   *   dead     -2 - next number in its list, where 0 ends the list; -1 if never given out
   *
   * Dead numbers wait in one of three lists: cleared since the sweep began, being swept, free. A
   * list moves as a whole and pages stay where they are, so no change touches more than a few
   * words.
   */
  /// The largest holder number.
  public static final int HOLDER_MAX = (1 << 24) - 1;

  private static final int PAGE_LOG = 6;
  private static final int PAGE_WORDS = 1 << PAGE_LOG;
  private static final long NEVER = -1;
  private static final int[] NO_NUMBERS = new int[0];

  private volatile long[][] holders = new long[0][];
  private volatile long[][] singleTier = new long[Tier.COUNT][1];
  private final AtomicInteger version = new AtomicInteger();
  private final FaultPoints faults;
  private volatile int[][] numbers = new int[0][];
  private int numberPages;
  private int count = 1;
  private int dead;
  private int cleared;
  private int clearedLast;
  private int sweeping;
  private int sweepingLast;
  private int sweepingCount;
  private int free;

  public HolderTable() {
    this(new FaultPoints());
  }

  public HolderTable(FaultPoints faults) {
    this.faults = faults;
  }

  /// The number of an owner in a tier, or 0 if it has none. For any thread; one that is not the
  /// writer believes it if [#version] is the same before and after.
  public int find(int owner, int tierCode) {
    long at = (long) owner << 2 | tierCode;
    int page = (int) (at >>> PAGE_LOG);
    var pages = numbers;
    var words = page < pages.length ? pages[page] : NO_NUMBERS;
    return words.length > 0 ? words[(int) at & (PAGE_WORDS - 1)] : 0;
  }

  private void number(int owner, int tierCode, int number) {
    long at = (long) owner << 2 | tierCode;
    numbers[(int) (at >>> PAGE_LOG)][(int) at & (PAGE_WORDS - 1)] = number;
  }

  /// Makes room for the numbers of an owner.
  private void makeRoom(int owner) {
    int page = (int) ((long) owner << 2 >>> PAGE_LOG);
    if (page >= numbers.length) {
      int old = numbers.length;
      var grown = Arrays.copyOf(numbers, Math.max(page + 1, 2 * old));
      Arrays.fill(grown, old, grown.length, NO_NUMBERS);
      numbers = grown;
    }
    if (numbers[page].length == 0) {
      numbers[page] = new int[PAGE_WORDS];
      numberPages++;
    }
  }

  /// The number of an owner in a tier, given out if need be.
  public int findOrAdd(int owner, int tierCode) {
    int found = find(owner, tierCode);
    if (found != 0) {
      return found;
    }
    int holder = free;
    if (holder == 0) {
      holder = add();
    } else {
      free = next(holder);
    }
    makeRoom(owner);
    makeRoomSingleTier(holder);
    version.incrementAndGet();
    number(owner, tierCode, holder);
    set(holder, (long) owner << 2 | tierCode);
    faults.reach();
    markSingleTier(owner);
    version.incrementAndGet();
    return holder;
  }

  /// Brings up to date, for one owner, the sets of holders that are the only live ones of theirs.
  private void markSingleTier(int owner) {
    int live = 0;
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      live += find(owner, tier) != 0 ? 1 : 0;
    }
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      int holder = find(owner, tier);
      if (holder != 0) {
        setSingleTier(tier, holder, live == 1);
      }
    }
  }

  private void makeRoomSingleTier(int holder) {
    if (holder >>> 6 >= singleTier[0].length) {
      var sets = new long[Tier.COUNT][];
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        sets[tier] = Arrays.copyOf(singleTier[tier], 2 * singleTier[tier].length);
      }
      singleTier = sets;
    }
  }

  private void setSingleTier(int tier, int holder, boolean isSingle) {
    int word = holder >>> 6;
    var sets = singleTier;
    long bit = 1L << holder;
    long bits = sets[tier][word];
    GrowableWords.WORDS.setRelease(sets[tier], word, isSingle ? bits | bit : bits & ~bit);
  }

  /// Words of a set with a bit for each holder; safe to ask from any thread.
  public int setWords() {
    return singleTier[0].length;
  }

  /// Copies the set of holders in a tier that are the only live ones of their owners. For any
  /// thread.
  public void copySingleTier(int tier, long[] target, int targetOffset, int words) {
    System.arraycopy(singleTier[tier], 0, target, targetOffset, words);
  }

  /// Open ([#isOpen]) while numbers are given out or masked; another one afterwards. What is read
  /// between two calls goes together if they say the same and it is not open. For any thread.
  public int version() {
    VarHandle.acquireFence();
    return version.get();
  }

  /// Whether a version is one during a change.
  public static boolean isOpen(int version) {
    return (version & 1) != 0;
  }

  private int add() {
    if (count > HOLDER_MAX) {
      throw new IllegalStateException(
          "holders: %d (expected: at most %d)".formatted(count, HOLDER_MAX));
    }
    if (count >>> PAGE_LOG == holders.length) {
      var grown = Arrays.copyOf(holders, holders.length + 1);
      grown[holders.length] = new long[PAGE_WORDS];
      Arrays.fill(grown[holders.length], NEVER);
      holders = grown;
    }
    return count++;
  }

  private void set(int holder, long value) {
    GrowableWords.WORDS.setRelease(holders[holder >>> PAGE_LOG], holder & (PAGE_WORDS - 1), value);
  }

  private int next(int holder) {
    return (int) (-2 - ownerAndTier(holder));
  }

  /// Masks an owner in a tier, if it has a number.
  public void mask(int owner, int tierCode) {
    int holder = find(owner, tierCode);
    if (holder == 0) {
      return;
    }
    version.incrementAndGet();
    number(owner, tierCode, 0);
    setSingleTier(tierCode, holder, false);
    markSingleTier(owner);
    set(holder, -2L - cleared);
    faults.reach();
    version.incrementAndGet();
    if (cleared == 0) {
      clearedLast = holder;
    }
    cleared = holder;
    dead++;
  }

  /// Whether there are numbers that are dead and not free yet.
  public boolean hasDead() {
    return dead > 0;
  }

  /// A sweep of all runs begins: it is for the numbers that are dead by now.
  public void beginSweep() {
    sweeping = cleared;
    sweepingLast = clearedLast;
    sweepingCount = dead;
    cleared = 0;
  }

  /// All runs have been swept: the numbers it was for are free.
  public void endSweep() {
    if (sweeping != 0) {
      set(sweepingLast, -2L - free);
      free = sweeping;
      sweeping = 0;
      dead -= sweepingCount;
    }
  }

  /// `owner << 2 | tier` of a holder number; negative if it is dead or was never given out. Of any
  /// number, since readers ask before they know whether what they read is one.
  public long ownerAndTier(int holder) {
    var pages = holders;
    int page = holder >>> PAGE_LOG;
    return page < pages.length
        ? (long) GrowableWords.WORDS.getAcquire(pages[page], holder & (PAGE_WORDS - 1))
        : NEVER;
  }

  public static boolean isDead(long ownerAndTier) {
    return ownerAndTier < 0;
  }

  public static int owner(long ownerAndTier) {
    return (int) (ownerAndTier >>> 2);
  }

  public static int tier(long ownerAndTier) {
    return (int) ownerAndTier & 3;
  }

  public long bytes() {
    return PAGE_WORDS * ((long) Long.BYTES * holders.length + (long) Integer.BYTES * numberPages)
        + (long) Tier.COUNT * Long.BYTES * singleTier[0].length;
  }
}
