// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

/// Memory for one client, cut off chunks that it asks the memory node for. Nothing is given back.
/// For one thread.
public final class ChunkAllocator {
  private final PoolClient client;
  private final int chunkBytes;
  private long next;
  private long end;

  /// One that has no chunk yet.
  ///
  /// @param chunkBytes that it asks for at a time
  public ChunkAllocator(PoolClient client, int chunkBytes) {
    this.client = client;
    this.chunkBytes = chunkBytes;
  }

  /// Some memory, all zero; asks for a chunk if the last one has not enough.
  ///
  /// @param bytes at most a chunk
  /// @param alignment a power of two, at most 4,096
  /// @return its address
  public long allocate(int bytes, int alignment) {
    long address = (next + alignment - 1) & -alignment;
    if (next == 0 || address + bytes > end) {
      long chunk = client.chunk(chunkBytes);
      address = (chunk + alignment - 1) & -alignment;
      end = chunk + chunkBytes;
    }
    next = address + bytes;
    client.pool().use(bytes);
    return address;
  }
}
