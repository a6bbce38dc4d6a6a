// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// An open-addressing table of 64-bit slots that grows piece by piece. A slot names a block (run
/// and offset) and carries a tag of its hash; whoever looks a hash up verifies the block itself.
///
/// One writer, any readers. A reader that finds what it looks for needs no check; one that does not
/// looks again if the piece's version has changed meanwhile.
public final class SlotTable {
  /*
   * A tree of nodes with 64 references, by six bits of the hash a level from the top; leaves are
   * pieces of at most 8,192 slots. A full piece grows by a third; at its largest it is split in
   * two, within its node as long as it covers more than one reference, else below a new node. So no
   * insert touches more than 8,192 slots and 64 references. The largest size differs from piece to
   * piece, so that not all of them are half empty at the same time: between 63 and 84% of the slots
   * of a piece are in use, and 73% of all. Where many pieces are due at once, some wait for later
   * inserts, up to 94% full.
   *
   *   slot   63..36 run (28 bits, never 0) | 35..25 offset (11) | 24..0 tag
   *
   *   hash   | depth, shared by the piece | rest of the tag ... | ...
   *               | tag: 25 bits from base on               |
   *
   * The tag is a window of the hash that begins at the piece's base. Slots stand in the order of
   * their tags, each at or behind its home, without a gap from there; so a search ends at the first
   * larger tag, and growing and splitting are copies from left to right that need no hash but the
   * tag. Each split leaves one bit less to tell blocks apart; after six the window is set anew, and
   * only then hashes are asked for. Adding shifts slots to the right, which no reader can miss,
   * since it reads in the same direction; removing shifts them back, with the version odd
   * meanwhile. The last slot is always empty: it ends every search.
   */
  public static final int RUN_SHIFT = 36;
  public static final int OFFSET_SHIFT = 25;
  public static final int OFFSET_MASK = 0x7FF;
  public static final long TAG_MASK = (1L << OFFSET_SHIFT) - 1;
  public static final int PIECE_HOMES_MAX = 8_192;

  /// The largest run number a slot can carry.
  public static final int RUN_MAX = (1 << 28) - 1;

  private static final int FANOUT_LOG = 6;
  private static final int FANOUT = 1 << FANOUT_LOG;
  private static final int FIRST_HOMES = 16;

  /// Slots beyond the last home, for what is shifted there; more where hashes crowd at the end.
  private static final int MARGIN = 32;

  private static final int WINDOW_SPLITS = 6;

  /// Splits after which a piece grows instead: its hashes are equal, and no bit tells them apart.
  private static final int DEPTH_MAX = 36;

  /// In 32nds of the homes: when a piece should grow, and when it must.
  private static final int CROWDED = 27;

  private static final int FULL = 30;
  private static final long[] NO_SLOTS = new long[0];
  private static final int RETIRED = Integer.MAX_VALUE;
  private static final int INSERT_CREDIT = 16;
  private static final int REMOVE_CREDIT = 4;
  private static final int DEBT_MAX = PIECE_HOMES_MAX;
  private static final VarHandle REFERENCES = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Piece.class, "version", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /// A leaf: an open-addressing table with linear probing. Growing and splitting replace it.
  public static final class Piece {
    /// Homes first, then a margin for what is shifted there.
    public final long[] slots;

    private final int homes;

    /// Bits of the hash, from the top, that all slots of this piece share.
    private final int depth;

    /// Bits of the hash before the tag.
    private final int base;

    /// Odd while slots move, and for ever once the piece is replaced. Changes whenever a reader may
    /// have missed a slot that was there.
    private int version;

    /// Slots in use; [#RETIRED] once the piece is replaced.
    private int used;

    Piece(long[] slots, int homes, int depth, int base) {
      this.slots = slots;
      this.homes = homes;
      this.depth = depth;
      this.base = base;
    }

    /// What slots here keep of a hash.
    public long tag(long mixed) {
      return (mixed << base) >>> (Long.SIZE - OFFSET_SHIFT);
    }

