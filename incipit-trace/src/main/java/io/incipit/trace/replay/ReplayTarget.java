// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// An index, or a store, with a namespace for one replay. Thread-safe; each owner belongs to one
/// thread.
public interface ReplayTarget extends Closeable {
  /// Bytes of the hashes that a replay names blocks by.
  int HASH_BYTES = BlockNames.HASH_BYTES;

  /// Intervals of holders that a look-up asks for.
  int INTERVALS_MAX = 64;

  /// A request of this time in the trace comes next.
  ///
  /// @throws IOException if the target failed, or cannot be reached
  default void begin(long timeNs) throws IOException {
    // What does not follow the time of the trace has nothing to do.
  }

  /// The longest prefix that anybody holds, in blocks.
  ///
  /// @throws IOException if the target refused, or cannot be reached
  int match(BlockChain chain) throws IOException;

  /// Applies a stretch of an owner's stream, which begins with `seq` 1.
  ///
  /// @throws IOException if the target refused, or cannot be reached
  void publish(String owner, long seq, List<Change> changes) throws IOException;

  /// What the namespace holds now.
  ///
  /// @throws IOException if the target refused, or cannot be reached
  Footprint footprint() throws IOException;

  /// What was moved in bytes so far; empty if a target has none.
  ///
  /// @throws IOException if the target refused, or cannot be reached
  default Optional<BlockTraffic> traffic() throws IOException {
    return Optional.empty();
  }

  /// Drops the namespace. Idempotent.
  @Override
  void close() throws IOException;
}
