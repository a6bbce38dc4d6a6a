// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
import io.incipit.index.table.HolderTable;
import java.util.Arrays;

/// Adds up, run by run from the root, how many leading blocks each owner holds. Scratch of a score.
final class Tally {
  /*
   * Nearly every owner holds what it holds in one tier: its holder is *alone*. Of those, a set is
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
   * Where not all are eligible, the sets of those that are alone are narrowed to the eligible; then
   * nobody else is ever seen.
   */
  private static final int FIELDS = 1 + Tier.COUNT;

  private static final int RAW = Tier.COUNT + 1;
  private static final int NAMED = Tier.COUNT + 2;
  private static final int SETS = Tier.COUNT + 3;

  private final Question question;
  private HolderTable holders = new HolderTable();
  private Eligible eligible = Eligible.ALL;

  /// Words of a set.
  private int words;

  /// The eligible holders that are alone: a set for each tier, then one of all; then one of all
  /// that are alone, eligible or not, and one of the eligible where owners are named.
  private long[] alone = new long[0];

  /// Bits of the tiers in which there are such.
  private int tiers;

  /// Who holds all blocks up to [#end], and scratch for the next such set.
  private long[] alive = new long[64];

  private long[] aliveNext = new long[64];
  private boolean anyAlive;
  private int runs;
  private int end;

  /// Words of those that stop, by the block where: stop `i` has those from `stopFrom[i]` on.
  private int[] stopEnd = new int[16];

  private int[] stopFrom = new int[16];
  private int stops;
  private int[] stoppedWord = new int[16];
  private long[] stoppedBits = new long[16];
  private int stopped;

  private int[] rows = new int[16 * FIELDS];
  private int rowCount;

  /// The most blocks of any row.
  private int rowsEnd;

  private int[] rowByOwner = new int[16];

  private long[] several = new long[8];
  private int severalCount;

  /// How many owners have which four counts: an open-addressing table of counts and population.
  private int[] populations = new int[0];

  private int[] seen = new int[0];
  private int seenMark;

  Tally(Question question) {
    this.question = question;
  }