    /// Index at which the search for a tag starts.
    public int home(long tag) {
      return (int) ((((tag << (depth - base)) & TAG_MASK) * homes) >>> OFFSET_SHIFT);
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
  }

  /// Finds the hash of a slot's block, mixed by [#mix]; asked when tags are set anew.
  public interface Hashes {
    long mixedOf(long slot);
  }

  private final Object[] root = new Object[FANOUT];
  private final Hashes hashes;
  private final FaultPoints faults;
  private final long secret;
  private long slots;
  private long used;
  private long touched;

  /// Slots touched by growing, less a credit for each change since.
  private long debt;

  public SlotTable(long secret, Hashes hashes) {
    this(secret, hashes, new FaultPoints());
  }

  public SlotTable(long secret, Hashes hashes, FaultPoints faults) {
    this.secret = secret;
    this.hashes = hashes;
    this.faults = faults;
    Arrays.fill(root, new Piece(new long[FIRST_HOMES + MARGIN], FIRST_HOMES, 0, 0));
    slots = FIRST_HOMES + MARGIN;
  }

  /// Bytes of all slots and nodes, nearly.
  public long bytes() {
    return slots * Long.BYTES;
  }

  /// Slots in use.
  public long used() {
    return used;
  }

  /// Slots touched by growing and splitting since the last call.
  public long takeTouched() {
    long result = touched;
    touched = 0;
    return result;
  }

