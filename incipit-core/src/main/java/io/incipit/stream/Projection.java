// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Value;
import io.incipit.index.IndexSnapshot;
import io.incipit.index.PrefixIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// One namespace: its owners' streams and the index that follows them.
///
/// An owner numbers its publishes from 1 in each incarnation.
/// - What was applied already is acknowledged and ignored; the last one only if it says the same
///   again. What is more than one ahead is refused with the number expected, and the owner is
///   *partial*: answers may be too short by what it holds. It re-bases with a publish that begins
///   with `CLEAR *`, accepted at any higher number, and is whole again when it has said `SYNCED`. A
///   publish in its turn never makes an owner partial, whatever it begins with.
/// - An incarnation that is over is refused. A new one is whole and holds nothing, at once, even if
///   its first publish is then refused for its number.
/// - A publish without changes asks for the last number applied, and changes nothing.
/// - A stored block whose parent is unknown is parked until the parent comes, whoever brings it,
///   and then adopted, a bounded number of blocks at a time. What finds no room there, or is
///   dropped because memory ran out, leaves its owner partial until it re-bases; `SYNCED` alone
///   does not help then. A block that nobody holds and nothing follows is unknown, though it may
///   not be swept yet.
/// - A stored block that is known below another parent contradicts the chaining of hashes: it and
///   the rest of its change are not stored, and counted. What was parked below that rest stays
///   parked.
///
/// A refused publish applies none of its changes. A cursor names a place of this namespace in this
/// run of the server. When the place has gone, the cursor is refused, and the whole chain has to be
/// sent.
///
/// [#publish], [#sweep] and [#restart] are for one thread at a time (the caller's lane); questions
/// are for any thread.
public final class Projection {
  private static final ThreadLocal<Inquiry> UNBOUNDED = ThreadLocal.withInitial(Inquiry::unbounded);

  private final Namespace namespace;
  private final OwnerTable owners;
  private final Epochs epochs;
  private final StoredBlocks blocks;
  private final OwnerStreams streams;
  private final Questions questions;

  /// A projection with no owners.
  ///
  /// @param indexes makes the index, and another one when the first is given up
  /// @param number unlike that of any other namespace of this server, dropped ones included
  /// @param serverStart unlike that of any other run of the server, so that cursors do not outlive
  ///     it
  public Projection(
      Namespace namespace, Supplier<PrefixIndex> indexes, int number, long serverStart) {
    this(namespace, indexes, number, serverStart, new OwnerTable(), OwnerFault.NONE);
  }

  Projection(
      Namespace namespace,
      Supplier<PrefixIndex> indexes,
      int number,
      long serverStart,
      OwnerTable owners,
      OwnerFault fault) {
    this.namespace = namespace;
    this.owners = owners;
    this.epochs = new Epochs(indexes, this::lose);
    this.blocks = new StoredBlocks(owners, epochs, serverStart, namespace.hashBytes());
    this.streams = new OwnerStreams(owners, epochs, blocks);
    var cursors = new CursorCodec(serverStart, number);
    this.questions = new Questions(namespace, epochs, owners, cursors, fault);
  }

  private void lose(int slot) {
    owners.inSlot(slot).ifPresent(blocks::lose);
  }

  /// The contract of this namespace.
  public Namespace namespace() {
    return namespace;
  }

  /// Sizes and counters of the index below; counters go on when the index is replaced.
  public IndexSnapshot snapshot() {
    return epochs.snapshot();
  }

  /// Memory of index, parked blocks and owners, in bytes. For any thread.
  public long bytes() {
    return epochs.index().snapshot().bytes() + besides();
  }

  private long besides() {
    return blocks.parkedBytes() + owners.bytes();
  }

  /// How much memory all this may take, and how many blocks it may know, from the next publish or
  /// sweep on; where it is more, the coldest leaves of the index go. For the lane.
  public void limit(long bytesMax, long blocksMax) {
    epochs.limit(Math.max(0, bytesMax - besides()), blocksMax);
  }

