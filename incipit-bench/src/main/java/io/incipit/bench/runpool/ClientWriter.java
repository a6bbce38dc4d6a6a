// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes that a client makes by itself. It knows the way from a look-up, and so what each run on
/// it is to become; a masked CAS of a run's version from the one that it saw to the odd one after
/// it is the lock, and says at once that the run is still as seen. What is written then is the
/// column's end first, the holders next, and the header with an even version last, on one queue
/// pair. Runs are changed each by itself: what was locked is changed, and if some were not, the
/// client looks the chain up again and goes on.
///
/// Runs are not freed: a run that nobody holds stays, and is used again when its blocks are put
/// again. A run with a run below it does not grow any more; that is said in its header, under its
/// lock, before there is one. Nobody takes a lock from a client that ends while it holds one. For
/// one thread.
final class ClientWriter {
  private static final int ATTEMPTS_MAX = 1_000;

  /// Bits of a generation that say which client gave it.
  private static final int CLIENT_BITS = 12;

  /// The most clients that an index is ever opened for.
  static final int CLIENTS_MAX = 1 << CLIENT_BITS;

  private static final long VERSION_MASK = 0xFFFF_FFFFL;

  /// What is put.
  private static final class Blocks {
    final long[] hashes;
    final int known;
    final int count;
    final int owner;
    final int tier;
    final long[] locations;

    Blocks(long[] hashes, int known, int count, int owner, int tier, long[] locations) {
      this.hashes = hashes;
      this.known = known;
      this.count = count;
      this.owner = owner;
      this.tier = tier;
      this.locations = locations;
    }
  }

  /// A run that is to be changed.
  private static final class Change {
    final WritableRun run;
    int cas;

    /// Blocks whose locations are written, as depths.
    int from;

    int to;
    long[] locations = new long[0];
    boolean locked;

    Change(WritableRun run) {
      this.run = run;
    }
  }

  private final RunPool index;
  private final PoolClient client;
  private final int number;
  private final Lookup lookup;
  private final @Nullable Directory directory;
  private final Regions regions;
  private final boolean locations;
  private final Fault fault;
  private final RunMemory memory;
  private final ClientAnchors anchors;
  private final ClientHead head;
  private final List<Change> changes = new ArrayList<>();
  private final WritableRun added;
  private final WritableRun tail;
  private int changeCount;
  private int generations;

  /// @param number of the client, below [#CLIENTS_MAX]
  ClientWriter(
      RunPool index,
      PoolClient client,
      int number,
      Root root,
      Lookup lookup,
      @Nullable Directory directory) {
    this.index = index;
    this.client = client;
    this.number = number;
    this.lookup = lookup;
    this.directory = directory;
    this.regions = index.regionsOf(client);
    this.locations = index.config().locations();
    this.fault = index.fault();
    this.memory = RunMemory.of(client);
    this.anchors = new ClientAnchors(client, root);
    this.head = new ClientHead(client, root, fault);
    this.added = new WritableRun(memory, regions, locations);
    this.tail = new WritableRun(memory, regions, locations);
  }

