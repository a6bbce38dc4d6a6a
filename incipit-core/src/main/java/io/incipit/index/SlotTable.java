// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// An open-addressing table of 64-bit slots that grows piece by piece. A slot names a block (run
/// and offset) and carries a tag of its hash; whoever looks a hash up verifies the block itself.
///
/// One writer, any readers. A reader that finds what it looks for needs no check; one that does not
/// looks again if the piece's version has changed meanwhile.
final class SlotTable {
  /*
   * A tree of nodes with 64 references, by six bits of the hash a level from the top; leaves are
   * pieces of at most 8,192 slots. A full piece grows by a fifth; at its largest it is split in
   * two, within its node as long as it covers more than one reference, else below a new node. So no
   * insert touches more than 8,192 slots and 64 references, and a piece is 60 to 78% full in steady
   * state.
   *
   *   slot   63..36 run (28 bits, never 0) | 35..25 offset (11) | 24..0 tag
   *
   * The slot index in a piece follows from the tag alone, so a piece is rebuilt from its own slots;
   * only a split asks for the hash. Removal shifts later slots back, with the version odd
   * meanwhile: no tombstones, no rebuild in steady state.
   */
  static final int RUN_SHIFT = 36;
  static final int OFFSET_SHIFT = 25;
  static final int OFFSET_MASK = 0x7FF;
  static final long TAG_MASK = (1L << OFFSET_SHIFT) - 1;
  static final int PIECE_SLOTS_MAX = 8_192;

  /// The largest run number a slot can carry.
  static final int RUN_MAX = (1 << 28) - 1;

  private static final int FANOUT_LOG = 6;
  private static final int FANOUT = 1 << FANOUT_LOG;
  private static final int FIRST_SLOTS = 16;
  private static final VarHandle REFERENCES = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Piece.class, "version", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// A leaf: an open-addressing table with linear probing.
  static final class Piece {
    /// Replaced when the piece grows or shrinks; written by the writer only.
    volatile long[] slots;

    /// Odd while slots move. Changes whenever a reader may have missed a slot that was there.
    private int version;

    private int used;

    /// Bits of the hash, from the top, that all slots of this piece share.
    private final int depth;

    Piece(long[] slots, int depth) {
      this.slots = slots;
      this.depth = depth;
    }

    /// The version, for [#changedSince].
    int version() {
      return (int) VERSION.getAcquire(this);
    }

    /// Whether slots moved since `version` was read, or were moving then.
    boolean changedSince(int seen) {
      VarHandle.acquireFence();
      return (seen & 1) != 0 || (int) VERSION.getOpaque(this) != seen;
    }
  }

  /// Finds the hash of a slot's block, mixed by [#mix]; asked when a piece is split.
  interface Hashes {
    long mixedOf(long slot);
  }

  private final Object[] root = new Object[FANOUT];
  private final Hashes hashes;
  private final long secret;
  private long slots;
  private long used;
  private long touched;

  SlotTable(long secret, Hashes hashes) {
    this.secret = secret;
    this.hashes = hashes;
    Arrays.fill(root, new Piece(new long[FIRST_SLOTS], 0));
    slots = FIRST_SLOTS;
  }

  /// Bytes of all slots and nodes, nearly.
  long bytes() {
    return slots * Long.BYTES;
  }

  /// Slots in use.
  long used() {
    return used;
  }

  /// Slots touched by growing and splitting since the last call.
  long takeTouched() {
    long result = touched;
    touched = 0;
    return result;
  }

