// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A projection, and few words to publish to it and to ask it.
final class Talk {
  static final int LIMIT = 1_000;
  private static final String NAMESPACE = "n";

  final Projection projection;
  private final int hashBytes;

  /// A projection over the production index, of hashes of 8 bytes.
  Talk() {
    this(7, 1);
  }

  Talk(int number, long serverStart) {
    this(IndexConfig.DEFAULT, 8, number, serverStart);
  }

  Talk(IndexConfig config, int hashBytes, int number, long serverStart) {
    var namespace = Namespace.of(NAMESPACE, 16, hashBytes);
    this.hashBytes = hashBytes;
    var sized = config.withHashBytes(hashBytes);
    projection = new Projection(namespace, () -> PrefixIndex.create(sized), number, serverStart);
  }

  Reply publish(String owner, long incarnation, long seq, Change... changes) {
    return projection.publish(new Op.Publish(NAMESPACE, owner, incarnation, seq, List.of(changes)));
  }

  /// Publishes what must be applied.
  void apply(String owner, long incarnation, long seq, Change... changes) {
    var reply = publish(owner, incarnation, seq, changes);
    assertEquals(seq, assertInstanceOf(Reply.Published.class, reply).seq());
  }

  /// Publishes what must be refused; gives code and first word of the detail.
  String refuse(String owner, long incarnation, long seq, Change... changes) {
    return refusal(publish(owner, incarnation, seq, changes));
  }

  static String refusal(Reply reply) {
    var refused = assertInstanceOf(Reply.Refused.class, reply);
    return refused.code() + " " + refused.detail().replaceAll(" .*", "");
  }

  Change store(BlockChain chain) {
    return new Change.Store(Tier.GPU, BlockChain.empty(hashBytes), chain);
  }

  /// The blocks of `chain` from `from` on, below the one before.
  static Change store(Tier tier, BlockChain chain, int from) {
    return new Change.Store(tier, chain.slice(from - 1, from), chain.slice(from, chain.length()));
  }

  static Change remove(BlockChain hashes) {
    return new Change.Remove(Tier.GPU, hashes);
  }

  static Change clearAll() {
    return new Change.Clear(Optional.empty());
  }

  static Change clear(Tier tier) {
    return new Change.Clear(Optional.of(tier));
  }

  static Change synced() {
    return new Change.Synced();
  }

  Reply match(BlockChain chain, Cursor from, List<String> owners, int tierMask, int limit) {
    return projection.match(new Op.Match(NAMESPACE, chain, from, owners, tierMask, limit));
  }

  Reply.Matched match(BlockChain chain, String... owners) {
    return assertInstanceOf(
        Reply.Matched.class, match(chain, Cursor.NONE, List.of(owners), Tier.ALL_MASK, LIMIT));
  }

  int blocks(BlockChain chain) {
    return match(chain).blocks();
  }

  String holders(BlockChain chain) {
    return match(chain).holders().toString();
  }

  /// Whether an answer may be short of what an eligible owner holds.
  boolean isPartial(BlockChain chain, String... owners) {
    return (match(chain, owners).flags() & Reply.SHORT) != 0;
  }

  Reply score(BlockChain chain, Cursor from, int limit) {
    return projection.score(new Op.Score(NAMESPACE, chain, from, limit));
  }

  Reply.Scored score(BlockChain chain) {
    return assertInstanceOf(Reply.Scored.class, score(chain, Cursor.NONE, LIMIT));
  }

  /// The score that lists all who hold something.
  Reply.Scored scoreAll(BlockChain chain, int limit) {
    var op =
        new Op.Score(NAMESPACE, chain, Cursor.NONE, List.of(), Tier.ALL_MASK, limit, true, true);
    return assertInstanceOf(Reply.Scored.class, projection.score(op));
  }

  /// Leading blocks of an owner in all tiers.
  int scored(String owner, BlockChain chain) {
    return score(chain).scores().blocksOf(number(owner), Tier.REMOTE);
  }

  int number(String owner) {
    return Math.toIntExact(row(owner).get("owner").number());
  }

  Map<String, Value> row(String owner) {
    return owners(Optional.of(owner), 0, 1).getFirst();
  }

  List<Map<String, Value>> owners(Optional<String> owner, int from, int limit) {
    var reply = projection.owners(new Op.Owners(NAMESPACE, owner, from, limit));
    return assertInstanceOf(Reply.Rows.class, reply).rows();
  }

  List<String> located(BlockChain hashes) {
    var reply = projection.locate(new Op.Locate(NAMESPACE, hashes));
    return assertInstanceOf(Reply.Located.class, reply).holders().stream()
        .map(Object::toString)
        .toList();
  }

  Reply.Ran run(BlockChain hash, int count) {
    return assertInstanceOf(Reply.Ran.class, projection.run(new Op.Run(NAMESPACE, hash, count)));
  }

  long stat(String name) {
    return projection.row().get(name).number();
  }

  /// Makes a projection of one's own talk.
  Talk(Projection projection) {
    this.projection = projection;
    this.hashBytes = projection.namespace().hashBytes();
  }

  /// Sweeps until there is nothing left to do.
  void sweepAll() {
    for (int slices = 0; projection.sweep(); slices++) {
      assertTrue(slices < 1_000_000, "sweep does not end");
    }
  }
}
