// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
import io.incipit.index.table.HolderTable;
import io.incipit.index.table.Owners;
import io.incipit.index.table.Populations;
import io.incipit.index.table.Stops;
import java.util.Arrays;

/// Adds up, run by run from the root, how many leading blocks each owner holds. Scratch of a score.
final class ScoreCounter {
  /*
   * Nearly every owner holds what it holds in one tier: its holder is single. Of those, a set is
   * kept after each run: who holds all blocks up to there. One set less the next are the owners
   * that stop at one block, so a thousand workers with one system prompt cost a few words of bits
   * and one count, and are never looked at one by one.
   *
   *   alive   run 0: {1 2 3 4 5 6}   run 1: {2 5}   run 2: {5}      (as bits, by holder number)
   *   end           20                     32             40
   *   =>      1 3 4 6 hold 20, 2 holds 32, 5 holds 40
   *
   * Only words of bits of those that stop are kept, and each holder stops once: memory grows with
   * holders, not with runs. An owner that stops inside a run, or holds in several tiers, gets a row
   * with its four counts.
   *
   * Where not all are eligible, the sets of single holders are narrowed to the eligible; then
   * nobody else is ever seen.
   */
  private static final int FIELDS = 1 + Tier.COUNT;

  private final Question question;
  private final EligibleHolders holders = new EligibleHolders();
  private int words;

  /// Who holds all blocks up to [#end], and scratch for the next such set.
  private long[] alive = new long[64];

  private long[] aliveNext = new long[64];
  private boolean anyAlive;
  private int runs;
  private int end;

  private final Stops stops = new Stops();
  private final Owners stopped = new Owners();

  private int[] rows = new int[16 * FIELDS];
  private int rowCount;

  /// The most blocks of any row.
  private int rowsEnd;

  private int[] rowByOwner = new int[16];

  private long[] several = new long[8];
  private int severalCount;

  private final Populations populations = new Populations();

  private int[] seen = new int[0];
  private int seenMark;

  ScoreCounter(Question question) {
    this.question = question;
  }

  /// Starts at the root. Charges each set before it is read or grows, as all that follows does.
  ///
  /// @param version of the holders, which the answer will be checked against
  /// @return false if the question has failed
  boolean begin(HolderTable table, int version, Eligible eligible) {
    runs = 0;
    rowCount = 0;
    rowsEnd = 0;
    stops.clear();
    if (!holders.begin(question, table, version, eligible)) {
      return false;
    }
    words = holders.words();
    if (alive.length < words) {
      alive = new long[2 * words];
      aliveNext = new long[2 * words];
    }
    return true;
  }

  /// Takes up who holds a run's first `matched` blocks, of which the first is block
  /// `base`.
  void add(RunHolders held, int base, int matched) {
    if ((runs > 0 && !anyAlive && rowsEnd < base) || !question.charge(words)) {
      return;
    }
    runs++;
    severalCount = 0;
    addWhole(held, matched);
    for (int i = 0; i < held.count(); i++) {
      int holder = held.number(i);
      if (holders.isSingle(holder)) {
        if (held.from(i) == 0 && wasAlive(holder)) {
          addSingle(held, i, base, matched);
        }
      } else {
        addSeveral(held.owner(i), held.tier(i), held.from(i), Math.min(held.to(i), matched));
      }
    }
    stop();
    end = base + matched;
    extendRows(base);
  }

  private void addWhole(RunHolders held, int matched) {
    for (int word = 0; word < words; word++) {
      long whole = held.whole(word);
      aliveNext[word] = whole & holders.single(word) & (runs == 1 ? -1 : alive[word]);
      long others = holders.others(word, whole);
      if (others != 0 && !question.charge(Long.bitCount(others))) {
        return;
      }
      for (long bits = others; bits != 0; bits &= bits - 1) {
        long holder = holders.ownerAndTier((word << 6) + Long.numberOfTrailingZeros(bits));
        if (!HolderTable.isDead(holder)
            && holders.eligible().acceptsTier(HolderTable.tier(holder))) {
          addSeveral(HolderTable.owner(holder), HolderTable.tier(holder), 0, matched);
        }
      }
    }
  }

  private boolean wasAlive(int holder) {
    return runs == 1 || (alive[holder >>> 6] >>> holder & 1) != 0;
  }

