// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.index.PrefixIndex;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// The streams of a namespace's owners: checks the number of each publish, applies what is next,
/// and refuses the rest. For the namespace's writer only, but for [#addStats].
final class OwnerStreams {
  private final PrefixIndex index;
  private final OwnerTable owners;
  private final Orphans orphans;
  private final LongAdder publishes = new LongAdder();
  private final LongAdder repeats = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder fenced = new LongAdder();
  private final LongAdder refusedOwners = new LongAdder();
  private final LongAdder notHeldRemovals = new LongAdder();
  private final LongAdder droppedOrphans = new LongAdder();
  private volatile int parkedBlocks;

  /// Parked blocks that the publish under way may still have adopted.
  private int adoptable;

  /// @param secret mixed into the hashes of parked blocks
  OwnerStreams(PrefixIndex index, OwnerTable owners, long secret, int hashBytes) {
    this.index = index;
    this.owners = owners;
    this.orphans = new Orphans(secret, hashBytes);
    index.onShed(shed -> owners.find(shed).ifPresent(this::lose));
  }

  /// Applies one publish of an owner's stream, or refuses it as a whole: `LIMIT` if there are too
  /// many owners, `FENCED` if its incarnation is over, `GAP` if its number is too high.
  ///
  /// @return the number of the last publish applied, or the refusal
  Reply publish(Op.Publish op) {
    var found = owners.find(op.owner()).or(() -> owners.add(op.owner(), op.incarnation()));
    if (found.isEmpty()) {
      refusedOwners.increment();
      return noRoom();
    }
    var owner = found.get();
    if (op.incarnation() < owner.incarnation) {
      fenced.increment();
      return refused(
          ErrorCode.FENCED,
          "%d incarnation %d of %s is over"
              .formatted(owner.incarnation, op.incarnation(), op.owner()));
    }
    if (op.incarnation() > owner.incarnation) {
      begin(owner, op.incarnation());
    }
    var reply = follow(owner, op);
    owners.heard(owner, owner.holding);
    parkedBlocks = orphans.count();
    return reply;
  }

  private Reply noRoom() {
    return refused(
        ErrorCode.LIMIT,
        "owners: %d, and %d since the namespace was made (expected: below %d with blocks, and %d)"
            .formatted(
                owners.count(), owners.numbers(), OwnerTable.OWNERS_MAX, OwnerTable.NUMBERS_MAX));
  }

  private void begin(OwnerTable.Owner owner, long incarnation) {
    clear(owner, Tier.ALL_MASK);
    owner.incarnation = incarnation;
    owner.seq = 0;
    owners.setPartial(owner, false);
  }

  private Reply follow(OwnerTable.Owner owner, Op.Publish op) {
    if (op.seq() <= owner.seq) {
      repeats.increment();
      return new Reply.Published(owner.seq);
    }
    if (op.seq() != owner.seq + 1) {
      owners.setPartial(owner, true);
      if (!isRebase(op.changes())) {
        gaps.increment();
        return refused(
            ErrorCode.GAP,
            "%d got %d; send that, or re-base with a publish that begins with CLEAR *"
                .formatted(owner.seq + 1, op.seq()));
      }
    }
    adoptable = Orphans.ADOPTED_MAX;
    for (var change : op.changes()) {
      apply(owner, change);
    }
    owner.seq = op.seq();
    publishes.increment();
    return new Reply.Published(op.seq());
  }

  private static boolean isRebase(List<Change> changes) {
    return !changes.isEmpty()
        && changes.getFirst() instanceof Change.Clear(var tier)
        && tier.isEmpty();
  }

  private void apply(OwnerTable.Owner owner, Change change) {
    switch (change) {
      case Change.Store(var tier, var parent, var hashes, _) -> store(owner, tier, parent, hashes);
      case Change.Remove(var tier, var hashes) -> remove(owner, tier, hashes);
      case Change.Clear(var tier) ->
          clear(owner, tier.isPresent() ? tier.get().mask() : Tier.ALL_MASK);
      case Change.Synced() -> owners.setPartial(owner, owner.lossy);
    }
  }

  private void store(OwnerTable.Owner owner, Tier tier, BlockChain parent, BlockChain hashes) {
    owner.holding = true;
    if (index.store(owner.number, tier, parent, hashes, 0) >= 0) {
      orphans.arrived(hashes, hashes.length());
      adoptable -= orphans.adopt(index, adoptable);
      return;
    }
    int dropped = orphans.park(owner.number, tier, parent, hashes, 0);
    if (dropped > 0) {
      droppedOrphans.add(dropped);
      lose(owner);
    }
  }

  private void lose(OwnerTable.Owner owner) {
    owner.lossy = true;
    owners.setPartial(owner, true);
  }

  private void remove(OwnerTable.Owner owner, Tier tier, BlockChain hashes) {
    int removed = index.remove(owner.number, tier, hashes);
    for (int i = 0; orphans.count() > 0 && i < hashes.length(); i++) {
      removed += orphans.remove(owner.number, tier, hashes, i) ? 1 : 0;
    }
    notHeldRemovals.add(Math.max(0, hashes.length() - removed));
  }

  private void clear(OwnerTable.Owner owner, int tierMask) {
    index.clear(owner.number, tierMask);
    orphans.clear(owner.number, tierMask);
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
    var _ = orphans.adopt(index, Orphans.ADOPTED_MAX);
    parkedBlocks = orphans.count();
    boolean parked = orphans.sweep() || orphans.isAdopting();
    return index.sweep() || parked;
  }

  /// Adds the counters of publishes, in a fixed order. For any thread.
  void addStats(Map<String, Value> row) {
    row.put("publishes", Value.of(publishes.sum()));
    row.put("repeats", Value.of(repeats.sum()));
    row.put("gaps", Value.of(gaps.sum()));
    row.put("fenced", Value.of(fenced.sum()));
    row.put("refused-owners", Value.of(refusedOwners.sum()));
    row.put("parked-blocks", Value.of(parkedBlocks));
    row.put("dropped-orphans", Value.of(droppedOrphans.sum()));
    row.put("not-held-removals", Value.of(notHeldRemovals.sum()));
  }

  private static Reply refused(ErrorCode code, String detail) {
    return new Reply.Refused(code, detail);
  }
}
