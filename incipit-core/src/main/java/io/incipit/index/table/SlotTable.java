// SPDX-License-Identifier: Apache-2.0
package io.incipit.index.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// An extendible hash table of 64-bit slots: a directory of buckets that grow and split one by one.
/// A slot names a block (run and offset) and carries a tag of its hash; whoever looks a hash up
/// verifies the block itself.
///
/// One writer, any readers. A reader that finds what it looks for needs no check; one that does not
/// looks again if the bucket's version has changed meanwhile.
public final class SlotTable {
  /*
   * The directory is a tree of nodes with 64 references, by six bits of the hash a level from
   * the top; leaves are buckets of at most 8,192 slots. A full bucket grows by half; at its
   * largest it is split in two, within its node as long as it covers more than one reference,
   * else below a new node. So no insert touches more than 8,192 slots and 64 references. The
   * largest size differs from bucket to bucket, so that not all of them are half empty at the
   * same time: between 56 and 84% of the slots of a bucket are in use. Where many buckets are
   * due at once, some wait for later inserts, up to 94% full. A bucket of which less than a third
   * is in use shrinks, to 56% again.
   *
   *   slot   63..36 run (28 bits, never 0) | 35..25 offset (11) | 24..0 tag
   *
   *   hash   | depth, shared by the bucket | rest of the tag ... | ...
   *               | tag: 25 bits from base on               |
   *
   * The tag is a window of the hash that begins at the bucket's base. Slots stand in the order of
   * their tags, each at or behind its home, without a gap from there; so a search ends at the first
   * larger tag, and growing and splitting are copies from left to right that need no hash but the
   * tag. Each split leaves one bit less to tell blocks apart; after six the window is set anew, and
   * only then hashes are asked for. Adding shifts slots to the right, which no reader can miss,
   * since it reads in the same direction; removing shifts them back, with the version odd
   * meanwhile. The last slot is always empty: it ends every search.
   */
  public static final int RUN_SHIFT = 36;
  public static final int OFFSET_SHIFT = 25;
  public static final int OFFSET_BITS = 11;
  public static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;
  public static final long TAG_MASK = (1L << OFFSET_SHIFT) - 1;
  public static final int BUCKET_HOMES_MAX = 8_192;

  /// The largest run number a slot can carry.
  public static final int RUN_MAX = (1 << 28) - 1;

  /// Slots beyond the first that a visit reads, about: most end in the second cache line.
  static final int NEXT_LINE = 8;

  private static final int FANOUT_LOG = 6;
  private static final int FANOUT = 1 << FANOUT_LOG;
  private static final int FIRST_HOMES = 16;

  private static final int WINDOW_SPLITS = 6;

  /// Splits after which a bucket grows instead: its hashes are equal, and no bit tells them apart.
  private static final int DEPTH_MAX = 36;

  /// In 32nds of the homes: when a bucket should grow, and when it must.
  private static final int CROWDED = 27;

  private static final int FULL = 30;

  /// Homes for each slot in use from which on a bucket is too large. Far from what it has after it
  /// shrank, or it would shrink again and again.
  private static final int SPARSE = 3;

  private static final int INSERT_CREDIT = 16;
  private static final int REMOVE_CREDIT = 8;
  private static final int DEBT_MAX = BUCKET_HOMES_MAX;
  private static final VarHandle REFERENCES = MethodHandles.arrayElementVarHandle(Object[].class);

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
    var first = Bucket.of(new long[0], FIRST_HOMES, 0, 0);
    Arrays.fill(root, first);
    slots = first.slots.length;
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

  /// The bucket of a hash.
  public Bucket bucket(long mixed) {
    var node = root;
    for (int shift = Long.SIZE - FANOUT_LOG; ; shift -= FANOUT_LOG) {
      var reference = REFERENCES.getAcquire(node, reference(mixed, shift));
      if (reference instanceof Bucket bucket) {
        return bucket;
      }
      node = (Object[]) reference;
    }
  }

