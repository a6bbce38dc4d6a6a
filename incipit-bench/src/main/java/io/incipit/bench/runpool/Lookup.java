// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One look-up after the other: the runs on a chain's way, from the directory and from anchors, in
/// as few batches as it takes. For one thread.
///
/// The first batch asks for all runs that the directory knows on the way, and for anchors: of the
/// block after them, where the next run would begin, and of blocks at growing distances beyond. If
/// no anchor is there, that is all. Else the next batch asks for the runs that they lead to, and so
/// on, until the way is known up to a block that no run has.
final class Lookup {
  private static final int ROUNDS_MAX = 10_000;

  /// How often it begins again because it took too long.
  private static final int LEASES_MAX = 100;

  /// How often the root is read because buckets are of no table that it said.
  private static final int STALE_MAX = 100;

  private static final int ASKED_MAX = 4;
  private static final int EXPECTED = 32;

  /// Blocks behind the last known that are asked for, once others went on there.
  private static final int GAP = Layout.ANCHOR_EVERY;

  private static final int NEAR = 3;

  /// Anchors that are asked for after one READ of the root: their buckets are as many READs as may
  /// be under way on a queue pair, together with it.
  private static final int PROBES_A_PAIR = 7;

  private static final int GAP_MAX = 96;

  private final PoolClient client;
  private final Root root;
  private final RunPool index;
  private final double leaseNs;
  private final boolean locations;

  /// Whether the table of anchors may be replaced, and the root's generation dates anchors: where
  /// one owner writes.
  private final boolean rooted;

  private final Fault fault;
  private final @Nullable Directory directory;
  private final List<Leg> legs = new ArrayList<>();
  private final List<Probe> probes = new ArrayList<>();
  private int legCount;
  private int probeCount;
  private long[] hashes = new long[0];
  private int count;
  private int[] way = new int[16];
  private int wayCount;
  private int cursor;
  private boolean rootStale;
  private int round;
  private int staleRounds;

  /// Hash of the last block of the chain whose way is known; 0: none.
  private long lastHash;

  Lookup(RunPool index, PoolClient client, Root root, @Nullable Directory directory) {
    this.client = client;
    this.root = root;
    this.index = index;
    this.leaseNs = index.config().leaseNs();
    this.locations = index.config().locations();
    this.rooted = index.config().writing() == Writing.OWNER;
    this.fault = index.fault();
    this.directory = directory;
  }

  /// Finds the way of a chain, and lets the directory remember it; what it is can be asked then.
  void run(long[] chain, int blocks) {
    double tookNs = Double.POSITIVE_INFINITY;
    for (int times = 0; tookNs > leaseNs / 2; times++) {
      if (times == LEASES_MAX) {
        throw new IllegalStateException(
            "look-up of %d blocks: %s ns, the last of %d times (expected: half a lease, %s)"
                .formatted(blocks, tookNs, times, leaseNs / 2));
      }
      double startNs = index.timeNs(client.nowNs());
      runOnce(chain, blocks);
      tookNs = index.timeNs(client.nowNs()) - startNs;
    }
    lastHash = blocks == 0 ? 0 : chain[blocks - 1];
    for (int i = 0; directory != null && i < wayCount; i++) {
      run(i).remember(directory);
    }
  }

  /// Whether the way is that of a chain, as it was when it was looked up.
  boolean isOf(long[] chain, int blocks) {
    return blocks == count && blocks > 0 && lastHash == chain[blocks - 1];
  }

  /// Forgets the way: it was changed.
  void forget() {
    lastHash = 0;
  }

  /// How many blocks of the chain the runs on the way have.
  int end() {
    return cursor;
  }

  /// What was asked of the block behind a way that ends with a run's end.
  Probe probeOfEnd() {
    var probe = find(cursor);
    if (probe == null || !probe.answered) {
      throw new IllegalStateException("block %d was not asked for".formatted(cursor));
    }
    return probe;
  }

