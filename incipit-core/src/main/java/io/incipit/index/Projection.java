// SPDX-License-Identifier: Apache-2.0
package io.incipit.index;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// One namespace: its owners' streams and the index that follows them.
///
/// An owner numbers its publishes from 1 in each incarnation. What was applied already is
/// acknowledged; what is too far ahead is refused and the owner is partial until it has sent all it
/// holds again; an incarnation that is over is refused; a new one takes away, at once, what the
/// last one held. [#publish] and [#sweep] are for one thread at a time (the caller's lane);
/// questions are for any thread.
public final class Projection {
  private static final ThreadLocal<MatchAnswer> MATCH = ThreadLocal.withInitial(MatchAnswer::new);
  private static final ThreadLocal<ScoreAnswer> SCORE = ThreadLocal.withInitial(ScoreAnswer::new);
  private static final int CURSOR_BYTES = 32;

  private final Namespace namespace;
  private final PrefixIndex index;
  private final long serverStart;
  private final int number;
  private final OwnerTable owners = new OwnerTable();
  private final Orphans orphans = new Orphans();
  private final LongAdder matches = new LongAdder();
  private final LongAdder matchedBlocks = new LongAdder();
  private final LongAdder askedBlocks = new LongAdder();
  private final LongAdder publishes = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder fenced = new LongAdder();
  private final LongAdder notHeldRemovals = new LongAdder();
  private final LongAdder droppedOrphans = new LongAdder();
  private volatile int parkedBlocks;

  /// A projection with no owners.
  ///
  /// @param number unlike that of any other namespace of this server, dropped ones included
  /// @param serverStart unlike that of any other run of the server, so that cursors do not outlive
  ///     it
  public Projection(Namespace namespace, PrefixIndex index, int number, long serverStart) {
    this.namespace = namespace;
    this.index = index;
    this.number = number;
    this.serverStart = serverStart;
    index.onShed(owner -> owners.setPartial(owners.get(owner), true));
  }

  /// The contract of this namespace.
  public Namespace namespace() {
    return namespace;
  }

  /// The index below, for its sizes.
  public IndexSnapshot snapshot() {
    return index.snapshot();
  }

