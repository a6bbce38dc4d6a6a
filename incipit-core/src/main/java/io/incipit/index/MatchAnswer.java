// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Holders;
import io.incipit.index.table.Records;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// The answer to a match, filled by the index and used again for the next one, so that a look-up
/// allocates nothing once the buffer has grown. Not for several threads at once.
public final class MatchAnswer {
  /*
   * A record is two words:
   *
   *   word 0   63..33 from | 32..2 owner | 1..0 tier, so that they are in order by it
   *   word 1   to
   */
  private static final int WORDS = 2;
  private static final int FROM_SHIFT = 33;
  private static final long HOLDER_MASK = (1L << FROM_SHIFT) - 1;
  private static final int TIER_BITS = 2;

  private int blocks;
  private boolean truncated;
  private final Records records = new Records(WORDS);
  private int run;
  private long low;
  private long high;

  /// Where the interval is that a holder's next one may go on with.
  private int[] openByHolder = new int[32];

  /// An empty answer.
  public MatchAnswer() {}

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
    var fields = new int[count() * Holders.FIELDS];
    for (int i = 0; i < count(); i++) {
      int at = i * Holders.FIELDS;
      fields[at] = from(i);
      fields[at + 1] = to(i);
      fields[at + 2] = owner(i);
      fields[at + 3] = tierCode(i);
    }
    return Holders.owning(fields);
  }

  /// Gives the owners other numbers, and sorts by them.
  public void renumber(IntUnaryOperator numbers) {
    for (int i = 0; i < count(); i++) {
      long holder = (long) numbers.applyAsInt(owner(i)) << TIER_BITS | tierCode(i);
      records.words()[i * WORDS] = (long) from(i) << FROM_SHIFT | holder;
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

  /// Adds an interval `[from, to)` of a holder, `owner << 2 | tier`. Order does not matter before
  /// [#sort].
  void add(int from, int to, long holder) {
    int at = records.add();
    records.words()[at] = (long) from << FROM_SHIFT | holder;
    records.words()[at + 1] = to;
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
          add(base + from - first, base + to - first, held.holder(i));
        } else {
          truncated = true;
        }
      }
    }
    sort(before, limit);
    for (int i = before; i < count(); i++) {
      if (to(i) == base + last - first) {
        openByHolder[(int) holder(i)] = i;
      }
    }
  }

  /// Makes the interval that ends at `base`, among the first `before`, grow up to `to`.
  ///
  /// @return false if the holder of interval `i` has none
  private boolean goesOn(RunHolders held, int i, int base, int before, int to) {
    int open = openByHolder[held.holder(i)];
    boolean found = open < before && to(open) == base && holder(open) == held.holder(i);
    if (found) {
      records.words()[open * WORDS + 1] = to;
    }
    return found;
  }

  int from(int i) {
    return (int) (records.words()[i * WORDS] >>> FROM_SHIFT);
  }

  int to(int i) {
    return (int) records.words()[i * WORDS + 1];
  }

  /// Owner and tier of interval `i` as one number, as [RunHolders#holder] gives it.
  private long holder(int i) {
    return records.words()[i * WORDS] & HOLDER_MASK;
  }

  int owner(int i) {
    return (int) (holder(i) >>> TIER_BITS);
  }

  int tierCode(int i) {
    return (int) holder(i) & ((1 << TIER_BITS) - 1);
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
