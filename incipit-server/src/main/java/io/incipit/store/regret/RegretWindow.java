// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

import io.incipit.block.Hash64;
import java.util.Arrays;

/// The sampled requests of the last hour, and what was found of them. For one thread.
final class RegretWindow {
  /*
   * One block in 2^shift is sampled, by a hash of its id: all uses of a block are in the sample, or
   * none (spatial sampling, as SHARDS: Waldspurger et al., FAST 2015). A pool of the sample has the
   * same part of the capacity. When a bound is reached the rate is halved, and what is not sampled
   * any more is dropped.
   *
   * Blocks and not paths are sampled because requests share their beginnings: where all prompts
   * begin with one system prompt, a hash of the first block would take all of them or none.
   * What is sampled of a path is a path.
   *
   *   requests   head .......... tail        a ring: time, place and counts of each
   *                |              |
   *   ids        first .......... last       a ring: their sampled blocks, in the order of the path
   */

  /// How far it reaches back.
  static final long LENGTH_NS = 3_600_000_000_000L;

  /// What it holds at most, the first two powers of two.
  ///
  /// @param uses of sampled blocks: 8 B each, and 70 B while the clairvoyant policy is computed
  /// @param requests of 40 B each
  /// @param pooled blocks of leaf-LRU, of 40 B each
  record Bounds(int uses, int requests, int pooled) {
    static final Bounds DEFAULT = new Bounds(1 << 18, 1 << 16, 1 << 17);
  }

  private static final int SHIFT_MAX = 62;

  private final Bounds bounds;
  private final long seed;
  private final RegretFault planted;
  private LruShadow lru = new LruShadow();
  private int capacity = 1;
  private int shift;

  /// By number of a use, from `first` on to `last`, wrapped.
  private long[] ids = new long[0];

  private long first;
  private long last;

  private long[] times = new long[0];
  private int[] lengths = new int[0];
  private int[] froms = new int[0];
  private int[] reals = new int[0];
  private int[] lrus = new int[0];
  private long[] askeds = new long[0];
  private long[] founds = new long[0];
  private long head;
  private long tail;

  /// Sums over the window.
  private long asked;

  private long found;
  private long counted;
  private long real;
  private long leafLru;

  /// @param seed of what is sampled
  RegretWindow(Bounds bounds, long seed, RegretFault planted) {
    this.bounds = bounds;
    this.seed = seed;
    this.planted = planted;
  }

  /// The store has room for so many blocks.
  void capacity(int blocks) {
    capacity = blocks;
  }

  /// One block in `2^shift` is sampled.
  int shift() {
    return shift;
  }

  /// Whether a block is sampled at a rate.
  static boolean isSampled(long id, long seed, int shift) {
    return (Hash64.mix(id ^ seed) & ((1L << shift) - 1)) == 0;
  }

  private boolean isSampled(long id) {
    return isSampled(id, seed, shift);
  }

  /// Blocks that a pool of the sample holds.
  int pooled() {
    int part = planted == RegretFault.UNSCALED ? 0 : shift;
    return (int) Math.max(1, (capacity + ((1L << part) >> 1)) >> part);
  }

  /// Everything is gone: nothing was asked for yet, and all blocks are sampled.
  void clear() {
    lru = new LruShadow();
    shift = 0;
    first = last;
    head = tail;
    asked = 0;
    found = 0;
    counted = 0;
    real = 0;
    leafLru = 0;
  }

  /// Takes a sample in, of which some may not be sampled any more. Never blocks; O(blocks), and
  /// O(window) when the rate is halved, which is after at least half as many uses.
  ///
  /// @param given no earlier than any before
  void add(Sample given) {
    slide(given.timeNs);
    reserve();
    var sample = sampled(given);
    while (shift < SHIFT_MAX && isFull(sample.ids.length)) {
      halve();
      sample = sampled(sample);
    }
    if (sample.from == Sample.REMOVAL) {
      remove(sample);
      return;
    }
    int hits = lru.leading(sample.ids);
    use(sample.ids);
    append(sample, hits);
  }

  private boolean isFull(int more) {
    return last - first + more > bounds.uses
        || tail - head >= bounds.requests
        || (lru.size() + more > bounds.pooled && pooled() > bounds.pooled);
  }

  private Sample sampled(Sample sample) {
    var its = sample.ids;
    var kept = new long[its.length];
    int count = 0;
    int from = 0;
    int held = 0;
    for (int i = 0; i < its.length; i++) {
      if (isSampled(its[i])) {
        from += i < sample.from ? 1 : 0;
        held += i < sample.real ? 1 : 0;
        kept[count] = its[i];
        count++;
      }
    }
    return count == its.length
        ? sample
        : new Sample(
            sample.timeNs,
            Arrays.copyOf(kept, count),
            sample.from == Sample.REMOVAL ? Sample.REMOVAL : from,
            held,
            sample.asked,
            sample.found);
  }

  private void remove(Sample sample) {
    if (sample.ids.length > 0) {
      lru.remove(sample.ids[0]);
      append(sample, 0);
    }
  }

