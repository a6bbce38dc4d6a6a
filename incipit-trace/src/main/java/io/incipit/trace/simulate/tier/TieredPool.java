// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

import io.incipit.block.Hint;
import io.incipit.policy.Answer;
import io.incipit.policy.BlockPool;

/// The tiers of a store as a model: a pool of blocks in memory, `HOST`, and a log on disk, `DISK`,
/// that takes what the pool gives up.
///
/// ```
/// offer(ids):  the leading blocks in HOST                     -> host
///              those behind them on DISK, which are read      -> found
///              all of the request are put into HOST
///              what HOST gives up is written, unless it is on DISK, where it stays when it is read
/// ```
///
/// The pool does not know of the disk, so what it holds is what it would hold without one. A block
/// that is in neither is gone. With [DiskShape#NONE] this is the pool.
///
/// The same calls give the same answers. For one thread; never blocks.
public final class TieredPool {
  private final BlockPool host;
  private final DiskLog disk;
  private final DiskShape shape;
  private int hostHits;
  private long demoted;
  private long promoted;
  private long dropped;

  /// Tiers of which the lower one is empty.
  ///
  /// @param host empty too, and nobody else's
  public TieredPool(BlockPool host, DiskShape shape) {
    this.host = host;
    this.disk = new DiskLog(shape);
    this.shape = shape;
  }

  /// Looks a request up in both tiers, brings up and admits what `HOST` has not, and lets go what
  /// is too much there: as [BlockPool#offer].
  ///
  /// @param ids below 2^31
  /// @return leading blocks that were in one of the tiers
  public int offer(long timeNs, long[] ids, int length, int tokens) {
    hostHits = host.offer(timeNs, ids, length, tokens);
    int found = hostHits;
    while (found < length && disk.holds(ids[found])) {
      disk.read(ids[found]);
      found++;
    }
    promoted += found - hostHits;
    for (int i = 0; i < host.evicted(); i++) {
      demote(host.evicted(i));
    }
    return found;
  }

  private void demote(long id) {
    if (disk.holds(id)) {
      return;
    }
    if (disk.append(id)) {
      demoted++;
    } else {
      dropped++;
    }
  }

  /// Of what the last [#offer] found, leading blocks that were in `HOST`.
  public int hostHits() {
    return hostHits;
  }

  /// As [BlockPool#answered].
  public void answered(int request, Answer answer) {
    host.answered(request, answer);
  }

  /// As [BlockPool#hint].
  public void hint(long timeNs, long[] ids, int length, Hint hint) {
    host.hint(timeNs, ids, length, hint);
  }

  /// Whether a block is in one of the tiers.
  public boolean holds(long id) {
    return host.holds(id) || disk.holds(id);
  }

  /// What has moved between the tiers so far.
  public TierMoves moves() {
    return new TierMoves(
        promoted,
        demoted,
        dropped,
        disk.records(),
        disk.writtenBytes(),
        demoted * shape.blockBytes(),
        disk.reclaims());
  }
}
