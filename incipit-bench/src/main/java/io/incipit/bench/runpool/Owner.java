// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.LocalMemory;

/// The thread on the memory node that changes the index: it puts, splits, removes and frees. Its
/// accesses are local. A run is changed between two writes of its header, what anchors lead to is
/// there before they are, and a run that becomes shorter gets a new generation. For one thread.
final class Owner {
  /// How often a message lets others go on while one of them is being done.
  private static final int WAITS_MAX = 1_000_000;

  private final Regions regions;
  private final boolean locations;
  private final Fault fault;
  private final OwnerAnchors anchors;

  /// The run that a change has reached.
  private final WritableRun run;

  /// A new run below it, or the one above it.
  private final WritableRun other;

  private long[] moved = new long[64];
  private int generation;
  private int written;
  private final byte[] word = new byte[Integer.BYTES];
  private final long root;
  private boolean busy;
  private final Reply reply = new Reply();
  private final LocalMemory memory;

  Owner(LocalMemory memory, Regions regions, long root, RunPoolConfig config, Fault fault) {
    this.memory = memory;
    this.regions = regions;
    this.root = root;
    this.locations = config.locations();
    this.fault = fault;
    var reached = RunMemory.of(memory);
    this.run = new WritableRun(reached, regions, locations);
    this.other = new WritableRun(reached, regions, locations);
    var probe = new WritableRun(reached, regions, locations);
    this.anchors = new OwnerAnchors(memory, regions, root, config.anchorBuckets(), probe, fault);
  }

  /// What the last message's sender is told; until the next.
  Reply reply() {
    return reply;
  }

  /// Begins a client's message: messages are done one after the other.
  void begin(double timeNs) {
    for (int waits = 0; busy; waits++) {
      if (waits == WAITS_MAX) {
        throw new IllegalStateException(
            "the owner was busy %d times (expected: an end of a message)".formatted(waits));
      }
      memory.pause();
    }
    busy = true;
    regions.at(timeNs);
    reply.clear();
  }

  void end() {
    if (generation != written) {
      written = generation;
      Bytes.setInt(word, 0, generation);
      memory.write(root + Layout.ROOT_GENERATION, word, 0, Integer.BYTES);
    }
    busy = false;
  }

  /// Puts blocks `[known, count)` of a chain.
  ///
  /// @param hint a run that may hold the block before; 0: none, and the chain is whole
  /// @return false if that run does not; then the client has to send the chain whole
  boolean put(long[] hashes, int known, int count, int owner, int tier, long[] values, int hint) {
    if (known > 0 && !(hint != 0 ? locate(hint, hashes, known - 1) : walk(hashes, known))) {
      if (hint != 0) {
        return false;
      }
      return put(hashes, 0, known, count, owner, tier, values, false);
    }
    return put(hashes, known, known, count, owner, tier, values, known > 0);
  }

  /// Puts blocks `[depth, count)` below what was reached; those from `known` on get the holder.
  private boolean put(
      long[] hashes,
      int from,
      int known,
      int count,
      int owner,
      int tier,
      long[] values,
      boolean inside) {
    int depth = from;
    boolean reached = inside;
    while (depth < count) {
      if (!reached || depth == run.end()) {
        int next = anchors.head(hashes[depth], depth);
        if (next == 0) {
          add(hashes, depth, known, count, owner, tier, values, reached);
          return true;
        }
        run.load(next);
        reached = true;
      }
      int end = run.start() + run.matched(depth - run.start(), hashes, count);
      hold(Math.max(known, depth), end, owner, tier, values);
      depth = end;
      if (depth < count && depth < run.end()) {
        split(depth);
        add(hashes, depth, known, count, owner, tier, values, true);
        return true;
      }
    }
    return true;
  }

  /// Goes down a chain from its head to the run that has block `known - 1`.
  private boolean walk(long[] hashes, int known) {
    int depth = 0;
    while (depth < known) {
      int next = anchors.head(hashes[depth], depth);
      if (next == 0) {
        return false;
      }
      run.load(next);
      int matched = run.matched(0, hashes, known);
      depth += matched;
      if (depth < known && matched < run.length()) {
        return false;
      }
    }
    return true;
  }

  /// Finds a block in a run or, where that was split, in its tail.
  private boolean locate(int hint, long[] hashes, int depth) {
    int from = Integer.MIN_VALUE;
    int next = hint;
    while (next != 0 && run.loadIf(next) && run.start() <= depth) {
      if (depth < run.end()) {
        return run.hash(depth - run.start()) == hashes[depth];
      }
      checkTail(run, from);
      from = run.start();
      next = run.get(Layout.TAIL);
    }
    return false;
  }

