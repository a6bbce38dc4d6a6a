// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.PrefixIndex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Blocks that came before their parent, parked until it comes. Bounded for each owner and in all.
///
/// Parking, removing and adopting touch few entries for each block, however many hang below one
/// parent; clearing drops a reference for each tier, and [#sweep] gives the memory back in slices.
/// A parked block takes 60 B until it has gone. For the namespace's writer only.
final class Orphans {
  /*
   * An entry is a block that one holder (owner and tier) has parked. Entries are dense, numbered
   * from 1; the last one takes the place of one that goes.
   *
   *   halves   hash high, low | parent high, low
   *   links    lot | next in the bucket of its hash | next in the bucket of its parent
   *            | next sibling | previous sibling
   *
   * A lot is what a holder has parked since it last cleared: clearing makes the lot dead, and its
   * entries go when they are met. Entries below one parent are siblings, and only the first of them
   * stands in the bucket of the parent: thousands below one parent do not make other look-ups slow.
   * Identity of a hash is 128 bits.
   */

  /// The most blocks parked for one owner; a block counts once for each tier it is parked in.
  static final int OWNER_BLOCKS_MAX = 65_536;

  /// The most blocks parked in one namespace, dead ones that were not swept yet included.
  static final int BLOCKS_MAX = 1 << 20;

  /// Entries that one call of [#sweep] looks at.
  static final int SWEEP_ENTRIES = 1_024;

  private static final int SEGMENT_LOG = 8;
  private static final int SEGMENT_MASK = (1 << SEGMENT_LOG) - 1;

  private static final int HASH = 0;
  private static final int PARENT = 2;
  private static final int HALVES = 4;

  private static final int LOT = 0;
  private static final int NEXT_BY_HASH = 1;
  private static final int NEXT_BY_PARENT = 2;
  private static final int NEXT_SIBLING = 3;
  private static final int PREVIOUS_SIBLING = 4;
  private static final int LINKS = 5;

  private record Identity(long high, long low) {
    static Identity of(BlockChain chain, int i) {
      return new Identity(chain.high(i), chain.low(i));
    }

    BlockChain chain() {
      return BlockChain.ofPairs(high, low);
    }
  }

  private static final class Lot {
    final int number;
    final int owner;
    final Tier tier;
    int entries;
    boolean dead;

    Lot(int number, int owner, Tier tier) {
      this.number = number;
      this.owner = owner;
      this.tier = tier;
    }
  }

  private static final class Segment {
    final long[] halves = new long[HALVES << SEGMENT_LOG];
    final int[] links = new int[LINKS << SEGMENT_LOG];
  }

  /// Heads of chains of entries, about one a chain: grows and shrinks by one bucket at a time.
  private final class Buckets {
    private final int kind;
    private final int nextLink;
    private final List<int[]> heads = new ArrayList<>();
    private int size;

    Buckets(int kind, int nextLink) {
      this.kind = kind;
      this.nextLink = nextLink;
    }

    int bucket(long mixed) {
      int high = Integer.highestOneBit(size);
      int bucket = (int) mixed & (2 * high - 1);
      return bucket < size ? bucket : bucket & (high - 1);
    }

    int head(int bucket) {
      return heads.get(bucket >>> SEGMENT_LOG)[bucket & SEGMENT_MASK];
    }

    private void head(int bucket, int entry) {
      heads.get(bucket >>> SEGMENT_LOG)[bucket & SEGMENT_MASK] = entry;
    }

    void add(int entry) {
      int bucket = bucket(mixed(entry, kind));
      link(entry, nextLink, head(bucket));
      head(bucket, entry);
    }

    /// Puts `by` where `entry` is; takes it out if `by` is 0.
    void replace(int entry, int by) {
      int bucket = bucket(mixed(entry, kind));
      int after = link(entry, nextLink);
      if (by != 0) {
        link(by, nextLink, after);
        after = by;
      }
      int before = head(bucket);
      if (before == entry) {
        head(bucket, after);
        return;
      }
      while (link(before, nextLink) != entry) {
        touched++;
        before = link(before, nextLink);
      }
      link(before, nextLink, after);
    }

    void grow() {
      if (size >>> SEGMENT_LOG == heads.size()) {
        heads.add(new int[1 << SEGMENT_LOG]);
      }
      size++;
      if (size > 1) {
        relink(take(buddy(size - 1)));
      }
    }

    void shrink() {
      int first = take(--size);
      relink(first);
      if (isSpare(heads.size())) {
        heads.removeLast();
      }
    }

    private int take(int bucket) {
      int first = head(bucket);
      head(bucket, 0);
      return first;
    }

    private void relink(int first) {
      for (int entry = first, next; entry != 0; entry = next) {
        touched++;
        next = link(entry, nextLink);
        add(entry);
      }
    }

    /// The bucket that shared its entries with `bucket` before there was such a bucket.
    private static int buddy(int bucket) {
      return bucket - Integer.highestOneBit(bucket);
    }
  }

