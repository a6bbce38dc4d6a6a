// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Hash64;
import io.incipit.block.Tier;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.service.MemoryShare;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// What one engine holds, by the engine's names: for each block the name that it has here, its
/// parent, and how many copies there are in each tier. Engines keep several copies of a block, and
/// announce and remove each. A block without copies has no entry. For one thread.
///
/// Each block has an age: how many generations ago it was mentioned last, itself or something below
/// it. Generations begin when they are told to, and what is older than [#AGE_MAX] does not age on.
///
/// Costs at most [#BLOCK_BYTES_MAX] a block while it grows beyond 10,000, and takes that from a
/// share of memory; while it grows or shrinks a piece of 1.2 MB at most is there twice.
final class CopyTable {
  /*
   * The leading bits of a mixed hash lead through a directory to a segment, in which the bits
   * behind them say where probing begins (CopySegment). A segment that is full grows by a
   * sixteenth; one that has SLOTS_MAX becomes two, by one bit more, and the directory twice as long
   * if need be (Fagin and others, "Extendible hashing", 1979). So no change moves more than one
   * segment.
   *
   *   slot:  31      16        0        several places of the directory may have one segment;
   *          | place | offset  |        the first of them is the one that is iterated
   */

  /// No entry.
  static final int NONE = -1;

  /// What a block costs at most.
  static final int BLOCK_BYTES_MAX = 48;

  /// As old as blocks become.
  static final int AGE_MAX = CopySegment.GENERATIONS - 1;

  private static final int OFFSET_BITS = 16;
  private static final int OFFSET_MASK = (1 << OFFSET_BITS) - 1;
  private static final int PLACE_BITS_MAX = 15;
  private static final int SLOTS_MAX = 1 << 15;

  /// Of a block with so many copies that they do not fit into its entry.
  private static final int BEYOND_BYTES = 128;

  private final long seed;
  private final MemoryShare memory;

  private CopySegment[] directory = {new CopySegment(CopySegment.SLOTS_MIN, 0)};

  /// How far a mixed hash without its lowest bit is moved to give a place in the directory.
  private int shift = Long.SIZE - 1;

  private int size;
  private long bytes;

  /// Blocks in GPUs by their generation, and copies of them beyond the first.
  private final long[] first = new long[CopySegment.GENERATIONS];

  private final long[] further = new long[CopySegment.GENERATIONS];

  /// The generation of what is mentioned now.
  private int now;

  /// Copies in GPUs that were ever added.
  private long added;

  /// The slot where a sweep goes on.
  private int swept;

  /// Copies beyond [CopySegment#COUNT_MAX], by hash, one number a tier.
  private final Map<Long, long[]> beyond = new HashMap<>();

  /// Holds nothing, in a memory without an end.
  ///
  /// @param seed of the order of the slots, so that nobody can choose blocks that crowd
  CopyTable(long seed) {
    this(seed, MemoryShare.endless());
  }

  /// Holds nothing.
  ///
  /// @param memory from which it takes what it needs
  CopyTable(long seed, MemoryShare memory) {
    this.seed = seed;
    this.memory = memory;
    account(directory[0].bytes());
  }

  private void account(long more) {
    bytes += more;
    memory.add(more);
  }

  /// Where its memory is from.
  MemoryShare memory() {
    return memory;
  }

  /// The entry of a block, valid until the next change; [#NONE] if there is none.
  int find(long hash) {
    long mixed = mixed(hash);
    int place = place(mixed);
    int offset = directory[place].find(hash, mixed);
    return offset < 0 ? NONE : place << OFFSET_BITS | offset;
  }

  private long mixed(long hash) {
    return Hash64.mix(hash ^ seed);
  }

  private int place(long mixed) {
    return (int) (mixed >>> 1 >>> shift);
  }

  private CopySegment segment(int slot) {
    return directory[slot >>> OFFSET_BITS];
  }

  private static int offset(int slot) {
    return slot & OFFSET_MASK;
  }

  long high(int slot) {
    return segment(slot).high(offset(slot));
  }

  long low(int slot) {
    return segment(slot).low(offset(slot));
  }

  /// The engine's name of a block's parent; 0 if there is none, or nobody said.
  long parent(int slot) {
    return segment(slot).parent(offset(slot));
  }

  /// Whether a block's name was made of the engine's, for want of its tokens.
  boolean isBorrowed(int slot) {
    return (segment(slot).flags(offset(slot)) & CopySegment.BORROWED) != 0;
  }

  /// Gives a block a name that was made of its tokens.
  void rename(int slot, long high, long low, long parent) {
    var segment = segment(slot);
    int offset = offset(slot);
    segment.name(offset, high, low, parent);
    segment.flags(offset, segment.flags(offset) & ~CopySegment.BORROWED);
  }

  /// Copies of a block in a tier.
  long copies(int slot, Tier tier) {
    int count = segment(slot).count(offset(slot), tier);
    return count < CopySegment.COUNT_MAX || beyond.isEmpty() ? count : count + more(slot, tier);
  }