  /// A tail begins after the run that it was cut off: else there would be no end of tails.
  private static void checkTail(WritableRun tail, int from) {
    if (tail.start() <= from) {
      throw new IllegalStateException(
          "run %d: a tail that begins at %d (expected: after %d)"
              .formatted(tail.region, tail.start(), from));
    }
  }

  /// Adds a holder to blocks of the run that was reached.
  private void hold(int from, int to, int owner, int tier, long[] values) {
    if (from >= to) {
      return;
    }
    boolean again = locations && !run.holders.cover(from, to);
    if (!run.holders.add(from, to, owner, tier) && !locations) {
      return;
    }
    run.begin();
    if (again) {
      renew();
      run.flag(Layout.REGROWN);
      reply.add(run);
    }
    run.writeLocations(from - run.start(), values, from, to - from);
    run.commit();
  }

  private void renew() {
    if (fault != Fault.GENERATION_KEPT) {
      run.set(Layout.GENERATION, ++generation);
    }
  }

  /// Adds blocks that the index does not have, at the end of the run reached or below it.
  private void add(
      long[] hashes,
      int depth,
      int known,
      int count,
      int owner,
      int tier,
      long[] values,
      boolean reached) {
    boolean append = reached && run.children() == 0;
    int room = append ? run.capacity() - run.length() : 0;
    if (append && (count - depth <= room || run.extents < Layout.EXTENTS_MAX)) {
      append(hashes, depth, known, count, owner, tier, values);
    } else {
      create(hashes, depth, known, count, owner, tier, values, reached);
    }
  }

  private void append(
      long[] hashes, int depth, int known, int count, int owner, int tier, long[] values) {
    int index = depth - run.start();
    int added = count - depth;
    int region = run.region;
    if (fault == Fault.ANCHOR_FIRST) {
      anchor(region, run.start(), depth, count, hashes);
    }
    if (index + added > run.capacity()) {
      run.extend(index + added - run.capacity());
    }
    run.writeColumn(index, hashes, depth, added);
    run.writeLocations(index, values, depth, added);
    run.begin();
    if (run.has(Layout.SHRUNK) && fault != Fault.REGROWN_NOT_SAID) {
      run.flag(Layout.REGROWN);
    }
    run.reach(hashes, known, count, owner, tier);
    run.commit();
    reply.add(run);
    if (fault != Fault.ANCHOR_FIRST) {
      anchor(region, run.start(), depth, count, hashes);
    }
  }

  private void create(
      long[] hashes,
      int depth,
      int known,
      int count,
      int owner,
      int tier,
      long[] values,
      boolean below) {
    int parent = 0;
    if (below) {
      parent = run.region;
      run.addChildren(1);
    }
    run.create(count - depth, depth, hashes[depth], ++generation, parent);
    int region = run.region;
    if (fault == Fault.ANCHOR_FIRST) {
      anchors.put(hashes[depth], region, 0, 0, 0);
      anchor(region, depth, depth + 1, count, hashes);
    }
    if (count - depth > run.capacity()) {
      run.extend(count - depth - run.capacity());
    }
    run.writeColumn(0, hashes, depth, count - depth);
    run.writeLocations(0, values, depth, count - depth);
    run.reach(hashes, known, count, owner, tier);
    run.commit();
    reply.add(run);
    if (fault != Fault.ANCHOR_FIRST) {
      anchors.put(hashes[depth], region, 0, 0, 0);
      anchor(region, depth, depth + 1, count, hashes);
    }
  }

  /// Anchors blocks of depths `[from, to)` that are to be.
  private void anchor(int region, int start, int from, int to, long[] hashes) {
    for (int d = Layout.anchorFrom(from); d < to; d += Layout.ANCHOR_EVERY) {
      if (d > start) {
        anchors.put(hashes[d], region, d - start, 0, 0);
      }
    }
  }

