// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import java.util.Arrays;

/// Where parked stretches begin, by the parent that they wait for.
///
/// A hash table of chained buckets over columns: an entry is a holder and the block of its column
/// that begins a stretch. Entries below one parent are siblings; only the first of them is in a
/// bucket: thousands below one parent do not make other look-ups slow. Parents are told apart by a
/// mix of 64 bits with a secret in it; the holder knows the parent in full. An entry takes 28 B, a
/// bucket 4 B.
final class StretchesByParent {
  private static final int CAPACITY_MIN = 4;

  private long[] parents = new long[0];
  private int[] holders = new int[0];
  private int[] blocks = new int[0];
  private int[] nextInBucket = new int[0];
  private int[] nextSibling = new int[0];
  private int[] previousSibling = new int[0];
  private int[] buckets = new int[0];

  /// Entries that were ever in use; 0 is none.
  private int end = 1;

  private int free;
  private int count;

  StretchesByParent() {
    allocate(CAPACITY_MIN);
  }

  private void allocate(int capacity) {
    parents = Arrays.copyOf(parents, capacity);
    holders = Arrays.copyOf(holders, capacity);
    blocks = Arrays.copyOf(blocks, capacity);
    nextInBucket = Arrays.copyOf(nextInBucket, capacity);
    nextSibling = Arrays.copyOf(nextSibling, capacity);
    previousSibling = Arrays.copyOf(previousSibling, capacity);
    buckets = new int[capacity];
    for (int entry = 1; entry < end; entry++) {
      if (isUsed(entry) && previousSibling[entry] == 0) {
        link(entry);
      }
    }
  }

  int count() {
    return count;
  }

  /// Entries that may be in use: `[1, end)`.
  int end() {
    return end;
  }

  /// Memory, in bytes.
  long bytes() {
    return 32L * parents.length;
  }

  boolean isUsed(int entry) {
    return holders[entry] >= 0;
  }

  int holder(int entry) {
    return holders[entry];
  }

  int block(int entry) {
    return blocks[entry];
  }

  /// The next entry below the same parent; 0 if there is none.
  int next(int entry) {
    return nextSibling[entry];
  }

  /// The first entry below a parent; 0 if there is none.
  int first(long parent, Orphans.Probes probes) {
    int entry = buckets[bucket(parent)];
    while (entry != 0 && parents[entry] != parent) {
      probes.count++;
      entry = nextInBucket[entry];
    }
    return entry;
  }

  private int bucket(long parent) {
    return (int) parent & buckets.length - 1;
  }

  void add(long parent, int holder, int block, Orphans.Probes probes) {
    int entry = fresh();
    parents[entry] = parent;
    holders[entry] = holder;
    blocks[entry] = block;
    int first = first(parent, probes);
    previousSibling[entry] = first;
    if (first == 0) {
      nextSibling[entry] = 0;
      link(entry);
    } else {
      int second = nextSibling[first];
      nextSibling[entry] = second;
      nextSibling[first] = entry;
      previousSibling[second] = second == 0 ? 0 : entry;
    }
    count++;
  }

  private int fresh() {
    int entry = free;
    if (entry != 0) {
      free = nextInBucket[entry];
      return entry;
    }
    if (end == parents.length) {
      allocate(2 * parents.length);
    }
    return end++;
  }

  private void link(int entry) {
    int bucket = bucket(parents[entry]);
    nextInBucket[entry] = buckets[bucket];
    buckets[bucket] = entry;
  }

  /// Takes an entry out. Numbers of others stay.
  void remove(int entry, Orphans.Probes probes) {
    int next = nextSibling[entry];
    int previous = previousSibling[entry];
    if (previous == 0) {
      replaceFirst(entry, next, probes);
    } else {
      nextSibling[previous] = next;
    }
    if (next != 0) {
      previousSibling[next] = previous;
    }
    holders[entry] = -1;
    nextInBucket[entry] = free;
    free = entry;
    count--;
  }

  private void replaceFirst(int entry, int by, Orphans.Probes probes) {
    int after = nextInBucket[entry];
    if (by != 0) {
      nextInBucket[by] = after;
      after = by;
    }
    int bucket = bucket(parents[entry]);
    int before = buckets[bucket];
    if (before == entry) {
      buckets[bucket] = after;
      return;
    }
    while (nextInBucket[before] != entry) {
      probes.count++;
      before = nextInBucket[before];
    }
    nextInBucket[before] = after;
  }

  /// Whether most of the memory is unused.
  boolean isWasteful() {
    return parents.length > CAPACITY_MIN && 8 * count <= parents.length;
  }

  /// The same entries under other numbers, in as little memory as they need.
  StretchesByParent shrunk(Orphans.Probes probes) {
    var shrunk = new StretchesByParent();
    for (int entry = 1; entry < end; entry++) {
      if (isUsed(entry)) {
        shrunk.add(parents[entry], holders[entry], blocks[entry], probes);
      }
    }
    return shrunk;
  }
}
