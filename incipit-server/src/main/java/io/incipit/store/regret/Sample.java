// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.regret;

/// The sampled blocks of one request, or a block that somebody removed.
final class Sample {
  /// What [#from] is of a removal.
  static final int REMOVAL = -1;

  /// When, by the clock of the store.
  final long timeNs;

  /// The sampled blocks of its path in their order; possibly none.
  final long[] ids;

  /// Leading blocks of `ids` that an earlier request asked for, of which this one is the rest: they
  /// are used, and not counted.
  final int from;

  /// Leading blocks of `ids` that the store had.
  final int real;

  /// Blocks that this request, and others of which nothing was sampled, asked for.
  final long asked;

  /// Of these, blocks that the store had with all before them.
  final long found;

  Sample(long timeNs, long[] ids, int from, int real, long asked, long found) {
    this.timeNs = timeNs;
    this.ids = ids;
    this.from = from;
    this.real = real;
    this.asked = asked;
    this.found = found;
  }
}
