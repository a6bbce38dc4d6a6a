// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.Transport;

/// Where what lies. All is little-endian and begins at a line of 64 bytes; a region is known by the
/// number of its first line.
final class Layout {
  /*
   * A run, unbranched blocks of depths [start, start + length):
   *
   *   line 0, the header, always written as one line
   *   0         4        8       12                16           32     40      44     48     52
   *   | version | length | start | children, flags | head, 128  | last | parent | tail | next |
   *   52              56           60        64
   *   | column lines  | generation | holders |
   *
   *   line 1, the first holders
   *   64         80         96         112       116        120        128
   *   | holder 0 | holder 1 | holder 2 | version | overflow | column 1 |
   *   holder: from 4, to 4, owner 4, tier 4; from and to are depths
   *
   *   column, from its slot 1 on, 8 B a block; the hash of block 0 is in the header
   *   120        128        136
   *   | column 1 | column 2 | ...
   *
   *   with locations, those of the blocks lie before the header, backwards:
   *   ... | location 1 | location 0 | header
   *
   * version: odd while the run is being changed; that of line 1 and of each line of overflow is
   * that of the header, or the two are of different moments. parent: a run that ended where this
   * one began when this one was made; it may have been split since, and its tail, or the tail of
   * that, and so on, is the parent then. next: the first continuation.
   *
   * A continuation of the column:
   *   0     4      8       12         16
   *   | run | next | first | capacity | column first | ...
   *
   * Overflow of holders: lines as line 1, but for
   *   112       116   120            128
   *   | version | 0   | lines, in the first |
   *
   * A bucket of the table of anchors:
   *   0                               56        60
   *   | slot 0 | slot 1 | ... slot 6 | 0       | epoch |
   *   slot: region 32 bits, index 12 bits, fingerprint 20 bits; 0 is free
   * In a bucket of a table that was replaced the epoch is negative, and the first slots are what
   * the root was then. index is that of the block in its run; 4,095 stands for all from
   * 4,094 on, and 4,094 for index 0 of a run that is not to be looked at yet.
   *
   * The root:
   *   0                8         12      16           20
   *   | table's region | buckets | epoch | generation |
   * All runs whose generation is not above that of the root were changed so before it was written.
   */
  static final int LINE = Transport.LINE;
  static final int HEAD_BYTES = 2 * LINE;

  static final int VERSION = 0;
  static final int LENGTH = 4;
  static final int START = 8;
  static final int FLAGS = 12;
  static final int HEAD = 16;
  static final int HEAD_LOW = 24;
  static final int LAST = 32;
  static final int PARENT = 40;
  static final int TAIL = 44;
  static final int NEXT = 48;
  static final int COLUMN_LINES = 52;
  static final int GENERATION = 56;
  static final int HOLDERS = 60;

  static final int HOLDER_BYTES = 16;
  static final int LINE_HOLDERS = 3;
  static final int LINE_VERSION = 48;
  static final int LINE_OVERFLOW = 52;
  static final int LINE_CAPACITY = 56;

  static final int COLUMN = HEAD_BYTES - 2 * Long.BYTES;

  static final int EXTENT_RUN = 0;
  static final int EXTENT_NEXT = 4;
  static final int EXTENT_FIRST = 8;
  static final int EXTENT_CAPACITY = 12;
  static final int EXTENT_COLUMN = 16;

  static final int BUCKET_SLOTS = 7;
  static final int BUCKET_EPOCH = 60;

  static final int ROOT_TABLE = 0;
  static final int ROOT_BUCKETS = 8;
  static final int ROOT_EPOCH = 12;
  static final int ROOT_GENERATION = 16;
  static final int ROOT_BYTES = 24;
  static final int ROOT_CLIENTS = 24;

  /// The run is no more.
  static final int FREED = 1;

  /// It was longer once.
  static final int SHRUNK = 2;

  /// Some of its column, or of its locations, was written twice.
  static final int REGROWN = 4;

  static final int CHILD = 1 << 8;

  /// The most lines of column that a run begins with.
  static final int COLUMN_LINES_MAX = 0xFFFF;

  /// The most extents of a run, the first counted.
  static final int EXTENTS_MAX = 8;

  /// Blocks between anchors inside of runs, and the depth of the first.
  static final int ANCHOR_EVERY = 32;

  static final int ANCHOR_FIRST = 16;

  private Layout() {}

  static long address(int region) {
    return Integer.toUnsignedLong(region) * LINE;
  }

  static int region(long address) {
    return (int) (address / LINE);
  }

  /// Blocks that fit the first region of a run.
  static int capacity(int columnLines) {
    return 2 + columnLines * (LINE / Long.BYTES);
  }

  /// Lines of column that a run of so many blocks needs in its first region.
  static int columnLines(int blocks) {
    return lines(Math.max(0, blocks - 2) * Long.BYTES);
  }

  static int lines(int bytes) {
    return (bytes + LINE - 1) / LINE;
  }

  /// The first depth from `depth` on that has an anchor wherever it lies in its run.
  static int anchorFrom(int depth) {
    int past = Math.floorMod(depth - ANCHOR_FIRST, ANCHOR_EVERY);
    return past == 0 ? depth : depth - past + ANCHOR_EVERY;
  }

  static int version(byte[] head) {
    return Bytes.intAt(head, VERSION);
  }

  static int length(byte[] head) {
    return Bytes.intAt(head, LENGTH);
  }

  static int start(byte[] head) {
    return Bytes.intAt(head, START);
  }

  static int end(byte[] head) {
    return start(head) + length(head);
  }

  static int flags(byte[] head) {
    return Bytes.intAt(head, FLAGS);
  }

  static int children(byte[] head) {
    return flags(head) / CHILD;
  }

  static long headHash(byte[] head) {
    return Bytes.longAt(head, HEAD_LOW);
  }

  static long last(byte[] head) {
    return Bytes.longAt(head, LAST);
  }

  static int generation(byte[] head) {
    return Bytes.intAt(head, GENERATION);
  }

  static int holders(byte[] head) {
    return Bytes.intAt(head, HOLDERS);
  }

  static int overflow(byte[] head) {
    return Bytes.intAt(head, LINE + LINE_OVERFLOW);
  }

  /// Lines of overflow that so many holders need.
  static int overflowLines(int holders) {
    return (Math.max(0, holders - LINE_HOLDERS) + LINE_HOLDERS - 1) / LINE_HOLDERS;
  }

  static void setInt(byte[] head, int field, int value) {
    Bytes.setInt(head, field, value);
  }
}
