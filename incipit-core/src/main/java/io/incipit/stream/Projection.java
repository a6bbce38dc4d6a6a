// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.ErrorCode;
import io.incipit.block.Holders;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.index.Eligible;
import io.incipit.index.IndexSnapshot;
import io.incipit.index.MatchAnswer;
import io.incipit.index.Place;
import io.incipit.index.PrefixIndex;
import io.incipit.index.ScoreAnswer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// One namespace: its owners' streams and the index that follows them.
///
/// An owner numbers its publishes from 1 in each incarnation.
/// - What was applied already is acknowledged and ignored. What is more than one ahead is refused
///   with the number expected, and the owner is *partial*: answers may be too short by what it
///   holds. It re-bases with a publish that begins with `CLEAR *`, accepted at any higher number,
///   and is whole again when it has said `SYNCED`.
/// - An incarnation that is over is refused. A new one takes away at once what the last one held,
///   even if its first publish is then refused for its number.
/// - A stored block whose parent is unknown is parked until the parent comes, whoever brings it.
///   What finds no room there, or is dropped because memory ran out, leaves its owner partial until
///   it re-bases; `SYNCED` alone does not help then.
/// - A stored block that is known below another parent contradicts the chaining of hashes: it and
///   the rest of its change are not stored, and counted. What was parked below that rest stays
///   parked.
///
/// A refused publish applies none of its changes. A cursor names a place of this namespace in this
/// run of the server. When the place has gone, or moved because another chain branched off its run,
/// the cursor is refused, and the whole chain has to be sent.
///
/// [#publish] and [#sweep] are for one thread at a time (the caller's lane); questions are for any
/// thread.
public final class Projection {
  private static final ThreadLocal<MatchAnswer> MATCH = ThreadLocal.withInitial(MatchAnswer::new);
  private static final ThreadLocal<ScoreAnswer> SCORE = ThreadLocal.withInitial(ScoreAnswer::new);
  private static final int CURSOR_BYTES = 24;

