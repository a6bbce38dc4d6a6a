// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.Tier;
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
   *   ends          20                     32             40
   *   =>      1 3 4 6 hold 20, 2 holds 32, 5 holds 40
   *
   * An owner that stops inside a run, or holds in several tiers, gets a row with its four counts.
   */
  private static final int FIELDS = 1 + Tier.COUNT;

  private int words;

  /// The holders that are alone: a set for each tier, then one of all.
  private long[] alone = new long[0];

  /// Bits of the tiers in which there are such.
  private int tiers;

  private long[] alive = new long[64];
  private int[] ends = new int[16];
  private int runs;

  private int[] rows = new int[16 * FIELDS];
  private int rowCount;
  private int[] rowByOwner = new int[16];

  private long[] several = new long[8];
  private int severalCount;

  /// How many owners have which four counts: an open-addressing table of counts and population.
  private int[] populations = new int[0];

  private int[] seen = new int[0];
  private int seenMark;

  /// Starts at the root.
  void begin(HolderTable holders) {
    words = holders.setWords();
    if (alone.length < (Tier.COUNT + 1) * words) {
      alone = new long[2 * (Tier.COUNT + 1) * words];
    }
    Arrays.fill(alone, Tier.COUNT * words, (Tier.COUNT + 1) * words, 0);
    tiers = 0;
    for (int tier = 0; tier < Tier.COUNT; tier++) {
      holders.copyAlone(tier, alone, tier * words, words);
      long any = 0;
      for (int word = 0; word < words; word++) {
        any |= alone[tier * words + word];
        alone[Tier.COUNT * words + word] |= alone[tier * words + word];
      }
      tiers |= any == 0 ? 0 : 1 << tier;
    }
    runs = 0;
    rowCount = 0;
  }

  private long aloneInAnyTier(int word) {
    return alone[Tier.COUNT * words + word];
  }

  private boolean isAlone(int holder) {
    return holder >>> 6 < words && (aloneInAnyTier(holder >>> 6) >>> holder & 1) != 0;
  }

  /// Takes up what is gathered of a run's first `matched` blocks, of which the first is block
  /// `base`.
  void add(Gathered gathered, HolderTable holders, int base, int matched) {
    if (runs > 0 && !anyoneReaches(base)) {
      return;
    }
    begin(base + matched);
    severalCount = 0;
    addWhole(gathered, holders, matched);
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
    extendRows(base);
  }

  private void begin(int end) {
    if (alive.length < (runs + 1) * words) {
      alive = Arrays.copyOf(alive, Math.max((runs + 1) * words, 2 * alive.length));
    }
    if (ends.length == runs) {
      ends = Arrays.copyOf(ends, 2 * runs);
    }
    ends[runs++] = end;
  }

  private void addWhole(Gathered gathered, HolderTable holders, int matched) {
    int now = (runs - 1) * words;
    for (int word = 0; word < words; word++) {
      long whole = gathered.whole(word);
      long alones = aloneInAnyTier(word);
      alive[now + word] = whole & alones & (runs == 1 ? -1 : alive[now - words + word]);
      for (long bits = whole & ~alones; bits != 0; bits &= bits - 1) {
        long holder = holders.ownerAndTier((word << 6) + Long.numberOfTrailingZeros(bits));
        if (!HolderTable.isDead(holder)) {
          addSeveral(HolderTable.owner(holder), HolderTable.tier(holder), 0, matched);
        }
      }
    }
  }

  private boolean wasAlive(int holder) {
    return runs == 1 || (alive[(runs - 2) * words + (holder >>> 6)] >>> holder & 1) != 0;
  }

  /// Takes up a holder that is alone and holds the run from its start.
  private void addAlone(Gathered gathered, int i, int base, int matched) {
    int holder = gathered.number(i);
    int now = (runs - 1) * words + (holder >>> 6);
    if (gathered.to(i) >= matched) {
      alive[now] |= 1L << holder;
      return;
    }
    for (int before = now - words; before >= 0; before -= words) {
      alive[before] &= ~(1L << holder);
    }
    int row = addRow(gathered.owner(i));
    for (int tier = gathered.tier(i); tier < Tier.COUNT; tier++) {
      rows[row * FIELDS + 1 + tier] = base + gathered.to(i);
    }
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
    }
  }

  private boolean extend(int row, int firstTier, int from, int to) {
    boolean grown = false;
    for (int tier = firstTier; tier < Tier.COUNT; tier++) {
      int at = row * FIELDS + 1 + tier;
      if (rows[at] >= from && rows[at] < to) {
        rows[at] = to;
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

  private boolean anyoneReaches(int end) {
    long anyone = 0;
    for (int word = 0; word < words; word++) {
      anyone |= alive[(runs - 1) * words + word];
    }
    for (int row = 0; row < rowCount && anyone == 0; row++) {
      anyone = rows[row * FIELDS + Tier.COUNT] >= end ? 1 : 0;
    }
    return anyone != 0;
  }

  /// Lists, in `answer`, the counts that most of `owners` owners have as the base, and every owner
  /// that has others.
  void finish(int owners, HolderTable holders, ScoreAnswer answer) {
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
    for (int run = 0; run < runs; run++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        if ((tiers >>> tier & 1) != 0) {
          listStopped(run, tier, holders, answer);
        }
      }
    }
    if (most >= 0 && nobody(owners) > 0) {
      listNobody(owners, holders, answer);
    }
  }

  private boolean isBase(ScoreAnswer answer, int at) {
    return Arrays.equals(answer.base(), 0, Tier.COUNT, rows, at, at + Tier.COUNT);
  }

  /// The holders of a tier that are alone, hold everything to the end of `run`, and not the next.
  private long stopped(int run, int tier, int word) {
    long set = alive[run * words + word] & alone[tier * words + word];
    return run + 1 < runs ? set & ~alive[(run + 1) * words + word] : set;
  }

  private void listStopped(int run, int tier, HolderTable holders, ScoreAnswer answer) {
    int end = ends[run];
    int[] base = answer.base();
    boolean isBase = true;
    for (int t = 0; t < Tier.COUNT; t++) {
      isBase &= base[t] == (t < tier ? 0 : end);
    }
    for (int word = 0; word < words && !isBase; word++) {
      for (long bits = stopped(run, tier, word); bits != 0; bits &= bits - 1) {
        int holder = (word << 6) + Long.numberOfTrailingZeros(bits);
        long ownerAndTier = holders.ownerAndTier(holder);
        int owner = HolderTable.owner(ownerAndTier);
        if (!HolderTable.isDead(ownerAndTier) && rowOf(owner, false) < 0) {
          answer.add(owner, tier > 0 ? 0 : end, tier > 1 ? 0 : end, tier > 2 ? 0 : end, end);
        }
      }
    }
  }

  /// Lists the owners that hold nothing of the chain.
  private void listNobody(int owners, HolderTable holders, ScoreAnswer answer) {
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
    for (int word = 0; word < words; word++) {
      for (long bits = runs == 0 ? 0 : alive[word]; bits != 0; bits &= bits - 1) {
        int holder = (word << 6) + Long.numberOfTrailingZeros(bits);
        long ownerAndTier = holders.ownerAndTier(holder);
        if (!HolderTable.isDead(ownerAndTier)) {
          see(HolderTable.owner(ownerAndTier));
        }
      }
    }
    for (int owner = 0; owner < owners; owner++) {
      if (seen[owner] != seenMark) {
        answer.add(owner, 0, 0, 0, 0);
      }
    }
  }

  private void see(int owner) {
    if (owner < seen.length) {
      seen[owner] = seenMark;
    }
  }

  /// How many of `owners` hold nothing of the chain.
  private int nobody(int owners) {
    int somebody = 0;
    for (int at = 0; at < populations.length; at += FIELDS) {
      somebody += populations[at + Tier.COUNT];
    }
    return owners - somebody;
  }

  private void countPopulations() {
    int capacity = Integer.highestOneBit(2 * (Tier.COUNT * runs + rowCount)) * 2;
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
    for (int run = 0; run < runs; run++) {
      for (int tier = 0; tier < Tier.COUNT; tier++) {
        int population = 0;
        for (int word = 0; word < words && (tiers >>> tier & 1) != 0; word++) {
          population += Long.bitCount(stopped(run, tier, word));
        }
        int end = ends[run];
        if (population > 0) {
          count(tier > 0 ? 0 : end, tier > 1 ? 0 : end, tier > 2 ? 0 : end, end, population);
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