  /// Applies one publish of an owner's stream, or refuses it as a whole: `LIMIT` if there are too
  /// many owners, `FENCED` if its incarnation is over, `GAP` if its number is too high, `CONFLICT`
  /// if it is the last one with other changes.
  ///
  /// An exception leaves the index in an unknown state: [#restart] is all that may follow.
  ///
  /// @return the number of the last publish applied, or the refusal
  public Reply publish(Op.Publish op) {
    return streams.publish(op);
  }

  /// Gives back a bounded part of the memory of what owners no longer hold, and adopts a bounded
  /// part of what was parked. An index that is empty is replaced by a fresh one in the end.
  ///
  /// An exception leaves the index in an unknown state: [#restart] is all that may follow.
  ///
  /// @return whether there is more to do
  public boolean sweep() {
    return streams.sweep();
  }

  /// Begins again with an empty index, after a change has failed. Cursors are stale; the next
  /// publish of each owner that had sent any is refused with `GAP 1`, unless it re-bases.
  public void restart() {
    streams.restart();
  }

  /// How often the index was replaced.
  public int epoch() {
    return epochs.current().number();
  }

  /// The number that the next publish of an owner must have; 1 if it is unknown.
  public long expectedSeq(String owner) {
    return 1 + owners.find(owner).map(found -> found.seq).orElse(0L);
  }

  /// Answers a match.
  public Reply match(Op.Match op, Inquiry by) {
    return questions.match(op, by);
  }

  /// Answers a match, whatever it costs.
  public Reply match(Op.Match op) {
    return match(op, unbounded());
  }

  private static Inquiry unbounded() {
    return UNBOUNDED.get().grant(Long.MAX_VALUE);
  }

  /// Answers a score.
  public Reply score(Op.Score op, Inquiry by) {
    return questions.score(op, by);
  }

  /// Answers a score, whatever it costs.
  public Reply score(Op.Score op) {
    return score(op, unbounded());
  }

  /// Answers a range read.
  public Reply run(Op.Run op, Inquiry by) {
    return questions.run(op, by);
  }

  /// Answers a range read, whatever it costs.
  public Reply run(Op.Run op) {
    return run(op, unbounded());
  }

  /// Answers random gets.
  public Reply locate(Op.Locate op, Inquiry by) {
    return questions.locate(op, by);
  }

  /// Answers random gets, whatever they cost.
  public Reply locate(Op.Locate op) {
    return locate(op, unbounded());
  }

  /// Lists owners, by number.
  public Reply owners(Op.Owners op, Inquiry by) {
    return questions.owners(op, by);
  }

  /// Lists owners, by number, whatever it costs.
  public Reply owners(Op.Owners op) {
    return owners(op, unbounded());
  }

  /// The name of an owner by its number; the number in digits if there is none.
  public String ownerName(int number) {
    return questions.name(number);
  }

  /// Sizes and counters of this namespace, in a fixed order.
  public List<Stat> stats() {
    var sizes = snapshot();
    var stats = new ArrayList<Stat>();
    stats.add(Stat.gauge("owners", owners.count()));
    stats.add(Stat.gauge("partial-owners", owners.partialCount()));
    stats.add(Stat.gauge("blocks", sizes.blocks()));
    stats.add(Stat.gauge("runs", sizes.runs()));
    stats.add(Stat.gauge("holdings", sizes.holdings()));
    stats.add(Stat.gauge("tree-bytes", sizes.treeBytes()));
    stats.add(Stat.gauge("by-hash-bytes", sizes.byHashBytes()));
    questions.addStats(stats);
    streams.addStats(stats);
    stats.add(Stat.counter("conflicts", sizes.conflicts()));
    stats.add(Stat.counter("shed-blocks", sizes.shedBlocks()));
    return stats;
  }

  /// The name of this namespace and its [#stats], as a row.
  public Map<String, Value> row() {
    var row = new LinkedHashMap<String, Value>();
    row.put("namespace", Value.of(namespace.name()));
    Stat.addTo(row, stats());
    return row;
  }
}
