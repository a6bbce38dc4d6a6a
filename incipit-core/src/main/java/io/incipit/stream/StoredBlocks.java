// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Stat;
import io.incipit.block.Tier;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Outcome;
import io.incipit.index.PrefixIndex;
import io.incipit.index.QuestionBudget;
import io.incipit.index.RunAnswer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What owners hold: in the index where the parent is known, else parked. For the namespace's
/// writer only, but for [#addStats] and [#parkedBytes].
final class StoredBlocks {
  private static final int PARENT_UNITS = 64;

  /// What it takes to ask the index: of the thread, so that no namespace has to keep it.
  private record Scratch(QuestionBudget budget, MatchAnswer holders, RunAnswer following) {}

  private static final ThreadLocal<Scratch> SCRATCH =
      ThreadLocal.withInitial(
          () -> new Scratch(new QuestionBudget(), new MatchAnswer(), new RunAnswer()));

  private final OwnerTable owners;
  private final Epochs epochs;
  private final long secret;
  private final int hashBytes;
  private final LongAdder notHeldRemovals = new LongAdder();
  private final LongAdder droppedOrphans = new LongAdder();
  private Orphans orphans;
  private volatile int parkedBlocks;
  private volatile long parkedBytes;

  /// Parked blocks that the publish under way may still have adopted.
  private int adoptable;

  /// Whether the index may know blocks that nobody holds any more.
  private boolean unswept;

  /// @param secret mixed into the hashes of parked blocks
  StoredBlocks(OwnerTable owners, Epochs epochs, long secret, int hashBytes) {
    this.owners = owners;
    this.epochs = epochs;
    this.secret = secret;
    this.hashBytes = hashBytes;
    this.orphans = new Orphans(secret, hashBytes);
    noteParked();
  }

  private void noteParked() {
    parkedBlocks = orphans.count();
    parkedBytes = orphans.bytes();
  }

  /// A publish begins.
  void begin() {
    adoptable = Orphans.ADOPTED_MAX;
  }

  /// Forgets everything, together with the index.
  void restart() {
    epochs.next();
    orphans = new Orphans(secret, hashBytes);
    unswept = false;
    noteParked();
  }

  /// The owner holds blocks.
  ///
  /// @return how many of them found no place
  int store(OwnerTable.Owner owner, Change.Store change) {
    owner.holding = true;
    var hashes = change.hashes();
    int skip = change.skip();
    int known = PrefixIndex.UNKNOWN_PARENT;
    if (!isDead(change.parent())) {
      known = epochs.index().store(owner.slot, change.tier(), change.parent(), hashes, skip);
    }
    if (known != PrefixIndex.UNKNOWN_PARENT) {
      orphans.arrived(hashes, known);
      adoptable -= orphans.adopt(epochs.index(), adoptable);
      noteParked();
      return hashes.length() - Math.max(skip, known);
    }
    int dropped = orphans.park(owner.slot, change.tier(), change.parent(), hashes, skip);
    noteParked();
    if (dropped > 0) {
      droppedOrphans.add(dropped);
      lose(owner);
    }
    return dropped;
  }

  /// Whether a block is one that nobody holds and nothing follows: known only until it is swept.
  private boolean isDead(BlockChain block) {
    if (!unswept || block.isEmpty()) {
      return false;
    }
    var scratch = SCRATCH.get();
    var budget = scratch.budget.grant(PARENT_UNITS, 1);
    var located = epochs.index().locate(block, 0, budget, scratch.holders);
    if (located != Outcome.ANSWERED || scratch.holders.count() > 0) {
      return false;
    }
    var run = epochs.index().run(block, 0, 1, budget.renew(), scratch.following);
    return run == Outcome.ANSWERED
        && scratch.following.end() == RunAnswer.End.END
        && scratch.following.hashes().isEmpty();
  }

  /// Notes that the index does not have all that an owner holds, until it begins afresh.
  void lose(OwnerTable.Owner owner) {
    owner.lossy = true;
    owners.setPartial(owner, true);
  }

  /// The owner holds blocks no more.
  void remove(OwnerTable.Owner owner, Tier tier, BlockChain hashes) {
    int removed = epochs.index().remove(owner.slot, tier, hashes);
    for (int i = 0; orphans.count() > 0 && i < hashes.length(); i++) {
      removed += orphans.remove(owner.slot, tier, hashes, i) ? 1 : 0;
    }
    notHeldRemovals.add(Math.max(0, hashes.length() - removed));
    noteParked();
  }

  /// The owner holds nothing in the tiers of a mask.
  void clear(OwnerTable.Owner owner, int tierMask) {
    epochs.index().clear(owner.slot, tierMask);
    orphans.clear(owner.slot, tierMask);
    unswept = true;
    noteParked();
    if (tierMask == Tier.ALL_MASK) {
      owner.holding = false;
      owner.lossy = false;
    }
  }

  /// Gives back a bounded part of the memory of what owners no longer hold, and adopts a bounded
  /// part of what is parked below blocks that have come.
  ///
  /// @return whether there is more to do
  boolean sweep() {
    var _ = orphans.adopt(epochs.index(), Orphans.ADOPTED_MAX);
    boolean parked = orphans.sweep() || orphans.isAdopting();
    noteParked();
    unswept = epochs.index().sweep();
    return unswept || parked;
  }

  /// Memory of what is parked, in bytes. For any thread.
  long parkedBytes() {
    return parkedBytes;
  }

  /// Adds the counters of blocks, in a fixed order. For any thread.
  void addStats(List<Stat> stats) {
    stats.add(Stat.gauge("parked-blocks", parkedBlocks));
    stats.add(Stat.counter("dropped-orphans", droppedOrphans.sum()));
    stats.add(Stat.counter("not-held-removals", notHeldRemovals.sum()));
  }
}