  /// Cuts the run reached in two; it keeps what is above `depth`, a new one gets the rest.
  private void split(int depth) {
    int start = run.start();
    int length = run.length();
    int moving = run.end() - depth;
    int region = run.region;
    copy(depth - start, moving);
    other.create(moving, depth, moved[0], ++generation, region);
    if (moving > other.capacity()) {
      other.extend(moving - other.capacity());
    }
    other.writeColumn(0, moved, 0, moving);
    if (locations) {
      var values = new long[moving];
      for (int i = 0; i < moving; i++) {
        values[i] = run.location(depth - start + i);
      }
      other.writeLocations(0, values, 0, moving);
    }
    other.becomeTail(run, moved[moving - 1]);
    other.commit();
    anchors.put(moved[0], other.region, 0, headAnchored(depth) ? region : 0, depth - start);
    for (int d = Layout.anchorFrom(depth + 1); d < start + length; d += Layout.ANCHOR_EVERY) {
      anchors.put(moved[d - depth], other.region, d - depth, region, d - start);
    }
    shorten(depth - start, Layout.CHILD, other.region);
    reply.add(run);
    reply.add(other);
  }

  private static boolean headAnchored(int depth) {
    return Layout.anchorFrom(depth) == depth;
  }

  private void copy(int index, int count) {
    if (moved.length < count) {
      moved = new long[Math.max(count, 2 * moved.length)];
    }
    for (int i = 0; i < count; i++) {
      moved[i] = run.hash(index + i);
    }
  }

  /// Leaves the first blocks of the run reached, at least 1.
  private void shorten(int length, int children, int tail) {
    long last = run.hash(length - 1);
    run.begin();
    renew();
    run.cut(length, last, children, tail);
    run.commit();
  }

  /// Takes a holder from blocks `[from, to)` of a chain.
  ///
  /// @param hint as for a put
  /// @return 1 if that changed something, 0 if not, -1 if the run does not hold block `from`
  int remove(long[] hashes, int from, int to, int owner, int tier, int hint) {
    if (!(hint != 0 ? locate(hint, hashes, from) : walk(hashes, from + 1))) {
      return hint != 0 ? -1 : 0;
    }
    int depth = from;
    boolean changed = false;
    int reached = 0;
    while (true) {
      int end = run.start() + run.matched(depth - run.start(), hashes, to);
      if (run.holders.remove(depth, end, owner, tier)) {
        run.begin();
        run.commit();
        changed = true;
      }
      reached = run.region;
      if (end < run.end() || end >= to) {
        break;
      }
      int next = anchors.head(hashes[end], end);
      if (next == 0) {
        break;
      }
      depth = end;
      run.load(next);
    }
    if (changed) {
      run.load(reached);
      settle();
    }
    return changed ? 1 : 0;
  }

  /// Lets go of what nobody holds at the end of the run reached, if nothing is below; and, if all
  /// of it went, of that of the run above, and so on.
  private void settle() {
    while (run.children() == 0) {
      int length = run.holders.end(run.start()) - run.start();
      if (length > 0) {
        if (length < run.length()) {
          unanchor(length);
          shorten(length, 0, 0);
        }
        return;
      }
      unanchor(0);
      boolean below = run.get(Layout.PARENT) != 0;
      if (below) {
        parent();
      }
      release();
      if (!below) {
        return;
      }
      run.load(other.region);
      run.addChildren(-1);
    }
  }

  /// Finds the run above: the one that was when this was made or, if split since, one of its tails.
  private void parent() {
    int from = Integer.MIN_VALUE;
    int next = run.get(Layout.PARENT);
    while (other.loadIf(next) && other.end() < run.start() && other.get(Layout.TAIL) != 0) {
      checkTail(other, from);
      from = other.start();
      next = other.get(Layout.TAIL);
    }
    if (other.end() != run.start() || other.start() >= run.start()) {
      throw new IllegalStateException(
          "run %d at %d: run %d above it, blocks %d to %d (expected: an end there)"
              .formatted(run.region, run.start(), next, other.start(), other.end()));
    }
  }

  /// Takes away the anchors of all blocks from index `length` on.
  private void unanchor(int length) {
    int region = run.region;
    int start = run.start();
    int end = run.end();
    int first = start + Math.max(1, length);
    for (int d = Layout.anchorFrom(first); d < end; d += Layout.ANCHOR_EVERY) {
      anchors.remove(run.hash(d - start), region, d - start);
    }
    if (length == 0) {
      anchors.remove(Layout.headHash(run.head), region, 0);
    }
  }

  private void release() {
    run.begin();
    renew();
    run.set(Layout.LENGTH, 0);
    run.flag(Layout.FREED);
    int overflow = Layout.overflow(run.head);
    run.holders.clear();
    run.set(Layout.LINE + Layout.LINE_OVERFLOW, overflow);
    run.commit();
    run.freeMemory();
  }
}
