// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Holders;
import io.incipit.index.table.Records;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The answer to a match, filled by the index and used again for the next one, so that a look-up
/// allocates nothing once the buffer has grown. Not for several threads at once.
public final class MatchAnswer {
  private static final int FIELDS = 4;

  private int blocks;
  private boolean truncated;
  private final Records records = new Records(FIELDS, MatchAnswer::isBefore);
  private int run;
  private long low;
  private long high;

  /// Where the interval is that a holder's next one may go on with.
  private int[] openByHolder = new int[32];

  /// An empty answer.
  public MatchAnswer() {}

  /// By from, owner, tier.
  private static boolean isBefore(int[] fields, int a, int b) {
    int i = 0;
    if (fields[a] == fields[b]) {
      i = fields[a + 2] == fields[b + 2] ? 3 : 2;
    }
    return fields[a + i] < fields[b + i];
  }

  /// Empties the answer.
  public void clear() {
    blocks = 0;
    records.clear();
    truncated = false;
    run = 0;
    low = 0;
    high = 0;
  }

  /// Leading blocks that eligible holders have between them.
  public int blocks() {
    return blocks;
  }

  /// Number of intervals.
  public int count() {
    return records.count();
  }

  /// Whether intervals were left out because of the limit.
  public boolean truncated() {
    return truncated;
  }

  /// The place after [#blocks]; the root if there are none.
  public Place place() {
    return blocks == 0 ? Place.ROOT : new Place(run, blocks, low, high);
  }

  /// The intervals, copied: sorted by from, owner, tier.
  public Holders holders() {
    return Holders.of(records.fields(), records.count());
  }

  /// Gives the owners other numbers, and sorts by them.
  public void renumber(IntUnaryOperator numbers) {
    for (int i = 0; i < count(); i++) {
      records.fields()[i * FIELDS + 2] = numbers.applyAsInt(owner(i));
    }
    records.sort(0, count());
  }

  /// Blocks until now, of which the last is in this run.
  void known(int blocks, int run) {
    this.blocks = blocks;
    this.run = run;
  }

  /// The hash of the last block.
  void endWith(long high, long low) {
    this.high = high;
    this.low = low;
  }

  /// Adds an interval `[from, to)`. Order does not matter before [#sort].
  void add(int from, int to, int owner, int tierCode) {
    int at = records.add();
    var fields = records.fields();
    fields[at] = from;
    fields[at + 1] = to;
    fields[at + 2] = owner;
    fields[at + 3] = tierCode;
  }

  /// Adds what a run's holders have of its positions `[first, last)`, of which the first is block
  /// `base`: intervals that end there grow, others begin, as long as there are not more than
  /// `limit`. Runs come in order, so what begins in a later one is behind all that is here.
  void hold(RunHolders held, int base, int first, int last, int limit) {
    if (openByHolder.length < held.holdersEnd()) {
      openByHolder =
          Arrays.copyOf(openByHolder, Math.max(held.holdersEnd(), 2 * openByHolder.length));
    }
    int before = count();
    for (int i = 0; i < held.count(); i++) {
      int from = Math.max(first, held.from(i));
      int to = Math.min(last, held.to(i));
      if (from < to && !(from == first && goesOn(held, i, base, before, base + to - first))) {
        if (before < limit) {
          add(base + from - first, base + to - first, held.owner(i), held.tier(i));
        } else {
          truncated = true;
        }
      }
    }
    sort(before, limit);
    for (int i = before; i < count(); i++) {
      if (to(i) == base + last - first) {
        openByHolder[owner(i) << 2 | tierCode(i)] = i;
      }
    }
  }

  /// Makes the interval that ends at `base`, among the first `before`, grow up to `to`.
  ///
  /// @return false if the holder of interval `i` has none
  private boolean goesOn(RunHolders held, int i, int base, int before, int to) {
    int open = openByHolder[held.holder(i)];
    boolean found =
        open < before
            && to(open) == base
            && owner(open) == held.owner(i)
            && tierCode(open) == held.tier(i);
    if (found) {
      records.fields()[open * FIELDS + 1] = to;
    }
    return found;
  }

  int from(int i) {
    return records.fields()[i * FIELDS];
  }

  int to(int i) {
    return records.fields()[i * FIELDS + 1];
  }

  int owner(int i) {
    return records.fields()[i * FIELDS + 2];
  }

  int tierCode(int i) {
    return records.fields()[i * FIELDS + 3];
  }

  /// Sorts the intervals from `start` on by from, owner, tier and drops what lies beyond `limit`.
  void sort(int start, int limit) {
    records.sort(start, Math.max(0, limit - start));
    truncated |= records.cut() > 0;
  }

  /// How often two intervals were compared until now.
  long compared() {
    return records.compared();
  }
}
