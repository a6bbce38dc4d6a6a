// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.index.IndexSnapshot;
import io.incipit.index.PrefixIndex;
import java.util.LinkedHashMap;
import java.util.Map;

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
  private final Namespace namespace;
  private final PrefixIndex index;
  private final OwnerTable owners = new OwnerTable();
  private final OwnerStreams streams;
  private final Questions questions;

  /// A projection with no owners.
  ///
  /// @param number unlike that of any other namespace of this server, dropped ones included
  /// @param serverStart unlike that of any other run of the server, so that cursors do not outlive
  ///     it
  public Projection(Namespace namespace, PrefixIndex index, int number, long serverStart) {
    this.namespace = namespace;
    this.index = index;
    this.streams = new OwnerStreams(index, owners, serverStart, namespace.hashBytes());
    this.questions = new Questions(namespace, index, owners, new CursorCodec(serverStart, number));
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
    return streams.publish(op);
  }

  /// Gives back a bounded part of the memory of what owners no longer hold.
  ///
  /// @return whether there is more to do
  public boolean sweep() {
    return streams.sweep();
  }

  /// Answers a match.
  public Reply match(Op.Match op) {
    return questions.match(op);
  }

  /// Answers a score.
  public Reply score(Op.Score op) {
    return questions.score(op);
  }

  /// Answers a range read.
  public Reply run(Op.Run op) {
    return questions.run(op);
  }

  /// Answers random gets.
  public Reply locate(Op.Locate op) {
    return questions.locate(op);
  }

  /// Lists owners, by number.
  public Reply owners(Op.Owners op) {
    return questions.owners(op);
  }

  /// Counters and sizes of this namespace, in a fixed order.
  public Map<String, Value> stats() {
    var sizes = index.snapshot();
    var row = new LinkedHashMap<String, Value>();
    row.put("namespace", Value.of(namespace.name()));
    row.put("owners", Value.of(owners.count()));
    row.put("blocks", Value.of(sizes.blocks()));
    row.put("runs", Value.of(sizes.runs()));
    row.put("holdings", Value.of(sizes.holdings()));
    row.put("tree-bytes", Value.of(sizes.treeBytes()));
    row.put("by-hash-bytes", Value.of(sizes.byHashBytes()));
    questions.addStats(row);
    streams.addStats(row);
    row.put("conflicts", Value.of(sizes.conflicts()));
    row.put("shed-blocks", Value.of(sizes.shedBlocks()));
    return row;
  }
}
