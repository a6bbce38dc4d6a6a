// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// Readers beside a writer that splits, moves, frees and recycles, where every answer can be
/// judged: some chains are held by an owner of their own and never touched, so they are found in
/// full at any moment; other owners come and go, but each only on blocks of its own.
final class ReaderStress {
  private static final int READERS = 2;
  private static final int CHAINS = 6;
  private static final int STABLE_BLOCKS = 40;
  private static final int BLOCKS = 150;
  private static final int GUESTS = 12;
  private final RunIndex index;
  private final int hashBytes;
  private final BlockChain none;
  private final long seed;
  private final BlockChain[] chains = new BlockChain[CHAINS];
  private final Map<Long, Set<Integer>> ownersByBlock = new HashMap<>();
  private final Map<Long, Long> parents = new HashMap<>();
  private final AtomicReference<String> failure = new AtomicReference<>();
  private volatile boolean ended;

  /// @param hashBytes of the index: 8 or 16
  ReaderStress(RunIndex index, int hashBytes, long seed) {
    this.index = index;
    this.hashBytes = hashBytes;
    this.none = BlockChain.empty(hashBytes);
    this.seed = seed;
    for (int c = 0; c < CHAINS; c++) {
      chains[c] = chain(c);
      index.store(c, Tier.GPU, none, chains[c].slice(0, STABLE_BLOCKS), 0);
      long parent = 0;
      for (int i = 0; i < BLOCKS; i++) {
        long block = chains[c].low(i);
        parents.put(block, parent);
        parent = block;
        var owners = ownersByBlock.computeIfAbsent(block, _ -> new HashSet<>());
        if (i < STABLE_BLOCKS) {
          owners.add(c);
        }
        for (int guest = 0; guest < GUESTS; guest++) {
          if (isWelcome(guest, c)) {
            owners.add(CHAINS + guest);
          }
        }
      }
    }
  }

  private static boolean isWelcome(int guest, int chain) {
    return (guest + chain) % 3 != 0;
  }

  /// Chains part two by two at block 10, and all at block 3.
  private BlockChain chain(int c) {
    return chain(
        LongStream.range(0, BLOCKS)
            .map(i -> (i < 3 ? 1_000 : i < 10 ? 2_000 + (c >> 1) * 1_000 : 9_000 + c * 1_000) + i));
  }

  /// Hashes that end so; wider ones begin with something that follows from that.
  private BlockChain chain(LongStream lows) {
    return hashBytes == Long.BYTES
        ? BlockChain.of(lows.toArray())
        : BlockChain.ofPairs(lows.flatMap(low -> LongStream.of(~low * 31, low)).toArray());
  }

  /// Writes `steps` changes beside the readers.
  ///
  /// @return what a reader saw that it should not, if anything
  Optional<String> run(int steps) throws InterruptedException {
    ended = false;
    var readers = new Thread[READERS];
    for (int i = 0; i < READERS; i++) {
      var random = new SplittableRandom(seed + 1 + i);
      readers[i] = new Thread(() -> read(random), "reader-" + i);
      readers[i].start();
    }
    var random = new SplittableRandom(seed);
    for (int step = 0; step < steps && failure.get() == null; step++) {
      write(random);
    }
    ended = true;
    for (var reader : readers) {
      reader.join();
    }
    return Optional.ofNullable(failure.get());
  }

  private void write(SplittableRandom random) {
    int guest = random.nextInt(GUESTS);
    int c = random.nextInt(CHAINS);
    if (!isWelcome(guest, c)) {
      strangers(random);
      return;
    }
    int owner = CHAINS + guest;
    int from = random.nextInt(random.nextBoolean() ? STABLE_BLOCKS + 1 : BLOCKS);
    int to = from + 1 + random.nextInt(Math.min(30, BLOCKS - from));
    switch (random.nextInt(8)) {
      case 0, 1 -> index.storeChain(owner, Tier.HOST, chains[c].slice(0, to), 0);
      case 2 ->
          index.store(
              owner,
              Tier.HOST,
              chains[c].slice(Math.max(0, from - 1), from),
              chains[c].slice(from, to),
              0);
      case 3, 4 -> index.remove(owner, Tier.HOST, chains[c].slice(from, to));
      case 5 -> index.removeChain(owner, Tier.HOST, chains[c], Math.min(from, STABLE_BLOCKS));
      case 6 -> index.clear(owner, Tier.ALL_MASK);
      default -> index.sweep();
    }
  }

  /// Many short prompts come and go: tables grow and shrink, numbers and regions are used again;
  /// branches off the stable chains split their runs; and stable owners hold something else in
  /// another tier for a while.
  private void strangers(SplittableRandom random) {
    int owner = CHAINS + GUESTS + random.nextInt(4);
    if (random.nextInt(20) == 0) {
      index.clear(owner, Tier.ALL_MASK);
      while (index.sweep()) {
        Thread.onSpinWait();
      }
      return;
    }
    long first = 1_000_000 + random.nextInt(1_000) * 100L;
    var strange = chain(LongStream.range(first, first + 1 + random.nextInt(70)));
    int c = random.nextInt(CHAINS);
    int at = random.nextInt(STABLE_BLOCKS - 1);
    switch (random.nextInt(6)) {
      case 0 -> index.store(owner, Tier.DISK, none, strange, 0);
      case 1 -> index.store(owner, Tier.DISK, chains[c].slice(at, at + 1), strange, 0);
      case 2 -> index.store(c, Tier.REMOTE, none, strange, 0);
      case 3 -> index.clear(c, Tier.REMOTE.mask());
      default -> index.remove(owner, Tier.DISK, strange);
    }
  }

