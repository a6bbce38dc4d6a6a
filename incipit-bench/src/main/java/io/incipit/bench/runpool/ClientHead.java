// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.BUCKET_SLOTS;
import static io.incipit.bench.runpool.Layout.LINE;

import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import java.util.HashSet;
import java.util.Set;

/// The anchor of a new run's head, of which no other client may put a second. It is tentative at
/// first: whoever looks blocks up passes over it. Then the client reads both buckets. If another
/// run has the block already, it takes its own back; if another is tentative too, the one whose
/// slot comes later gives way, or the other is taken away. What is still there is made final by
/// one more CAS, so that of several one wins. For one thread.
final class ClientHead {
  private static final int TRIES_MAX = 1_000;

  private final PoolClient client;
  private final Root root;
  private final Fault fault;
  private final byte[] buckets = new byte[2 * LINE];
  private final byte[] header = new byte[LINE];
  private final Set<Long> others = new HashSet<>();
  private long key;
  private int depth;
  private long tentative;
  private long last;
  private int place;
  private long was;
  private int cas;
  private boolean taken;

  ClientHead(PoolClient client, Root root, Fault fault) {
    this.client = client;
    this.root = root;
    this.fault = fault;
  }

  /// Begins with what a look-up read of the block's buckets, and chooses a free slot.
  ///
  /// @throws IllegalStateException if there is none
  void begin(Probe probe, int region) {
    probe.copyBuckets(buckets);
    key = probe.key;
    depth = probe.depth;
    last = Anchors.slot(key, region, 0);
    tentative = fault == Fault.ANCHOR_FIRST ? last : Anchors.tentative(key, region);
    others.clear();
    choose();
  }

  private void choose() {
    place = ClientAnchors.free(buckets, 2, _ -> false);
    if (place < 0) {
      place = ClientAnchors.inner(buckets);
    }
    if (place < 0) {
      throw ClientAnchors.full(key, depth, root.buckets);
    }
    was = Anchors.slot(buckets, place);
  }

  /// Adds the CAS of that slot, and READs of both buckets behind it, on one queue pair.
  void claim() {
    cas = client.compareAndSwap(ClientAnchors.address(root, key, place), was, tentative);
    client.read(ClientAnchors.bucket(root, key, 0), buckets, 0, LINE);
    client.read(ClientAnchors.bucket(root, key, 1), buckets, LINE, LINE);
  }

  /// Looks at the answer to the claim, once that is there.
  void take() {
    taken = client.answer(cas) == was;
  }

  /// Makes the anchor final, or gives up, in further round trips: one if no other client is in the
  /// way. What was added to the batch before goes with the first.
  ///
  /// @param patient whether to give way to a tentative one that comes first
  /// @return whether it is final; if not, nothing of it is left
  boolean settle(boolean patient) {
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      int rival = taken ? rival() : -1;
      if (!taken) {
        client.retry(Retry.LOCK);
        client.ring();
        choose();
        claim();
        client.ring();
        take();
      } else if (rival < 0) {
        int confirmed =
            client.compareAndSwap(ClientAnchors.address(root, key, place), tentative, last);
        client.ring();
        return client.answer(confirmed) == tentative;
      } else if (Anchors.index(Anchors.slot(buckets, rival)) == 0) {
        if (isTheBlocks(Anchors.slot(buckets, rival))) {
          takeBack();
          return false;
        }
      } else if (patient && rival < place) {
        takeBack();
        return false;
      } else {
        takeAway(rival);
      }
    }
    throw new IllegalStateException(
        "anchor of block %d (%x): no end after %d tries".formatted(depth, key, TRIES_MAX));
  }

  /// A slot that another client's run may have for the same block.
  private int rival() {
    for (int i = 0; i < 2 * BUCKET_SLOTS; i++) {
      long slot = Anchors.slot(buckets, i);
      int index = Anchors.index(slot);
      if (i != place
          && Anchors.areAlike(slot, last)
          && (index == 0 || index == Anchors.TENTATIVE)
          && !others.contains(slot)
          && fault != Fault.DUPLICATE_NOT_RESOLVED) {
        return i;
      }
    }
    return -1;
  }

  private boolean isTheBlocks(long slot) {
    client.read(Layout.address(Anchors.region(slot)), header, 0, LINE);
    client.ring();
    others.add(slot);
    return Layout.headHash(header) == key && Layout.start(header) == depth;
  }

  private void takeAway(int rival) {
    long slot = Anchors.slot(buckets, rival);
    int taking = client.compareAndSwap(ClientAnchors.address(root, key, rival), slot, 0);
    client.ring();
    long there = client.answer(taking);
    Anchors.setSlot(buckets, rival, there == slot ? 0 : there);
  }

  /// Takes it back.
  void takeBack() {
    client.retry(Retry.LOCK);
    if (taken) {
      client.compareAndSwap(ClientAnchors.address(root, key, place), tentative, 0);
    }
    client.ring();
  }
}