  /// Puts blocks `[known, count)` of a chain: three round trips after a look-up of the same chain
  /// if no run is split and no other client is in the way, four if one is.
  void put(long[] hashes, int known, int count, int owner, int tier, long[] values) {
    var blocks = new Blocks(hashes, known, count, owner, tier, values);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0 || !lookup.isOf(hashes, count)) {
        lookup.run(hashes, count);
      }
      lookup.forget();
      if (tryPut(blocks, attempt)) {
        return;
      }
    }
    throw new IllegalStateException(
        "put of blocks %d to %d: others changed its runs %d times (expected: fewer)"
            .formatted(known, count, ATTEMPTS_MAX));
  }

  /// Takes a holder from blocks `[from, to)` of a chain.
  ///
  /// @return whether that changed something
  boolean remove(long[] hashes, int from, int to, int owner, int tier) {
    boolean changed = false;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0 || !lookup.isOf(hashes, to)) {
        lookup.run(hashes, to);
      }
      begin();
      for (int i = 0; i < lookup.runs(); i++) {
        var leg = lookup.run(i);
        int first = Math.max(from, leg.start);
        int end = leg.start + leg.proven;
        if (first < end && change(leg).run.holders.remove(first, end, owner, tier)) {
          changeCount++;
        }
      }
      if (changeCount == 0) {
        return changed;
      }
      lookup.forget();
      boolean all = changeAll();
      changed |= all || anyLocked();
      if (all) {
        return true;
      }
    }
    throw new IllegalStateException(
        "removal of blocks %d to %d: others changed its runs %d times (expected: fewer)"
            .formatted(from, to, ATTEMPTS_MAX));
  }

  private void begin() {
    regions.at(index.timeNs(client.nowNs()));
    changeCount = 0;
    anchors.clear();
  }

  /// The next change, of a run as the look-up saw it; counted by who wants it.
  private Change change(Leg leg) {
    if (changeCount == changes.size()) {
      changes.add(new Change(new WritableRun(memory, regions, locations)));
    }
    var change = changes.get(changeCount);
    change.run.adopt(leg);
    change.from = 0;
    change.to = 0;
    return change;
  }

  private boolean tryPut(Blocks put, int attempt) {
    begin();
    int runs = lookup.runs();
    int end = lookup.end();
    for (int i = 0; i < runs; i++) {
      boolean kept = i < runs - 1 || end == put.count;
      if (kept && hold(change(lookup.run(i)), lookup.run(i), put)) {
        changeCount++;
      }
    }
    if (end == put.count) {
      return changeAll();
    }
    if (runs == 0) {
      return create(put, null, false, attempt);
    }
    var leg = lookup.run(runs - 1);
    var last = change(leg);
    boolean held = hold(last, leg, put);
    if (leg.proven < leg.length()) {
      changeCount++;
      return split(put, last, leg.head, leg.proven);
    }
    boolean parted = last.run.children() > 0;
    if (!parted) {
      last.run.findExtents();
      int room = last.run.capacity() - last.run.length();
      changeCount++;
      if (put.count - end <= room || last.run.extents < Layout.EXTENTS_MAX) {
        return append(put, last);
      }
      last.run.set(Layout.FLAGS, last.run.get(Layout.FLAGS) + Layout.CHILD);
    } else if (held) {
      changeCount++;
    }
    return create(put, last, !parted, attempt);
  }

  /// Adds the holder to the blocks of a run that are known.
  ///
  /// @return whether the run has to be written for that
  private boolean hold(Change change, Leg leg, Blocks put) {
    int from = Math.max(put.known, leg.start);
    int to = leg.start + leg.proven;
    if (from >= to) {
      return false;
    }
    var run = change.run;
    boolean again = locations && !run.holders.cover(from, to);
    if (!run.holders.add(from, to, put.owner, put.tier) && !locations) {
      return false;
    }
    if (again) {
      renew(run);
      run.flag(Layout.REGROWN);
    }
    if (locations) {
      change.from = from;
      change.to = to;
      change.locations = put.locations;
    }
    return true;
  }

  private int nextGeneration() {
    return ++generations << CLIENT_BITS | number;
  }

  private void renew(WritableRun run) {
    if (fault != Fault.GENERATION_KEPT) {
      run.set(Layout.GENERATION, nextGeneration());
    }
  }

  /// Adds the CAS that locks each run, each on a queue pair on which the run's bytes follow.
  private void lockAll() {
    for (int i = 0; i < changeCount; i++) {
      var change = changes.get(i);
      var run = change.run;
      long version = run.get(Layout.VERSION) & VERSION_MASK;
      client.keepQueuePair();
      change.cas =
          client.maskedCompareAndSwap(
              Layout.address(run.region), VERSION_MASK, version, VERSION_MASK, version + 1);
    }
  }

  /// Looks which locks it got, once that is known.
  private boolean takeLocks() {
    client.dealQueuePairs();
    boolean all = true;
    for (int i = 0; i < changeCount; i++) {
      var change = changes.get(i);
      int version = change.run.get(Layout.VERSION);
      change.locked = (int) client.answer(change.cas) == version || fault == Fault.LOCK_IGNORED;
      change.run.set(Layout.VERSION, version + 1);
      all &= change.locked;
    }
    for (int i = 0; !all && i < changeCount; i++) {
      if (!changes.get(i).locked) {
        client.retry(Retry.LOCK);
      }
    }
    return all;
  }

  private boolean anyLocked() {
    for (int i = 0; i < changeCount; i++) {
      if (changes.get(i).locked) {
        return true;
      }
    }
    return false;
  }

  /// Adds what the first of the runs that are locked become, and lets go of them.
  private void commitAll(int count) {
    for (int i = 0; i < count; i++) {
      if (changes.get(i).locked) {
        client.keepQueuePair();
        commit(changes.get(i));
      }
    }
  }

  private void commit(Change change) {
    var run = change.run;
    int count = change.to - change.from;
    run.writeLocations(change.from - run.start(), change.locations, change.from, count);
    run.commit();
    remember(run);
  }

  private void remember(WritableRun run) {
    if (directory != null) {
      run.remember(directory);
    }
  }

  private boolean changeAll() {
    if (changeCount == 0) {
      return true;
    }
    lockAll();
    client.ring();
    boolean all = takeLocks();
    commitAll(changeCount);
    client.dealQueuePairs();
    client.ring();
    return all;
  }

  /// Adds blocks at the end of the last run, in which there is room or which can have one more
  /// continuation.
  private boolean append(Blocks put, Change last) {
    var run = last.run;
    anchor(run.region, run.start(), run.end(), put);
    if (fault == Fault.ANCHOR_FIRST) {
      anchors.place();
    }
    lockAll();
    client.dealQueuePairs();
    anchors.read();
    client.ring();
    boolean all = takeLocks();
    commitAll(changeCount - 1);
    if (last.locked) {
      client.keepQueuePair();
      grow(put, last);
    }
    client.dealQueuePairs();
    anchors.read();
    client.ring();
    if (last.locked) {
      anchors.place();
    }
    return all;
  }

  private void grow(Blocks put, Change last) {
    var run = last.run;
    int from = run.end();
    int more = put.count - from;
    int index = run.length();
    if (index + more > run.capacity()) {
      run.extend(index + more - run.capacity());
    }
    if (fault != Fault.UNLOCKED_EARLY) {
      run.writeColumn(index, put.hashes, from, more);
    }
    run.writeLocations(index, put.locations, from, more);
    if (run.has(Layout.SHRUNK)) {
      run.flag(Layout.REGROWN);
    }
    run.reach(put.hashes, put.known, put.count, put.owner, put.tier);
    commit(last);
    if (fault == Fault.UNLOCKED_EARLY) {
      run.writeColumn(index, put.hashes, from, more);
    }
  }

  /// Adds the anchors inside of a run for blocks from a depth on.
  private void anchor(int region, int start, int from, Blocks put) {
    for (int d = Layout.anchorFrom(from); d < put.count; d += Layout.ANCHOR_EVERY) {
      if (d > start) {
        long key = put.hashes[d];
        anchors.add(key, Anchors.slot(key, region, d - start), 0, false);
      }
    }
  }

  private void beginAdded(Blocks put, int from, int parent) {
    added.create(put.count - from, from, put.hashes[from], nextGeneration(), parent);
    added.reach(put.hashes, put.known, put.count, put.owner, put.tier);
  }

  private void writeAdded(Blocks put) {
    int from = added.start();
    added.writeNew(put.hashes, from, put.count - from, put.locations, from);
  }

  /// Makes a run for the blocks that are missing.
  ///
  /// @param parent the run above; null: none
  /// @param parts whether that has none below it yet, and must say first that it has
  private boolean create(Blocks put, @Nullable Change parent, boolean parts, int attempt) {
    int from = lookup.end();
    beginAdded(put, from, parent == null ? 0 : parent.run.region);
    head.begin(lookup.probeOfEnd(), added.region);
    anchor(added.region, from, from + 1, put);
    lockAll();
    client.keepQueuePair();
    if (fault != Fault.ANCHOR_FIRST) {
      writeAdded(put);
    }
    head.claim();
    client.dealQueuePairs();
    anchors.read();
    client.ring();
    head.take();
    boolean all = takeLocks();
    anchors.read();
    commitAll(changeCount);
    boolean mine = !parts || parent == null || parent.locked;
    if (mine) {
      mine = head.settle(attempt % 2 == 0);
    } else {
      head.takeBack();
    }
    client.dealQueuePairs();
    if (!mine) {
      added.freeMemory();
      return false;
    }
    if (fault == Fault.ANCHOR_FIRST) {
      writeAdded(put);
      client.ring();
    }
    remember(added);
    anchors.place();
    return all;
  }

  /// Cuts the last run in two, and makes a run for the blocks that are missing beside its tail. The
  /// look-up read the run's column before its header, and may have missed a block that came in
  /// between: where that is so, the run is left as it is.
  ///
  /// @param seen the run's header as it was
  /// @param kept its first blocks, which it keeps
  private boolean split(Blocks put, Change last, byte[] seen, int kept) {
    var run = last.run;
    run.findExtents();
    int depth = run.start() + kept;
    int moving = run.length() - kept;
    beginAdded(put, depth, run.region);
    long key = put.hashes[depth];
    anchors.add(key, Anchors.slot(key, added.region, 0), 0, true);
    anchor(added.region, depth, depth + 1, put);
    var hashes = new byte[moving * Long.BYTES];
    var places = new byte[locations ? hashes.length : 0];
    lockAll();
    run.readTail(client, kept, hashes, places);
    client.dealQueuePairs();
    anchors.read();
    client.ring();
    boolean all = takeLocks();
    commitAll(changeCount - 1);
    var moved = new long[moving];
    var movedPlaces = new long[locations ? moving : 0];
    run.takeTail(kept, hashes, places, moved, movedPlaces);
    if (!last.locked || moved[0] == key) {
      client.dealQueuePairs();
      unlock(last, seen);
      added.freeMemory();
      return false;
    }
    tail.create(moving, depth, moved[0], nextGeneration(), run.region);
    tail.becomeTail(run, moved[moving - 1]);
    client.keepQueuePair();
    tail.writeNew(moved, 0, moving, movedPlaces, 0);
    client.keepQueuePair();
    writeAdded(put);
    anchorTail(run, moved, depth);
    client.dealQueuePairs();
    anchors.read();
    client.ring();
    if (!anchors.place()) {
      anchors.undo();
      unlock(last, seen);
      added.freeMemory();
      tail.freeMemory();
      throw ClientAnchors.full(key, depth, index.config().anchorBuckets());
    }
    shorten(last, put.hashes[depth - 1], kept);
    remember(tail);
    remember(added);
    return all;
  }

  /// Lets go of a run, if it is locked, as it was.
  private void unlock(Change change, byte[] seen) {
    if (change.locked) {
      client.write(Layout.address(change.run.region), seen, 0, Layout.LINE);
    }
    client.ring();
  }

  /// Anchors of the tail lead to its own run from now on.
  private void anchorTail(WritableRun run, long[] moved, int depth) {
    boolean anchored = Layout.anchorFrom(depth) == depth;
    long old = anchored ? Anchors.slot(moved[0], run.region, depth - run.start()) : 0;
    anchors.add(moved[0], Anchors.slot(moved[0], tail.region, 0), old, true);
    int end = depth + moved.length;
    for (int d = Layout.anchorFrom(depth + 1); d < end; d += Layout.ANCHOR_EVERY) {
      long key = moved[d - depth];
      anchors.add(
          key,
          Anchors.slot(key, tail.region, d - depth),
          Anchors.slot(key, run.region, d - run.start()),
          false);
    }
  }

  private void shorten(Change change, long last, int length) {
    var run = change.run;
    renew(run);
    client.keepQueuePair();
    run.cut(length, last, Layout.CHILD, tail.region);
    commit(change);
    client.dealQueuePairs();
    client.ring();
  }
}
