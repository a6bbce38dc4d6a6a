// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.Answer;
import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.IdIndex;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.RequestRing;
import io.incipit.policy.SlotHeap;
import java.util.Arrays;

/// A time to live by tool (Continuum, called CacheTTL from its fourth version on, arXiv 2511.02230)
/// over leaves: what waits for a tool is kept for a learnt time, all else goes by use, and if
/// everything waits, what would be given up first does.
///
/// The paper learns a time for each tool from what reloading and queueing would cost. Traces name
/// no tools, and here only room has a price: the hits that a block of the pool brings in the mean,
/// see [Lifetimes]. So there is one time for answers that ended with a call, and one for those of
/// which nobody said how they ended: they may have. After the end of a turn nothing is kept. Times
/// count from when the request came.
final class TimeToLive implements EvictionPolicy {
  static final int HALVE_REQUESTS = 8_192;
  private static final byte CALLS = 0;
  private static final byte UNKNOWN = 1;
  private static final byte NOBODY = 2;

  private final BlockTree tree;
  private final int capacity;
  private final RequestRing ring = new RequestRing();

  /// Finds requests that did not come back yet, by their last full block; its slots are places in
  /// the ring.
  private final IdIndex tips = new IdIndex(ring.slots());

  private final boolean[] waiting = new boolean[ring.slots()];

  /// By place in the ring: until when the request is kept, which lifetimes learn from it once its
  /// answer has ended, and the leaf that it used last, of which there is one at most.
  private final double[] deadlines = new double[ring.slots()];

  private final byte[] learners = new byte[ring.slots()];
  private final int[] leafOf = new int[ring.slots()];

  private final Lifetimes[] lifetimes = {new Lifetimes(), new Lifetimes()};

  private final SlotHeap.Ranks ranks = new SlotHeap.Ranks();
  private final SlotHeap byUse = new SlotHeap(ranks);
  private final SlotHeap kept = new SlotHeap(ranks);

  /// By slot: the request that used it last, and whether it is a leaf that is kept.
  private int[] owners = new int[0];

  private boolean[] isKept = new boolean[0];
  private double now;

  /// Blocks that were found since a time; the half of both is let go from time to time.
  private double hits;

  private double since;

  TimeToLive(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.capacity = config.capacity();
  }

  @Override
  public void resize(int slots) {
    ranks.resize(slots);
    owners = Arrays.copyOf(owners, slots);
    isKept = Arrays.copyOf(isKept, slots);
  }

  @Override
  public void arrive(Path path) {
    now = path.seconds();
    since = ring.next() == 0 ? now : since;
    hits += path.hits();
    if (ring.next() % HALVE_REQUESTS == HALVE_REQUESTS - 1) {
      hits /= 2;
      since += (now - since) / 2;
    }
    for (int i = 0; i < path.length(); i++) {
      int place = tips.find(path.id(i));
      if (place != IdIndex.NONE) {
        comeBack(place);
      }
    }
    int place = ring.place(ring.next());
    if (waiting[place]) {
      endWait(place);
    }
    ring.add(now, path.length());
    learners[place] = NOBODY;
    deadlines[place] = 0;
    leafOf[place] = BlockTree.NONE;
  }

  private void comeBack(int place) {
    if (learners[place] != NOBODY) {
      lifetimes[learners[place]].comeBack(now - ring.seconds(place));
    }
    endWait(place);
  }

  private void endWait(int place) {
    tips.remove(place);
    waiting[place] = false;
  }

  @Override
  public void touch(Path path) {
    int request = ring.next() - 1;
    int last = path.length() == 0 ? BlockTree.NONE : path.slot(path.length() - 1);
    boolean lastIsLeaf = path.length() > 0 && path.hits() == path.length() && tree.isLeaf(last);
    if (lastIsLeaf) {
      leafLost(last);
    }
    for (int i = path.length() - 1; i >= 0; i--) {
      owners[path.slot(i)] = request;
    }
    if (lastIsLeaf) {
      leafGained(last);
    }
    if (path.full() > 0) {
      int place = ring.place(request);
      tips.put(place, path.id(path.full() - 1));
      waiting[place] = true;
    }
  }

  private double price() {
    return now > since ? hits / capacity / (now - since) : 0;
  }

  @Override
  public void answered(int request, Answer answer) {
    if (!ring.has(request) || answer.ending() == Answer.Ending.TURN) {
      return;
    }
    int place = ring.place(request);
    learners[place] = answer.ending() == Answer.Ending.CALL ? CALLS : UNKNOWN;
    var its = lifetimes[learners[place]];
    its.end();
    deadlines[place] = ring.seconds(request) + its.best(price());
    int leaf = leafOf[place];
    if (leaf != BlockTree.NONE) {
      leafLost(leaf);
      leafGained(leaf);
    }
  }

  @Override
  public void leafGained(int slot) {
    int owner = owners[slot];
    boolean known = ring.has(owner);
    double deadline = known ? deadlines[ring.place(owner)] : 0;
    if (known) {
      leafOf[ring.place(owner)] = slot;
    }
    isKept[slot] = deadline > now;
    ranks.of[slot] = isKept[slot] ? Double.doubleToRawLongBits(deadline) : owner;
    (isKept[slot] ? kept : byUse).add(slot);
  }

  @Override
  public void leafLost(int slot) {
    if (ring.has(owners[slot])) {
      leafOf[ring.place(owners[slot])] = BlockTree.NONE;
    }
    (isKept[slot] ? kept : byUse).remove(slot);
  }

  @Override
  public int victim() {
    while (!kept.isEmpty() && Double.longBitsToDouble(ranks.of[kept.top()]) <= now) {
      int slot = kept.top();
      leafLost(slot);
      leafGained(slot);
    }
    return byUse.isEmpty() ? kept.top() : byUse.top();
  }

  @Override
  public void evicted(int slot) {
    tree.forget(slot);
  }
}
