// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// Learns when blocks come back, and evicts the leaf that is worth least: see [HazardTable].
///
/// Blocks that were used together age together, so evidence is kept by request, not by block. The
/// class of a block is made of what its request told:
///
/// - how much the request added, 8 buckets by powers of two of 512 tokens;
/// - how long its conversation pauses between turns, 4 buckets;
/// - how often the block had been used, 3 buckets.
///
/// Steps for a request: (1) every request that has reached the edge of an age bucket since the last
/// one exposes what is still its own; one pointer for each edge walks along the ring, 36 steps a
/// request in the mean. (2) The known part of the path, ghosts included, is cut where its last user
/// changes; each stretch is a hit at the age of that user, and is no longer its own. (3) All blocks
/// belong to the new request. Every 100 requests the table is worked out again.
///
/// A block costs O(1). An eviction looks at 64 leaves, and takes up to 16 blocks of the same
/// request up the path.
final class Hazard implements EvictionPolicy, LeafSample.Worth {
  private static final int RUNS = 8;
  private static final int GAPS = 4;
  private static final int RUN_TOKENS = 512;
  private static final int USES_OFTEN = 4;
  private static final long GHOSTS_PER_BLOCK = 4;
  private static final int REBUILD_REQUESTS = 100;
  private static final int HALVE_REQUESTS = 8_192;
  private static final int CLIMB_MAX = 16;
  private static final int CLIMB_SHARE = 128;

  private final BlockTree tree;
  private final int blockTokens;
  private final long ghostsMax;
  private final int climbMax;
  private final RequestRing ring = new RequestRing();
  private final HazardTable table;
  private final LeafSample leaves;
  private final SlotQueues ghosts = new SlotQueues(1);

  /// By age bucket, the first request that has not reached its edge.
  private final int[] reached = new int[HazardTable.BUCKETS];

  /// By slot: the request that used it last, and how often it was used, up to 4.
  private int[] owners = new int[0];

  private byte[] uses = new byte[0];
  private double now;

  /// The slot above the last victim if it may go with it, and how many more may.
  private int climb = BlockTree.NONE;

  private int climbLeft;
  private int climbOwner;

  Hazard(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.blockTokens = config.blockTokens();
    this.ghostsMax = GHOSTS_PER_BLOCK * config.capacity();
    this.climbMax = Math.min(CLIMB_MAX, config.capacity() / CLIMB_SHARE + 1);
    this.leaves = new LeafSample(config.seed());
    this.table = table();
  }

  private static HazardTable table() {
    int kinds = RUNS * GAPS * RequestRing.USES;
    var groupOf = new int[kinds];
    var bias = new double[kinds];
    for (int kind = 0; kind < kinds; kind++) {
      int run = kind / (GAPS * RequestRing.USES);
      groupOf[kind] = kind % RequestRing.USES;
      // What added little mostly goes on: e^(1/4) for each power of two below 4,096 tokens.
      bias[kind] = Math.exp((3 - run) / 4.0);
    }
    return new HazardTable(RequestRing.USES, groupOf, bias);
  }

  @Override
  public void resize(int slots) {
    leaves.resize(slots);
    ghosts.resize(slots);
    owners = Arrays.copyOf(owners, slots);
    uses = Arrays.copyOf(uses, slots);
  }

  @Override
  public void arrive(Path path) {
    now = path.seconds;
    climb = BlockTree.NONE;
    expose();
    int last = BlockTree.NONE;
    boolean lastKnown = false;
    for (int i = 0; i < path.known; ) {
      last = owners[path.slot(i)];
      int end = i + 1;
      while (end < path.known && owners[path.slot(end)] == last) {
        end++;
      }
      lastKnown = ring.has(last);
      if (lastKnown) {
        hit(last, i, end);
      }
      i = end;
    }
    ring.add(now, path.length);
    if (lastKnown && ring.has(last) && isContinued(path, last)) {
      ring.follow(last);
    }
    learn();
  }

  private boolean isContinued(Path path, int request) {
    return path.known > 1 && 2 * path.known >= ring.length(request);
  }

  private void expose() {
    for (int bucket = 0; bucket < HazardTable.BUCKETS; bucket++) {
      int request = reached[bucket];
      if (request != ring.next() && !ring.has(request)) {
        request = ring.oldest();
      }
      double born = now - HazardTable.edge(bucket);
      while (request != ring.next() && ring.seconds(request) <= born) {
        for (int used = 0; used < RequestRing.USES; used++) {
          double share = ring.share(request, used, 0, Integer.MAX_VALUE);
          table.expose(kind(request, used), bucket, share);
        }
        request++;
      }
      reached[bucket] = request;
    }
  }

  private void hit(int request, int from, int to) {
    double age = now - ring.seconds(request);
    for (int used = 0; used < RequestRing.USES; used++) {
      double share = ring.share(request, used, from, to);
      if (share > 0) {
        table.hit(kind(request, used), age, share);
      }
    }
    ring.take(request, to);
  }

  private int kind(int request, int used) {
    return ring.kind(request) * RequestRing.USES + used;
  }

  private void learn() {
    if (ring.next() % HALVE_REQUESTS == 0) {
      table.halve();
    }
    if (ring.next() % REBUILD_REQUESTS == 0) {
      table.rebuild();
    }
  }

  @Override
  public void touch(Path path) {
    int request = ring.next() - 1;
    int often = 0;
    int twice = 0;
    for (int i = path.length - 1; i >= 0; i--) {
      int slot = path.slot(i);
      if (i >= path.hits) {
        ghosts.remove(slot);
      }
      int used = i < path.known ? Math.min(USES_OFTEN, uses[slot] + 1) : 1;
      uses[slot] = (byte) used;
      owners[slot] = request;
      often = often == 0 && used >= USES_OFTEN ? i + 1 : often;
      twice = twice == 0 && used >= 2 ? i + 1 : twice;
    }
    ring.describe(requestKind(path), often, twice);
  }

  private int requestKind(Path path) {
    long added = (long) Math.max(1, path.blocks - path.known) * blockTokens;
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, added / RUN_TOKENS));
    return Math.min(RUNS - 1, power) * GAPS + ring.gapBucket();
  }

  @Override
  public void leafGained(int slot) {
    leaves.add(slot);
  }

  @Override
  public void leafLost(int slot) {
    leaves.remove(slot);
  }

  @Override
  public int victim() {
    boolean climbs =
        climb != BlockTree.NONE
            && climbLeft > 0
            && tree.isLeaf(climb)
            && owners[climb] == climbOwner;
    int slot = climbs ? climb : leaves.leastOf(this);
    climbLeft = climbs ? climbLeft - 1 : climbMax - 1;
    climb = tree.parent(slot);
    climbOwner = owners[slot];
    return slot;
  }

  @Override
  public double of(int slot) {
    int request = owners[slot];
    if (!ring.has(request)) {
      return 0;
    }
    int used =
        uses[slot] >= USES_OFTEN
            ? RequestRing.OFTEN
            : uses[slot] >= 2 ? RequestRing.TWICE : RequestRing.ONCE;
    return table.worth(kind(request, used), now - ring.seconds(request));
  }

  @Override
  public boolean isOlder(int slot, int than) {
    return owners[slot] - owners[than] < 0;
  }

  @Override
  public void evicted(int slot) {
    ghosts.pushFront(0, slot);
    if (ghosts.size(0) > ghostsMax) {
      int oldest = ghosts.back(0);
      ghosts.remove(oldest);
      tree.forget(oldest);
    }
  }
}