  /// Takes up a single holder that holds the run from its start.
  private void addSingle(RunHolders held, int i, int base, int matched) {
    int holder = held.number(i);
    if (held.to(i) >= matched) {
      aliveNext[holder >>> 6] |= 1L << holder;
      return;
    }
    if (runs > 1) {
      alive[holder >>> 6] &= ~(1L << holder);
    }
    int row = addRow(held.owner(i));
    for (int tier = held.tier(i); tier < Tier.COUNT; tier++) {
      rows[row * FIELDS + 1 + tier] = base + held.to(i);
    }
    rowsEnd = Math.max(rowsEnd, base + held.to(i));
  }

  /// Keeps who held everything before the run that was added last, and not that.
  private void stop() {
    long any = 0;
    for (int word = 0; word < words; word++) {
      long next = aliveNext[word];
      long bits = runs == 1 ? 0 : alive[word] & ~next;
      if (bits != 0) {
        stops.add(word, bits);
      }
      alive[word] = next;
      any |= next;
    }
    anyAlive = any != 0;
    stops.end(end);
  }

  private void addSeveral(int owner, int tier, int from, int to) {
    if (2 * severalCount == several.length) {
      several = Arrays.copyOf(several, 2 * several.length);
    }
    several[2 * severalCount] = (long) owner << 2 | tier;
    several[2 * severalCount + 1] = (long) from << 32 | to;
    severalCount++;
  }

  /// Extends the rows of owners with several holders, until no interval carries any further.
  private void extendRows(int base) {
    boolean grown = severalCount > 0;
    while (grown) {
      grown = false;
      for (int i = 0; i < severalCount; i++) {
        int row = rowOf((int) (several[2 * i] >>> 2), runs == 1);
        if (row >= 0) {
          int from = base + (int) (several[2 * i + 1] >>> 32);
          int to = base + (int) several[2 * i + 1];
          grown |= extend(row, (int) several[2 * i] & 3, from, to);
        }
      }
      grown &= question.charge(severalCount);
    }
  }

  private boolean extend(int row, int firstTier, int from, int to) {
    boolean grown = false;
    for (int tier = firstTier; tier < Tier.COUNT; tier++) {
      int at = row * FIELDS + 1 + tier;
      if (rows[at] >= from && rows[at] < to) {
        rows[at] = to;
        rowsEnd = Math.max(rowsEnd, to);
        grown = true;
      }
    }
    return grown;
  }

  /// Row of an owner, made if wanted; -1 if it has none: it does not hold the first block.
  private int rowOf(int owner, boolean wanted) {
    int row = owner < rowByOwner.length ? rowByOwner[owner] : rowCount;
    if (row < rowCount && rows[row * FIELDS] == owner) {
      return row;
    }
    return wanted ? addRow(owner) : -1;
  }

  private int addRow(int owner) {
    if ((rowCount + 1) * FIELDS > rows.length) {
      rows = Arrays.copyOf(rows, 2 * rows.length);
    }
    if (owner >= rowByOwner.length) {
      rowByOwner = Arrays.copyOf(rowByOwner, Math.max(owner + 1, 2 * rowByOwner.length));
    }
    rowByOwner[owner] = rowCount;
    rows[rowCount * FIELDS] = owner;
    Arrays.fill(rows, rowCount * FIELDS + 1, (rowCount + 1) * FIELDS, 0);
    return rowCount++;
  }