  /// Reads where a search for a hash begins and mostly ends, so that this is in the caches later.
  ///
  /// @return what is there, of no meaning
  public long touch(long mixed) {
    var bucket = bucket(mixed);
    int home = bucket.home(bucket.tag(mixed));
    return bucket.slots[home] + bucket.slots[home + NEXT_LINE];
  }

  /// A slot, with what it names.
  public static long slotAt(long[] slots, int at) {
    return (long) GrowableWords.WORDS.getAcquire(slots, at);
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
    var bucket = bucket(mixed);
    long tag = bucket.tag(mixed);
    int at = bucket.seek(tag);
    bucket.shiftIn(at, bucket.firstEmpty(at), name | tag);
    count(bucket);
  }

  /// Adds a block where a search for it in `bucket`, which is not full, ended.
  public void insertAt(Bucket bucket, int at, long name, long mixed) {
    int end = bucket.firstEmpty(at);
    if (end == bucket.slots.length - 1) {
      insert(name, mixed);
    } else {
      bucket.shiftIn(at, end, name | bucket.tag(mixed));
      count(bucket);
    }
  }

  private void count(Bucket bucket) {
    bucket.used++;
    used++;
    debt = Math.max(0, debt - INSERT_CREDIT);
  }

  /// Whether a bucket has no room for one more slot, or not much and there is time to make some.
  /// Always for a bucket that was split.
  public boolean isFull(Bucket bucket) {
    return isBeyond(bucket, FULL) || (debt <= DEBT_MAX && isBeyond(bucket, CROWDED));
  }

  private static boolean isBeyond(Bucket bucket, int of32) {
    return bucket.used >= (bucket.homes * of32) >>> 5;
  }

  /// Homes for `used` blocks, of which 56% are in use then: half as many again as a bucket that is
  /// [#CROWDED] has.
  private static int homesFor(int used) {
    return Math.max(FIRST_HOMES, used * 128 / 72);
  }

  /// Makes the slot of a block name another. Between [Bucket#beginChange] and [Bucket#endChange].
  public void replace(long from, long to, long mixed) {
    bucket(mixed).replace(from, to, mixed);
  }

  /// Takes the block called `name` away.
  public void remove(long name, long mixed) {
    remove(bucket(mixed), name, mixed);
  }

  /// Takes the block called `name` away, whose bucket was `found` a moment ago.
  public void remove(Bucket found, long name, long mixed) {
    var bucket = found.used == Bucket.REPLACED ? bucket(mixed) : found;
    bucket.beginChange();
    bucket.shiftOut(bucket.indexOf(name | bucket.tag(mixed)));
    faults.reach();
    bucket.endChange();
    bucket.used--;
    used--;
    debt = Math.max(0, debt - REMOVE_CREDIT);
    boolean isSparse = bucket.homes > FIRST_HOMES && bucket.used * SPARSE < bucket.homes;
    if (isSparse && debt <= DEBT_MAX) {
      resize(bucket, homesFor(bucket.used), mixed);
    }
  }

  /// Makes room for one more slot in the bucket of `mixed`, so that the next insert there takes no
  /// new memory.
  public void ensureRoom(long mixed) {
    var bucket = bucket(mixed);
    while (isFull(bucket) || hasNoRoom(bucket, mixed)) {
      int homes = homesFor(bucket.used);
      if (!isFull(bucket)) {
        resize(bucket, bucket.homes, mixed);
      } else if (homes <= limit(bucket, mixed) || bucket.depth == DEPTH_MAX) {
        resize(bucket, homes, mixed);
      } else {
        split(bucket, mixed);
      }
      bucket = bucket(mixed);
    }
  }

  private static boolean hasNoRoom(Bucket bucket, long mixed) {
    return bucket.firstEmpty(bucket.home(bucket.tag(mixed))) == bucket.slots.length - 1;
  }

