// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where things are in an inner node, in its plain form, for 8-byte keys:
///
/// ```
///  0        1      2      3        11        19                27   35    43
///  | version | level | valid | sibling | leftmost | sibling's leftmost | low | high | 64 entries
///  entry: version 1 · key 8 · child 8
/// ```
///
/// On the wire there are lines as in [Lines], and the lock word at the next multiple of 8. For one
/// thread.
final class InnerLayout {
  /// Entries; a node that has so many is split.
  static final int SPAN = 64;

  private static final int LEVEL_AT = 1;
  private static final int VALID_AT = 2;
  private static final int SIBLING_AT = 3;
  private static final int LEFTMOST_AT = 11;
  private static final int SIBLING_LEFTMOST_AT = 19;
  private static final int LOW_AT = 27;
  private static final int LOCK_AREA = 16;
  private static final int NV_UNIT = 0x10;

  final int headerBytes;
  final int entryBytes;
  final int plainBytes;
  final int wireBytes;
  final int lockAt;
  final int allocatedBytes;
  private final int keyBytes;
  private final Lines lines;
  private final byte[] plain;
  private final long[] keys = new long[SPAN];
  private final long[] children = new long[SPAN];

  InnerLayout(int keyBytes) {
    this.keyBytes = keyBytes;
    headerBytes = LOW_AT + 2 * keyBytes;
    entryBytes = 1 + keyBytes + Long.BYTES;
    plainBytes = headerBytes + SPAN * entryBytes;
    var objects = new int[SPAN + 1];
    for (int i = 0; i < SPAN; i++) {
      objects[i + 1] = headerBytes + i * entryBytes;
    }
    lines = new Lines(objects, plainBytes);
    wireBytes = lines.wireBytes;
    lockAt = (wireBytes + Long.BYTES - 1) & -Long.BYTES;
    allocatedBytes = wireBytes + LOCK_AREA;
    plain = new byte[plainBytes];
  }

  /// Bytes that a cache counts for a node.
  long cachedBytes(Inner node) {
    return Long.BYTES + headerBytes + (long) entryBytes * node.count();
  }

  /// A node from the wire.
  ///
  /// @return null if it was read between two writes
  @Nullable Inner decode(byte[] wired, long address, ChimeFault planted) {
    Lines.decode(wired, plain, 0, plainBytes);
    if (planted != ChimeFault.NO_VERSIONS) {
      if (!lines.areWhole(wired, plain, 0, plainBytes)) {
        return null;
      }
      for (int i = 0; i < SPAN; i++) {
        if (plain[entry(i)] != plain[0] && planted != ChimeFault.NO_NODE_VERSION) {
          return null;
        }
      }
    }
    int count = 0;
    while (count < SPAN && Bytes.longAt(plain, entry(count) + 1 + keyBytes) != 0) {
      keys[count] = key(entry(count) + 1);
      children[count] = Bytes.longAt(plain, entry(count) + 1 + keyBytes);
      count++;
    }
    var head =
        new Inner.Head(
            address,
            plain[LEVEL_AT],
            (plain[0] & 0xFF) / NV_UNIT,
            Bytes.longAt(plain, SIBLING_AT),
            Bytes.longAt(plain, LEFTMOST_AT),
            Bytes.longAt(plain, SIBLING_LEFTMOST_AT),
            key(LOW_AT),
            key(LOW_AT + keyBytes));
    return new Inner(head, Arrays.copyOf(keys, count), Arrays.copyOf(children, count));
  }

  /// Puts a node on the wire, and its lock word, free.
  void encode(Inner node, byte[] wired) {
    var head = node.head();
    Arrays.fill(plain, (byte) 0);
    byte version = (byte) (head.version() * NV_UNIT);
    plain[0] = version;
    plain[LEVEL_AT] = (byte) head.level();
    plain[VALID_AT] = 1;
    Bytes.setLong(plain, SIBLING_AT, head.sibling());
    Bytes.setLong(plain, LEFTMOST_AT, head.leftmost());
    Bytes.setLong(plain, SIBLING_LEFTMOST_AT, head.siblingLeftmost());
    setKey(LOW_AT, head.low());
    setKey(LOW_AT + keyBytes, head.high());
    for (int i = 0; i < SPAN; i++) {
      plain[entry(i)] = version;
      if (i < node.count()) {
        setKey(entry(i) + 1, node.key(i));
        Bytes.setLong(plain, entry(i) + 1 + keyBytes, node.child(i));
      }
    }
    lines.encode(plain, wired, 0, plainBytes);
    Bytes.setLong(wired, lockAt, 0);
  }

  private int entry(int index) {
    return headerBytes + index * entryBytes;
  }

  private long key(int at) {
    return Long.reverseBytes(Bytes.longAt(plain, at + keyBytes - Long.BYTES));
  }

  private void setKey(int at, long key) {
    Bytes.setLong(plain, at + keyBytes - Long.BYTES, Long.reverseBytes(key));
  }
}
