// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.chime;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.PoolClient;
import java.util.Arrays;

/// A client's copy of a leaf, or of those of its slots that it read. For one thread.
final class LeafImage {
  private static final int EV_MASK = 0x0F;
  private static final int NV_UNIT = 0x10;

  final LeafLayout layout;
  final ChimeFault planted;

  /// The leaf on the wire, with the lock area, and its plain form.
  private final byte[] wired;

  private final byte[] plain;

  /// Plain bytes `[from, to)` of each segment read, and its slots; the header has none.
  private final int[] from = new int[LeafLayout.SLOTS + 1];

  private final int[] to = new int[LeafLayout.SLOTS + 1];
  private int segments;

  /// Slots read, a bit for each.
  private long slots;

  private long address;

  /// Where a replica is that was read, or the header; -1: none was.
  private int meta;

  LeafImage(LeafLayout layout, ChimeFault planted) {
    this.layout = layout;
    this.planted = planted;
    wired = new byte[layout.allocatedBytes];
    plain = new byte[layout.plainBytes];
  }

  /// Forgets all it had.
  LeafImage begin(long leaf) {
    address = leaf;
    segments = 0;
    slots = 0;
    meta = -1;
    return this;
  }

  long address() {
    return address;
  }

  /// Whether this slot was read.
  boolean has(int slot) {
    return ((slots >>> slot) & 1) != 0;
  }

  boolean isWhole() {
    return slots == -1;
  }

  /// Adds a READ of slots `first` to `last`, with the replicas among and before them.
  void readSlots(PoolClient client, int first, int last) {
    read(client, layout.begin(first), layout.end(last));
    slots |= (-1L >>> (63 - (last - first))) << first;
  }

  /// Adds READs of a key's neighbourhood: two if it goes past the end. Of a leaf whose metadata
  /// stand in a header, that too.
  void readNeighbourhood(PoolClient client, int home) {
    if (!layout.replication) {
      readHeader(client);
    }
    readRound(client, home, home + LeafLayout.NEIGHBOURHOOD - 1);
  }

  /// Adds READs of slots `first` to `last`, which may go past the end and on at the beginning.
  void readRound(PoolClient client, int first, int last) {
    readSlots(client, first, Math.min(last, LeafLayout.SLOTS - 1));
    if (last >= LeafLayout.SLOTS) {
      readSlots(client, 0, last - LeafLayout.SLOTS);
    }
  }

  void readHeader(PoolClient client) {
    read(client, layout.meta(0), layout.meta(0) + layout.metaBytes);
  }

  /// Adds a READ of all slots and metadata.
  void readWhole(PoolClient client) {
    read(client, 0, layout.plainBytes);
    slots = -1;
  }

  /// Adds a READ of all that is allocated for the leaf.
  void readAllocated(PoolClient client) {
    client.read(address, wired, 0, layout.allocatedBytes);
    note(0, layout.plainBytes);
    slots = -1;
  }

  private void read(PoolClient client, int begin, int end) {
    int at = Lines.wireFrom(begin);
    client.read(address + at, wired, at, Lines.wireLength(begin, end));
    note(begin, end);
  }

  private void note(int begin, int end) {
    from[segments] = begin;
    to[segments++] = end;
  }

  /// Takes what came, unless it is from between two writes. To be called once after the wait.
  ///
  /// @return whether all lines and objects are of one version of the leaf
  boolean take() {
    int nv = -1;
    boolean whole = true;
    for (int i = 0; i < segments; i++) {
      Lines.decode(wired, plain, from[i], to[i]);
      whole &= layout.lines.areWhole(wired, plain, from[i], to[i]);
    }
    for (int i = 0; i < layout.groups; i++) {
      if (covers(layout.meta(i))) {
        meta = layout.meta(i);
        int own = nv(meta);
        whole &= nv < 0 || nv == own || planted == ChimeFault.NO_NODE_VERSION;
        nv = own;
      }
    }
    for (long left = slots; left != 0; left &= left - 1) {
      int own = nv(layout.entry(Long.numberOfTrailingZeros(left)));
      whole &= nv < 0 || nv == own || planted == ChimeFault.NO_NODE_VERSION;
      nv = own;
    }
    return whole || planted == ChimeFault.NO_VERSIONS;
  }

  private boolean covers(int at) {
    for (int i = 0; i < segments; i++) {
      if (from[i] <= at && at < to[i]) {
        return true;
      }
    }
    return false;
  }

  private int nv(int object) {
    return (plain[object] & 0xFF) / NV_UNIT;
  }

  /// Whether metadata were read.
  boolean hasMeta() {
    return meta >= 0;
  }

  long sibling() {
    return Bytes.longAt(plain, meta + layout.siblingAt);
  }

  /// The least key that belongs here. Only where leaves have fences.
  long low() {
    return big(meta + layout.lowAt + layout.keyBytes - Long.BYTES);
  }

  /// The least key past those that belong here. Only where leaves have fences.
  long high() {
    return big(meta + layout.highAt + layout.keyBytes - Long.BYTES);
  }

  /// The key in a slot; 0: none.
  long key(int slot) {
    return big(layout.entry(slot) + layout.keyAt);
  }

  private long big(int at) {
    return Long.reverseBytes(Bytes.longAt(plain, at));
  }

  long value(int slot) {
    return Bytes.longAt(plain, layout.entry(slot) + layout.valueAt);
  }

  /// Which slots after a home hold keys of it: bit `d` for slot `home + d`.
  int bitmap(int home) {
    int wire = plain[layout.entry(home) + LeafLayout.BITMAP_AT] & 0xFF;
    return Integer.reverse(wire) >>> 24;
  }