  private final long secret;
  private final List<Segment> segments = new ArrayList<>();
  private final Buckets byHash = new Buckets(HASH, NEXT_BY_HASH);
  private final Buckets byParent = new Buckets(PARENT, NEXT_BY_PARENT);
  private final Map<Integer, Lot> lots = new HashMap<>();
  private final List<@Nullable Lot> byNumber = new ArrayList<>();
  private final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();
  private int size;
  private int dead;
  private int sweepAt = 1;
  private long touched;

  /// Nothing parked.
  ///
  /// @param secret mixed into hashes, so that they spread differently in each process
  Orphans(long secret) {
    this.secret = secret;
  }

  /// Parked blocks.
  int count() {
    return size - dead;
  }

  /// Memory of all entries and buckets, in bytes.
  long bytes() {
    long entry = HALVES * Long.BYTES + LINKS * Integer.BYTES;
    long buckets = (long) byHash.heads.size() + byParent.heads.size();
    return (segments.size() * entry + buckets * Integer.BYTES) << SEGMENT_LOG;
  }

  /// Entries looked at so far.
  long touched() {
    return touched;
  }

  /// Parks `hashes` below `parent`, the first one first.
  ///
  /// @return how many of them found no room: the last ones
  int park(int owner, Tier tier, BlockChain parent, BlockChain hashes) {
    if (hashes.isEmpty()) {
      return 0;
    }
    var lot = lots.computeIfAbsent(holder(owner, tier), _ -> newLot(owner, tier));
    int room = OWNER_BLOCKS_MAX - parkedOf(owner);
    var above = Identity.of(parent, 0);
    for (int i = 0; i < hashes.length(); i++) {
      var hash = Identity.of(hashes, i);
      if (find(lot, hash) == 0) {
        sweep(2);
        if (room == 0 || size == BLOCKS_MAX) {
          forgetIfEmpty(lot);
          return hashes.length() - i;
        }
        add(lot, above, hash);
        room--;
      }
      above = hash;
    }
    return 0;
  }

  private static int holder(int owner, Tier tier) {
    return owner * Tier.COUNT + tier.code();
  }

  private Lot newLot(int owner, Tier tier) {
    if (freeNumbers.isEmpty()) {
      byNumber.add(null);
      freeNumbers.push(byNumber.size() - 1);
    }
    var lot = new Lot(freeNumbers.pop(), owner, tier);
    byNumber.set(lot.number, lot);
    return lot;
  }

  private int parkedOf(int owner) {
    int parked = 0;
    for (int code = 0; code < Tier.COUNT; code++) {
      var lot = lots.get(holder(owner, Tier.of(code)));
      parked += lot == null ? 0 : lot.entries;
    }
    return parked;
  }

  /// Forgets a parked block of an owner in a tier; says whether there was one.
  boolean remove(int owner, Tier tier, BlockChain hashes, int i) {
    var lot = lots.get(holder(owner, tier));
    int entry = lot == null ? 0 : find(lot, Identity.of(hashes, i));
    if (entry != 0) {
      drop(entry);
    }
    return entry != 0;
  }

  /// Forgets all that an owner has parked in the tiers of a mask.
  void clear(int owner, int tierMask) {
    for (int code = 0; code < Tier.COUNT; code++) {
      var lot = (tierMask >>> code & 1) == 0 ? null : lots.remove(holder(owner, Tier.of(code)));
      if (lot != null) {
        lot.dead = true;
        dead += lot.entries;
      }
    }
  }

  /// Gives back a bounded part of what [#clear] left behind.
  ///
  /// @return whether there is more to do
  boolean sweep() {
    sweep(SWEEP_ENTRIES);
    return dead > 0;
  }

  private void sweep(int entries) {
    for (int i = 0; i < entries && dead > 0; i++) {
      touched++;
      sweepAt = sweepAt > size ? 1 : sweepAt;
      if (lotOf(sweepAt).dead) {
        drop(sweepAt);
      } else {
        sweepAt++;
      }
    }
  }

  /// Stores in `index` every parked block that stands below one of `hashes`, and what stands below
  /// it. What stands below a hash that the index does not know after all stays parked.
  void adopt(PrefixIndex index, BlockChain hashes) {
    for (int i = 0; size > 0 && i < hashes.length(); i++) {
      if (firstBelow(hashes.high(i), hashes.low(i)) != 0) {
        var parents = new ArrayDeque<Identity>();
        parents.push(Identity.of(hashes, i));
        while (!parents.isEmpty()) {
          adopt(index, parents.pop(), parents);
        }
      }
    }
  }

  private void adopt(PrefixIndex index, Identity parent, ArrayDeque<Identity> parents) {
    var above = parent.chain();
    int entry = firstBelow(parent.high, parent.low);
    while (entry != 0) {
      var lot = lotOf(entry);
      var hash = new Identity(half(entry, HASH), half(entry, HASH + 1));
      if (!lot.dead && !index.store(lot.owner, lot.tier, above, hash.chain())) {
        return;
      }
      drop(entry);
      if (!lot.dead && firstBelow(hash.high, hash.low) != 0) {
        parents.push(hash);
      }
      entry = firstBelow(parent.high, parent.low);
    }
  }