  /// Lists, in `answer`, the counts that most of the eligible of `owners` owners have as the base,
  /// and every eligible owner that has others; or 0 as the base, if all are to be listed.
  void finish(int owners, ScoreAnswer answer) {
    if (runs == 0) {
      return; // Nobody holds anything, which is the base.
    }
    for (int word = 0; word < words; word++) {
      if (alive[word] != 0) {
        stops.add(word, alive[word]);
      }
    }
    stops.end(end);
    long sets = (long) stops.words() * Integer.bitCount(holders.tiers()) + rowCount;
    if (!question.charge(sets)) {
      return;
    }
    countPopulations();
    int nobody = holders.eligible().count(owners) - populations.total();
    boolean somebody = !answer.listsAll() && populations.mostCommon(nobody, answer.base());
    for (int row = 0; row < rowCount; row++) {
      int at = row * FIELDS;
      if (rows[at + Tier.COUNT] > 0 && !isBase(answer, at + 1)) {
        answer.add(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], rows[at + 4]);
      }
    }
    // Best first, so that little is left to sort.
    for (int stop = stops.count() - 1; stop >= 0; stop--) {
      for (int left = holders.tiers(); left != 0; left &= left - 1) {
        listStopped(stop, Integer.numberOfTrailingZeros(left), answer);
      }
    }
    if (somebody && nobody > 0) {
      listNobody(owners, answer);
    }
  }

  private boolean isBase(ScoreAnswer answer, int at) {
    return Arrays.equals(answer.base(), 0, Tier.COUNT, rows, at, at + Tier.COUNT);
  }

  /// Word `i` of those that stop, in one tier.
  private long stopped(int i, int tier) {
    return stops.bits(i) & holders.single(tier, stops.word(i));
  }

  private void listStopped(int stop, int tier, ScoreAnswer answer) {
    int at = stops.block(stop);
    int[] base = answer.base();
    boolean isBase = true;
    for (int t = 0; t < Tier.COUNT; t++) {
      isBase &= base[t] == (t < tier ? 0 : at);
    }
    stopped.clear();
    for (int i = stops.first(stop); i < stops.first(stop + 1) && !isBase; i++) {
      long all = stopped(i, tier);
      if (!question.charge(Long.bitCount(all))) {
        return;
      }
      for (long bits = all; bits != 0; bits &= bits - 1) {
        int holder = (stops.word(i) << 6) + Long.numberOfTrailingZeros(bits);
        long ownerAndTier = holders.ownerAndTier(holder);
        int owner = HolderTable.owner(ownerAndTier);
        if (!HolderTable.isDead(ownerAndTier) && rowOf(owner, false) < 0) {
          stopped.add(owner);
        }
      }
    }
    stopped.sort();
    for (int i = 0; i < stopped.count(); i++) {
      answer.add(stopped.get(i), tier > 0 ? 0 : at, tier > 1 ? 0 : at, tier > 2 ? 0 : at, at);
    }
  }

  /// Lists the eligible owners that hold nothing of the chain.
  private void listNobody(int owners, ScoreAnswer answer) {
    if (!question.charge(owners)) {
      return;
    }
    if (seen.length < owners) {
      seen = new int[Math.max(owners, 2 * seen.length)];
      seenMark = 0;
    }
    seenMark++;
    for (int row = 0; row < rowCount; row++) {
      if (rows[row * FIELDS + Tier.COUNT] > 0) {
        see(rows[row * FIELDS]);
      }
    }
    for (int i = 0; i < stops.words() && question.charge(Long.bitCount(stops.bits(i))); i++) {
      for (long bits = stops.bits(i); bits != 0; bits &= bits - 1) {
        int holder = (stops.word(i) << 6) + Long.numberOfTrailingZeros(bits);
        long ownerAndTier = holders.ownerAndTier(holder);
        if (!HolderTable.isDead(ownerAndTier)) {
          see(HolderTable.owner(ownerAndTier));
        }
      }
    }
    var eligible = holders.eligible();
    int eligibles = eligible.isAnyOwner() ? owners : eligible.ownerCount();
    for (int i = 0; i < eligibles; i++) {
      int owner = eligible.isAnyOwner() ? i : eligible.owner(i);
      if (owner < owners && seen[owner] != seenMark) {
        answer.add(owner, 0, 0, 0, 0);
      }
    }
  }

  private void see(int owner) {
    if (owner < seen.length) {
      seen[owner] = seenMark;
    }
  }

  private void countPopulations() {
    populations.clear();
    for (int row = 0; row < rowCount; row++) {
      int at = row * FIELDS + 1;
      if (rows[at + Tier.COUNT - 1] > 0) {
        populations.add(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], 1);
      }
    }
    for (int stop = 0; stop < stops.count(); stop++) {
      for (int left = holders.tiers(); left != 0; left &= left - 1) {
        int tier = Integer.numberOfTrailingZeros(left);
        int population = 0;
        for (int i = stops.first(stop); i < stops.first(stop + 1); i++) {
          population += Long.bitCount(stopped(i, tier));
        }
        int at = stops.block(stop);
        if (population > 0) {
          populations.add(tier > 0 ? 0 : at, tier > 1 ? 0 : at, tier > 2 ? 0 : at, at, population);
        }
      }
    }
  }
}
