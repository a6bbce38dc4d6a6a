// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

/// Where things are in a leaf, in its plain form. CHIME, 8-byte keys:
///
/// ```
///  group 0                                  group 1           ... group 7
///  | replica 10 | entry 19 | ... entry 19 | replica | entries ...
///  replica: version 1 · valid 1 · sibling 8
///  entry:   version 1 · hop bitmap 2 · key 8 · value 8
/// ```
///
/// Without hopscotch one header {version 1, level 1, valid 1, sibling 8, low, high} stands before
/// all entries {version 1, key, value}. Fences are as wide as keys and there unless siblings tell.
/// A version is a node's (4 bits, changed when all is written) and an entry's (4 bits). On the wire
/// there are lines as in [Lines], and then the lock word, at the next multiple of 8.
final class LeafLayout {
  static final int SLOTS = 64;
  static final int NEIGHBOURHOOD = 8;

  /// Of a replica or header, and of an entry.
  static final int VERSION_AT = 0;

  /// Of an entry of a hopscotch table.
  static final int BITMAP_AT = 1;

  private static final int BITMAP_BYTES = 2;
  private static final int LOCK_AREA = 16;

  final int keyBytes;
  final boolean hopscotch;
  final boolean replication;
  final boolean fences;

  /// Replicas, or 1 for a header.
  final int groups;

  final int metaBytes;
  final int validAt;
  final int siblingAt;
  final int lowAt;
  final int highAt;
  final int entryBytes;

  /// The last 8 bytes of a key in its entry: the number; those before are 0.
  final int keyAt;

  final int valueAt;
  final int plainBytes;
  final Lines lines;

  /// The lock word on the wire.
  final int lockAt;

  /// What is allocated, and written when all is: lines and lock area.
  final int allocatedBytes;

  private final int[] entries = new int[SLOTS];
  private final int[] metas;

  LeafLayout(ChimeConfig config) {
    keyBytes = config.keyBytes();
    hopscotch = config.hopscotch();
    replication = config.replication();
    fences = !config.siblingValidation();
    groups = replication ? SLOTS / NEIGHBOURHOOD : 1;
    validAt = hopscotch ? 1 : 2;
    siblingAt = validAt + 1;
    lowAt = siblingAt + Long.BYTES;
    highAt = lowAt + keyBytes;
    metaBytes = fences ? highAt + keyBytes : lowAt;
    int key = BITMAP_AT + (hopscotch ? BITMAP_BYTES : 0);
    keyAt = key + keyBytes - Long.BYTES;
    valueAt = key + keyBytes;
    entryBytes = valueAt + Long.BYTES;
    metas = new int[groups];
    var objects = new int[SLOTS + groups];
    int at = 0;
    int object = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (slot % (SLOTS / groups) == 0) {
        metas[slot * groups / SLOTS] = at;
        objects[object++] = at;
        at += metaBytes;
      }
      entries[slot] = at;
      objects[object++] = at;
      at += entryBytes;
    }
    plainBytes = at;
    lines = new Lines(objects, plainBytes);
    lockAt = (lines.wireBytes + Long.BYTES - 1) & -Long.BYTES;
    allocatedBytes = lines.wireBytes + LOCK_AREA;
  }

  /// Where an entry begins.
  int entry(int slot) {
    return entries[slot];
  }

  /// Where an entry ends.
  int end(int slot) {
    return entries[slot] + entryBytes;
  }

  /// Where a segment of slots begins: with the replica that stands before its first entry, if any.
  int begin(int slot) {
    return replication && slot % NEIGHBOURHOOD == 0 ? metas[slot / NEIGHBOURHOOD] : entries[slot];
  }

  /// Where a replica begins, or the header.
  int meta(int group) {
    return metas[group];
  }

  /// Slots of a group.
  int slotsOfGroup() {
    return SLOTS / groups;
  }

  /// Bytes of a segment of slots on the wire.
  int segmentBytes(int first, int last) {
    return Lines.wireLength(begin(first), end(last));
  }

  /// The home of a key in a hopscotch table: one slot of 64.
  static int home(long key) {
    return (int) (hash(key) >>> 58);
  }

  /// 64 bits of a key, well mixed: the finalizer of MurmurHash3.
  static long hash(long key) {
    long mixed = key;
    mixed = (mixed ^ (mixed >>> 33)) * 0xFF51_AFD7_ED55_8CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CE_B9FE_1A85_EC53L;
    return mixed ^ (mixed >>> 33);
  }
}
