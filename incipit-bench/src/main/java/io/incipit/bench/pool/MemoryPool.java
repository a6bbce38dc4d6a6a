// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

import java.util.ArrayList;
import java.util.List;

/// The memory of a node that its clients reach by one-sided requests, and the node's adapter.
///
/// Addresses are offsets; 0 is none. A few of them, from [#ON_CHIP] on, are the adapter's own
/// memory, where atomics are cheaper. What is reserved is zero, and nothing is given back. Not
/// thread-safe: clients take turns.
public final class MemoryPool {
  /// Where the adapter's own memory begins.
  public static final long ON_CHIP = 1L << 46;

  /// Bytes of the adapter's own memory: those of a ConnectX-5.
  public static final int ON_CHIP_BYTES = 256 << 10;

  /// The most that can be reserved at once, bytes, and what never lies across two of its multiples.
  public static final int CHUNK = 32 << 20;

  private static final int ATOMIC_TABLE = 1 << 16;

  private final CostModel model;
  private final List<byte[]> chunks = new ArrayList<>();
  private final byte[] onChip = new byte[ON_CHIP_BYTES];
  private final Nic nic = new Nic();
  private final double[] atomicFreeNs = new double[ATOMIC_TABLE];
  private long reserved = Transport.LINE;
  private long used;

  /// An empty one.
  ///
  /// @param model by which its adapter and its clients take time
  public MemoryPool(CostModel model) {
    this.model = model;
  }

  /// The model it was made with.
  public CostModel model() {
    return model;
  }

  /// Reserves memory, without a request: for what stands before clients come.
  ///
  /// @param bytes from 1 to [#CHUNK]
  /// @param alignment a power of two
  /// @return its address
  public long reserve(int bytes, int alignment) {
    if (bytes < 1 || bytes > CHUNK) {
      throw new IllegalArgumentException("bytes: %d (expected: 1 to %d)".formatted(bytes, CHUNK));
    }
    long address = (reserved + alignment - 1) & -alignment;
    if (address / CHUNK != (address + bytes - 1) / CHUNK) {
      address = (address / CHUNK + 1) * CHUNK;
    }
    reserved = address + bytes;
    return address;
  }

  /// Some of what was reserved is in use now.
  public void use(long bytes) {
    used += bytes;
  }

  /// Bytes in use, as [#use] was told.
  public long usedBytes() {
    return used;
  }

  /// The array that an address lies in.
  byte[] arrayOf(long address) {
    if (address >= ON_CHIP) {
      return onChip;
    }
    int chunk = Math.toIntExact(address / CHUNK);
    while (chunks.size() <= chunk) {
      chunks.add(new byte[CHUNK]);
    }
    return chunks.get(chunk);
  }

  /// Where in that array it lies.
  ///
  /// @throws IllegalArgumentException if not all bytes are memory of one array
  int indexOf(long address, int length) {
    long index = address >= ON_CHIP ? address - ON_CHIP : address % CHUNK;
    long end = address >= ON_CHIP ? ON_CHIP_BYTES : CHUNK;
    if (address < Transport.LINE || length < 1 || index + length > end) {
      throw new IllegalArgumentException(
          "address: %d, %d bytes (expected: inside of the memory)".formatted(address, length));
    }
    return (int) index;
  }

  Nic nic() {
    return nic;
  }

  /// When atomics at an address may begin, and that the next one then occupies it for a while.
  double atomicStart(long address, double startNs, double gapNs) {
    int slot = (int) ((address * 0x9E37_79B9_7F4A_7C15L) >>> 48) & (ATOMIC_TABLE - 1);
    double begin = Math.max(startNs, atomicFreeNs[slot]);
    atomicFreeNs[slot] = begin + gapNs;
    return begin;
  }
}
