// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
import java.util.Arrays;

/// The holders that a question may count: a set of tiers, and a set of owners or all of them.
/// Immutable.
public final class Eligible {
  /// Every holder.
  public static final Eligible ALL = new Eligible(Tier.ALL_MASK, new int[0], true);

  private final int tierMask;
  private final int[] owners;
  private final boolean anyOwner;

  private Eligible(int tierMask, int[] owners, boolean anyOwner) {
    this.tierMask = tierMask;
    this.owners = owners;
    this.anyOwner = anyOwner;
  }

  /// Every owner in the tiers of a mask.
  public static Eligible inTiers(int tierMask) {
    return new Eligible(tierMask, new int[0], true);
  }

  /// The owners with these numbers, and no others, in the tiers of a mask. No numbers: nobody.
  public static Eligible of(int tierMask, int... owners) {
    var sorted = Arrays.stream(owners).sorted().distinct().toArray();
    return new Eligible(tierMask, sorted, false);
  }

  /// Whether every holder is eligible.
  public boolean isAll() {
    return anyOwner && tierMask == Tier.ALL_MASK;
  }

  /// Whether an owner in a tier is eligible.
  public boolean accepts(int owner, int tierCode) {
    return (tierMask >>> tierCode & 1) != 0
        && (anyOwner || Arrays.binarySearch(owners, owner) >= 0);
  }

  /// Whether an owner is eligible in some tier.
  public boolean acceptsOwner(int owner) {
    return tierMask != 0 && (anyOwner || Arrays.binarySearch(owners, owner) >= 0);
  }

  /// Whether holders in a tier may be eligible.
  boolean acceptsTier(int tierCode) {
    return (tierMask >>> tierCode & 1) != 0;
  }

  /// Whether no owners are named: all are eligible, in the tiers of the mask.
  boolean isAnyOwner() {
    return anyOwner;
  }

  /// Owners named.
  int ownerCount() {
    return owners.length;
  }

  /// Named owner `i`, ascending.
  int owner(int i) {
    return owners[i];
  }

  /// How many owners in `[0, all)` are eligible in some tier.
  int count(int all) {
    if (tierMask == 0) {
      return 0;
    }
    int found = anyOwner ? -1 : Arrays.binarySearch(owners, all);
    return anyOwner ? all : found < 0 ? -1 - found : found;
  }
}
