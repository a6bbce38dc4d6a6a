// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// A random program: changes to an index and to the oracle, and after each a random question to
/// both. The same random numbers make the same program.
final class IndexProgram {
  /// What programs of one kind have in common.
  ///
  /// @param labels children that a block can have: few, so that chains meet and part everywhere
  /// @param depthMax blocks in the longest chain
  /// @param owners owners that take part
  /// @param tiers tiers they use
  /// @param hashBytes 8 or 16
  /// @param byHash whether the index finds bare hashes
  /// @param displaced whether hashes turn up below parents that are not theirs; clears are then
  ///     swept at once, since what waits for the sweep would still be in their way
  record Kind(
      int labels,
      int depthMax,
      int owners,
      int tiers,
      int hashBytes,
      boolean byHash,
      boolean displaced) {
    /// A removal may leave some of this many blocks to the sweep.
    boolean leavesSweep() {
      return depthMax > 1_000;
    }

    static Kind random(SplittableRandom random) {
      boolean byHash = random.nextInt(8) != 0;
      return new Kind(
          1 + random.nextInt(4),
          1 << random.nextInt(2, 7),
          random.nextInt(8) == 0 ? 80 : 1 + random.nextInt(9),
          1 + random.nextInt(Tier.COUNT),
          random.nextBoolean() ? 8 : 16,
          byHash,
          byHash && random.nextInt(3) == 0);
    }
  }

  private final Kind kind;
  private final SplittableRandom random;
  private final OracleIndex oracle = new OracleIndex();
  private final PrefixIndex index;
  private final List<Way> ways = new ArrayList<>();
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final RunAnswer run = new RunAnswer();
  private final RunAnswer trueRun = new RunAnswer();
  private final MatchAnswer match = new MatchAnswer();
  private final MatchAnswer trueMatch = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();
  private final ScoreAnswer trueScore = new ScoreAnswer();
  private final long salt;

  /// Whether blocks that nobody holds may still be known to the index, which waits for a sweep.
  private boolean unswept;

  private int changes;
  private Supplier<String> change = () -> "none";

  /// A place that the index gave out, the chain it stands for, and how many changes came before.
  private record Way(Place place, BlockChain chain, int changes) {}

  IndexProgram(Kind kind, PrefixIndex index, SplittableRandom random) {
    this.kind = kind;
    this.index = index;
    this.random = random;
    this.salt = random.nextLong();
  }

  @Override
  public String toString() {
    return kind + " after change " + changes + ": " + change.get();
  }

  /// One change and one question.
  void step() {
    change();
    ask();
  }

