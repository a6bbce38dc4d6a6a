// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import io.incipit.index.IndexSnapshot;
import io.incipit.index.PrefixIndex;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// The indexes of one namespace, one after the other: an index is given up as a whole when a change
/// of it has failed, or when it is empty and keeps more memory than a fresh one. Written by the
/// namespace's writer, read by any thread.
final class Epochs {
  /// An index, and how many there were before it.
  record Epoch(int number, PrefixIndex index) {}

  /// Counters of the indexes before the current one.
  private record Earlier(long conflicts, long shed) {}

  private final Supplier<PrefixIndex> indexes;
  private final IntConsumer onShed;
  private final long freshBytes;
  private volatile Epoch current;

  /// What [PrefixIndex#limit] was told last; for the writer only.
  private long bytesMax = Long.MAX_VALUE;

  private long blocksMax = Long.MAX_VALUE;

  private volatile Earlier earlier = new Earlier(0, 0);

  /// The first index.
  ///
  /// @param onShed hears of each owner that lost blocks because memory ran out
  Epochs(Supplier<PrefixIndex> indexes, IntConsumer onShed) {
    this.indexes = indexes;
    this.onShed = onShed;
    this.current = new Epoch(0, fresh());
    this.freshBytes = bytes(current.index.snapshot());
  }

  private PrefixIndex fresh() {
    var index = indexes.get();
    index.onShed(onShed);
    return index;
  }

  Epoch current() {
    return current;
  }

  PrefixIndex index() {
    return current.index;
  }

  void limit(long bytesMax, long blocksMax) {
    this.bytesMax = bytesMax;
    this.blocksMax = blocksMax;
    current.index.limit(bytesMax, blocksMax);
  }

  /// Begins again with an empty index. Who asks the old one meanwhile finds out by [#current].
  void next() {
    var old = current;
    var sizes = old.index.snapshot();
    var index = fresh();
    index.limit(bytesMax, blocksMax);
    earlier = new Earlier(earlier.conflicts + sizes.conflicts(), earlier.shed + sizes.shedBlocks());
    current = new Epoch(old.number + 1, index);
  }

  /// Begins again if the index has no blocks and keeps more memory than a fresh one.
  void nextIfEmpty() {
    var sizes = current.index.snapshot();
    if (sizes.blocks() == 0 && bytes(sizes) > freshBytes) {
      next();
    }
  }

  /// Sizes of the current index, and counters of all.
  IndexSnapshot snapshot() {
    var sizes = current.index.snapshot();
    return new IndexSnapshot(
        sizes.blocks(),
        sizes.runs(),
        sizes.holdings(),
        sizes.bytes(),
        sizes.treeBytes(),
        sizes.byHashBytes(),
        earlier.conflicts + sizes.conflicts(),
        earlier.shed + sizes.shedBlocks());
  }

  /// What an index takes from the heap.
  private static long bytes(IndexSnapshot sizes) {
    return sizes.treeBytes() + sizes.byHashBytes();
  }
}
