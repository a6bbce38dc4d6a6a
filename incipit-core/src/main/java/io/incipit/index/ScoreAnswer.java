// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Scores;
import io.incipit.block.Tier;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The answer to a score, filled by the index and used again for the next one. Not for several
/// threads at once.
public final class ScoreAnswer {
  private static final int FIELDS = 1 + Tier.COUNT;

  private int known;
  private int run;
  private long low;
  private boolean truncated;
  private final int[] base = new int[Tier.COUNT];
  private int count;
  private int[] fields = new int[16 * FIELDS];
  private final Walk walk = new Walk();
  private final Gathered gathered = new Gathered();
  private final Tally tally = new Tally();
  private HolderTable holders = new HolderTable();

  /// An empty answer.
  public ScoreAnswer() {}

  /// Empties the answer.
  public void clear() {
    known = 0;
    truncated = false;
    Arrays.fill(base, 0);
    count = 0;
  }

  /// Leading blocks that are in the tree, held or above held ones.
  public int known() {
    return known;
  }

  /// The place after [#known] blocks.
  public Place place() {
    return known == 0 ? Place.ROOT : new Place(run, known, low, 0);
  }

  /// Whether owners were left out because of the limit.
  public boolean truncated() {
    return truncated;
  }

  /// Number of owners listed.
  public int count() {
    return count;
  }

  /// The counts, copied: best first, which is by the count of all tiers, then of fewer tiers
  /// (`DISK`, `HOST`, `GPU`), descending, then by owner number ascending.
  public Scores scores() {
    return Scores.of(base, fields, count);
  }

  /// Gives the owners other numbers, and sorts by them those that are equally good.
  public void renumber(IntUnaryOperator numbers) {
    for (int i = 0; i < count; i++) {
      fields[i * FIELDS] = numbers.applyAsInt(owner(i));
    }
    sort();
  }

  void known(int known, int run, long low) {
    this.known = known;
    this.run = run;
    this.low = low;
  }

  int[] base() {
    return base;
  }

  /// Lists an owner with four counts; order does not matter before [#sortAndLimit].
  void add(int owner, int gpu, int host, int disk, int remote) {
    if ((count + 1) * FIELDS > fields.length) {
      fields = Arrays.copyOf(fields, 2 * fields.length);
    }
    int at = count * FIELDS;
    fields[at] = owner;
    fields[at + 1] = gpu;
    fields[at + 2] = host;
    fields[at + 3] = disk;
    fields[at + 4] = remote;
    count++;
  }

  Walk walk() {
    return walk;
  }

  Gathered gathered() {
    return gathered;
  }

  /// Starts to add up.
  void begin(HolderTable holders) {
    this.holders = holders;
    tally.begin(holders);
  }

  /// Counts what is gathered of a run's first `matched` blocks, of which the first is block `base`.
  void hold(int base, int matched) {
    tally.add(gathered, holders, base, matched);
  }

  /// Makes the answer that most of `owners` owners have the base, and lists the others best first,
  /// at most `limit`.
  void finish(int owners, int limit) {
    tally.finish(owners, holders, this);
    sortAndLimit(limit);
  }

  int owner(int i) {
    return fields[i * FIELDS];
  }

  int blocks(int i, int tierCode) {
    return fields[i * FIELDS + 1 + tierCode];
  }

  /// Drops owner `i`; the last one takes its place.
  void drop(int i) {
    count--;
    System.arraycopy(fields, count * FIELDS, fields, i * FIELDS, FIELDS);
  }

  /// Sorts best first and drops what lies beyond `limit` owners.
  void sortAndLimit(int limit) {
    sort();
    if (count > limit) {
      count = limit;
      truncated = true;
    }
  }

  private void sort() {
    for (int gap = count / 2; gap > 0; gap /= 2) {
      for (int i = gap; i < count; i++) {
        for (int j = i; j >= gap && compare(j - gap, j) > 0; j -= gap) {
          swap(j - gap, j);
        }
      }
    }
  }

  private int compare(int i, int j) {
    for (int tier = Tier.COUNT - 1; tier >= 0; tier--) {
      int byBlocks = Integer.compare(blocks(j, tier), blocks(i, tier));
      if (byBlocks != 0) {
        return byBlocks;
      }
    }
    return Integer.compare(owner(i), owner(j));
  }

  private void swap(int i, int j) {
    for (int field = 0; field < FIELDS; field++) {
      int kept = fields[i * FIELDS + field];
      fields[i * FIELDS + field] = fields[j * FIELDS + field];
      fields[j * FIELDS + field] = kept;
    }
  }
}