  private final Namespace namespace;
  private final PrefixIndex index;
  private final long serverStart;
  private final int number;
  private final OwnerTable owners = new OwnerTable();
  private final Orphans orphans;
  private final LongAdder matches = new LongAdder();
  private final LongAdder matchedBlocks = new LongAdder();
  private final LongAdder askedBlocks = new LongAdder();
  private final LongAdder scores = new LongAdder();
  private final LongAdder staleCursors = new LongAdder();
  private final LongAdder publishes = new LongAdder();
  private final LongAdder repeats = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder fenced = new LongAdder();
  private final LongAdder refusedOwners = new LongAdder();
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
    this.orphans = new Orphans(serverStart);
    index.onShed(shed -> owners.find(shed).ifPresent(this::lose));
  }

  /// The contract of this namespace.
  public Namespace namespace() {
    return namespace;
  }

  /// The index below, for its sizes.
  public IndexSnapshot snapshot() {
    return index.snapshot();
  }

  /// How much memory the index below may take, from the next publish on. For the lane.
  public void limitBytes(long bytesMax) {
    index.limitBytes(bytesMax);
  }

  /// Applies one publish of an owner's stream, or refuses it as a whole: `LIMIT` if there are too
  /// many owners, `FENCED` if its incarnation is over, `GAP` if its number is too high.
  ///
  /// @return the number of the last publish applied, or the refusal
  public Reply publish(Op.Publish op) {
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
      case Change.Store(var tier, var parent, var hashes) -> store(owner, tier, parent, hashes);
      case Change.Remove(var tier, var hashes) -> remove(owner, tier, hashes);
      case Change.Clear(var tier) ->
          clear(owner, tier.isPresent() ? tier.get().mask() : Tier.ALL_MASK);
      case Change.Synced() -> owners.setPartial(owner, owner.lossy);
    }
  }

  private void store(OwnerTable.Owner owner, Tier tier, BlockChain parent, BlockChain hashes) {
    owner.holding = true;
    if (index.store(owner.number, tier, parent, hashes)) {
      orphans.adopt(index, hashes);
      return;
    }
    int dropped = orphans.park(owner.number, tier, parent, hashes);
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

  /// Gives back a bounded part of the memory of what owners no longer hold.
  ///
  /// @return whether there is more to do
  public boolean sweep() {
    boolean parked = orphans.sweep();
    return index.sweep() || parked;
  }

  /// Answers a match.
  public Reply match(Op.Match op) {
    var named = named(op.owners());
    boolean partial = isPartial(op, named);
    var answer = MATCH.get();
    var place = placeOf(op.from());
    if (place == null
        || !index.match(place, op.hashes(), eligible(op, named), op.limit(), answer)) {
      return staleCursor();
    }
    matches.increment();
    askedBlocks.add((long) place.depth() + op.hashes().length());
    matchedBlocks.add(answer.blocks());
    return new Reply.Matched(
        answer.blocks(),
        (long) answer.blocks() * namespace.blockTokens(),
        flags(partial || isPartial(op, named), answer.truncated()),
        cursorOf(answer.place()),
        answer.holders());
  }

  private List<OwnerTable.Owner> named(List<String> names) {
    return names.isEmpty()
        ? List.of()
        : names.stream().flatMap(name -> owners.find(name).stream()).toList();
  }

  private static Eligible eligible(Op.Match op, List<OwnerTable.Owner> named) {
    if (!op.owners().isEmpty()) {
      return Eligible.of(op.tierMask(), named.stream().mapToInt(owner -> owner.number).toArray());
    }
    return op.tierMask() == Tier.ALL_MASK ? Eligible.ALL : Eligible.inTiers(op.tierMask());
  }

  /// Whether an owner that may count in a match is partial. Asked before and after, since an owner
  /// may begin or end to re-base meanwhile.
  private boolean isPartial(Op.Match op, List<OwnerTable.Owner> named) {
    return op.tierMask() != 0
        && (op.owners().isEmpty()
            ? owners.anyPartial()
            : named.stream().anyMatch(owner -> owner.partial));
  }

  private static int flags(boolean partial, boolean truncated) {
    return (partial ? Reply.PARTIAL : 0) | (truncated ? Reply.TRUNCATED : 0);
  }

  /// Answers a score.
  public Reply score(Op.Score op) {
    boolean partial = owners.anyPartial();
    var answer = SCORE.get();
    var place = placeOf(op.from());
    if (place == null || !index.score(place, op.hashes(), owners.numbers(), op.limit(), answer)) {
      return staleCursor();
    }
    scores.increment();
    int flags = flags(partial || owners.anyPartial(), answer.truncated());
    return new Reply.Scored(answer.known(), flags, cursorOf(answer.place()), answer.scores());
  }

  /// Answers a range read.
  public Reply run(Op.Run op) {
    boolean partial = owners.anyPartial();
    var answer = MATCH.get();
    var hashes = index.run(op.hash(), op.count(), answer);
    int flags = flags(partial || owners.anyPartial(), answer.truncated());
    return new Reply.Ran(hashes, flags, answer.holders());
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

  /// Lists owners, by number.
  public Reply owners(Op.Owners op) {
    var rows = new ArrayList<Map<String, String>>();
    if (op.owner().isPresent()) {
      owners.find(op.owner().get()).ifPresent(owner -> rows.add(row(owner)));
    } else {
      owners.from(op.from()).stream()
          .limit(Math.max(0, op.limit()))
          .map(Projection::row)
          .forEach(rows::add);
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
    row.put("scores", Long.toString(scores.sum()));
    row.put("stale-cursors", Long.toString(staleCursors.sum()));
    row.put("publishes", Long.toString(publishes.sum()));
    row.put("repeats", Long.toString(repeats.sum()));
    row.put("gaps", Long.toString(gaps.sum()));
    row.put("fenced", Long.toString(fenced.sum()));
    row.put("refused-owners", Long.toString(refusedOwners.sum()));
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
    bytes.putInt((int) serverStart).putInt(number);
    bytes.putInt(place.run()).putInt(place.depth()).putLong(place.low());
    return Cursor.of(bytes.array());
  }

  private @Nullable Place placeOf(Cursor cursor) {
    if (cursor.isNone()) {
      return Place.ROOT;
    }
    var bytes = ByteBuffer.wrap(cursor.toBytes());
    if (bytes.remaining() != CURSOR_BYTES
        || bytes.getInt() != (int) serverStart
        || bytes.getInt() != number) {
      return null;
    }
    int run = bytes.getInt();
    int depth = bytes.getInt();
    if (depth <= 0) {
      return null;
    }
    return new Place(run, depth, bytes.getLong());
  }

  private Reply staleCursor() {
    staleCursors.increment();
    return refused(
        ErrorCode.STALECURSOR, "the place is gone (expected: the whole chain, without FROM)");
  }

  private static Reply refused(ErrorCode code, String detail) {
    return new Reply.Refused(code, detail);
  }
}
