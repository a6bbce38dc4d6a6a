// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Cursor;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.index.IndexConfig;
import io.incipit.index.PrefixIndex;
import io.incipit.stream.Projection;
import java.io.IOException;
import java.util.List;

/// A prefix index in this process. Publishes go one at a time, as through a server's lane.
public final class IndexTarget implements ReplayTarget {
  private final Projection projection;
  private final String namespace;

  /// An empty index.
  public IndexTarget(Namespace namespace) {
    this.namespace = namespace.name();
    this.projection =
        new Projection(namespace, () -> PrefixIndex.create(IndexConfig.DEFAULT), 0, 0);
  }

  @Override
  public int match(BlockChain chain) throws IOException {
    var op = new Op.Match(namespace, chain, Cursor.NONE, List.of(), Tier.ALL_MASK, INTERVALS_MAX);
    var reply = projection.match(op);
    if (reply instanceof Reply.Matched matched) {
      return matched.blocks();
    }
    throw new IOException("match: " + reply);
  }

  @Override
  public synchronized void publish(String owner, long seq, List<Change> changes)
      throws IOException {
    var reply = projection.publish(new Op.Publish(namespace, owner, 1, seq, changes));
    if (!(reply instanceof Reply.Published)) {
      throw new IOException("publish: " + reply);
    }
    // As a lane does between publishes: what a removal left behind goes a slice at a time.
    var _ = projection.sweep();
  }

  @Override
  public synchronized Footprint footprint() {
    boolean more = true;
    while (more) {
      more = projection.sweep();
    }
    var sizes = projection.snapshot();
    return new Footprint(sizes.blocks(), sizes.treeBytes(), sizes.byHashBytes());
  }

  @Override
  public void close() {
    // The index goes with this object.
  }
}
