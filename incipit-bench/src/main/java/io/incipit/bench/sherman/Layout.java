// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

/// Byte layout of a page with keys of one width `K`. Little-endian; nothing is aligned.
///
/// ```
///  0      8       9          17        25      26     28       28+K      28+2K
///  | word | front | leftmost | sibling | level | last | lowest | highest | records ... | rear | -
/// ```
///
/// `word` is unused in memory (the cache keeps its use counter there); `front` and `rear` are the
/// page's version, 1 byte each, `rear` after the last record. `leftmost` is the child left of all
/// records, 0 in a leaf. `last` is the index of the last record, 65,535 if there is none; leaves do
/// not use it. The page's keys are in `[lowest, highest)`; a highest of 2^64 - 1 is no bound.
///
/// ```
///  record of an internal page, sorted:   0 key K | child 8
///  record of a leaf, not sorted:         0 version 1 | key 1+K: value 8 | version 1
/// ```
///
/// A leaf's record is empty if its value is 0; its versions are 4 bits. A page is as long as needed
/// for 61 children, and holds as many records as fit:
///
/// | K | page | internal | used | leaf | used |
/// |---|---|---|---|---|---|
/// | 8 | 1,024 | 61 of 16 | 1,021 | 54 of 18 | 1,017 |
/// | 32 | 2,560 | 61 of 40 | 2,533 | 58 of 42 | 2,529 |
final class Layout {
  static final int FRONT = 8;
  static final int LEFTMOST = 9;
  static final int SIBLING = 17;
  static final int LEVEL = 25;
  static final int LAST = 26;
  static final int LOWEST = 28;

  /// A highest key that is no bound.
  static final long UNBOUNDED = -1;

  private static final Layout NARROW = new Layout(8, 1_024);
  private static final Layout WIDE = new Layout(32, 2_560);

  final int keyBytes;
  final int pageBytes;
  final int highest;
  final int records;

  /// Bytes of a record of an internal page, and where its child is.
  final int branchBytes;

  final int branchesMax;
  final int branchRear;

  /// Bytes of a record of a leaf, and where its value and its second version are.
  final int entryBytes;

  final int entryValue;
  final int entryRear;
  final int entriesMax;
  final int leafRear;

  private Layout(int keyBytes, int pageBytes) {
    this.keyBytes = keyBytes;
    this.pageBytes = pageBytes;
    highest = LOWEST + keyBytes;
    records = highest + keyBytes;
    branchBytes = keyBytes + Long.BYTES;
    branchesMax = (pageBytes - records - 1) / branchBytes;
    branchRear = records + branchesMax * branchBytes;
    entryValue = 1 + keyBytes;
    entryRear = entryValue + Long.BYTES;
    entryBytes = entryRear + 1;
    entriesMax = (pageBytes - records - 1) / entryBytes;
    leafRear = records + entriesMax * entryBytes;
  }

  /// The layout for a key width.
  static Layout of(int keyBytes) {
    return switch (keyBytes) {
      case 8 -> NARROW;
      case 32 -> WIDE;
      default ->
          throw new IllegalArgumentException(
              "keyBytes: %d (expected: 8 or 32)".formatted(keyBytes));
    };
  }
}