  /// The slot of a key among those that were read; -1: none.
  int find(long key) {
    if (!layout.hopscotch) {
      for (int slot = 0; slot < LeafLayout.SLOTS; slot++) {
        if (key(slot) == key) {
          return slot;
        }
      }
      return -1;
    }
    int home = LeafLayout.home(key);
    for (int d = 0; d < LeafLayout.NEIGHBOURHOOD; d++) {
      int slot = Hopscotch.slot(home + d);
      if (has(slot) && key(slot) == key) {
        return slot;
      }
    }
    return -1;
  }

  /// Whether the keys seen in a home's neighbourhood, all of which was read, are those that its
  /// bitmap says, each once. If not, a key was being moved.
  boolean isSettled(int home) {
    if (planted == ChimeFault.NO_BITMAP) {
      return true;
    }
    int seen = 0;
    for (int d = 0; d < LeafLayout.NEIGHBOURHOOD; d++) {
      long key = key(Hopscotch.slot(home + d));
      if (key != 0 && LeafLayout.home(key) == home) {
        for (int e = 0; e < d; e++) {
          if (key(Hopscotch.slot(home + e)) == key) {
            return false;
          }
        }
        seen |= 1 << d;
      }
    }
    return seen == bitmap(home);
  }

  /// Whether each bit of a home's bitmap, whose neighbourhood was read, has its key. A key without
  /// a bit is not noticed.
  boolean isJustified(int home) {
    int bitmap = planted == ChimeFault.NO_BITMAP ? 0 : bitmap(home);
    for (int d = 0; d < LeafLayout.NEIGHBOURHOOD; d++) {
      long key = key(Hopscotch.slot(home + d));
      if (((bitmap >>> d) & 1) != 0 && (key == 0 || LeafLayout.home(key) != home)) {
        return false;
      }
    }
    return true;
  }

  // Changes, by whoever has the leaf's lock.

  void setEntry(int slot, long key, long value) {
    int at = layout.entry(slot);
    Bytes.setLong(plain, at + layout.keyAt, Long.reverseBytes(key));
    Bytes.setLong(plain, at + layout.valueAt, value);
    changed(slot);
  }

  void setValue(int slot, long value) {
    Bytes.setLong(plain, layout.entry(slot) + layout.valueAt, value);
    changed(slot);
  }

  private void changed(int slot) {
    int at = layout.entry(slot);
    plain[at] = (byte) ((plain[at] & ~EV_MASK) | ((plain[at] + 1) & EV_MASK));
  }

  void setBitmap(int home, int bitmap) {
    plain[layout.entry(home) + LeafLayout.BITMAP_AT] = (byte) (Integer.reverse(bitmap) >>> 24);
  }

  /// A leaf without keys, of version 0.
  void clear(long leaf) {
    begin(leaf);
    Arrays.fill(plain, (byte) 0);
    note(0, layout.plainBytes);
    slots = -1;
    meta = 0;
    for (int i = 0; i < layout.groups; i++) {
      plain[layout.meta(i) + layout.validAt] = 1;
    }
  }

  /// Empties a slot, for a rewrite of the whole leaf.
  void empty(int slot) {
    int at = layout.entry(slot);
    Arrays.fill(plain, at + 1, at + layout.entryBytes, (byte) 0);
  }

  /// Writes the sibling to all metadata.
  void setSibling(long sibling) {
    for (int i = 0; i < layout.groups; i++) {
      Bytes.setLong(plain, layout.meta(i) + layout.siblingAt, sibling);
    }
  }

  /// Writes fences to all metadata, where leaves have any.
  void setFences(long low, long high) {
    if (layout.fences) {
      int last = layout.keyBytes - Long.BYTES;
      for (int i = 0; i < layout.groups; i++) {
        int at = layout.meta(i) + last;
        Bytes.setLong(plain, at + layout.lowAt, Long.reverseBytes(low));
        Bytes.setLong(plain, at + layout.highAt, Long.reverseBytes(high));
      }
    }
  }

  /// The next version of the whole, given to all objects.
  void nextVersion() {
    byte version = (byte) ((nv(0) + 1) * NV_UNIT);
    for (int i = 0; i < layout.groups; i++) {
      plain[layout.meta(i)] = version;
    }
    for (int slot = 0; slot < LeafLayout.SLOTS; slot++) {
      plain[layout.entry(slot)] = version;
    }
  }

  /// Adds a WRITE of slots `first` to `last`, with the replicas among and before them.
  void writeSlots(PoolClient client, int first, int last) {
    write(client, layout.begin(first), layout.end(last));
  }

  /// Adds a WRITE of one entry.
  void writeEntry(PoolClient client, int slot) {
    writeSlots(client, slot, slot);
  }

  private void write(PoolClient client, int begin, int end) {
    layout.lines.encode(plain, wired, begin, end);
    int at = Lines.wireFrom(begin);
    client.write(address + at, wired, at, Lines.wireLength(begin, end));
  }

  /// Adds a WRITE of the slots from `first` to the end together with the lock word after them.
  void writeToLock(PoolClient client, int first, long lockWord) {
    writeFrom(client, layout.begin(first), lockWord);
  }

  /// Adds a WRITE of everything and the lock word.
  void writeAllocated(PoolClient client, long lockWord) {
    writeFrom(client, 0, lockWord);
  }

  private void writeFrom(PoolClient client, int begin, long lockWord) {
    layout.lines.encode(plain, wired, begin, layout.plainBytes);
    Bytes.setLong(wired, layout.lockAt, lockWord);
    int at = Lines.wireFrom(begin);
    client.write(address + at, wired, at, layout.allocatedBytes - at);
  }
}
