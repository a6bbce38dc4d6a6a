// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

/// What an index holds, and the memory that it takes for it.
///
/// @param treeBytes memory of the tree and its holders
/// @param byHashBytes memory of the table for look-up and removal by bare hash
public record Footprint(long blocks, long treeBytes, long byHashBytes) {
  /// Bytes a block, of both kinds; 0 without blocks.
  public double bytesPerBlock() {
    return perBlock(treeBytes + byHashBytes);
  }

  /// Bytes of the tree a block; 0 without blocks.
  public double treeBytesPerBlock() {
    return perBlock(treeBytes);
  }

  /// Bytes of the table by hash a block; 0 without blocks.
  public double byHashBytesPerBlock() {
    return perBlock(byHashBytes);
  }

  private double perBlock(long bytes) {
    return blocks == 0 ? 0 : (double) bytes / blocks;
  }
}
