// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Holders;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The answer to a match, filled by the index and used again for the next one, so that a look-up
/// allocates nothing once the buffer has grown. Not for several threads at once.
public final class MatchAnswer {
  private static final int FIELDS = 4;

  private int blocks;
  private int count;
  private boolean truncated;
  private int[] fields = new int[16 * FIELDS];
  private int run;
  private long low;
  private final Walk walk = new Walk();
  private final Gathered gathered = new Gathered();
  private int[] openByHolder = new int[32];

  /// An empty answer.
  public MatchAnswer() {}

  /// Empties the answer.
  public void clear() {
    blocks = 0;
    count = 0;
    truncated = false;
    run = 0;
    low = 0;
  }

  /// Leading blocks that eligible holders have between them.
  public int blocks() {
    return blocks;
  }

  /// Number of intervals.
  public int count() {
    return count;
  }

  /// Whether intervals were left out because of the limit.
  public boolean truncated() {
    return truncated;
  }

  /// The place after [#blocks]; the root if there are none.
  public Place place() {
    return blocks == 0 ? Place.ROOT : new Place(run, blocks, low, 0);
  }

  /// The intervals, copied: sorted by from, owner, tier.
  public Holders holders() {
    return Holders.of(fields, count);
  }

  /// Gives the owners other numbers, and sorts by them.
  public void renumber(IntUnaryOperator numbers) {
    for (int i = 0; i < count; i++) {
      fields[i * FIELDS + 2] = numbers.applyAsInt(owner(i));
    }
    sort();
  }

  /// The place reached, after `blocks` blocks.
  void place(int blocks, int run, long low) {
    this.blocks = blocks;
    this.run = run;
    this.low = low;
  }

  /// Adds an interval `[from, to)`. Order does not matter before [#sortAndLimit].
  void add(int from, int to, int owner, int tierCode) {
    if ((count + 1) * FIELDS > fields.length) {
      fields = Arrays.copyOf(fields, 2 * fields.length);
    }
    int at = count * FIELDS;
    fields[at] = from;
    fields[at + 1] = to;
    fields[at + 2] = owner;
    fields[at + 3] = tierCode;
    count++;
  }

  Walk walk() {
    return walk;
  }

  /// Scratch for the holders of one run, which [#hold] takes up.
  Gathered gathered() {
    return gathered;
  }

  /// Makes room for holders below `holders`.
  private void expect(int holders) {
    if (openByHolder.length < holders) {
      openByHolder = Arrays.copyOf(openByHolder, Math.max(holders, 2 * openByHolder.length));
    }
  }

  /// Adds what is gathered of a run that starts at block `base`, as far as its first `covered`
  /// blocks.
  void hold(int base, int covered) {
    expect(gathered.holdersEnd());
    for (int i = 0; i < gathered.count(); i++) {
      if (gathered.from(i) == 0 && covered > 0) {
        holdFromStart(base, Math.min(gathered.to(i), covered), i);
      }
    }
    for (int i = 0; i < gathered.count(); i++) {
      int from = gathered.from(i);
      int to = Math.min(gathered.to(i), covered);
      if (from > 0 && from < to) {
        if (to == covered) {
          openByHolder[gathered.holder(i)] = count;
        }
        add(base + from, base + to, gathered.owner(i), gathered.tier(i));
      }
    }
  }

  /// Adds the first `length` blocks of a run, or makes the interval grow that ends where it starts.
  private void holdFromStart(int base, int length, int i) {
    int open = openByHolder[gathered.holder(i)];
    if (base > 0
        && open < count
        && to(open) == base
        && owner(open) == gathered.owner(i)
        && tierCode(open) == gathered.tier(i)) {
      extend(open, base + length);
    } else {
      openByHolder[gathered.holder(i)] = count;
      add(base, base + length, gathered.owner(i), gathered.tier(i));
    }
  }

  /// Adds what is gathered inside positions `[first, last)`, counted from `first`.
  void holdStretch(int first, int last) {
    for (int i = 0; i < gathered.count(); i++) {
      int from = Math.max(first, gathered.from(i));
      int to = Math.min(last, gathered.to(i));
      if (from < to) {
        add(from - first, to - first, gathered.owner(i), gathered.tier(i));
      }
    }
  }

  int from(int i) {
    return fields[i * FIELDS];
  }

  int to(int i) {
    return fields[i * FIELDS + 1];
  }

  int owner(int i) {
    return fields[i * FIELDS + 2];
  }

  int tierCode(int i) {
    return fields[i * FIELDS + 3];
  }

  /// Makes interval `i` end at `to`.
  void extend(int i, int to) {
    fields[i * FIELDS + 1] = to;
  }

  /// Sorts by from, owner, tier and drops what lies beyond `limit` intervals.
  void sortAndLimit(int limit) {
    sort();
    if (count > limit) {
      count = limit;
      truncated = true;
    }
  }

  /// Shell sort: in place and without allocation; most answers have a handful of intervals, in
  /// order already.
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
    int byFrom = Integer.compare(from(i), from(j));
    if (byFrom != 0) {
      return byFrom;
    }
    int byOwner = Integer.compare(owner(i), owner(j));
    return byOwner != 0 ? byOwner : Integer.compare(tierCode(i), tierCode(j));
  }

  private void swap(int i, int j) {
    for (int field = 0; field < FIELDS; field++) {
      int kept = fields[i * FIELDS + field];
      fields[i * FIELDS + field] = fields[j * FIELDS + field];
      fields[j * FIELDS + field] = kept;
    }
  }
}
