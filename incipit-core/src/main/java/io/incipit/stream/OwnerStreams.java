// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// The streams of a namespace's owners: checks the number of each publish, applies what is next,
/// and refuses the rest. For the namespace's writer only, but for [#addStats].
final class OwnerStreams {
  /// The most blocks of removals that are joined.
  private static final int JOINED_MAX = 4_096;

  private final OwnerTable owners;
  private final Epochs epochs;
  private final StoredBlocks blocks;
  private final LongAdder publishes = new LongAdder();
  private final LongAdder repeats = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder fenced = new LongAdder();
  private final LongAdder refusedOwners = new LongAdder();
  private final LongAdder restarts = new LongAdder();

  OwnerStreams(OwnerTable owners, Epochs epochs, StoredBlocks blocks) {
    this.owners = owners;
    this.epochs = epochs;
    this.blocks = blocks;
  }

  /// Applies one publish; see [Projection#publish].
  Reply publish(Op.Publish op) {
    var known = owners.find(op.owner());
    if (op.changes().isEmpty() && known.isEmpty()) {
      return new Reply.Published(0);
    }
    var found = known.or(() -> add(op));
    if (found.isEmpty()) {
      refusedOwners.increment();
      return refused(
          ErrorCode.LIMIT,
          "owners: %d hold blocks (expected: one that holds none, to make room)"
              .formatted(owners.count()));
    }
    var owner = found.get();
    if (op.incarnation() < owner.incarnation) {
      fenced.increment();
      return refused(
          ErrorCode.FENCED,
          "%d incarnation %d of %s is over"
              .formatted(owner.incarnation, op.incarnation(), op.owner()));
    }
    var reply = op.changes().isEmpty() ? last(owner, op) : follow(owner, op);
    owners.heard(owner, owner.holding);
    return reply;
  }

  private Optional<OwnerTable.Owner> add(Op.Publish op) {
    var added = owners.add(op.owner(), op.incarnation());
    added.ifPresent(owner -> blocks.clear(owner, Tier.ALL_MASK));
    return added;
  }

  /// The last number applied in the incarnation asked for.
  private static Reply last(OwnerTable.Owner owner, Op.Publish op) {
    return new Reply.Published(op.incarnation() == owner.incarnation ? owner.seq : 0);
  }

  private Reply follow(OwnerTable.Owner owner, Op.Publish op) {
    if (op.incarnation() > owner.incarnation) {
      begin(owner, op.incarnation());
    }
    if (op.seq() <= owner.seq) {
      return repeat(owner, op);
    }
    if (op.seq() != owner.seq + 1) {
      owners.setPartial(owner, true);
      if (!op.isRebase()) {
        gaps.increment();
        return refused(
            ErrorCode.GAP,
            "%d got %d; send that, or re-base with a publish that begins with CLEAR *"
                .formatted(owner.seq + 1, op.seq()));
      }
    }
    long dropped = apply(owner, op.changes());
    owner.seq = op.seq();
    owner.digest = digest(op.changes());
    publishes.increment();
    return new Reply.Published(op.seq(), dropped);
  }

  private void begin(OwnerTable.Owner owner, long incarnation) {
    blocks.clear(owner, Tier.ALL_MASK);
    owner.incarnation = incarnation;
    owner.seq = 0;
    owners.setPartial(owner, false);
  }

  /// What came before is acknowledged. Of the last one it is known what it said, so a client that
  /// numbers two publishes alike is told.
  private Reply repeat(OwnerTable.Owner owner, Op.Publish op) {
    if (op.seq() == owner.seq && owner.seq > 0 && digest(op.changes()) != owner.digest) {
      return refused(
          ErrorCode.CONFLICT,
          "%d was applied with other changes (expected: the same again, or the next number)"
              .formatted(op.seq()));
    }
    repeats.increment();
    return new Reply.Published(owner.seq);
  }