  private long key(int slot) {
    return segment(slot).key(offset(slot));
  }

  private long more(int slot, Tier tier) {
    var more = beyond.get(key(slot));
    return more == null ? 0 : more[tier.code()];
  }

  /// Adds the first copy of a block that has none.
  ///
  /// @param borrowed whether its name was made of the engine's
  /// @return whether there was room
  boolean add(long hash, long parent, OwnChain name, Tier tier, boolean borrowed) {
    long mixed = mixed(hash);
    var segment = directory[place(mixed)];
    if (segment.isFull()) {
      if (!grow(place(mixed))) {
        return false;
      }
      segment = directory[place(mixed)];
    }
    int offset = segment.add(hash, mixed);
    segment.name(offset, name.high(), name.low(), parent);
    segment.flags(offset, CopySegment.one(tier) | (borrowed ? CopySegment.BORROWED : 0));
    segment.generation(offset, now);
    countAdded(tier, now, first);
    size++;
    return true;
  }

  private void countAdded(Tier tier, int generation, long[] copies) {
    if (tier == Tier.GPU) {
      copies[generation]++;
      added++;
    }
  }

  private boolean grow(int place) {
    var segment = directory[place];
    int slots = segment.slotsWhenGrown();
    if (slots > SLOTS_MAX) {
      return split(place);
    }
    long more = CopySegment.bytes(slots) - segment.bytes();
    if (!memory.take(more)) {
      return false;
    }
    bytes += more;
    segment.resize(slots, seed);
    return true;
  }

  private boolean split(int place) {
    var segment = directory[place];
    if (segment.depth() == PLACE_BITS_MAX) {
      return false;
    }
    boolean doubles = directory.length == 1 << segment.depth();
    int ones = segment.countOnes(seed);
    var low = CopySegment.slotsFor(segment.size() - ones);
    var high = CopySegment.slotsFor(ones);
    long more =
        CopySegment.bytes(low)
            + CopySegment.bytes(high)
            - segment.bytes()
            + (doubles ? (long) Long.BYTES * directory.length : 0);
    if (more > 0 && !memory.take(more)) {
      return false;
    }
    bytes += more;
    if (more < 0) {
      memory.add(more);
    }
    if (doubles) {
      doubleDirectory();
    }
    put(segment, segment.split(low, high, seed));
    return true;
  }

  private void doubleDirectory() {
    var twice = new CopySegment[2 * directory.length];
    for (int i = 0; i < twice.length; i++) {
      twice[i] = directory[i / 2];
    }
    directory = twice;
    shift--;
    swept = 0;
  }

  /// Puts two segments in the place of one.
  private void put(CopySegment old, CopySegment[] two) {
    int first = 0;
    while (directory[first] != old) {
      first++;
    }
    int half = directory.length >>> two[0].depth();
    for (int i = 0; i < 2 * half; i++) {
      directory[first + i] = two[i / half];
    }
  }

  /// Adds a copy.
  ///
  /// @return how many there are now in that tier
  long increment(int slot, Tier tier) {
    var segment = segment(slot);
    int offset = offset(slot);
    int count = segment.count(offset, tier);
    countAdded(tier, segment.generation(offset), count == 0 ? first : further);
    if (count < CopySegment.COUNT_MAX) {
      segment.flags(offset, segment.flags(offset) + CopySegment.one(tier));
      return count + 1L;
    }
    var more = beyond.get(key(slot));
    if (more == null) {
      more = new long[Tier.COUNT];
      beyond.put(key(slot), more);
      account(BEYOND_BYTES);
    }
    more[tier.code()]++;
    return count + more[tier.code()];
  }

  /// Takes a copy away, and with the last one in any tier the entry.
  ///
  /// @return how many are left in that tier; -1 if there was none
  long decrement(int slot, Tier tier) {
    var segment = segment(slot);
    int offset = offset(slot);
    int count = segment.count(offset, tier);
    if (count == 0) {
      return -1;
    }
    (count == 1 ? first : further)[segment.generation(offset)] -= tier == Tier.GPU ? 1 : 0;
    long more = count < CopySegment.COUNT_MAX ? 0 : more(slot, tier);
    if (more > 0) {
      lessBeyond(slot, tier);
      return count + more - 1;
    }
    int flags = segment.flags(offset) - CopySegment.one(tier);
    segment.flags(offset, flags);
    if ((flags & CopySegment.ALL_COUNTS) == 0) {
      remove(segment, offset);
    }
    return count - 1L;
  }

  private void lessBeyond(int slot, Tier tier) {
    var more = Objects.requireNonNull(beyond.get(key(slot)));
    more[tier.code()]--;
    for (long its : more) {
      if (its > 0) {
        return;
      }
    }
    beyond.remove(key(slot));
    account(-BEYOND_BYTES);
  }

