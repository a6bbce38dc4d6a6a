// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Scores;
import io.incipit.block.Tier;
import java.util.Arrays;

/// The answer to a score, filled by the index and used again for the next one. Not for several
/// threads at once.
public final class ScoreAnswer {
  private static final int FIELDS = 1 + Tier.COUNT;

  private int known;
  private int run;
  private int offset;
  private long low;
  private boolean truncated;
  private final int[] base = new int[Tier.COUNT];
  private int count;
  private int[] fields = new int[16 * FIELDS];
  private final Walk walk = new Walk();
  private final Gathered gathered = new Gathered();
  private int[] rowByOwner = new int[16];
  private int reached;

  /// An empty answer.
  public ScoreAnswer() {}

  /// Empties the answer.
  public void clear() {
    known = 0;
    truncated = false;
    Arrays.fill(base, 0);
    count = 0;
    reached = 0;
  }

  /// Leading blocks that are in the tree, held or above held ones.
  public int known() {
    return known;
  }

  /// The place after [#known] blocks.
  public Place place() {
    return known == 0 ? Place.ROOT : new Place(run, offset, known, low);
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

  void known(int known, int run, int offset, long low) {
    this.known = known;
    this.run = run;
    this.offset = offset;
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

  /// Counts what is gathered of a run's first `matched` blocks, of which the first is block `base`.
  void hold(int base, int matched) {
    boolean grown = true;
    while (grown) {
      grown = false;
      for (int i = 0; i < gathered.count(); i++) {
        int row = rowOf(gathered.owner(i), base == 0);
        if (row >= 0) {
          int to = Math.min(gathered.to(i), matched);
          grown |= extend(row, gathered.tier(i), base + gathered.from(i), base + to);
        }
      }
    }
  }

  /// Row of an owner, made if wanted; -1 if it has none: it does not hold the first block.
  private int rowOf(int owner, boolean wanted) {
    if (owner >= rowByOwner.length) {
      rowByOwner = Arrays.copyOf(rowByOwner, Math.max(owner + 1, 2 * rowByOwner.length));
    }
    int row = rowByOwner[owner];
    if (row < count && owner(row) == owner) {
      return row;
    }
    if (!wanted) {
      return -1;
    }
    rowByOwner[owner] = count;
    add(owner, 0, 0, 0, 0);
    return count - 1;
  }

  private boolean extend(int row, int tierCode, int from, int to) {
    boolean grown = false;
    for (int tier = tierCode; tier < Tier.COUNT; tier++) {
      int at = row * FIELDS + 1 + tier;
      if (fields[at] >= from && fields[at] < to) {
        fields[at] = to;
        grown = true;
      }
    }
    if (grown) {
      reached = Math.max(reached, to);
    }
    return grown;
  }

  /// Whether some owner holds all blocks up to `end`.
  boolean anyAt(int end) {
    return reached >= end;
  }

  /// Takes back what was counted beyond block `base`.
  void rollback(int base) {
    reached = Math.min(reached, base);
    for (int row = 0; row < count; row++) {
      for (int at = row * FIELDS + 1; at < (row + 1) * FIELDS; at++) {
        fields[at] = Math.min(fields[at], base);
      }
    }
  }

  /// Makes the answer that most of `owners` owners have the base, and lists the others best first,
  /// at most `limit`.
  void finish(int owners, int limit) {
    for (int i = count - 1; i >= 0; i--) {
      if (blocks(i, Tier.COUNT - 1) == 0) {
        drop(i);
      }
    }
    sortAndLimit(Integer.MAX_VALUE);
    int none = owners - count;
    int most = 0;
    int chosen = -1;
    for (int first = 0, i = 1; i <= count; i++) {
      if (i == count || !equal(i, first)) {
        if (i - first > none && i - first >= most) {
          most = i - first;
          chosen = first;
        }
        first = i;
      }
    }
    if (chosen >= 0) {
      setBase(chosen, most, owners);
    }
    sortAndLimit(limit);
  }

  /// Takes the base from row `chosen`, drops its `many` equals, and lists who holds nothing
  /// instead.
  private void setBase(int chosen, int many, int owners) {
    System.arraycopy(fields, chosen * FIELDS + 1, base, 0, Tier.COUNT);
    int listed = count;
    for (int row = 0; row < listed; row++) {
      rowByOwner[owner(row)] = row;
    }
    for (int owner = 0; owner < owners; owner++) {
      if (owner >= rowByOwner.length
          || rowByOwner[owner] >= listed
          || owner(rowByOwner[owner]) != owner) {
        add(owner, 0, 0, 0, 0);
      }
    }
    count -= many;
    System.arraycopy(
        fields, (chosen + many) * FIELDS, fields, chosen * FIELDS, (count - chosen) * FIELDS);
  }

  private boolean equal(int i, int j) {
    int a = i * FIELDS + 1;
    int b = j * FIELDS + 1;
    return Arrays.equals(fields, a, a + Tier.COUNT, fields, b, b + Tier.COUNT);
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
    for (int gap = count / 2; gap > 0; gap /= 2) {
      for (int i = gap; i < count; i++) {
        for (int j = i; j >= gap && compare(j - gap, j) > 0; j -= gap) {
          swap(j - gap, j);
        }
      }
    }
    if (count > limit) {
      count = limit;
      truncated = true;
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