  /// Starts at the root. Charges each set before it is read or grows, as all that follows does.
  ///
  /// @return false if the question has failed
  boolean begin(HolderTable holders, Eligible eligible) {
    this.holders = holders;
    this.eligible = eligible;
    words = holders.setWords();
    runs = 0;
    rowCount = 0;
    rowsEnd = 0;
    stops = 0;
    stopped = 0;
    tiers = 0;
    if (!question.charge((long) (Tier.COUNT + 1) * words + eligible.ownerCount())) {
      return false;
    }
    if (alone.length < SETS * words) {
      alone = new long[2 * SETS * words];
    }
    if (alive.length < words) {
      alive = new long[2 * words];
      aliveNext = new long[2 * words];
    }
    Arrays.fill(alone, Tier.COUNT * words, SETS * words, 0);
    boolean named = !eligible.isAnyOwner();
    if (named) {
      nameEligible();
    }
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      copyAlone(tier, named);
    }
    return true;
  }

  /// Makes the set of the holders of the owners that are named.
  private void nameEligible() {
    for (int i = 0; i < eligible.ownerCount(); i++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        int holder = eligible.acceptsTier(tier) ? holders.find(eligible.owner(i), tier) : 0;
        if (holder >>> 6 < words && holder != 0) {
          alone[NAMED * words + (holder >>> 6)] |= 1L << holder;
        }
      }
    }
  }

  private void copyAlone(int tier, boolean named) {
    int at = tier * words;
    holders.copyAlone(tier, alone, at, words);
    long any = 0;
    for (int word = 0; word < words; word++) {
      long bits = alone[at + word];
      alone[RAW * words + word] |= bits;
      bits &= eligible.acceptsTier(tier) ? -1 : 0;
      bits &= named ? alone[NAMED * words + word] : -1;
      alone[at + word] = bits;
      alone[Tier.COUNT * words + word] |= bits;
      any |= bits;
    }
    tiers |= any == 0 ? 0 : 1 << tier;
  }

  private long aloneInAnyTier(int word) {
    return alone[Tier.COUNT * words + word];
  }

  /// Whether a holder is the only one of its owner, eligible or not.
  private boolean isAlone(int holder) {
    return holder >>> 6 < words && (alone[RAW * words + (holder >>> 6)] >>> holder & 1) != 0;
  }

  /// Takes up what is gathered of a run's first `matched` blocks, of which the first is block
  /// `base`.
  void add(Gathered gathered, int base, int matched) {
    if ((runs > 0 && !anyAlive && rowsEnd < base) || !question.charge(words)) {
      return;
    }
    runs++;
    severalCount = 0;
    addWhole(gathered, matched);
    for (int i = 0; i < gathered.count(); i++) {
      int holder = gathered.number(i);
      if (isAlone(holder)) {
        if (gathered.from(i) == 0 && wasAlive(holder)) {
          addAlone(gathered, i, base, matched);
        }
      } else {
        addSeveral(
            gathered.owner(i),
            gathered.tier(i),
            gathered.from(i),
            Math.min(gathered.to(i), matched));
      }
    }
    stop();
    end = base + matched;
    extendRows(base);
  }

  private void addWhole(Gathered gathered, int matched) {
    boolean named = !eligible.isAnyOwner();
    for (int word = 0; word < words; word++) {
      long whole = gathered.whole(word);
      aliveNext[word] = whole & aloneInAnyTier(word) & (runs == 1 ? -1 : alive[word]);
      long others = whole & ~alone[RAW * words + word];
      others &= named ? alone[NAMED * words + word] : -1;
      if (others != 0 && !question.charge(Long.bitCount(others))) {
        return;
      }
      for (long bits = others; bits != 0; bits &= bits - 1) {
        long holder = holders.ownerAndTier((word << 6) + Long.numberOfTrailingZeros(bits));
        if (!HolderTable.isDead(holder) && eligible.acceptsTier(HolderTable.tier(holder))) {
          addSeveral(HolderTable.owner(holder), HolderTable.tier(holder), 0, matched);
        }
      }
    }
  }

  private boolean wasAlive(int holder) {
    return runs == 1 || (alive[holder >>> 6] >>> holder & 1) != 0;
  }

  /// Takes up a holder that is alone and holds the run from its start.
  private void addAlone(Gathered gathered, int i, int base, int matched) {
    int holder = gathered.number(i);
    if (gathered.to(i) >= matched) {
      aliveNext[holder >>> 6] |= 1L << holder;
      return;
    }
    if (runs > 1) {
      alive[holder >>> 6] &= ~(1L << holder);
    }
    int row = addRow(gathered.owner(i));
    for (int tier = gathered.tier(i); tier < Tier.COUNT; tier++) {
      rows[row * FIELDS + 1 + tier] = base + gathered.to(i);
    }
    rowsEnd = Math.max(rowsEnd, base + gathered.to(i));
  }

  /// Keeps who held everything before the run that was added last, and not that.
  private void stop() {
    boolean any = false;
    int before = stopped;
    for (int word = 0; word < words; word++) {
      long next = aliveNext[word];
      long bits = runs == 1 ? 0 : alive[word] & ~next;
      if (bits != 0) {
        keepStopped(word, bits);
      }
      alive[word] = next;
      any |= next != 0;
    }
    anyAlive = any;
    if (stopped > before) {
      addStop(before);
    }
  }

  private void keepStopped(int word, long bits) {
    if (stopped == stoppedWord.length) {
      stoppedWord = Arrays.copyOf(stoppedWord, 2 * stopped);
      stoppedBits = Arrays.copyOf(stoppedBits, 2 * stopped);
    }
    stoppedWord[stopped] = word;
    stoppedBits[stopped++] = bits;
  }

  private void addStop(int from) {
    if (stops + 1 >= stopEnd.length) {
      stopEnd = Arrays.copyOf(stopEnd, 2 * stops + 2);
      stopFrom = Arrays.copyOf(stopFrom, 2 * stops + 2);
    }
    stopEnd[stops] = end;
    stopFrom[stops++] = from;
    stopFrom[stops] = stopped;
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
  /// and every eligible owner that has others.
  void finish(int owners, ScoreAnswer answer) {
    aliveToStopped();
    long sets = (long) stopped * Integer.bitCount(tiers) + rowCount;
    if (!question.charge(sets)) {
      return;
    }
    countPopulations();
    int most = mostCommon(owners);
    if (most >= 0) {
      System.arraycopy(populations, most * FIELDS, answer.base(), 0, Tier.COUNT);
    }
    for (int row = 0; row < rowCount; row++) {
      int at = row * FIELDS;
      if (rows[at + Tier.COUNT] > 0 && !isBase(answer, at + 1)) {
        answer.add(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], rows[at + 4]);
      }
    }
    for (int stop = 0; stop < stops; stop++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        if ((tiers >>> tier & 1) != 0) {
          listStopped(stop, tier, answer);
        }
      }
    }
    if (most >= 0 && nobody(owners) > 0) {
      listNobody(owners, answer);
    }
  }

  /// Who holds all blocks stops at the last.
  private void aliveToStopped() {
    int before = stopped;
    for (int word = 0; runs > 0 && word < words; word++) {
      if (alive[word] != 0) {
        keepStopped(word, alive[word]);
      }
    }
    if (stopped > before) {
      addStop(before);
    }
  }

  private boolean isBase(ScoreAnswer answer, int at) {
    return Arrays.equals(answer.base(), 0, Tier.COUNT, rows, at, at + Tier.COUNT);
  }

  /// Word `i` of those that stop, in one tier.
  private long stopped(int i, int tier) {
    return stoppedBits[i] & alone[tier * words + stoppedWord[i]];
  }

  private void listStopped(int stop, int tier, ScoreAnswer answer) {
    int at = stopEnd[stop];
    int[] base = answer.base();
    boolean isBase = true;
    for (int t = 0; t < Tier.COUNT; t++) {
      isBase &= base[t] == (t < tier ? 0 : at);
    }
    for (int i = stopFrom[stop]; i < stopFrom[stop + 1] && !isBase; i++) {
      long all = stopped(i, tier);
      if (!question.charge(Long.bitCount(all))) {
        return;
      }
      for (long bits = all; bits != 0; bits &= bits - 1) {
        int holder = (stoppedWord[i] << 6) + Long.numberOfTrailingZeros(bits);
        long ownerAndTier = holders.ownerAndTier(holder);
        int owner = HolderTable.owner(ownerAndTier);
        if (!HolderTable.isDead(ownerAndTier) && rowOf(owner, false) < 0) {
          answer.add(owner, tier > 0 ? 0 : at, tier > 1 ? 0 : at, tier > 2 ? 0 : at, at);
        }
      }
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
    for (int i = 0; i < stopped && question.charge(Long.bitCount(stoppedBits[i])); i++) {
      for (long bits = stoppedBits[i]; bits != 0; bits &= bits - 1) {
        int holder = (stoppedWord[i] << 6) + Long.numberOfTrailingZeros(bits);
        long ownerAndTier = holders.ownerAndTier(holder);
        if (!HolderTable.isDead(ownerAndTier)) {
          see(HolderTable.owner(ownerAndTier));
        }
      }
    }
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

  /// How many of the eligible of `owners` hold nothing of the chain.
  private int nobody(int owners) {
    int somebody = 0;
    for (int at = 0; at < populations.length; at += FIELDS) {
      somebody += populations[at + Tier.COUNT];
    }
    return eligible.count(owners) - somebody;
  }

  private void countPopulations() {
    int most = stops * Integer.bitCount(tiers) + rowCount;
    int capacity = Integer.highestOneBit(2 * most + 1) * 2;
    if (populations.length == capacity * FIELDS) {
      Arrays.fill(populations, 0);
    } else {
      populations = new int[capacity * FIELDS];
    }
    for (int row = 0; row < rowCount; row++) {
      int at = row * FIELDS + 1;
      if (rows[at + Tier.COUNT - 1] > 0) {
        count(rows[at], rows[at + 1], rows[at + 2], rows[at + 3], 1);
      }
    }
    for (int stop = 0; stop < stops; stop++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        int population = 0;
        for (int i = stopFrom[stop]; i < stopFrom[stop + 1] && (tiers >>> tier & 1) != 0; i++) {
          population += Long.bitCount(stopped(i, tier));
        }
        int at = stopEnd[stop];
        if (population > 0) {
          count(tier > 0 ? 0 : at, tier > 1 ? 0 : at, tier > 2 ? 0 : at, at, population);
        }
      }
    }
  }

  private void count(int gpu, int host, int disk, int remote, int population) {
    int mask = populations.length / FIELDS - 1;
    int hash = ((gpu * 31 + host) * 31 + disk) * 31 + remote;
    for (int i = (hash * 0x9E37_79B9) >>> 7 & mask; ; i = (i + 1) & mask) {
      int at = i * FIELDS;
      boolean same =
          populations[at] == gpu
              && populations[at + 1] == host
              && populations[at + 2] == disk
              && populations[at + 3] == remote;
      if (populations[at + Tier.COUNT] == 0 || same) {
        populations[at] = gpu;
        populations[at + 1] = host;
        populations[at + 2] = disk;
        populations[at + 3] = remote;
        populations[at + Tier.COUNT] += population;
        return;
      }
    }
  }

  /// Index of the counts that most owners have, of several the smallest; -1 if those are all zero.
  private int mostCommon(int owners) {
    int most = -1;
    int population = nobody(owners);
    for (int i = 0; i < populations.length / FIELDS; i++) {
      int here = populations[i * FIELDS + Tier.COUNT];
      if (here > population || (here == population && here > 0 && most >= 0 && isLess(i, most))) {
        most = i;
        population = here;
      }
    }
    return most;
  }

  private boolean isLess(int i, int j) {
    for (int tier = Tier.COUNT - 1; tier >= 0; tier--) {
      int byBlocks =
          Integer.compare(populations[i * FIELDS + tier], populations[j * FIELDS + tier]);
      if (byBlocks != 0) {
        return byBlocks < 0;
      }
    }
    return false;
  }
}
