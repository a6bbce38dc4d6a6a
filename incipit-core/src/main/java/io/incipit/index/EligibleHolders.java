// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
import io.incipit.index.table.HolderTable;
import java.util.Arrays;

/// Who may be listed in the answer to a score, as sets with a bit for each holder. A holder is
/// *single* if it is the only one of its owner: what its owner holds, it holds in one tier. Scratch
/// of a score, kept as long as the holders stay who they are.
final class EligibleHolders {
  /*
   * Sets of `words` words, one behind the other: the eligible single holders of each tier, then
   * those of any tier; then the single ones of any tier, eligible or not; and, where owners are
   * named, all holders of these.
   */
  private static final int ANY_TIER = Tier.COUNT;
  private static final int ALL = Tier.COUNT + 1;
  private static final int NAMED = Tier.COUNT + 2;
  private static final int SETS = Tier.COUNT + 3;

  private HolderTable holders = new HolderTable();
  private Eligible eligible = Eligible.ALL;
  private long[] sets = new long[0];
  private int words;
  private int tiers;

  /// Whether the sets were made for all owners when the holders had [#version].
  private boolean ofAll;

  private int version;

  /// Makes the sets, unless they are the same as for the last score. Charges them before they are
  /// read.
  ///
  /// @param seen version of the holders, which the answer will be checked against
  /// @return false if the question has failed
  boolean begin(Question question, HolderTable table, int seen, Eligible who) {
    eligible = who;
    if (!who.isAll() || table != holders || seen != version) {
      holders = table;
      version = seen;
      words = table.setWords();
      ofAll = false;
    }
    if (!question.charge((long) (Tier.COUNT + 1) * words + who.ownerCount())) {
      return false;
    }
    if (!ofAll) {
      copy();
      ofAll = who.isAll() && table.version() == seen;
    }
    return true;
  }

  private void copy() {
    tiers = 0;
    if (sets.length < SETS * words) {
      sets = new long[2 * SETS * words];
    }
    Arrays.fill(sets, ANY_TIER * words, SETS * words, 0);
    boolean named = !eligible.isAnyOwner();
    if (named) {
      nameOwners();
    }
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      copy(tier, named);
    }
  }

  private void nameOwners() {
    for (int i = 0; i < eligible.ownerCount(); i++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        int holder = eligible.acceptsTier(tier) ? holders.find(eligible.owner(i), tier) : 0;
        if (holder >>> 6 < words && holder != 0) {
          sets[NAMED * words + (holder >>> 6)] |= 1L << holder;
        }
      }
    }
  }

  private void copy(int tier, boolean named) {
    int at = tier * words;
    holders.copySingleTier(tier, sets, at, words);
    long any = 0;
    for (int word = 0; word < words; word++) {
      long bits = sets[at + word];
      sets[ALL * words + word] |= bits;
      bits &= eligible.acceptsTier(tier) ? -1 : 0;
      bits &= named ? sets[NAMED * words + word] : -1;
      sets[at + word] = bits;
      sets[ANY_TIER * words + word] |= bits;
      any |= bits;
    }
    tiers |= any == 0 ? 0 : 1 << tier;
  }

  Eligible eligible() {
    return eligible;
  }

  /// Words of a set.
  int words() {
    return words;
  }

  /// Bits of the tiers in which there are eligible single holders.
  int tiers() {
    return tiers;
  }

  /// A word of the eligible single holders.
  long single(int word) {
    return sets[ANY_TIER * words + word];
  }

  /// A word of the eligible single holders in one tier.
  long single(int tier, int word) {
    return sets[tier * words + word];
  }

  /// Whether a holder is single, eligible or not.
  boolean isSingle(int holder) {
    return holder >>> 6 < words && (sets[ALL * words + (holder >>> 6)] >>> holder & 1) != 0;
  }

  /// Of a word of holders those that are not single, and eligible as far as owners are named.
  long others(int word, long bits) {
    long named = eligible.isAnyOwner() ? -1 : sets[NAMED * words + word];
    return bits & ~sets[ALL * words + word] & named;
  }

  /// Owner and tier of a holder, see [HolderTable#ownerAndTier]; negative if it is masked.
  long ownerAndTier(int holder) {
    return holders.ownerAndTier(holder);
  }
}