  /// Spreads the last 8 bytes of a hash over 64 bits, in a way nobody outside can foresee.
  long mix(long low) {
    long x = (low ^ secret) * 0x9E37_79B9_7F4A_7C15L;
    x = (x ^ x >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    return x ^ x >>> 29;
  }

  /// The slot of a block.
  static long slot(int run, int offset, long mixed) {
    return (long) run << RUN_SHIFT | (long) offset << OFFSET_SHIFT | (mixed & TAG_MASK);
  }

  static int run(long slot) {
    return (int) (slot >>> RUN_SHIFT);
  }

  static int offset(long slot) {
    return (int) (slot >>> OFFSET_SHIFT) & OFFSET_MASK;
  }

  /// Index in `length` slots at which the search for a tag starts.
  static int home(long mixed, int length) {
    return (int) (((mixed & TAG_MASK) * length) >>> OFFSET_SHIFT);
  }

  /// The piece of a hash.
  Piece piece(long mixed) {
    var node = root;
    for (int shift = Long.SIZE - FANOUT_LOG; ; shift -= FANOUT_LOG) {
      var reference = REFERENCES.getAcquire(node, (int) (mixed >>> shift) & (FANOUT - 1));
      if (reference instanceof Piece piece) {
        return piece;
      }
      node = (Object[]) reference;
    }
  }

  /// Adds a slot. The caller has looked that its block is not there.
  void insert(long slot, long mixed) {
    var piece = piece(mixed);
    while (isFull(piece)) {
      grow(piece, mixed);
      piece = piece(mixed);
    }
    place(piece.slots, slot);
    piece.used++;
    used++;
  }

  private static boolean isFull(Piece piece) {
    return (piece.used + 1) * 32 > piece.slots.length * 25;
  }

  private static void place(long[] slots, long slot) {
    int at = home(slot, slots.length);
    while (slots[at] != 0) {
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    Segments.WORDS.setRelease(slots, at, slot);
  }

  /// Puts `to` where `from` is; both have the same tag. Between [#beginChange] and [#endChange].
  void replace(long from, long to, long mixed) {
    var slots = piece(mixed).slots;
    slots[indexOf(slots, from)] = to;
  }

  private static int indexOf(long[] slots, long slot) {
    int at = home(slot, slots.length);
    while (slots[at] != slot) {
      assert slots[at] != 0 : "slot is not in the table";
      at = at + 1 == slots.length ? 0 : at + 1;
    }
    return at;
  }

  /// Takes a slot away.
  void remove(long slot, long mixed) {
    var piece = piece(mixed);
    var all = piece.slots;
    int hole = indexOf(all, slot);
    beginChange(piece);
    int at = hole;
    while (true) {
      at = at + 1 == all.length ? 0 : at + 1;
      if (all[at] == 0) {
        break;
      }
      int home = home(all[at], all.length);
      boolean stays = hole <= at ? hole < home && home <= at : hole < home || home <= at;
      if (!stays) {
        all[hole] = all[at];
        hole = at;
      }
    }
    all[hole] = 0;
    endChange(piece);
    piece.used--;
    used--;
    if (all.length > FIRST_SLOTS && piece.used * 4 < all.length) {
      resize(piece, Math.max(FIRST_SLOTS, piece.used * 3 / 2));
    }
  }

  /// Makes readers that miss in `piece` look again until [#endChange].
  static void beginChange(Piece piece) {
    VERSION.setOpaque(piece, piece.version + 1);
    VarHandle.storeStoreFence();
  }

  /// Ends what [#beginChange] began.
  static void endChange(Piece piece) {
    VERSION.setRelease(piece, piece.version + 1);
  }

  /// Makes room for one more slot in the piece of `mixed`, so that the next insert there moves
  /// nothing.
  void ensureRoom(long mixed) {
    for (var piece = piece(mixed); isFull(piece); piece = piece(mixed)) {
      grow(piece, mixed);
    }
  }

  private void grow(Piece piece, long mixed) {
    int length = piece.slots.length;
    if (length < PIECE_SLOTS_MAX) {
      resize(piece, Math.min(PIECE_SLOTS_MAX, length + Math.max(8, length / 5)));
    } else {
      split(piece, mixed);
    }
  }

  private void resize(Piece piece, int length) {
    var old = piece.slots;
    var fresh = new long[length];
    for (long slot : old) {
      if (slot != 0) {
        place(fresh, slot);
      }
    }
    touched += old.length;
    slots += length - old.length;
    beginChange(piece);
    piece.slots = fresh;
    endChange(piece);
  }

  private void split(Piece piece, long mixed) {
    int length = piece.used * 3 / 4;
    var low = new Piece(new long[length], piece.depth + 1);
    var high = new Piece(new long[length], piece.depth + 1);
    for (long slot : piece.slots) {
      if (slot != 0) {
        long hash = hashes.mixedOf(slot);
        var half = (hash << piece.depth) < 0 ? high : low;
        while (isFull(half)) {
          resize(half, half.slots.length + half.slots.length / 5);
        }
        place(half.slots, slot);
        half.used++;
      }
    }
    touched += piece.slots.length;
    slots += low.slots.length + high.slots.length - piece.slots.length;
    link(piece, low, high, mixed);
    beginChange(piece);
    endChange(piece);
  }

  private void link(Piece piece, Piece low, Piece high, long mixed) {
    var node = root;
    int level = 0;
    while (piece.depth / FANOUT_LOG > level) {
      int shift = Long.SIZE - FANOUT_LOG * (level + 1);
      int at = (int) (mixed >>> shift) & (FANOUT - 1);
      if (node[at] == piece) {
        var below = new Object[FANOUT];
        Arrays.fill(below, 0, FANOUT / 2, low);
        Arrays.fill(below, FANOUT / 2, FANOUT, high);
        REFERENCES.setRelease(node, at, below);
        return;
      }
      node = (Object[]) node[at];
      level++;
    }
    int bits = piece.depth - level * FANOUT_LOG;
    int span = FANOUT >>> bits;
    int shift = Long.SIZE - FANOUT_LOG * (level + 1);
    int first = ((int) (mixed >>> shift) & (FANOUT - 1)) & -span;
    for (int i = 0; i < span; i++) {
      REFERENCES.setRelease(node, first + i, i < span / 2 ? low : high);
    }
  }
}
