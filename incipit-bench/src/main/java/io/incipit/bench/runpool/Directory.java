// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.block.Hash64;

/// What a client remembers of runs: by the hash of its first block, where a run is, how long it
/// was, and its last hash. Sets of eight entries, of which the least recently used goes; beside
/// them a smaller table of where columns and holders go on. All of it may be out of date. For one
/// thread.
final class Directory {
  /// Bytes of an entry: 2 hashes, start, length and lines of column together, region, generation,
  /// time of use.
  static final int ENTRY_BYTES = 36;

  /// Bytes of a hint: run, generation, ordinal, first block, capacity, region.
  static final int HINT_BYTES = 24;

  private static final int WAYS = 8;
  private static final int HINT_PART = 8;
  private static final int FIELD_BITS = 24;
  private static final int FIELD_MAX = (1 << FIELD_BITS) - 1;
  private static final int HINT_FIELDS = 6;
  private static final int GENERATION = 1;
  private static final int ORDINAL = 2;
  private static final int FIRST = 3;
  private static final int CAPACITY = 4;
  private static final int REGION = 5;

  private final int sets;
  private final long[] heads;
  private final long[] lasts;
  private final long[] shapes;
  private final int[] regions;
  private final int[] generations;
  private final int[] used;
  private final int hints;
  private final int[] hint;
  private int clock;

  /// @param bytes that it may take, at least those of one set and one hint
  Directory(long bytes) {
    long forHints = bytes / HINT_PART;
    hints = (int) Math.max(1, Math.min(forHints / HINT_BYTES, 1 << 26));
    long entries = (bytes - (long) hints * HINT_BYTES) / ENTRY_BYTES;
    sets = (int) Math.max(1, Math.min(entries / WAYS, 1 << 26));
    int size = sets * WAYS;
    heads = new long[size];
    lasts = new long[size];
    shapes = new long[size];
    regions = new int[size];
    generations = new int[size];
    used = new int[size];
    hint = new int[hints * HINT_FIELDS];
  }

  /// Bytes of all its tables.
  long bytes() {
    return (long) sets * WAYS * ENTRY_BYTES + (long) hints * HINT_BYTES;
  }

  private int setOf(long head) {
    return (int) Math.unsignedMultiplyHigh(Hash64.mix(head + Hash64.GOLDEN), sets) * WAYS;
  }

  /// The entry of the run that begins with a block.
  ///
  /// @return its number; -1 if there is none
  int find(long head, int start) {
    int set = setOf(head);
    for (int i = set; i < set + WAYS; i++) {
      if (heads[i] == head && regions[i] != 0 && start(i) == start) {
        used[i] = ++clock;
        return i;
      }
    }
    return -1;
  }

  int start(int entry) {
    return (int) (shapes[entry] >>> (Long.SIZE - FIELD_BITS));
  }

  int length(int entry) {
    return (int) (shapes[entry] >>> Short.SIZE) & FIELD_MAX;
  }

  int columnLines(int entry) {
    return (int) shapes[entry] & 0xFFFF;
  }

  int region(int entry) {
    return regions[entry];
  }

  int generation(int entry) {
    return generations[entry];
  }

  long last(int entry) {
    return lasts[entry];
  }

  /// Remembers a run; in place of what it knew of it.
  void put(
      long head, int start, int region, int length, long last, int generation, int columnLines) {
    if (start > FIELD_MAX || length > FIELD_MAX) {
      return;
    }
    int set = setOf(head);
    int victim = set;
    for (int i = set; i < set + WAYS; i++) {
      if (regions[i] != 0 && heads[i] == head && start(i) == start) {
        victim = i;
        break;
      }
      if (regions[victim] != 0 && (regions[i] == 0 || used[i] - used[victim] < 0)) {
        victim = i;
      }
    }
    heads[victim] = head;
    lasts[victim] = last;
    shapes[victim] =
        (long) start << (Long.SIZE - FIELD_BITS) | (long) length << Short.SIZE | columnLines;
    regions[victim] = region;
    generations[victim] = generation;
    used[victim] = ++clock;
  }

  /// Forgets an entry.
  void drop(int entry) {
    regions[entry] = 0;
  }

  private int hintOf(int run, int ordinal) {
    long mixed = Hash64.mix((long) run << Byte.SIZE | ordinal);
    return (int) Math.unsignedMultiplyHigh(mixed, hints) * HINT_FIELDS;
  }

  /// Remembers where a run goes on.
  ///
  /// @param ordinal number of a continuation, from 1; 0: the overflow of its holders
  void hint(int run, int generation, int ordinal, int first, int capacity, int region) {
    int at = hintOf(run, ordinal);
    hint[at] = run;
    hint[at + GENERATION] = generation;
    hint[at + ORDINAL] = ordinal;
    hint[at + FIRST] = first;
    hint[at + CAPACITY] = capacity;
    hint[at + REGION] = region;
  }

  /// Where a hint is; -1 if there is none.
  int findHint(int run, int generation, int ordinal) {
    int at = hintOf(run, ordinal);
    boolean found =
        hint[at] == run && hint[at + GENERATION] == generation && hint[at + ORDINAL] == ordinal;
    return found ? at : -1;
  }

  int hintFirst(int at) {
    return hint[at + FIRST];
  }

  int hintCapacity(int at) {
    return hint[at + CAPACITY];
  }

  int hintRegion(int at) {
    return hint[at + REGION];
  }
}