  private int find(Lot lot, Identity hash) {
    if (lot.entries == 0) {
      return 0;
    }
    int entry = byHash.head(byHash.bucket(mix(lot.number + 1, hash.high, hash.low)));
    while (entry != 0
        && (link(entry, LOT) != lot.number || !stands(entry, HASH, hash.high, hash.low))) {
      touched++;
      entry = link(entry, NEXT_BY_HASH);
    }
    return entry;
  }

  /// The first of the entries below a parent, or 0.
  private int firstBelow(long high, long low) {
    if (size == 0) {
      return 0;
    }
    int entry = byParent.head(byParent.bucket(mix(0, high, low)));
    while (entry != 0 && !stands(entry, PARENT, high, low)) {
      touched++;
      entry = link(entry, NEXT_BY_PARENT);
    }
    return entry;
  }

  private void add(Lot lot, Identity parent, Identity hash) {
    int entry = ++size;
    if (entry >>> SEGMENT_LOG == segments.size()) {
      segments.add(new Segment());
    }
    byHash.grow();
    byParent.grow();
    var halves = segment(entry).halves;
    int at = (entry & SEGMENT_MASK) * HALVES;
    halves[at + HASH] = hash.high;
    halves[at + HASH + 1] = hash.low;
    halves[at + PARENT] = parent.high;
    halves[at + PARENT + 1] = parent.low;
    link(entry, LOT, lot.number);
    lot.entries++;
    enter(entry);
  }

  private void enter(int entry) {
    byHash.add(entry);
    int first = firstBelow(half(entry, PARENT), half(entry, PARENT + 1));
    link(entry, PREVIOUS_SIBLING, first);
    if (first == 0) {
      link(entry, NEXT_SIBLING, 0);
      byParent.add(entry);
    } else {
      int second = link(first, NEXT_SIBLING);
      link(entry, NEXT_SIBLING, second);
      link(first, NEXT_SIBLING, entry);
      if (second != 0) {
        link(second, PREVIOUS_SIBLING, entry);
      }
    }
  }

  private void leave(int entry) {
    byHash.replace(entry, 0);
    int next = link(entry, NEXT_SIBLING);
    int previous = link(entry, PREVIOUS_SIBLING);
    if (previous == 0) {
      byParent.replace(entry, next);
    } else {
      link(previous, NEXT_SIBLING, next);
    }
    if (next != 0) {
      link(next, PREVIOUS_SIBLING, previous);
    }
  }

  private void drop(int entry) {
    var lot = lotOf(entry);
    leave(entry);
    if (entry != size) {
      leave(size);
      copy(size, entry);
      enter(entry);
    }
    size--;
    byHash.shrink();
    byParent.shrink();
    if (isSpare(segments.size())) {
      segments.removeLast();
    }
    dead -= lot.dead ? 1 : 0;
    lot.entries--;
    forgetIfEmpty(lot);
  }

  /// Whether the last of `segments` is not needed; one more than needed is kept.
  private boolean isSpare(int segments) {
    return size >>> SEGMENT_LOG < segments - 2;
  }

  private void forgetIfEmpty(Lot lot) {
    if (lot.entries == 0) {
      lots.remove(holder(lot.owner, lot.tier), lot);
      byNumber.set(lot.number, null);
      freeNumbers.push(lot.number);
    }
  }

  private void copy(int from, int to) {
    System.arraycopy(
        segment(from).halves,
        (from & SEGMENT_MASK) * HALVES,
        segment(to).halves,
        (to & SEGMENT_MASK) * HALVES,
        HALVES);
    link(to, LOT, link(from, LOT));
  }

  private Segment segment(int entry) {
    return segments.get(entry >>> SEGMENT_LOG);
  }

  private Lot lotOf(int entry) {
    var lot = byNumber.get(link(entry, LOT));
    if (lot == null) {
      throw new IllegalStateException("orphans: entry %d of no lot".formatted(entry));
    }
    return lot;
  }

  private boolean stands(int entry, int kind, long high, long low) {
    return half(entry, kind + 1) == low && half(entry, kind) == high;
  }

  private long half(int entry, int which) {
    return segment(entry).halves[(entry & SEGMENT_MASK) * HALVES + which];
  }

  private int link(int entry, int which) {
    return segment(entry).links[(entry & SEGMENT_MASK) * LINKS + which];
  }

  private void link(int entry, int which, int value) {
    segment(entry).links[(entry & SEGMENT_MASK) * LINKS + which] = value;
  }

  /// What an entry's bucket follows from: lot and hash, or parent.
  private long mixed(int entry, int kind) {
    int lot = kind == HASH ? link(entry, LOT) : -1;
    return mix(lot + 1, half(entry, kind), half(entry, kind + 1));
  }

  private long mix(int lot, long high, long low) {
    long x = (high ^ secret) * 0x9E37_79B9_7F4A_7C15L + lot;
    x = (x ^ x >>> 32 ^ low) * 0xD6E8_FEB8_6659_FD93L;
    x = (x ^ x >>> 29 ^ secret) * 0xBF58_476D_1CE4_E5B9L;
    return x ^ x >>> 32;
  }
}