  /// Spreads the last 8 bytes of a hash over 64 bits, in a way nobody outside can foresee.
  public long mix(long low) {
    long x = (low ^ secret) * 0x9E37_79B9_7F4A_7C15L;
    x = (x ^ x >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    return x ^ x >>> 29;
  }

  /// The part of a slot that names a block.
  public static long name(int run, int offset) {
    return (long) run << RUN_SHIFT | (long) offset << OFFSET_SHIFT;
  }

  public static int run(long slot) {
    return (int) (slot >>> RUN_SHIFT);
  }

  public static int offset(long slot) {
    return (int) (slot >>> OFFSET_SHIFT) & OFFSET_MASK;
  }

  /// The piece of a hash.
  public Piece piece(long mixed) {
    var node = root;
    for (int shift = Long.SIZE - FANOUT_LOG; ; shift -= FANOUT_LOG) {
      var reference = REFERENCES.getAcquire(node, (int) (mixed >>> shift) & (FANOUT - 1));
      if (reference instanceof Piece piece) {
        return piece;
      }
      node = (Object[]) reference;
    }
  }

  /// The first index from `at` on whose slot is empty or has at least a tag. For the writer.
  public static int seek(long[] slots, int at, long tag) {
    int index = at;
    while (true) {
      long slot = slotAt(slots, index);
      if (slot == 0 || (slot & TAG_MASK) >= tag) {
        return index;
      }
      index++;
    }
  }

  /// A slot, with what it names.
  public static long slotAt(long[] slots, int at) {
    return (long) Segments.WORDS.getAcquire(slots, at);
  }

  /// Whether a search for a tag goes on behind a slot. A reader looks at each slot once: read
  /// again, it may be another, shifted there from before, and the one that was there is behind.
  public static boolean goesOn(long slot, long tag) {
    return slot != 0 && (slot & TAG_MASK) <= tag;
  }

  /// Whether a slot is in use and has a tag.
  public static boolean matches(long slot, long tag) {
    return slot != 0 && (slot & TAG_MASK) == tag;
  }

  /// Adds the block called `name`. The caller has looked that it is not there.
  public void insert(long name, long mixed) {
    ensureRoom(mixed);
    var piece = piece(mixed);
    long tag = piece.tag(mixed);
    shiftIn(piece.slots, seek(piece.slots, piece.home(tag), tag), name | tag);
    count(piece);
  }

  /// Adds a block where a search for it in `piece`, which is not full, ended.
  public void insertAt(Piece piece, int at, long name, long mixed) {
    if (firstEmpty(piece.slots, at) == piece.slots.length - 1) {
      insert(name, mixed);
    } else {
      shiftIn(piece.slots, at, name | piece.tag(mixed));
      count(piece);
    }
  }

  private static int firstEmpty(long[] slots, int from) {
    int at = from;
    while (slots[at] != 0) {
      at++;
    }
    return at;
  }

  private static void shiftIn(long[] slots, int at, long slot) {
    for (int i = firstEmpty(slots, at); i > at; i--) {
      Segments.WORDS.setRelease(slots, i, slots[i - 1]);
    }
    Segments.WORDS.setRelease(slots, at, slot);
  }

  private void count(Piece piece) {
    piece.used++;
    used++;
    debt = Math.max(0, debt - INSERT_CREDIT);
  }

  /// Whether a piece has no room for one more slot, or not much and there is time to make some.
  /// Always for a piece that was split.
  public boolean isFull(Piece piece) {
    return isBeyond(piece, FULL) || (debt <= DEBT_MAX && isBeyond(piece, CROWDED));
  }

  private static boolean isBeyond(Piece piece, int of32) {
    return piece.used >= (piece.homes * of32) >>> 5;
  }

  /// Homes for `used` blocks and a third more.
  private static int homesFor(int used) {
    return Math.max(FIRST_HOMES, used * 128 / 81);
  }

  /// Makes the slot of a block name another. Between [#beginChange] and [#endChange].
  public void replace(long from, long to, long mixed) {
    var piece = piece(mixed);
    long tag = piece.tag(mixed);
    piece.slots[indexOf(piece, from | tag)] = to | tag;
  }

  private static int indexOf(Piece piece, long slot) {
    int at = piece.home(slot & TAG_MASK);
    while (piece.slots[at] != slot) {
      assert piece.slots[at] != 0 : "slot is not in the table";
      at++;
    }
    return at;
  }

  /// Takes the block called `name` away.
  public void remove(long name, long mixed) {
    var piece = piece(mixed);
    var all = piece.slots;
    int at = indexOf(piece, name | piece.tag(mixed));
    beginChange(piece);
    while (all[at + 1] != 0 && piece.home(all[at + 1] & TAG_MASK) <= at) {
      all[at] = all[at + 1];
      at++;
    }
    all[at] = 0;
    faults.reach();
    endChange(piece);
    piece.used--;
    used--;
    debt = Math.max(0, debt - REMOVE_CREDIT);
    boolean isSparse = piece.homes > FIRST_HOMES && piece.used * 2 < piece.homes;
    if (isSparse && debt <= DEBT_MAX) {
      resize(piece, homesFor(piece.used), mixed);
    }
  }

  /// Makes readers that miss in `piece` look again until [#endChange].
  public static void beginChange(Piece piece) {
    VERSION.setOpaque(piece, piece.version + 1);
    VarHandle.storeStoreFence();
  }

  /// Ends what [#beginChange] began.
  public static void endChange(Piece piece) {
    VERSION.setRelease(piece, piece.version + 1);
  }

  /// Makes room for one more slot in the piece of `mixed`, so that the next insert there takes no
  /// new memory.
  public void ensureRoom(long mixed) {
    var piece = piece(mixed);
    while (isFull(piece) || hasNoRoom(piece, mixed)) {
      int homes = homesFor(piece.used);
      if (!isFull(piece)) {
        resize(piece, piece.homes, mixed);
      } else if (homes <= limit(piece, mixed) || piece.depth == DEPTH_MAX) {
        resize(piece, homes, mixed);
      } else {
        split(piece, mixed);
      }
      piece = piece(mixed);
    }
  }

  private static boolean hasNoRoom(Piece piece, long mixed) {
    return firstEmpty(piece.slots, piece.home(piece.tag(mixed))) == piece.slots.length - 1;
  }

  /// The most homes of a piece: between half of [#PIECE_HOMES_MAX] and all, by chance.
  private static int limit(Piece piece, long mixed) {
    long shared = piece.depth == 0 ? 0 : mixed >>> (Long.SIZE - piece.depth);
    long chance = (shared * 2 + 1) * 0x9E37_79B9_7F4A_7C15L;
    return PIECE_HOMES_MAX / 2 + (int) (((chance >>> 40) * (PIECE_HOMES_MAX / 2)) >>> 24);
  }

  private void resize(Piece piece, int homes, long mixed) {
    var fresh =
        laidOut(
            piece.slots,
            0,
            piece.slots.length,
            new Piece(NO_SLOTS, homes, piece.depth, piece.base));
    fresh.used = piece.used;
    retire(piece, fresh.slots.length);
    link(piece, fresh, fresh, mixed);
    beginChange(piece);
  }

  /// Counts the work of replacing a piece by slots of `length`.
  private void retire(Piece piece, int length) {
    touched += piece.slots.length;
    debt += piece.slots.length;
    slots += length - piece.slots.length;
    piece.used = RETIRED;
  }

  /// A piece like `form` with the slots `[from, to)` of `old`, in their order. Without branches: an
  /// empty slot is written, too, where the next one will go.
  private static Piece laidOut(long[] old, int from, int to, Piece form) {
    var fresh = new long[form.homes + MARGIN];
    int next = 0;
    for (int i = from; i < to; i++) {
      long slot = old[i];
      int at = Math.max(next, form.home(slot & TAG_MASK));
      if (at + MARGIN / 2 >= fresh.length) {
        fresh = Arrays.copyOf(fresh, fresh.length + fresh.length / 8 + MARGIN);
      }
      fresh[at] = slot;
      next = slot == 0 ? next : at + 1;
    }
    return new Piece(fresh, form.homes, form.depth, form.base);
  }

  private void split(Piece piece, long mixed) {
    int depth = piece.depth + 1;
    var old = piece.slots;
    long splitBit = 1L << (OFFSET_SHIFT - depth + piece.base);
    int middle = 0;
    int lowUsed = 0;
    for (int i = 0; i < old.length; i++) {
      boolean low = old[i] != 0 && (old[i] & splitBit) == 0;
      middle = low ? i + 1 : middle;
      lowUsed += low ? 1 : 0;
    }
    var low = half(piece, 0, middle, lowUsed);
    var high = half(piece, middle, old.length, piece.used - lowUsed);
    retire(piece, low.slots.length + high.slots.length);
    link(piece, low, high, mixed);
    faults.reach();
    beginChange(piece);
  }

  /// A piece of the slots `[from, to)` of another, one split deeper.
  private Piece half(Piece whole, int from, int to, int used) {
    int depth = whole.depth + 1;
    boolean anew = depth - whole.base > WINDOW_SPLITS;
    var form = new Piece(NO_SLOTS, homesFor(used), depth, anew ? depth : whole.base);
    var old = Arrays.copyOfRange(whole.slots, from, to);
    for (int i = 0; anew && i < old.length; i++) {
      if (old[i] != 0) {
        old[i] = (old[i] & ~TAG_MASK) | form.tag(hashes.mixedOf(old[i]));
      }
    }
    if (anew) {
      sortByTag(old);
    }
    var half = laidOut(old, 0, old.length, form);
    half.used = used;
    return half;
  }

  private static void sortByTag(long[] slots) {
    for (int i = 0; i < slots.length; i++) {
      slots[i] = Long.rotateRight(slots[i], OFFSET_SHIFT) ^ Long.MIN_VALUE;
    }
    Arrays.sort(slots);
    for (int i = 0; i < slots.length; i++) {
      slots[i] = Long.rotateLeft(slots[i] ^ Long.MIN_VALUE, OFFSET_SHIFT);
    }
  }

  /// Puts two pieces where one was, or one.
  private void link(Piece piece, Piece low, Piece high, long mixed) {
    var node = root;
    int level = 0;
    while (piece.depth / FANOUT_LOG > level) {
      int shift = Long.SIZE - FANOUT_LOG * (level + 1);
      int at = (int) (mixed >>> shift) & (FANOUT - 1);
      if (node[at] == piece && low == high) {
        REFERENCES.setRelease(node, at, low);
        return;
      }
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
