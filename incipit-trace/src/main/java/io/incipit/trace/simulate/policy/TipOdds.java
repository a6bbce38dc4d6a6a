// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.HazardTable;
import io.incipit.policy.IdIndex;
import io.incipit.policy.LeafSample;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.RequestRing;
import java.util.Arrays;

/// Learns when prompts are continued, and evicts the leaf that is worth least: see [HazardTable].
///
/// A request is continued when its last full block, its tip, lies on a later path. Evidence is one
/// count a request, so this needs no ghosts: a table by tip is all. Classes are made of how much
/// the request added, which turn of its conversation it is, and how long that pauses between turns.
final class TipOdds implements EvictionPolicy, LeafSample.Worth {
  private static final int RUNS = 4;
  private static final int TURNS = 4;
  private static final int GAPS = 4;
  private static final int SHORT_RUN_TOKENS = 1_024;

  private final BlockTree tree;
  private final int blockTokens;
  private final RequestRing ring = new RequestRing();
  private final HazardTable table;
  private final LeafSample leaves;

  /// Finds requests that were not continued yet, by their tips; its slots are places in the ring.
  private final IdIndex tips = new IdIndex(ring.slots());

  private final boolean[] waiting = new boolean[ring.slots()];
  private final int[] reached = new int[HazardTable.BUCKETS];

  /// By slot, the request that used it last.
  private int[] owners = new int[0];

  private double now;

  TipOdds(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.blockTokens = config.blockTokens();
    this.leaves = new LeafSample(config.seed());
    int kinds = RUNS * TURNS * GAPS;
    var bias = new double[kinds];
    Arrays.fill(bias, 1);
    this.table = new HazardTable(new HazardTable.Kinds(1, 1, new int[kinds], bias));
  }

  @Override
  public void resize(int slots) {
    leaves.resize(slots);
    owners = Arrays.copyOf(owners, slots);
  }

  @Override
  public void arrive(Path path) {
    now = path.seconds();
    expose();
    int before = BlockTree.NONE;
    boolean found = false;
    for (int i = 0; i < path.length(); i++) {
      int place = tips.find(path.id(i));
      if (place != IdIndex.NONE) {
        before = request(place);
        found = true;
        table.hit(ring.kind(before), now - ring.seconds(before), 1);
        endWait(place);
      }
    }
    int place = ring.place(ring.next());
    if (waiting[place]) {
      endWait(place);
    }
    boolean remembered = found && (ring.has(before) && ring.place(before) != place);
    ring.add(now, path.length());
    if (remembered) {
      ring.follow(before);
    }
    table.advanceTo(ring.next());
  }

  /// The request that stands at a place of the ring, which is full of requests up to the next.
  private int request(int place) {
    return ring.next() - 1 - ((ring.next() - 1 - place) & (ring.slots() - 1));
  }

  private void endWait(int place) {
    tips.remove(place);
    waiting[place] = false;
  }

  private void expose() {
    for (int bucket = 0; bucket < HazardTable.BUCKETS; bucket++) {
      int request = reached[bucket];
      if (request != ring.next() && !ring.has(request)) {
        request = ring.oldest();
      }
      double born = now - HazardTable.edge(bucket);
      while (request != ring.next() && ring.seconds(request) <= born) {
        table.expose(ring.kind(request), bucket, waiting[ring.place(request)] ? 1 : 0);
        request++;
      }
      reached[bucket] = request;
    }
  }

  @Override
  public void touch(Path path) {
    int request = ring.next() - 1;
    for (int i = path.length() - 1; i >= 0; i--) {
      owners[path.slot(i)] = request;
    }
    ring.describe(requestKind(path));
    if (path.full() > 0) {
      int place = ring.place(request);
      tips.put(place, path.id(path.full() - 1));
      waiting[place] = true;
    }
  }

  private int requestKind(Path path) {
    long added = (long) Math.max(1, path.blocks() - path.hits()) * blockTokens;
    int run = 0;
    for (long most = SHORT_RUN_TOKENS; run < RUNS - 1 && added > most; most *= 4) {
      run++;
    }
    int turn = ring.turn(ring.next() - 1);
    int turns = turn == 0 ? 0 : turn <= 2 ? 1 : turn <= 7 ? 2 : 3;
    return (run * TURNS + turns) * GAPS + ring.gapBucket();
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
    return leaves.leastOf(this);
  }

  @Override
  public double of(int slot) {
    int request = owners[slot];
    return ring.has(request) ? table.worth(ring.kind(request), now - ring.seconds(request)) : 0;
  }

  @Override
  public boolean isOlder(int slot, int than) {
    return owners[slot] - owners[than] < 0;
  }

  @Override
  public void evicted(int slot) {
    tree.forget(slot);
  }
}
