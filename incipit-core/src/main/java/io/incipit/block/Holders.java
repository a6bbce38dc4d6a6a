// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.Arrays;

/// Who holds which stretch of a chain: intervals `[from, to)` of block positions, each with an
/// owner and a tier. Sorted by from, owner, tier; maximal, so two intervals of one holder never
/// touch.
public final class Holders {
  /// No intervals.
  public static final Holders NONE = new Holders(new int[0]);

  /// Ints of an interval.
  public static final int FIELDS = 4;

  private final int[] fields;

  private Holders(int[] fields) {
    this.fields = fields;
  }

  /// Intervals from the first `count` groups of `from, to, owner, tier code`, copied.
  public static Holders of(int[] fields, int count) {
    return count == 0 ? NONE : new Holders(Arrays.copyOf(fields, count * FIELDS));
  }

  /// Intervals from all groups of `from, to, owner, tier code`; the array is kept, and must not
  /// change any more.
  public static Holders owning(int[] fields) {
    return fields.length == 0 ? NONE : new Holders(fields);
  }

  /// Number of intervals.
  public int count() {
    return fields.length / FIELDS;
  }

  /// First block of interval `i`.
  public int from(int i) {
    return fields[i * FIELDS];
  }

  /// Block after the last one of interval `i`.
  public int to(int i) {
    return fields[i * FIELDS + 1];
  }

  /// Number of the owner of interval `i`.
  public int owner(int i) {
    return fields[i * FIELDS + 2];
  }

  /// Tier of interval `i`.
  public Tier tier(int i) {
    return Tier.of(fields[i * FIELDS + 3]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Holders that && Arrays.equals(fields, that.fields);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(fields);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("Holders[");
    for (int i = 0; i < count(); i++) {
      text.append(i == 0 ? "" : ", ");
      text.append(from(i)).append("..").append(to(i)).append(" owner ").append(owner(i));
      text.append(' ').append(tier(i));
    }
    return text.append(']').toString();
  }
}