  private void remove(CopySegment segment, int offset) {
    size--;
    segment.remove(offset, seed);
    if (segment.isSparse()) {
      long before = segment.bytes();
      segment.resize(segment.slotsWhenShrunk(), seed);
      account(segment.bytes() - before);
    }
  }

  /// A block was mentioned, so the engine has it, and all above it.
  void mention(int slot) {
    int its = slot;
    while (its != NONE && segment(its).generation(offset(its)) != now) {
      move(its, now);
      long parent = parent(its);
      its = parent == 0 ? NONE : find(parent);
    }
  }

  private void move(int slot, int generation) {
    var segment = segment(slot);
    int offset = offset(slot);
    long copies = copies(slot, Tier.GPU);
    if (copies > 0) {
      first[segment.generation(offset)]--;
      first[generation]++;
      further[segment.generation(offset)] -= copies - 1;
      further[generation] += copies - 1;
    }
    segment.generation(offset, generation);
  }

  /// Copies in GPUs.
  long gpuCopies() {
    long copies = 0;
    for (int i = 0; i < CopySegment.GENERATIONS; i++) {
      copies += first[i] + further[i];
    }
    return copies;
  }

  /// Copies in GPUs that were ever added.
  long added() {
    return added;
  }

  private int generation(int age) {
    return (now - age) & AGE_MAX;
  }

  /// The age of the oldest block in a GPU; -1 if there is none.
  int oldest() {
    return oldest(first);
  }

  /// The same of those that have more than one copy there.
  int oldestOfFurther() {
    return oldest(further);
  }

  private int oldest(long[] copies) {
    int age = AGE_MAX;
    while (age >= 0 && copies[generation(age)] == 0) {
      age--;
    }
    return age;
  }

  /// Begins a generation, once no block in a GPU is of the highest age.
  void age() {
    now = generation(AGE_MAX);
  }

  /// Makes a block one generation younger.
  void rejuvenate(int slot) {
    move(slot, (segment(slot).generation(offset(slot)) + 1) & AGE_MAX);
  }

  /// Goes on where the last sweep ended, in a circle, to a block of an age that is in a GPU, and
  /// stays there.
  ///
  /// @param copies that it has there at least
  /// @param slots to look at, at most
  /// @return [#NONE] if none of these is one
  int sweep(int age, int copies, int slots) {
    int place = swept >>> OFFSET_BITS;
    if (place >= directory.length || offset(swept) >= directory[place].slots()) {
      int next = place < directory.length ? afterSegment(place) : directory.length;
      place = next < directory.length ? next : 0;
      swept = place << OFFSET_BITS;
    }
    var segment = directory[place];
    int end = Math.min(offset(swept) + slots, segment.slots());
    int found = segment.seek(offset(swept), end, generation(age), copies);
    swept = place << OFFSET_BITS | found;
    return found < end ? swept : NONE;
  }

  /// Blocks with a copy.
  int size() {
    return size;
  }

  /// Memory in bytes.
  long bytes() {
    return bytes;
  }

  /// Memory in bytes, as it is found when all is looked at.
  long countedBytes() {
    long counted = (long) BEYOND_BYTES * beyond.size() + (long) Long.BYTES * (directory.length - 1);
    for (int place = 0; place < directory.length; place += places(place)) {
      counted += directory[place].bytes();
    }
    return counted;
  }

  /// How many places of the directory, from the first on, have the same segment.
  private int places(int place) {
    return directory.length >>> directory[place].depth();
  }

  /// The first place behind all of those that have the same segment.
  private int afterSegment(int place) {
    return place / places(place) * places(place) + places(place);
  }

  /// Blocks in the order of slots.
  ///
  /// @param from the first slot
  /// @param limit most blocks
  HeldPage page(int from, int limit) {
    var blocks = new ArrayList<HeldPage.Block>();
    int first = Math.max(0, from);
    int place = first >>> OFFSET_BITS;
    int offset = offset(first);
    while (place < directory.length) {
      var segment = directory[place];
      for (; offset < segment.slots(); offset++) {
        int slot = place << OFFSET_BITS | offset;
        if (blocks.size() == limit) {
          return new HeldPage(blocks, slot);
        }
        if (segment.flags(offset) != 0) {
          blocks.add(new HeldPage.Block(key(slot), parent(slot), tiers(slot), high(slot)));
        }
      }
      place = afterSegment(place);
      offset = 0;
    }
    return new HeldPage(blocks, HeldPage.END);
  }

  private int tiers(int slot) {
    int mask = 0;
    for (var tier : Tier.values()) {
      mask |= copies(slot, tier) > 0 ? tier.mask() : 0;
    }
    return mask;
  }

  /// Forgets all.
  void clear() {
    directory = new CopySegment[] {new CopySegment(CopySegment.SLOTS_MIN, 0)};
    shift = Long.SIZE - 1;
    size = 0;
    Arrays.fill(first, 0);
    Arrays.fill(further, 0);
    beyond.clear();
    account(directory[0].bytes() - bytes);
  }
}