  /// The most homes of a bucket: between half of [#BUCKET_HOMES_MAX] and all, by chance.
  private static int limit(Bucket bucket, long mixed) {
    long shared = bucket.depth == 0 ? 0 : mixed >>> (Long.SIZE - bucket.depth);
    long chance = (shared * 2 + 1) * 0x9E37_79B9_7F4A_7C15L;
    return BUCKET_HOMES_MAX / 2 + (int) (((chance >>> 40) * (BUCKET_HOMES_MAX / 2)) >>> 24);
  }

  private void resize(Bucket bucket, int homes, long mixed) {
    var fresh = Bucket.of(bucket.slots, homes, bucket.depth, bucket.base);
    fresh.used = bucket.used;
    retire(bucket, fresh.slots.length);
    link(bucket, fresh, fresh, mixed);
    bucket.beginChange();
  }

  /// Counts the work of replacing a bucket by slots of `length`.
  private void retire(Bucket bucket, int length) {
    touched += bucket.slots.length;
    debt += bucket.slots.length;
    slots += length - bucket.slots.length;
    bucket.used = Bucket.REPLACED;
  }

  private void split(Bucket bucket, long mixed) {
    int depth = bucket.depth + 1;
    var old = bucket.slots;
    long splitBit = 1L << (OFFSET_SHIFT - depth + bucket.base);
    int middle = 0;
    int lowUsed = 0;
    for (int i = 0; i < old.length; i++) {
      boolean low = old[i] != 0 && (old[i] & splitBit) == 0;
      middle = low ? i + 1 : middle;
      lowUsed += low ? 1 : 0;
    }
    var low = half(bucket, 0, middle, lowUsed);
    var high = half(bucket, middle, old.length, bucket.used - lowUsed);
    retire(bucket, low.slots.length + high.slots.length);
    link(bucket, low, high, mixed);
    faults.reach();
    bucket.beginChange();
  }

  /// A bucket of the slots `[from, to)` of another, one split deeper.
  private Bucket half(Bucket whole, int from, int to, int used) {
    int depth = whole.depth + 1;
    boolean anew = depth - whole.base > WINDOW_SPLITS;
    int base = anew ? depth : whole.base;
    var slots = Arrays.copyOfRange(whole.slots, from, to);
    if (anew) {
      for (int i = 0; i < slots.length; i++) {
        boolean inUse = slots[i] != 0;
        slots[i] = inUse ? Bucket.tagged(slots[i], hashes.mixedOf(slots[i]), base) : 0;
      }
      Bucket.sortByTag(slots);
    }
    var half = Bucket.of(slots, homesFor(used), depth, base);
    half.used = used;
    return half;
  }

  /// Puts two buckets where one was, or one twice.
  private void link(Bucket bucket, Bucket low, Bucket high, long mixed) {
    var node = root;
    int shift = Long.SIZE - FANOUT_LOG;
    int bits = bucket.depth;
    while (node[reference(mixed, shift)] instanceof Object[] below) {
      node = below;
      shift -= FANOUT_LOG;
      bits -= FANOUT_LOG;
    }
    int at = reference(mixed, shift);
    int span = FANOUT >>> bits;
    if (span == 1 && low != high) {
      var below = new Object[FANOUT];
      link(below, 0, FANOUT, low, high);
      REFERENCES.setRelease(node, at, below);
    } else {
      link(node, at & -span, span, low, high);
    }
  }

  /// Makes the first half of `span` references name one bucket, and the others another.
  private static void link(Object[] node, int first, int span, Bucket low, Bucket high) {
    for (int i = 0; i < span; i++) {
      REFERENCES.setRelease(node, first + i, i < span / 2 ? low : high);
    }
  }

  private static int reference(long mixed, int shift) {
    return (int) (mixed >>> shift) & (FANOUT - 1);
  }
}