  private void runOnce(long[] chain, int blocks) {
    hashes = chain;
    count = blocks;
    legCount = 0;
    probeCount = 0;
    round = 0;
    staleRounds = 0;
    walkDirectory();
    while (!isDone()) {
      if (++round > ROUNDS_MAX) {
        throw new IllegalStateException(
            "look-up of %d blocks: at block %d after %d round trips (expected: an end)"
                .formatted(count, cursor, ROUNDS_MAX));
      }
      batch();
    }
  }

  /// Number of runs on the way.
  int runs() {
    return wayCount;
  }

  /// Run `i` of the way.
  Leg run(int i) {
    return legs.get(way[i]);
  }

  private void walkDirectory() {
    int depth = 0;
    Leg leg = null;
    if (directory != null) {
      while (depth < count) {
        int entry = directory.find(hashes[depth], depth);
        if (entry < 0) {
          break;
        }
        int end = depth + directory.length(entry);
        boolean whole = end <= count && directory.last(entry) == hashes[end - 1];
        leg = addLeg();
        leg.begin(directory, entry, depth, whole);
        if (!whole) {
          int to = Math.min(directory.length(entry), count - depth);
          leg.want(1, to);
          wantLocations(leg, to <= Leg.WINDOW ? to : 1);
          return;
        }
        wantLocations(leg, leg.proven);
        depth = end;
      }
    }
    if (leg != null && depth < count) {
      int from = leg.proven;
      int to = Math.min(leg.capacityKnown(), count - leg.start);
      leg.want(from, Math.min(to, from + Leg.WINDOW));
    }
    if (depth < count) {
      probeFrom(depth);
      if (directory == null) {
        probeGap(depth);
      }
    }
  }

  private void wantLocations(Leg leg, int to) {
    if (locations) {
      leg.wantLocations(to);
    }
  }

  /// Asks for the anchor of a block, and for some beyond it: at growing distances or, where the
  /// client knows nothing, all.
  private void probeFrom(int depth) {
    probe(depth);
    int step = Layout.ANCHOR_EVERY;
    int asked = 0;
    for (int next = Layout.anchorFrom(depth + 1); next < count; next += step) {
      probe(next);
      if (directory != null && ++asked >= NEAR) {
        step *= 2;
      }
    }
  }

  /// Others went on where this client's knowledge ends: asks for all blocks behind a depth that may
  /// be heads of runs, as far as anchors were found, and a little further.
  private void probeGap(int depth) {
    int reached = depth;
    for (int i = 0; i < legCount; i++) {
      if (!legs.get(i).dead) {
        reached = Math.max(reached, legs.get(i).reach);
      }
    }
    int end = Math.min(count, reached + 1 + GAP);
    for (int i = 0; i < probeCount; i++) {
      var probe = probes.get(i);
      boolean missed = probe.answered && probe.next(0) < 0;
      if (missed && probe.depth > reached && Layout.anchorFrom(probe.depth) == probe.depth) {
        end = Math.min(end, probe.depth);
      }
    }
    int asking = 0;
    for (int next = depth + 1; next < end && asking < GAP_MAX; next++) {
      int past = pastKnown(next);
      if (past > next) {
        next = past - 1;
      } else {
        probe(next);
        asking++;
      }
    }
  }

  /// The first depth from one on of which it is not known that a run goes on through it.
  private int pastKnown(int depth) {
    for (int i = 0; i < legCount; i++) {
      var leg = legs.get(i);
      int reach = leg.verified ? leg.end() - 1 : leg.reach;
      if (!leg.dead && leg.start >= 0 && leg.start <= depth && reach >= depth) {
        return reach + 1;
      }
    }
    return depth;
  }

  private void probe(int depth) {
    if (find(depth) != null) {
      return;
    }
    if (probeCount == probes.size()) {
      probes.add(new Probe());
    }
    probes.get(probeCount++).begin(depth, hashes[depth]);
  }

