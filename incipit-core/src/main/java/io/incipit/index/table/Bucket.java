// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// A bucket of a [SlotTable]: an open-addressing table with linear probing, its slots in the order
/// of their tags. Growing and splitting replace it.
///
/// One writer, any readers, which look again if they miss and [#changedSince] says so.
public final class Bucket {
  /// [#used] of a bucket that was replaced.
  static final int REPLACED = Integer.MAX_VALUE;

  /// Slots beyond the last home, for what is shifted there; more where hashes crowd at the end.
  private static final int MARGIN = 32;

  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Bucket.class, "version", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// Homes first, then a margin for what is shifted there. The last one is always empty.
  public final long[] slots;

  final int homes;

  /// Bits of the hash, from the top, that all slots of this bucket share.
  final int depth;

  /// Bits of the hash before the tag.
  final int base;

  /// Slots in use; [#REPLACED] once the bucket is replaced.
  int used;

  /// Odd while slots move, and for ever once the bucket is replaced. Changes whenever a reader may
  /// have missed a slot that was there.
  private int version;

  private Bucket(long[] slots, int homes, int depth, int base) {
    this.slots = slots;
    this.homes = homes;
    this.depth = depth;
    this.base = base;
  }

  /// A bucket with the slots of `old`, which stand in the order of their tags. Without branches: an
  /// empty slot is written, too, where the next one will go.
  static Bucket of(long[] old, int homes, int depth, int base) {
    var fresh = new long[homes + MARGIN];
    int next = 0;
    for (long slot : old) {
      int at = Math.max(next, home(slot & SlotTable.TAG_MASK, homes, depth - base));
      if (at + MARGIN / 2 >= fresh.length) {
        fresh = Arrays.copyOf(fresh, fresh.length + fresh.length / 8 + MARGIN);
      }
      fresh[at] = slot;
      next = slot == 0 ? next : at + 1;
    }
    return new Bucket(fresh, homes, depth, base);
  }

  /// What slots here keep of a hash.
  public long tag(long mixed) {
    return tag(mixed, base);
  }

  private static long tag(long mixed, int base) {
    return (mixed << base) >>> (Long.SIZE - SlotTable.OFFSET_SHIFT);
  }

  /// A slot with the tag of another window of its hash.
  static long tagged(long slot, long mixed, int base) {
    return (slot & ~SlotTable.TAG_MASK) | tag(mixed, base);
  }

  /// Index at which the search for a tag starts.
  public int home(long tag) {
    return home(tag, homes, depth - base);
  }

  private static int home(long tag, int homes, int shared) {
    return (int) ((((tag << shared) & SlotTable.TAG_MASK) * homes) >>> SlotTable.OFFSET_SHIFT);
  }

  /// Puts slots in the order of their tags, empty ones first.
  static void sortByTag(long[] slots) {
    for (int i = 0; i < slots.length; i++) {
      slots[i] = Long.rotateRight(slots[i], SlotTable.OFFSET_SHIFT) ^ Long.MIN_VALUE;
    }
    Arrays.sort(slots);
    for (int i = 0; i < slots.length; i++) {
      slots[i] = Long.rotateLeft(slots[i] ^ Long.MIN_VALUE, SlotTable.OFFSET_SHIFT);
    }
  }

  /// The version, for [#changedSince].
  public int version() {
    return (int) VERSION.getAcquire(this);
  }

  /// Whether slots moved since `version` was read, or were moving then.
  public boolean changedSince(int seen) {
    VarHandle.acquireFence();
    return (seen & 1) != 0 || (int) VERSION.getOpaque(this) != seen;
  }

  /// Makes readers that miss here look again until [#endChange].
  public void beginChange() {
    VERSION.setOpaque(this, version + 1);
    VarHandle.storeStoreFence();
  }

  /// Ends what [#beginChange] began.
  public void endChange() {
    VERSION.setRelease(this, version + 1);
  }

  /// The first index whose slot is empty or has at least a tag. For the writer.
  public int seek(long tag) {
    int index = home(tag);
    while (true) {
      long slot = SlotTable.slotAt(slots, index);
      if (slot == 0 || (slot & SlotTable.TAG_MASK) >= tag) {
        return index;
      }
      index++;
    }
  }

  /// The first empty slot from an index on.
  int firstEmpty(int from) {
    int at = from;
    while (slots[at] != 0) {
      at++;
    }
    return at;
  }

  /// Puts a slot where another is, and those up to the empty one at `end` one further.
  void shiftIn(int at, int end, long slot) {
    for (int i = end; i > at; i--) {
      GrowableWords.WORDS.setRelease(slots, i, slots[i - 1]);
    }
    GrowableWords.WORDS.setRelease(slots, at, slot);
  }

  /// Takes a slot away, and moves those behind it back that are behind their homes. Between
  /// [#beginChange] and [#endChange].
  void shiftOut(int from) {
    int at = from;
    while (slots[at + 1] != 0 && home(slots[at + 1] & SlotTable.TAG_MASK) <= at) {
      slots[at] = slots[at + 1];
      at++;
    }
    slots[at] = 0;
  }

  /// Where a slot is, which must be here.
  int indexOf(long slot) {
    int at = home(slot & SlotTable.TAG_MASK);
    while (slots[at] != slot) {
      assert slots[at] != 0 : "slot is not in the table";
      at++;
    }
    return at;
  }

  void replace(long from, long to, long mixed) {
    long tag = tag(mixed);
    slots[indexOf(from | tag)] = to | tag;
  }

  /// Makes the slot of a block name another.
  public void rename(long from, long to, long mixed) {
    beginChange();
    replace(from, to, mixed);
    endChange();
  }
}