  private void change() {
    changes++;
    int owner = random.nextInt(kind.owners);
    var tier = Tier.of(random.nextInt(kind.tiers));
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> storeChain(owner, tier);
      case 4, 5, 6 -> store(owner, tier);
      case 7 -> displace(owner, tier);
      case 8, 9, 10, 11 -> remove(owner, tier);
      case 12, 13 -> removeChain(owner, tier);
      case 14 -> clear(owner);
      default -> sweep();
    }
  }

  /// A chain of the universe: each hash follows from the one before and a label.
  private BlockChain chain() {
    return chain(1 + random.nextInt(random.nextInt(4) == 0 ? kind.depthMax : 8));
  }

  private BlockChain chain(int length) {
    int width = kind.hashBytes / Long.BYTES;
    var halves = new long[Math.min(length, kind.depthMax) * width];
    boolean straight = random.nextBoolean();
    long hash = salt;
    for (int i = 0; i < halves.length; i += width) {
      int label = straight && random.nextInt(8) != 0 ? 0 : random.nextInt(kind.labels);
      hash = mix(hash + label);
      halves[i] = mix(hash);
      halves[i + width - 1] = hash == mix(salt) ? 0 : hash;
    }
    return kind.hashBytes == Long.BYTES ? BlockChain.of(halves) : BlockChain.ofPairs(halves);
  }

  private static long mix(long value) {
    long x = (value + 0x9E37_79B9_7F4A_7C15L) * 0xBF58_476D_1CE4_E5B9L;
    x = (x ^ x >>> 31) * 0x94D0_49BB_1331_11EBL;
    return x ^ x >>> 30;
  }

  private int known(BlockChain chain) {
    return oracle.tree.path(Place.ROOT, chain).size();
  }

  private void storeChain(int owner, Tier tier) {
    var chain = chain();
    int most = unswept ? known(chain) : chain.length();
    int from = random.nextBoolean() ? 0 : random.nextInt(most + 1);
    change = () -> "owner %d %s storeChain %s from %d".formatted(owner, tier, chain, from);
    assertEquals(
        oracle.storeChain(owner, tier, chain, from), index.storeChain(owner, tier, chain, from));
  }

  private void store(int owner, Tier tier) {
    var chain = chain();
    int from = kind.byHash ? random.nextInt(chain.length()) : 0;
    if (unswept && known(chain) < from) {
      from = known(chain);
    }
    store(owner, tier, chain.slice(Math.max(0, from - 1), from), chain.slice(from, chain.length()));
  }

  private void store(int owner, Tier tier, BlockChain parent, BlockChain hashes) {
    change = () -> "owner %d %s store %s below %s".formatted(owner, tier, hashes, parent);
    assertEquals(
        oracle.store(owner, tier, parent, hashes, 0), index.store(owner, tier, parent, hashes, 0));
  }

  /// Stores a bucket of one chain below a block of another, at a depth that is not its own: a hash
  /// covers all blocks before its own, so at its own depth it is in its own place.
  private void displace(int owner, Tier tier) {
    var above = chain();
    var below = chain();
    int at = random.nextInt(above.length() + 1);
    int from = random.nextInt(below.length());
    var parent = above.slice(Math.max(0, at - 1), at);
    if (kind.displaced && oracle.tree.pathTo(parent).size() != from) {
      store(owner, tier, parent, below.slice(from, below.length()));
    } else {
      store(owner, tier);
    }
  }

  private void remove(int owner, Tier tier) {
    if (!kind.byHash) {
      removeChain(owner, tier);
      return;
    }
    var chain = chain();
    int from = random.nextInt(chain.length());
    int to = from + 1 + random.nextInt(chain.length() - from);
    var hashes = random.nextBoolean() ? chain.slice(from, to) : shuffled(chain, from, to);
    change = () -> "owner %d %s remove %s".formatted(owner, tier, hashes);
    assertEquals(oracle.remove(owner, tier, hashes), index.remove(owner, tier, hashes));
    unswept |= kind.leavesSweep();
  }

  private BlockChain shuffled(BlockChain chain, int from, int to) {
    int width = kind.hashBytes;
    var bytes = new byte[(to - from) * width];
    for (int i = from; i < to; i++) {
      chain.copyHash(from + random.nextInt(to - from), bytes, (i - from) * width);
    }
    return BlockChain.wrap(bytes, 0, to - from, width);
  }

  private void removeChain(int owner, Tier tier) {
    var chain = chain();
    int from = random.nextInt(chain.length() + 1);
    change = () -> "owner %d %s removeChain %s from %d".formatted(owner, tier, chain, from);
    assertEquals(
        oracle.removeChain(owner, tier, chain, from), index.removeChain(owner, tier, chain, from));
    unswept |= kind.leavesSweep();
  }

  private void clear(int owner) {
    int mask = random.nextBoolean() ? Tier.ALL_MASK : random.nextInt(Tier.ALL_MASK + 1);
    change = () -> "clear owner %d of tiers %x".formatted(owner, mask);
    oracle.clear(owner, mask);
    index.clear(owner, mask);
    unswept = true;
    if (kind.displaced) {
      sweepAll();
    }
  }

  private void sweep() {
    change = () -> "sweep";
    unswept &= index.sweep();
  }

  private void sweepAll() {
    int slices = 0;
    while (index.sweep()) {
      assertTrue(++slices < 1_000_000, "sweep does not end");
    }
    unswept = false;
  }

  private void ask() {
    switch (random.nextInt(kind.byHash ? 8 : 6)) {
      case 0, 1 -> match(Place.ROOT, chain(), 0);
      case 2 -> score(Place.ROOT, chain(), 0);
      case 3, 4, 5 -> askFromPlace();
      case 6 -> locate(chain());
      default -> run();
    }
  }

  private void askFromPlace() {
    var way = ways.isEmpty() ? null : ways.get(random.nextInt(ways.size()));
    if (way == null || (kind.displaced && way.changes != changes)) {
      match(Place.ROOT, chain(), 0);
      return;
    }
    ask(way, extended(way.chain));
  }

  private void ask(Way way, BlockChain whole) {
    if (random.nextBoolean()) {
      match(way.place, whole, way.chain.length());
    } else {
      score(way.place, whole, way.chain.length());
    }
  }

  /// A chain of the universe that begins with another, if chance finds one.
  private BlockChain extended(BlockChain chain) {
    for (int tries = 0; tries < 4; tries++) {
      var longer = chain();
      if (longer.length() >= chain.length() && longer.slice(0, chain.length()).equals(chain)) {
        return longer;
      }
    }
    return chain;
  }

  private Eligible eligible() {
    if (random.nextBoolean()) {
      return Eligible.ALL;
    }
    int mask = random.nextInt(Tier.ALL_MASK + 1);
    var owners = random.ints(random.nextInt(4), 0, kind.owners).toArray();
    return random.nextBoolean() ? Eligible.inTiers(mask) : Eligible.of(mask, owners);
  }

  private int limit() {
    return random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(4);
  }

  /// Asks for `chain`, of which the first `from` blocks are those before `place`.
  private void match(Place place, BlockChain chain, int from) {
    var eligible = eligible();
    int limit = limit();
    var next = chain.slice(from, chain.length());
    if (!isAnswered(index.match(place, next, eligible, limit, budget.renew(), match))) {
      assertStale(place);
      return;
    }
    oracle.match(Place.ROOT, chain, eligible, limit, budget, trueMatch);
    assertEquals(trueMatch.blocks(), match.blocks(), () -> "blocks of " + chain);
    assertEquals(trueMatch.holders(), match.holders(), () -> "holders of " + chain);
    assertEquals(trueMatch.truncated(), match.truncated());
    assertEquals(trueMatch.blocks(), match.place().depth());
    keep(match.place(), chain.slice(0, match.blocks()));
  }

  private void score(Place place, BlockChain chain, int from) {
    int limit = limit();
    var eligible = eligible();
    var next = chain.slice(from, chain.length());
    boolean all = random.nextInt(4) == 0;
    if (!isAnswered(
        index.score(
            place, next, kind.owners, eligible, limit, budget.renew(), score.listAll(all)))) {
      assertStale(place);
      return;
    }
    oracle.score(Place.ROOT, chain, kind.owners, eligible, limit, budget, trueScore.listAll(all));
    assertEquals(trueScore.scores(), score.scores(), () -> "scores of " + chain);
    assertEquals(trueScore.truncated(), score.truncated());
    assertKnown(trueScore.known(), score.known());
    assertEquals(score.known(), score.place().depth());
    keep(score.place(), chain.slice(0, score.known()));
  }

  private static boolean isAnswered(Outcome outcome) {
    assertTrue(outcome == Outcome.ANSWERED || outcome == Outcome.PLACE_GONE, outcome::name);
    return outcome == Outcome.ANSWERED;
  }

  private void assertKnown(int expected, int actual) {
    assertTrue(actual == expected || (unswept && actual > expected), "known: " + actual);
  }

  /// A place goes stale with a change only; if blocks are found by their hashes, only when its
  /// block goes.
  private void assertStale(Place place) {
    for (var way : ways) {
      assertTrue(way.changes != changes || !way.place.equals(place), "lost " + place);
    }
    var path = oracle.tree.path(place, BlockChain.empty(kind.hashBytes));
    assertTrue(!kind.byHash || path == null, "lost " + place);
  }

  private void keep(Place place, BlockChain chain) {
    var way = new Way(place, chain, changes);
    if (ways.size() < 8) {
      ways.add(way);
    } else {
      ways.set(random.nextInt(ways.size()), way);
    }
    if (random.nextInt(4) == 0) {
      ask(way, extended(chain));
    }
  }

  private void locate(BlockChain chain) {
    int i = random.nextInt(chain.length());
    oracle.locate(chain, i, budget, trueMatch);
    assertTrue(isAnswered(index.locate(chain, i, budget.renew(), match)));
    assertEquals(trueMatch.holders(), match.holders(), () -> "holders of block " + i + chain);
  }

  /// Before they are swept, blocks that nobody holds may stand where another chain parts, or
  /// follow.
  private void run() {
    var chain = chain();
    int from = random.nextBoolean() ? 0 : random.nextInt(8);
    int count = random.nextInt(random.nextInt(4) == 0 ? kind.depthMax : 8);
    var block = chain.slice(chain.length() - 1, chain.length());
    assertTrue(isAnswered(index.run(block, from, count, budget.renew(), run)));
    oracle.run(block, from, count, budget, trueRun);
    if (!unswept) {
      assertEquals(trueRun.hashes(), run.hashes(), () -> "run after " + chain);
      assertEquals(trueRun.holders(), run.holders(), () -> "holders after " + chain);
      assertEquals(trueRun.end(), run.end(), () -> "end after " + chain);
    }
    int same = Math.min(run.hashes().length(), trueRun.hashes().length());
    assertEquals(trueRun.hashes().slice(0, same), run.hashes().slice(0, same));
  }

  /// Compares everything.
  void compare() {
    sweepAll();
    assertEquals(oracle.snapshot().blocks(), index.snapshot().blocks());
    assertEquals(oracle.snapshot().conflicts(), index.snapshot().conflicts());
    for (var chain : longestChains()) {
      match(Place.ROOT, chain, 0);
      score(Place.ROOT, chain, 0);
    }
    if (kind.byHash) {
      oracle.tree.known().forEach(this::locate);
    }
  }

  /// The chains to all known blocks without children.
  private List<BlockChain> longestChains() {
    var chains = new ArrayList<BlockChain>();
    for (var block : oracle.tree.known()) {
      if (oracle.tree.children(block).isEmpty()) {
        chains.add(joined(oracle.tree.pathTo(block)));
      }
    }
    return chains;
  }

  private BlockChain joined(List<BlockChain> blocks) {
    var bytes = new byte[blocks.size() * kind.hashBytes];
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).copyHash(0, bytes, i * kind.hashBytes);
    }
    return BlockChain.wrap(bytes, 0, blocks.size(), kind.hashBytes);
  }

  /// Removes all there is, and sees that nothing is left.
  void end() {
    for (var chain : longestChains()) {
      for (int holder = 0; holder < kind.owners << 2; holder++) {
        var tier = Tier.of(holder & 3);
        assertEquals(
            oracle.removeChain(holder >> 2, tier, chain, 0),
            index.removeChain(holder >> 2, tier, chain, 0));
      }
    }
    sweepAll();
    assertEquals(0, index.snapshot().blocks());
    assertEquals(0, index.snapshot().runs());
    assertEquals(0, index.snapshot().holdings());
    if (index instanceof RunIndex runs) {
      assertEquals(0, runs.arenaBytes());
    }
  }
}