  private @Nullable Probe find(int depth) {
    for (int i = 0; i < probeCount; i++) {
      if (probes.get(i).depth == depth) {
        return probes.get(i);
      }
    }
    return null;
  }

  private Leg addLeg() {
    if (legCount == legs.size()) {
      legs.add(new Leg());
    }
    return legs.get(legCount++);
  }

  private void batch() {
    for (int i = 0; i < legCount; i++) {
      var leg = legs.get(i);
      if (leg.asked) {
        client.keepQueuePair();
        leg.plan(client, fault);
      }
    }
    boolean dated = rooted && (round > 1 || directory == null);
    boolean old = rooted && root.isOld(client.nowNs(), leaseNs / 2);
    boolean checked = rootStale || dated || old;
    int copy = checked ? readRoot() : -1;
    if (!rootStale) {
      readProbes(copy, dated);
    }
    client.dealQueuePairs();
    client.ring();
    int epoch = root.epoch;
    root.take();
    boolean probed = !rootStale && epoch == root.epoch;
    if (rootStale && ++staleRounds > STALE_MAX) {
      throw new IllegalStateException(
          "anchors: buckets of epoch %d were none %d times (expected: the root's table)"
              .formatted(root.epoch, STALE_MAX));
    }
    rootStale = false;
    int before = legCount;
    for (int i = 0; i < legCount; i++) {
      var leg = legs.get(i);
      if (leg.asked) {
        leg.evaluate(hashes, count, client, fault);
        leg.round = round;
        if (leg.dead && leg.entry >= 0 && directory != null) {
          directory.drop(leg.entry);
          client.retry(Retry.STALE);
        }
      }
    }
    if (probed) {
      evaluateProbes(before, dated);
    }
  }

  private int readRoot() {
    client.keepQueuePair();
    return root.read(client);
  }

  /// Asks for anchors; where they are to be dated, each after the root on the same queue pair, so
  /// that a few on each pair have a copy of the root before them.
  private void readProbes(int first, boolean dated) {
    int copy = first;
    int onPair = 0;
    for (int i = 0; i < probeCount; i++) {
      var probe = probes.get(i);
      if (!probe.pending) {
        continue;
      }
      if (!dated) {
        client.keepQueuePair();
      } else if (onPair++ == PROBES_A_PAIR) {
        copy = readRoot();
        onPair = 1;
      }
      probe.read(client, root);
      probe.copy = copy;
    }
  }

  private void evaluateProbes(int before, boolean dated) {
    for (int i = 0; i < probeCount; i++) {
      var probe = probes.get(i);
      if (!probe.pending) {
        continue;
      }
      if (!probe.isOfTable()) {
        rootStale |= !probe.learn(root);
        client.retry(Retry.STALE);
        continue;
      }
      probe.pending = false;
      probe.answered = true;
      probe.round = round;
      probe.dated = dated;
      probe.generation = dated ? root.generationOf(probe.copy) : root.generation;
      for (int slot = probe.next(0); slot >= 0; slot = probe.next(slot + 1)) {
        follow(probe, probe.slot(slot));
      }
    }
    if (legCount > before) {
      wantDeepest(before);
      probeGap(cursor);
    }
  }

  /// Takes a run up that an anchor leads to.
  private void follow(Probe probe, long slot) {
    int index = Anchors.index(slot);
    int start = index == Anchors.INDEX_MAX ? -1 : probe.depth - index;
    if (index == Anchors.INDEX_MAX || start >= 0) {
      var leg = take(Anchors.region(slot), start);
      leg.reach = Math.max(leg.reach, probe.depth);
    }
  }

  /// The run in a region; taken up if it is not known.
  private Leg take(int region, int start) {
    for (int i = 0; i < legCount; i++) {
      var leg = legs.get(i);
      if (leg.region == region && !leg.dead && (start < 0 || leg.start == start)) {
        return leg;
      }
    }
    var leg = addLeg();
    leg.begin(region, start);
    return leg;
  }

