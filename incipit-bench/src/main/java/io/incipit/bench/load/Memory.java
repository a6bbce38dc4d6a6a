// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import io.incipit.bench.report.Samples;
import io.incipit.bench.target.IncipitTarget;

/// Measures what our index keeps of the heap, a block.
final class Memory {
  /// A peak counts from this many blocks on: smaller indexes are mostly room to grow.
  private static final long BLOCKS_MIN = 1_000_000;

  private final Samples samples;

  Memory(Samples samples) {
    this.samples = samples;
  }

  void measure(String name, Feed feed) {
    long before = usedBytes();
    var tree = IncipitTarget.anchored(feed.chains().longest(), 1, feed.chains().hashBytes());
    double treePeak = 0;
    for (int i = 0; i < feed.count(); i++) {
      feed.step(tree, i, true);
      treePeak = Math.max(treePeak, share(tree.snapshot().treeBytes(), tree));
    }
    double heap = (double) (usedBytes() - before) / tree.snapshot().blocks();
    add("memory.tree." + name + ".heap.bytes", heap);
    add("memory.tree." + name + ".bytes", share(tree.snapshot().treeBytes(), tree));
    add("memory.tree." + name + ".peak.bytes", treePeak);

    before = usedBytes();
    var byHash = IncipitTarget.byHash(feed.chains().longest(), 1, feed.chains().hashBytes());
    double peak = 0;
    for (int i = 0; i < feed.count(); i++) {
      feed.step(byHash, i, true);
      peak = Math.max(peak, share(byHash.snapshot().byHashBytes(), byHash));
    }
    double both = (double) (usedBytes() - before) / byHash.snapshot().blocks();
    add("memory.byhash." + name + ".heap.bytes", both - heap);
    add("memory.byhash." + name + ".bytes", share(byHash.snapshot().byHashBytes(), byHash));
    add("memory.byhash." + name + ".peak.bytes", peak);
  }

  private static double share(long bytes, IncipitTarget target) {
    long blocks = target.snapshot().blocks();
    return blocks < BLOCKS_MIN ? 0 : (double) bytes / blocks;
  }

  private void add(String name, double bytes) {
    samples.add(name, Samples.OURS, bytes);
  }

  /// Clears away what the last targets left, so that no collection falls into the next measurement
  /// if it can be helped: one in the middle would copy whatever is being built.
  static void collect() {
    System.gc();
  }

  /// What is reachable, after a collection.
  private static long usedBytes() {
    collect();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