  private void read(SplittableRandom random) {
    var match = new MatchAnswer();
    var score = new ScoreAnswer();
    try {
      while (!ended && failure.get() == null) {
        ask(random, match, score);
      }
    } catch (RuntimeException | Error thrown) {
      var trace = thrown.getStackTrace();
      fail(thrown + (trace.length == 0 ? "" : " at " + trace[0]));
    }
  }

  private void ask(SplittableRandom random, MatchAnswer match, ScoreAnswer score) {
    int c = random.nextInt(CHAINS);
    int length = 1 + random.nextInt(random.nextBoolean() ? STABLE_BLOCKS : BLOCKS);
    int stable = Math.min(length, STABLE_BLOCKS);
    var chain = chains[c].slice(0, length);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        check(match(Place.ROOT, chain, Eligible.ALL, match), "root is gone");
        judge(match, c, chain, stable);
        var place = match.place();
        int reached = match.blocks();
        var next = chains[c].slice(reached, BLOCKS);
        if (match(place, next, Eligible.ALL, match)) {
          judge(match, c, chains[c], STABLE_BLOCKS);
        }
        if (score(place, next, score)) {
          judge(score, c, STABLE_BLOCKS);
        }
      }
      case 2 -> {
        match(Place.ROOT, chain, Eligible.of(Tier.ALL_MASK, c), match);
        check(match.blocks() == stable, () -> "stable owner alone has " + match.blocks());
        judge(match, c, chain, stable);
      }
      case 3 -> {
        score(Place.ROOT, chain, score);
        judge(score, c, stable);
      }
      case 4 -> {
        int i = random.nextInt(length);
        until(() -> index.locate(chain, i, QuestionBudget.unlimited(), match));
        judgeIntervals(match, chain.slice(i, i + 1));
        check(i >= stable || hasStable(match, c, 0, 1), () -> "block lost: " + match.holders());
      }
      default -> judgeRun(chain.slice(length - 1, length));
    }
  }

  private boolean match(Place from, BlockChain next, Eligible eligible, MatchAnswer match) {
    return until(() -> index.match(from, next, eligible, 1_000, QuestionBudget.unlimited(), match));
  }

  private boolean score(Place from, BlockChain next, ScoreAnswer score) {
    return until(
        () -> index.score(from, next, 40, Eligible.ALL, 1_000, QuestionBudget.unlimited(), score));
  }

  /// Asks until the index is not busy.
  ///
  /// @return whether it answered
  private static boolean until(Supplier<Outcome> question) {
    var outcome = question.get();
    while (outcome == Outcome.BUSY) {
      Thread.onSpinWait();
      outcome = question.get();
    }
    return outcome == Outcome.ANSWERED;
  }

  private void judge(MatchAnswer match, int c, BlockChain chain, int stable) {
    check(match.blocks() >= stable, () -> "%d of %d blocks".formatted(match.blocks(), stable));
    judgeIntervals(match, chain);
    check(hasStable(match, c, 0, stable), () -> "stable interval lost: " + match.holders());
  }

  private static boolean hasStable(MatchAnswer match, int c, int from, int to) {
    for (int i = 0; i < match.count(); i++) {
      if (match.owner(i) == c && match.from(i) == from && match.to(i) == to) {
        return true;
      }
    }
    return false;
  }

  /// All holders may hold what they are said to hold, and no two intervals of one touch.
  private void judgeIntervals(MatchAnswer match, BlockChain chain) {
    for (int i = 0; i < match.count(); i++) {
      int owner = match.owner(i);
      for (int block = match.from(i); block < match.to(i); block++) {
        long low = chain.low(block);
        check(
            ownersByBlock.get(low).contains(owner),
            () -> "owner %d does not hold %d: %s".formatted(owner, low, match.holders()));
      }
      for (int j = 0; j < match.count(); j++) {
        boolean touches = match.owner(j) == owner && match.from(j) == match.to(i);
        check(
            !touches || match.tierCode(j) != match.tierCode(i),
            () -> "intervals touch: " + match.holders());
      }
    }
  }

  private void judge(ScoreAnswer score, int c, int stable) {
    var scores = score.scores();
    check(score.known() >= stable, () -> "known: " + score.known());
    check(scores.blocksOf(c, Tier.REMOTE) == stable, () -> "owner %d of %s".formatted(c, scores));
  }

  private void judgeRun(BlockChain hash) {
    var run = new RunAnswer();
    until(() -> index.run(hash, 0, 20, QuestionBudget.unlimited(), run));
    var read = run.hashes();
    long above = hash.low(0);
    for (int i = 0; i < read.length(); i++) {
      long block = read.low(i);
      long parent = above;
      check(parents.getOrDefault(block, block - 1) == parent, () -> block + " below " + parent);
      above = block;
    }
  }

  private void check(boolean held, String what) {
    check(held, () -> what);
  }

  private void check(boolean held, Supplier<String> what) {
    if (!held) {
      fail(what.get());
    }
  }

  private void fail(String what) {
    failure.compareAndSet(null, what);
  }
}