  /// Applies one publish of an owner's stream.
  public Reply publish(Op.Publish op) {
    var found = owners.find(op.owner());
    if (found.isEmpty() && owners.count() >= OwnerTable.OWNERS_MAX) {
      return refused(
          ErrorCode.LIMIT, "owners: %d (expected: at most that)".formatted(owners.count()));
    }
    var owner = found.orElseGet(() -> owners.add(op.owner(), op.incarnation()));
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
    if (op.seq() <= owner.seq) {
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
    for (var change : op.changes()) {
      apply(owner, change);
    }
    owner.seq = op.seq();
    publishes.increment();
    parkedBlocks = orphans.count();
    return new Reply.Published(op.seq());
  }

  private void begin(OwnerTable.Owner owner, long incarnation) {
    clear(owner, Tier.ALL_MASK);
    owner.incarnation = incarnation;
    owner.seq = 0;
    owners.setPartial(owner, false);
  }

  private static boolean isRebase(List<Change> changes) {
    return !changes.isEmpty()
        && changes.getFirst() instanceof Change.Clear(var tier)
        && tier.isEmpty();
  }

  private void apply(OwnerTable.Owner owner, Change change) {
    switch (change) {
      case Change.Store(var tier, var parent, var hashes) -> {
        if (index.store(owner.number, tier, parent, hashes)) {
          orphans.adopt(index, hashes);
        } else if (!orphans.park(owner.number, tier, parent, hashes)) {
          droppedOrphans.increment();
          owners.setPartial(owner, true);
        }
      }
      case Change.Remove(var tier, var hashes) -> remove(owner, tier, hashes);
      case Change.Clear(var tier) ->
          clear(owner, tier.isPresent() ? tier.get().mask() : Tier.ALL_MASK);
      case Change.Synced() -> owners.setPartial(owner, false);
    }
  }

  private void remove(OwnerTable.Owner owner, Tier tier, BlockChain hashes) {
    int removed = index.remove(owner.number, tier, hashes);
    if (removed < hashes.length() && orphans.count() > 0) {
      for (int i = 0; i < hashes.length(); i++) {
        removed += orphans.remove(owner.number, tier, hashes, i) ? 1 : 0;
      }
    }
    notHeldRemovals.add(Math.max(0, hashes.length() - removed));
  }

  private void clear(OwnerTable.Owner owner, int tierMask) {
    index.clear(owner.number, tierMask);
    orphans.clear(owner.number, tierMask);
  }

  /// Gives back a bounded part of the memory of what owners no longer hold.
  ///
  /// @return whether there is more to do
  public boolean sweep() {
    return index.sweep();
  }

  /// Answers a match.
  public Reply match(Op.Match op) {
    var eligible = eligible(op);
    var answer = MATCH.get();
    var place = placeOf(op.from());
    if (place == null || !index.match(place, op.hashes(), eligible, op.limit(), answer)) {
      return staleCursor();
    }
    matches.increment();
    askedBlocks.add((long) place.depth() + op.hashes().length());
    matchedBlocks.add(answer.blocks());
    int flags = flags(eligible, answer.truncated());
    return new Reply.Matched(
        answer.blocks(),
        (long) answer.blocks() * namespace.blockTokens(),
        flags,
        cursorOf(answer.place()),
        answer.holders());
  }

  private Eligible eligible(Op.Match op) {
    if (op.owners().isEmpty()) {
      return op.tierMask() == Tier.ALL_MASK ? Eligible.ALL : Eligible.inTiers(op.tierMask());
    }
    int[] numbers =
        op.owners().stream()
            .flatMap(name -> owners.find(name).stream())
            .mapToInt(owner -> owner.number)
            .toArray();
    return Eligible.of(op.tierMask(), numbers);
  }

  private int flags(Eligible eligible, boolean truncated) {
    return (owners.anyPartial(eligible) ? Reply.PARTIAL : 0) | (truncated ? Reply.TRUNCATED : 0);
  }

  /// Answers a score.
  public Reply score(Op.Score op) {
    var answer = SCORE.get();
    var place = placeOf(op.from());
    if (place == null || !index.score(place, op.hashes(), owners.count(), op.limit(), answer)) {
      return staleCursor();
    }
    int flags = flags(Eligible.ALL, answer.truncated());
    return new Reply.Scored(answer.known(), flags, cursorOf(answer.place()), answer.scores());
  }

  /// Answers a range read.
  public Reply run(Op.Run op) {
    var answer = MATCH.get();
    var hashes = index.run(op.hash(), op.count(), answer);
    return new Reply.Ran(hashes, flags(Eligible.ALL, answer.truncated()), answer.holders());
  }

  /// Answers random gets.
  public Reply locate(Op.Locate op) {
    var answer = MATCH.get();
    var found = new ArrayList<Holders>(op.hashes().length());
    for (int i = 0; i < op.hashes().length(); i++) {
      index.locate(op.hashes(), i, answer);
      found.add(answer.holders());
    }
    return new Reply.Located(found);
  }

  /// Lists owners.
  public Reply owners(Op.Owners op) {
    var rows = new ArrayList<Map<String, String>>();
    if (op.owner().isPresent()) {
      owners.find(op.owner().get()).ifPresent(owner -> rows.add(row(owner)));
    } else {
      long end = Math.min(owners.count(), (long) op.from() + op.limit());
      for (int i = op.from(); i < end; i++) {
        rows.add(row(owners.get(i)));
      }
    }
    return new Reply.Rows(rows);
  }

  private static Map<String, String> row(OwnerTable.Owner owner) {
    var row = new LinkedHashMap<String, String>();
    row.put("owner", Integer.toString(owner.number));
    row.put("name", owner.name);
    row.put("incarnation", Long.toString(owner.incarnation));
    row.put("seq", Long.toString(owner.seq));
    row.put("partial", owner.partial ? "1" : "0");
    return row;
  }

  /// Counters and sizes of this namespace, in a fixed order.
  public Map<String, String> stats() {
    var sizes = index.snapshot();
    var row = new LinkedHashMap<String, String>();
    row.put("namespace", namespace.name());
    row.put("owners", Integer.toString(owners.count()));
    row.put("blocks", Long.toString(sizes.blocks()));
    row.put("runs", Long.toString(sizes.runs()));
    row.put("holdings", Long.toString(sizes.holdings()));
    row.put("tree-bytes", Long.toString(sizes.treeBytes()));
    row.put("by-hash-bytes", Long.toString(sizes.byHashBytes()));
    row.put("matches", Long.toString(matches.sum()));
    row.put("asked-blocks", Long.toString(askedBlocks.sum()));
    row.put("matched-blocks", Long.toString(matchedBlocks.sum()));
    row.put("publishes", Long.toString(publishes.sum()));
    row.put("gaps", Long.toString(gaps.sum()));
    row.put("fenced", Long.toString(fenced.sum()));
    row.put("parked-blocks", Integer.toString(parkedBlocks));
    row.put("dropped-orphans", Long.toString(droppedOrphans.sum()));
    row.put("not-held-removals", Long.toString(notHeldRemovals.sum()));
    row.put("conflicts", Long.toString(sizes.conflicts()));
    row.put("shed-blocks", Long.toString(sizes.shedBlocks()));
    return row;
  }

  private Cursor cursorOf(Place place) {
    if (place.isRoot()) {
      return Cursor.NONE;
    }
    var bytes = ByteBuffer.allocate(CURSOR_BYTES);
    bytes.putLong(serverStart).putInt(number).putInt(place.run()).putInt(place.offset());
    bytes.putInt(place.depth()).putLong(place.low());
    return Cursor.of(bytes.array());
  }

  private @Nullable Place placeOf(Cursor cursor) {
    if (cursor.isNone()) {
      return Place.ROOT;
    }
    var bytes = ByteBuffer.wrap(cursor.toBytes());
    if (bytes.remaining() != CURSOR_BYTES
        || bytes.getLong() != serverStart
        || bytes.getInt() != number) {
      return null;
    }
    int run = bytes.getInt();
    int offset = bytes.getInt();
    int depth = bytes.getInt();
    return new Place(run, offset, depth, bytes.getLong());
  }

  private static Reply staleCursor() {
    return new Reply.Refused(
        ErrorCode.STALECURSOR, "the place is gone (expected: the whole chain, without FROM)");
  }

  private static Reply refused(ErrorCode code, String detail) {
    return new Reply.Refused(code, detail);
  }
}
