// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Transport;

/// How a node lies on the wire: each line but the first begins with a copy of the version of the
/// object that covers the spot.
///
/// ```
///  line 0              line 1                    line 2
///  | 64 bytes of node | version | 63 bytes ... | version | 63 bytes ...
/// ```
///
/// A reader that finds a line's version unequal to that of its object has read between two writes.
/// Positions are offsets into the node: in its plain form, or on the wire.
final class Lines {
  private static final int LINE = Transport.LINE;
  private static final int PAYLOAD = LINE - 1;

  /// Bytes of the node on the wire.
  final int wireBytes;

  /// By line: where the version byte of its object is, plain.
  private final int[] objectOfLine;

  /// @param objects where each object begins, ascending from 0; its first byte is its version
  /// @param plainBytes of the node
  Lines(int[] objects, int plainBytes) {
    wireBytes = wire(plainBytes - 1) + 1;
    objectOfLine = new int[(wireBytes + LINE - 1) / LINE];
    int object = 0;
    for (int line = 1; line < objectOfLine.length; line++) {
      int at = LINE + PAYLOAD * (line - 1);
      while (object + 1 < objects.length && objects[object + 1] <= at) {
        object++;
      }
      objectOfLine[line] = objects[object];
    }
  }

  /// Where a plain byte lies on the wire.
  static int wire(int plain) {
    return plain < LINE ? plain : plain + 1 + (plain - LINE) / PAYLOAD;
  }

  /// Where plain bytes from one on begin on the wire: with the version of the line, if the byte is
  /// the first of its line.
  static int wireFrom(int plain) {
    return plain == 0 ? 0 : wire(plain - 1) + 1;
  }

  /// Bytes that plain bytes `[from, to)` take on the wire.
  static int wireLength(int from, int to) {
    return wire(to - 1) + 1 - wireFrom(from);
  }

  /// Takes plain bytes `[from, to)` out of their lines.
  static void decode(byte[] wired, byte[] plain, int from, int to) {
    int at = from;
    while (at < to) {
      int length = Math.min(to, lineEnd(at)) - at;
      System.arraycopy(wired, wire(at), plain, at, length);
      at += length;
    }
  }

  /// Puts plain bytes `[from, to)` into their lines.
  void encode(byte[] plain, byte[] wired, int from, int to) {
    int at = from;
    while (at < to) {
      int length = Math.min(to, lineEnd(at)) - at;
      int start = wire(at);
      if (start % LINE == 1 && at >= LINE) {
        wired[start - 1] = plain[objectOfLine[start / LINE]];
      }
      System.arraycopy(plain, at, wired, start, length);
      at += length;
    }
  }

  /// Whether all lines that begin inside of plain bytes `[from, to)`, both forms of which are
  /// given, have the versions of their objects.
  boolean areWhole(byte[] wired, byte[] plain, int from, int to) {
    int last = wire(to - 1) / LINE;
    int first = (wireFrom(from) + LINE - 1) / LINE;
    for (int line = Math.max(1, first); line <= last; line++) {
      if (wired[line * LINE] != plain[objectOfLine[line]]) {
        return false;
      }
    }
    return true;
  }

  /// The first plain byte of the line after the one that a plain byte lies in.
  private static int lineEnd(int plain) {
    return plain < LINE ? LINE : plain + PAYLOAD - (plain - LINE) % PAYLOAD;
  }
}
