// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// The block hashes of one prompt, or of a part of it, in order. Each hash covers its block and all
/// blocks before it.
///
/// A chain is a view of big-endian bytes as they came over the wire: nothing is decoded before
/// somebody asks, since a look-up reads a few hashes of hundreds. Identity is the last 16 bytes of
/// a hash ([#high], [#low]), all of it where it has 8. Immutable as long as the wrapped bytes are;
/// safe to share between threads then.
public final class BlockChain {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final int hashBytes;
  private final int lowOffset;

  private BlockChain(byte[] bytes, int offset, int length, int hashBytes) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.hashBytes = hashBytes;
    this.lowOffset = offset + hashBytes - Long.BYTES;
  }

  /// A view of `length` hashes of `hashBytes` each, starting at `offset`. The bytes are not copied
  /// and must not change while the chain is in use.
  ///
  /// @param hashBytes 8, 16 or 32
  public static BlockChain wrap(byte[] bytes, int offset, int length, int hashBytes) {
    requireHashBytes(hashBytes);
    boolean inside = offset >= 0 && offset <= bytes.length;
    if (!inside || length < 0 || (bytes.length - offset) / hashBytes < length) {
      throw new IllegalArgumentException(
          "chain: offset %d, %d hashes of %d bytes (expected: inside %d bytes)"
              .formatted(offset, length, hashBytes, bytes.length));
    }
    return new BlockChain(bytes, offset, length, hashBytes);
  }

  /// A chain of 8-byte hashes.
  public static BlockChain of(long... hashes) {
    var bytes = new byte[hashes.length * Long.BYTES];
    for (int i = 0; i < hashes.length; i++) {
      LONGS.set(bytes, i * Long.BYTES, hashes[i]);
    }
    return new BlockChain(bytes, 0, hashes.length, Long.BYTES);
  }

  /// A chain of 16-byte hashes, given as high and low halves in turn.
  public static BlockChain ofPairs(long... halves) {
    if (halves.length % 2 != 0) {
      throw new IllegalArgumentException(
          "halves.length: %d (expected: even)".formatted(halves.length));
    }
    var chain = of(halves);
    return new BlockChain(chain.bytes, 0, halves.length / 2, 2 * Long.BYTES);
  }

  /// The chain of no blocks, for hashes of `hashBytes`.
  public static BlockChain empty(int hashBytes) {
    requireHashBytes(hashBytes);
    return new BlockChain(new byte[0], 0, 0, hashBytes);
  }

  /// The hashes of several chains, which all have hashes of one width, one behind the other.
  /// Copies them.
  ///
  /// @param chains at least one
  public static BlockChain concat(List<BlockChain> chains) {
    int hashBytes = chains.getFirst().hashBytes;
    int length = 0;
    for (var chain : chains) {
      if (chain.hashBytes != hashBytes) {
        throw new IllegalArgumentException(
            "hashBytes: %d (expected: %d)".formatted(chain.hashBytes, hashBytes));
      }
      length = Math.addExact(length, chain.length);
    }
    var bytes = new byte[Math.multiplyExact(length, hashBytes)];
    int at = 0;
    for (var chain : chains) {
      chain.copyTo(bytes, at);
      at += chain.length * hashBytes;
    }
    return new BlockChain(bytes, 0, length, hashBytes);
  }

  /// Whether hashes may have this many bytes: 8, 16 or 32.
  public static boolean isHashBytes(int hashBytes) {
    return hashBytes == 8 || hashBytes == 16 || hashBytes == 32;
  }

  private static void requireHashBytes(int hashBytes) {
    if (!isHashBytes(hashBytes)) {
      throw new IllegalArgumentException(
          "hashBytes: %d (expected: 8, 16 or 32)".formatted(hashBytes));
    }
  }

  /// Number of blocks.
  public int length() {
    return length;
  }

  /// Whether the chain has no blocks.
  public boolean isEmpty() {
    return length == 0;
  }

  /// Width of one hash in bytes: 8, 16 or 32.
  public int hashBytes() {
    return hashBytes;
  }

  /// The last 8 bytes of hash `i`, big-endian.
  public long low(int i) {
    return (long) LONGS.get(bytes, lowOffset + i * hashBytes);
  }

  /// The 8 bytes before [#low]; zero where hashes have 8 bytes.
  public long high(int i) {
    return hashBytes == Long.BYTES
        ? 0
        : (long) LONGS.get(bytes, lowOffset - Long.BYTES + i * hashBytes);
  }

  /// The blocks in `[from, to)`, sharing these bytes.
  public BlockChain slice(int from, int to) {
    if (from < 0 || to < from || to > length) {
      throw new IllegalArgumentException(
          "slice: [%d, %d) (expected: inside [0, %d))".formatted(from, to, length));
    }
    return new BlockChain(bytes, offset + from * hashBytes, to - from, hashBytes);
  }

  /// Copies hash `i` in full, [#hashBytes] bytes, to `target`.
  public void copyHash(int i, byte[] target, int targetOffset) {
    System.arraycopy(bytes, offset + i * hashBytes, target, targetOffset, hashBytes);
  }

  /// Copies all hashes, one after the other, to `target`.
  public void copyTo(byte[] target, int targetOffset) {
    System.arraycopy(bytes, offset, target, targetOffset, length * hashBytes);
  }

  /// The hashes one after the other, as on the wire.
  public byte[] toBytes() {
    return Arrays.copyOfRange(bytes, offset, offset + length * hashBytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockChain that
        && hashBytes == that.hashBytes
        && Arrays.equals(
            bytes,
            offset,
            offset + length * hashBytes,
            that.bytes,
            that.offset,
            that.offset + that.length * that.hashBytes);
  }

  @Override
  public int hashCode() {
    int result = 1;
    for (int i = 0; i < length; i++) {
      result = 31 * result + Long.hashCode(low(i));
    }
    return result;
  }

  /// The hashes in hex, shortened after eight.
  @Override
  public String toString() {
    int shown = Math.min(length, 8);
    var hex = HexFormat.of().formatHex(bytes, offset, offset + shown * hashBytes);
    return "BlockChain[%d x %d bytes: %s%s]"
        .formatted(length, hashBytes, hex, shown < length ? "..." : "");
  }
}
