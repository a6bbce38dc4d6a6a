// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.target;

import io.incipit.block.BlockChain;
import io.incipit.block.Tier;
import io.incipit.index.Eligible;
import io.incipit.index.IndexConfig;
import io.incipit.index.IndexSnapshot;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Place;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;
import io.incipit.index.ScoreAnswer;
import org.jspecify.annotations.Nullable;

/// Our index, in this process. Takes bytes as they come over the wire. Asking allocates nothing:
/// the chains over the bytes taken, one for each length, are made once.
public final class IncipitTarget implements Target {
  private final boolean byHash;
  private final PrefixIndex index;
  private final int owners;
  private final int hashBytes;
  private final byte[] bytes;
  private final @Nullable BlockChain[] chains;
  private final QuestionBudget budget = QuestionBudget.unlimited();
  private final MatchAnswer match = new MatchAnswer();
  private final ScoreAnswer score = new ScoreAnswer();
  private int count;
  private int known;

  private IncipitTarget(boolean byHash, PrefixIndex index, int longest, int owners, int hashBytes) {
    this.byHash = byHash;
    this.index = index;
    this.owners = owners;
    this.hashBytes = hashBytes;
    this.bytes = new byte[longest * hashBytes];
    this.chains = new BlockChain[longest + 1];
  }

  /// An empty one that finds the place of a change from the start of its chain.
  ///
  /// @param hashBytes of the chains it will be given: 8 or 16
  public static IncipitTarget anchored(int longest, int owners, int hashBytes) {
    return new IncipitTarget(false, create(false, hashBytes), longest, owners, hashBytes);
  }

  /// An empty one with look-up and removal by bare hash, which stores below a parent's hash.
  ///
  /// @param hashBytes of the chains it will be given: 8 or 16
  public static IncipitTarget byHash(int longest, int owners, int hashBytes) {
    return new IncipitTarget(true, create(true, hashBytes), longest, owners, hashBytes);
  }

  private static PrefixIndex create(boolean byHash, int hashBytes) {
    var usual = IndexConfig.DEFAULT;
    return PrefixIndex.create(new IndexConfig(hashBytes, byHash, usual.bytesMax(), usual.secret()));
  }

  /// The same index, asked by another thread.
  public IncipitTarget beside() {
    return new IncipitTarget(byHash, index, bytes.length / hashBytes, owners, hashBytes);
  }

  /// Sizes of the index.
  public IndexSnapshot snapshot() {
    return index.snapshot();
  }

  @Override
  public String name() {
    return "incipit";
  }

  @Override
  public void take(Chains chains, int i) {
    take(chains, i, 0, chains.length(i));
  }

  @Override
  public void takeNew(Chains chains, int i, int known) {
    int parents = byHash ? Math.min(known, 1) : known;
    take(chains, i, known - parents, chains.length(i));
    this.known = parents;
  }

  @Override
  public void takeOld(Chains chains, int i, int from, int to) {
    if (byHash) {
      chains.copyTailFirst(i, from, to, bytes);
      count = to - from;
      known = 0;
    } else {
      take(chains, i, 0, to);
      known = from;
    }
  }

  private void take(Chains chains, int i, int from, int to) {
    chains.copy(i, from, to, bytes);
    count = to - from;
  }

  private BlockChain chain() {
    var chain = chains[count];
    if (chain == null) {
      chain = BlockChain.wrap(bytes, 0, count, hashBytes);
      chains[count] = chain;
    }
    return chain;
  }

  @Override
  public boolean answers(Question question) {
    return true;
  }

  @Override
  public long ask(Question question) {
    return switch (question) {
      case LENGTH -> {
        index.match(Place.ROOT, chain(), Eligible.ALL, 0, budget.renew(), match);
        yield match.blocks();
      }
      case HOLDERS -> {
        index.match(Place.ROOT, chain(), Eligible.ALL, Integer.MAX_VALUE, budget.renew(), match);
        yield (long) match.blocks() << 32 | match.count();
      }
      case SCORE -> {
        index.score(
            Place.ROOT, chain(), owners, Eligible.ALL, Integer.MAX_VALUE, budget.renew(), score);
        var scores = score.scores();
        long sum = (long) scores.base(Tier.REMOTE) * (owners - scores.count());
        for (int i = 0; i < scores.count(); i++) {
          sum += scores.blocks(i, Tier.REMOTE);
        }
        yield sum;
      }
    };
  }

  @Override
  public long digest(Question question) {
    return switch (question) {
      case LENGTH -> match.blocks();
      case HOLDERS -> {
        var holders = match.holders();
        long sum = match.blocks();
        for (int i = 0; i < holders.count(); i++) {
          sum += Local.digestOf(holders.from(i), holders.to(i), holders.owner(i));
        }
        yield sum;
      }
      case SCORE -> {
        var scores = score.scores();
        long sum = 0;
        for (int owner = 0; owner < owners; owner++) {
          sum += Local.digestOf(0, scores.blocksOf(owner, Tier.REMOTE), owner);
        }
        yield sum;
      }
    };
  }

  @Override
  public void store(int owner) {
    if (byHash) {
      var parent = BlockChain.wrap(bytes, 0, known, hashBytes);
      require(index.store(owner, Tier.GPU, parent, chain().slice(known, count), 0));
    } else {
      require(index.storeChain(owner, Tier.GPU, chain(), known));
    }
  }

  private static void require(int stored) {
    if (stored < 0) {
      throw new IllegalStateException("store: the place is not known");
    }
  }

  @Override
  public void remove(int owner) {
    if (byHash) {
      index.remove(owner, Tier.GPU, chain());
    } else {
      index.removeChain(owner, Tier.GPU, chain(), known);
    }
  }

  @Override
  public long cpuNs() {
    return CpuTime.threadNs();
  }
}