  /// In the deepest run that anchors of this batch led to, the way may end: asks for its hashes
  /// from the anchor on.
  private void wantDeepest(int before) {
    Leg deepest = legs.get(before);
    for (int i = before; i < legCount; i++) {
      var leg = legs.get(i);
      deepest = leg.start > deepest.start ? leg : deepest;
    }
    if (deepest.start >= 0) {
      int index = deepest.reach - deepest.start;
      deepest.want(index, Math.min(count - deepest.start, index + EXPECTED));
    }
  }

  /// Follows the runs found so far, and asks for what is missing.
  private boolean isDone() {
    cursor = 0;
    wayCount = 0;
    boolean asking = false;
    while (cursor < count) {
      int found = at(cursor);
      if (found < 0) {
        asking |= missing();
        break;
      }
      if (wayCount == way.length) {
        way = Arrays.copyOf(way, 2 * wayCount);
      }
      way[wayCount++] = found;
      var leg = legs.get(found);
      if (!leg.verified || !leg.complete) {
        leg.asked = true;
        asking = true;
        if (leg.verified && leg.isLonger()) {
          probeGap(leg.start + leg.proven - 1);
        }
        break;
      }
      if (!leg.hasHolders()) {
        leg.asked = true;
        asking = true;
      }
      if (locations && leg.located < leg.proven) {
        leg.wantLocations(leg.proven);
        asking = true;
      }
      cursor += leg.proven;
      if (leg.proven < leg.length()) {
        break;
      }
    }
    forgetOthers();
    return !asking;
  }

  private int at(int depth) {
    for (int i = 0; i < legCount; i++) {
      if (legs.get(i).start == depth && !legs.get(i).dead) {
        return i;
      }
    }
    return -1;
  }

  /// No run is known that begins where the way has come to.
  ///
  /// @return whether there is something to wait for
  private boolean missing() {
    var probe = find(cursor);
    boolean asking = false;
    if (probe == null) {
      probeFrom(cursor);
      probeGap(cursor);
      asking = true;
    } else if (probe.pending) {
      asking = true;
    } else if (wasCutSince(probe)) {
      probe.pending = true;
      asking = true;
    } else if (hasHead(probe) && probe.asked < ASKED_MAX) {
      probe.pending = true;
      asking = true;
    }
    for (int i = 0; asking && i < legCount; i++) {
      var leg = legs.get(i);
      if (leg.verified && !leg.dead && leg.start > cursor) {
        int parent = Bytes.intAt(leg.head, Layout.PARENT);
        if (parent != 0) {
          take(parent, -1);
        }
      }
    }
    for (int i = 0; !asking && i < legCount; i++) {
      asking = legs.get(i).asked && legs.get(i).start < 0;
    }
    return asking;
  }

  /// Whether the run above may have been cut after an anchor below it was asked for: then the run
  /// that got the rest was not there yet.
  private boolean wasCutSince(Probe probe) {
    if (wayCount == 0) {
      return false;
    }
    var above = legs.get(way[wayCount - 1]);
    return above.round > probe.round
        && (Layout.flags(above.head) & Layout.SHRUNK) != 0
        && !(probe.dated && above.generation - probe.generation <= 0);
  }

  private static boolean hasHead(Probe probe) {
    for (int slot = probe.next(0); slot >= 0; slot = probe.next(slot + 1)) {
      if (Anchors.index(probe.slot(slot)) == 0) {
        return true;
      }
    }
    return false;
  }

  /// Runs beyond the end of the way need not be asked for more.
  private void forgetOthers() {
    for (int i = 0; i < legCount; i++) {
      var leg = legs.get(i);
      if (leg.verified && leg.asked && leg.start > cursor) {
        leg.asked = false;
      }
    }
  }
}
