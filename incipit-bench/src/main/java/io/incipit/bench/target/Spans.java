// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import java.util.Arrays;

/// Gathers the intervals of at most 64 owners along a chain from what each block says.
final class Spans {
  private static final int FIELDS = 3;

  private final int[] startByOwner = new int[Long.SIZE];
  private int[] fields = new int[16 * FIELDS];
  private int count;
  private long open;

  void begin() {
    count = 0;
    open = 0;
  }

  /// The owners, as bits, from block `position` on.
  void from(int position, long owners) {
    if (owners != open) {
      change(position, owners);
    }
  }

  private void change(int position, long owners) {
    for (long gone = open & ~owners; gone != 0; gone &= gone - 1) {
      int owner = Long.numberOfTrailingZeros(gone);
      add(startByOwner[owner], position, owner);
    }
    for (long come = owners & ~open; come != 0; come &= come - 1) {
      startByOwner[Long.numberOfTrailingZeros(come)] = position;
    }
    open = owners;
  }

  private void add(int from, int to, int owner) {
    if ((count + 1) * FIELDS > fields.length) {
      fields = Arrays.copyOf(fields, 2 * fields.length);
    }
    fields[count * FIELDS] = from;
    fields[count * FIELDS + 1] = to;
    fields[count * FIELDS + 2] = owner;
    count++;
  }

  /// Number of intervals.
  int count() {
    return count;
  }

  long digest() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      int at = i * FIELDS;
      sum += Local.digestOf(fields[at], fields[at + 1], fields[at + 2]);
    }
    return sum;
  }
}