  private long apply(OwnerTable.Owner owner, List<Change> changes) {
    blocks.begin();
    long dropped = 0;
    for (int i = 0; i < changes.size(); i++) {
      switch (changes.get(i)) {
        case Change.Store store -> dropped += blocks.store(owner, store);
        case Change.Remove(var tier, var hashes) -> {
          var chains = removals(changes, i, tier);
          boolean single = chains.size() == 1;
          blocks.remove(owner, tier, single ? hashes : BlockChain.concat(chains));
          i += chains.size() - 1;
        }
        case Change.Clear(var tier) ->
            blocks.clear(owner, tier.isPresent() ? tier.get().mask() : Tier.ALL_MASK);
        case Change.Synced() -> owners.setPartial(owner, owner.lossy);
      }
    }
    return dropped;
  }

  /// The removals from one tier that stand behind each other from `start` on. Engines evict block
  /// by block, tails first; together they are a few stretches of runs. What is joined is copied, so
  /// it has a bound.
  private static List<BlockChain> removals(List<Change> changes, int start, Tier tier) {
    var chains = new ArrayList<BlockChain>();
    long joined = 0;
    for (int i = start; i < changes.size(); i++) {
      if (!(changes.get(i) instanceof Change.Remove next) || next.tier() != tier) {
        break;
      }
      joined += next.hashes().length();
      if (i > start && joined > JOINED_MAX) {
        break;
      }
      chains.add(next.hashes());
    }
    return chains;
  }

  /// 64 bits of what changes say, in their order.
  private static long digest(List<Change> changes) {
    long digest = changes.size();
    for (var change : changes) {
      digest =
          switch (change) {
            case Change.Store(var tier, var parent, var hashes, int skip) ->
                digest(digest(digest * 31 + 1 + tier.code() + 8L * skip, parent), hashes);
            case Change.Remove(var tier, var hashes) ->
                digest(digest * 31 + 5 + tier.code(), hashes);
            case Change.Clear(var tier) ->
                digest * 31 + 9 + (tier.isPresent() ? tier.get().code() : Tier.COUNT);
            case Change.Synced() -> digest * 31 + 14;
          };
      digest = (digest ^ digest >>> 29) * 0xBF58_476D_1CE4_E5B9L;
    }
    return digest;
  }

  private static long digest(long before, BlockChain chain) {
    long digest = before * 31 + chain.length();
    for (int i = 0; i < chain.length(); i++) {
      digest = (digest ^ chain.low(i)) * 0x9E37_79B9_7F4A_7C15L + chain.high(i);
      digest ^= digest >>> 32;
    }
    return digest;
  }

  /// Begins again with nothing, after a change has failed: every owner that sent something is asked
  /// for all of it, by the gap that its next publish leaves.
  void restart() {
    for (var owner : owners.from(0)) {
      if (owner.seq > 0 || owner.holding) {
        owners.setPartial(owner, true);
        owner.lossy = true;
        owner.seq = 0;
        owners.heard(owner, false);
      }
    }
    blocks.restart();
    restarts.increment();
  }

  /// See [Projection#sweep].
  boolean sweep() {
    boolean more = blocks.sweep();
    if (!more) {
      epochs.nextIfEmpty();
    }
    return more;
  }

  /// Adds the counters of publishes, in a fixed order. For any thread.
  void addStats(List<Stat> stats) {
    stats.add(Stat.counter("publishes", publishes.sum()));
    stats.add(Stat.counter("repeats", repeats.sum()));
    stats.add(Stat.counter("gaps", gaps.sum()));
    stats.add(Stat.counter("fenced", fenced.sum()));
    stats.add(Stat.counter("refused-owners", refusedOwners.sum()));
    stats.add(Stat.counter("index-restarts", restarts.sum()));
    blocks.addStats(stats);
  }

  private static Reply refused(ErrorCode code, String detail) {
    return new Reply.Refused(code, detail);
  }
}
