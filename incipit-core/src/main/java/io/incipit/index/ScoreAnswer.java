// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Scores;
import io.incipit.block.Tier;
import io.incipit.index.table.Records;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/// The answer to a score, filled by the index and used again for the next one. Not for several
/// threads at once.
public final class ScoreAnswer {
  /*
   * A record is three words, in whose order the best owner comes first:
   *
   *   word 0   complement of 63..32 remote | 31..0 disk
   *   word 1   complement of 63..32 host   | 31..0 gpu
   *   word 2   owner
   */
  private static final int WORDS = 3;

  private int known;
  private int run;
  private long low;
  private long high;
  private boolean truncated;
  private boolean listsAll;
  private final int[] base = new int[Tier.COUNT];
  private final Records records = new Records(WORDS);

  /// An empty answer.
  public ScoreAnswer() {}

  /// Says, for all answers from now on, whether all owners that hold something are to be listed, so
  /// that the base is 0; else those that have what most have are not.
  public ScoreAnswer listAll(boolean all) {
    listsAll = all;
    return this;
  }

  boolean listsAll() {
    return listsAll;
  }

  /// Empties the answer.
  public void clear() {
    known = 0;
    truncated = false;
    Arrays.fill(base, 0);
    records.clear();
  }

  /// Leading blocks that are in the tree, held or above held ones.
  public int known() {
    return known;
  }

  /// The place after [#known] blocks.
  public Place place() {
    return known == 0 ? Place.ROOT : new Place(run, known, low, high);
  }

  /// Whether owners were left out because of the limit.
  public boolean truncated() {
    return truncated;
  }

  /// Number of owners listed.
  public int count() {
    return records.count();
  }

  /// The counts, copied: best first, which is by the count of all tiers, then of fewer tiers
  /// (`DISK`, `HOST`, `GPU`), descending, then by owner number ascending. Every eligible owner that
  /// is not listed has the base; if owners were left out, it has at least the base, which is then
  /// lowered, count by count, to the worst of them.
  public Scores scores() {
    var words = records.words();
    var fields = new int[count() * Scores.FIELDS];
    for (int i = 0; i < count(); i++) {
      long slow = ~words[i * WORDS];
      long fast = ~words[i * WORDS + 1];
      int at = i * Scores.FIELDS;
      fields[at] = (int) words[i * WORDS + 2];
      fields[at + 1] = (int) fast;
      fields[at + 2] = (int) (fast >>> Integer.SIZE);
      fields[at + 3] = (int) slow;
      fields[at + 4] = (int) (slow >>> Integer.SIZE);
    }
    return Scores.owning(base.clone(), fields);
  }

  /// Leaves owners out of the list that are none any more.
  public void removeIf(IntPredicate gone) {
    int kept = 0;
    var words = records.words();
    for (int i = 0; i < count(); i++) {
      if (!gone.test(owner(i))) {
        System.arraycopy(words, i * WORDS, words, kept++ * WORDS, WORDS);
      }
    }
    records.keep(kept);
  }

  /// Gives the owners other numbers, and sorts by them those that are equally good.
  public void renumber(IntUnaryOperator numbers) {
    for (int i = 0; i < count(); i++) {
      records.words()[i * WORDS + 2] = numbers.applyAsInt(owner(i));
    }
    records.sort(0, count());
  }

  /// Blocks until now, of which the last is in this run.
  void known(int known, int run) {
    this.known = known;
    this.run = run;
  }

  /// The hash of the last block.
  void endWith(long high, long low) {
    this.high = high;
    this.low = low;
  }

  int[] base() {
    return base;
  }

  /// Lists an owner with four counts; order does not matter before [#sortAndLimit].
  void add(int owner, int gpu, int host, int disk, int remote) {
    int at = records.add();
    var words = records.words();
    words[at] = ~((long) remote << Integer.SIZE | disk);
    words[at + 1] = ~((long) host << Integer.SIZE | gpu);
    words[at + 2] = owner;
  }

  private int owner(int i) {
    return (int) records.words()[i * WORDS + 2];
  }

  private int blocks(int i, int tier) {
    long counts = ~records.words()[i * WORDS + (tier < 2 ? 1 : 0)];
    return (int) ((tier & 1) == 0 ? counts : counts >>> Integer.SIZE);
  }

  /// Sorts best first and drops what lies beyond `limit` owners.
  void sortAndLimit(int limit) {
    records.sort(0, limit);
    truncated = records.cut() > 0;
    for (int i = count(); i < count() + records.cut(); i++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        base[tier] = Math.min(base[tier], blocks(i, tier));
      }
    }
  }

  /// How often two owners were compared until now.
  long compared() {
    return records.compared();
  }
}