  private void use(long[] path) {
    int most = pooled();
    for (int i = path.length - 1; i >= 0; i--) {
      lru.touch(path[planted == RegretFault.HEAD_FIRST ? path.length - 1 - i : i]);
      lru.shrink(most);
    }
  }

  private void reserve() {
    if (ids.length == 0) {
      ids = new long[bounds.uses];
      times = new long[bounds.requests];
      lengths = new int[bounds.requests];
      froms = new int[bounds.requests];
      reals = new int[bounds.requests];
      lrus = new int[bounds.requests];
      askeds = new long[bounds.requests];
      founds = new long[bounds.requests];
    }
  }

  private int place(long request) {
    return (int) (request & (bounds.requests - 1));
  }

  private void append(Sample sample, int hits) {
    for (long id : sample.ids) {
      ids[(int) (last & (bounds.uses - 1))] = id;
      last++;
    }
    put(sample, hits);
    count(place(tail - 1), 1);
  }

  private void put(Sample sample, int hits) {
    int at = place(tail);
    times[at] = sample.timeNs;
    lengths[at] = sample.ids.length;
    froms[at] = sample.from;
    reals[at] = sample.real;
    lrus[at] = hits;
    askeds[at] = sample.asked;
    founds[at] = sample.found;
    tail++;
  }

  /// Adds the counts of a request to the sums, or takes them off.
  ///
  /// @param sign 1 or -1
  private void count(int at, int sign) {
    asked += sign * askeds[at];
    found += sign * founds[at];
    if (froms[at] != Sample.REMOVAL) {
      counted += sign * (long) (lengths[at] - froms[at]);
      real += sign * (long) Math.max(0, reals[at] - froms[at]);
      leafLru += sign * (long) Math.max(0, lrus[at] - froms[at]);
    }
  }

  /// Drops what is older than the window at a time.
  void slide(long nowNs) {
    while (head < tail
        && nowNs - times[place(head)] >= LENGTH_NS
        && planted != RegretFault.NEVER_SLIDES) {
      count(place(head), -1);
      first += lengths[place(head)];
      head++;
    }
  }

  /// Halves the rate. Requests of which nothing is left go, their counts to the one before.
  private void halve() {
    shift++;
    lru.retain(this::isSampled);
    lru.shrink(pooled());
    long oldHead = head;
    long oldTail = tail;
    long use = first;
    long kept = first;
    tail = head;
    for (long request = oldHead; request < oldTail; request++) {
      int at = place(request);
      count(at, -1);
      int length = 0;
      int from = 0;
      int held = 0;
      int hits = 0;
      for (int i = 0; i < lengths[at]; i++, use++) {
        long id = ids[(int) (use & (bounds.uses - 1))];
        if (isSampled(id)) {
          from += i < froms[at] ? 1 : 0;
          held += i < reals[at] ? 1 : 0;
          hits += i < lrus[at] ? 1 : 0;
          ids[(int) (kept & (bounds.uses - 1))] = id;
          kept++;
          length++;
        }
      }
      lengths[at] = length;
      froms[at] = froms[at] == Sample.REMOVAL ? Sample.REMOVAL : from;
      reals[at] = held;
      lrus[at] = hits;
      keep(at);
    }
    last = kept;
  }

  /// Moves a request to the tail, or adds its counts to the last one.
  private void keep(int from) {
    if (lengths[from] == 0 && tail > head) {
      int before = place(tail - 1);
      asked += askeds[from];
      found += founds[from];
      askeds[before] += askeds[from];
      founds[before] += founds[from];
      return;
    }
    int to = place(tail);
    times[to] = times[from];
    lengths[to] = lengths[from];
    froms[to] = froms[from];
    reals[to] = reals[from];
    lrus[to] = lrus[from];
    askeds[to] = askeds[from];
    founds[to] = founds[from];
    tail++;
    count(to, 1);
  }

  /// Uses of sampled blocks in the window.
  int uses() {
    return (int) (last - first);
  }

  /// Requests in the window, removals included.
  int requests() {
    return (int) (tail - head);
  }

  /// Slots of leaf-LRU that take memory.
  int lruSlots() {
    return lru.slots();
  }

  /// What the window says, the clairvoyant policy computed anew: O(uses log blocks).
  RegretSnapshot snapshot() {
    int blocks = pooled();
    long clairvoyant = new Clairvoyant(copy(), blocks).hits();
    return new RegretSnapshot(
        asked, found, requests(), uses(), shift, counted, real, leafLru, clairvoyant);
  }

  /// The window in order of time, for one that looks through it.
  private Clairvoyant.Recorded copy() {
    int count = requests();
    var copy = new Clairvoyant.Recorded(count, uses());
    for (int i = 0; i < copy.ids.length; i++) {
      copy.ids[i] = ids[(int) ((first + i) & (bounds.uses - 1))];
    }
    for (int i = 0; i < count; i++) {
      int at = place(head + i);
      copy.starts[i + 1] = copy.starts[i] + lengths[at];
      copy.froms[i] = froms[at];
      copy.known[i] = planted == RegretFault.FORGETS_START ? 0 : Math.max(reals[at], lrus[at]);
    }
    return copy;
  }
}
