// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.util.Arrays;

/// How many leading blocks each owner holds without a gap, cumulative by tier: count `t` says how
/// far the owner gets with the tiers up to code `t`. Every owner that is not listed has the base
/// counts.
public final class Scores {
  /// Ints of an owner.
  public static final int FIELDS = 1 + Tier.COUNT;

  private final int[] base;
  private final int[] fields;

  private Scores(int[] base, int[] fields) {
    this.base = base;
    this.fields = fields;
  }

  /// Scores from four base counts and the first `count` groups of `owner, four counts`, copied.
  public static Scores of(int[] base, int[] fields, int count) {
    return owning(Arrays.copyOf(base, Tier.COUNT), Arrays.copyOf(fields, count * FIELDS));
  }

  /// Scores from four base counts and all groups of `owner, four counts`; the arrays are kept, and
  /// must not change any more.
  public static Scores owning(int[] base, int[] fields) {
    return new Scores(base, fields);
  }

  /// Leading blocks, with tiers up to `tier`, of every owner that is not listed.
  public int base(Tier tier) {
    return base[tier.code()];
  }

  /// Number of owners listed, best first.
  public int count() {
    return fields.length / FIELDS;
  }

  /// Number of the `i`-th listed owner.
  public int owner(int i) {
    return fields[i * FIELDS];
  }

  /// Leading blocks of the `i`-th listed owner, with tiers up to `tier`.
  public int blocks(int i, Tier tier) {
    return fields[i * FIELDS + 1 + tier.code()];
  }

  /// Leading blocks of owner `number`, listed or not, with tiers up to `tier`.
  public int blocksOf(int number, Tier tier) {
    for (int i = 0; i < count(); i++) {
      if (owner(i) == number) {
        return blocks(i, tier);
      }
    }
    return base(tier);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scores that
        && Arrays.equals(base, that.base)
        && Arrays.equals(fields, that.fields);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(base) + Arrays.hashCode(fields);
  }

  @Override
  public String toString() {
    return "Scores[base " + Arrays.toString(base) + ", listed " + Arrays.toString(fields) + "]";
  }
}
