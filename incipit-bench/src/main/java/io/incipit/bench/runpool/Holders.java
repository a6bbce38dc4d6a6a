// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.Bytes;
import java.util.Arrays;

/// The holders of a run as intervals of depths: decoded, changed, encoded. Used again and again.
/// Of one owner and tier no two touch each other.
final class Holders {
  private static final int FIELDS = 4;
  private static final int TO = 1;
  private static final int OWNER = 2;
  private static final int TIER = 3;

  private int[] fields = new int[FIELDS * Layout.LINE_HOLDERS];
  private int count;

  int count() {
    return count;
  }

  int from(int i) {
    return fields[FIELDS * i];
  }

  int to(int i) {
    return fields[FIELDS * i + TO];
  }

  int owner(int i) {
    return fields[FIELDS * i + OWNER];
  }

  int tier(int i) {
    return fields[FIELDS * i + TIER];
  }

  void clear() {
    count = 0;
  }

  /// Takes over the holders of a run.
  ///
  /// @param overflow lines after the first, from `at` on
  void decode(byte[] head, byte[] overflow, int at) {
    count = 0;
    int all = Layout.holders(head);
    for (int i = 0; i < all; i++) {
      int rest = i - Layout.LINE_HOLDERS;
      if (rest < 0) {
        decode(head, Layout.LINE + i * Layout.HOLDER_BYTES);
      } else {
        int line = rest / Layout.LINE_HOLDERS;
        int place = rest % Layout.LINE_HOLDERS;
        decode(overflow, at + line * Layout.LINE + place * Layout.HOLDER_BYTES);
      }
    }
  }

  private void decode(byte[] bytes, int at) {
    append(
        Bytes.intAt(bytes, at),
        Bytes.intAt(bytes, at + Integer.BYTES),
        Bytes.intAt(bytes, at + OWNER * Integer.BYTES),
        Bytes.intAt(bytes, at + TIER * Integer.BYTES));
  }

  /// Writes the holders of a run, and the version of each line; of overflow all lines are set.
  void encode(byte[] head, byte[] overflow, int version) {
    Layout.setInt(head, Layout.HOLDERS, count);
    Layout.setInt(head, Layout.LINE + Layout.LINE_VERSION, version);
    Arrays.fill(head, Layout.LINE, Layout.LINE + Layout.LINE_VERSION, (byte) 0);
    for (int line = 0; line < Layout.overflowLines(count); line++) {
      int at = line * Layout.LINE;
      Arrays.fill(overflow, at, at + Layout.LINE_VERSION, (byte) 0);
      Bytes.setInt(overflow, at + Layout.LINE_VERSION, version);
    }
    for (int i = 0; i < count; i++) {
      int rest = i - Layout.LINE_HOLDERS;
      if (rest < 0) {
        encode(i, head, Layout.LINE + i * Layout.HOLDER_BYTES);
      } else {
        int line = rest / Layout.LINE_HOLDERS;
        int place = rest % Layout.LINE_HOLDERS;
        encode(i, overflow, line * Layout.LINE + place * Layout.HOLDER_BYTES);
      }
    }
  }

  private void encode(int i, byte[] bytes, int at) {
    for (int field = 0; field < FIELDS; field++) {
      Bytes.setInt(bytes, at + field * Integer.BYTES, fields[FIELDS * i + field]);
    }
  }

  private void append(int from, int to, int owner, int tier) {
    if (FIELDS * count == fields.length) {
      fields = Arrays.copyOf(fields, 2 * fields.length);
    }
    int at = FIELDS * count++;
    fields[at] = from;
    fields[at + TO] = to;
    fields[at + OWNER] = owner;
    fields[at + TIER] = tier;
  }

  private void drop(int i) {
    count--;
    System.arraycopy(fields, FIELDS * count, fields, FIELDS * i, FIELDS);
  }

  /// Adds an interval.
  ///
  /// @return whether that changed anything
  boolean add(int from, int to, int owner, int tier) {
    int first = from;
    int end = to;
    for (int i = count - 1; i >= 0; i--) {
      if (owner(i) == owner && tier(i) == tier && from(i) <= to && to(i) >= from) {
        if (from(i) <= from && to(i) >= to) {
          return false;
        }
        first = Math.min(first, from(i));
        end = Math.max(end, to(i));
        drop(i);
      }
    }
    append(first, end, owner, tier);
    return true;
  }

  /// Takes an interval away.
  ///
  /// @return whether that changed anything
  boolean remove(int from, int to, int owner, int tier) {
    boolean changed = false;
    for (int i = count - 1; i >= 0; i--) {
      if (owner(i) == owner && tier(i) == tier && from(i) < to && to(i) > from) {
        changed = true;
        int first = from(i);
        int end = to(i);
        drop(i);
        if (first < from) {
          append(first, from, owner, tier);
        }
        if (end > to) {
          append(to, end, owner, tier);
        }
      }
    }
    return changed;
  }

  /// Leaves only what lies inside of an interval.
  void clip(int from, int to) {
    for (int i = count - 1; i >= 0; i--) {
      int first = Math.max(from, from(i));
      int end = Math.min(to, to(i));
      if (first >= end) {
        drop(i);
      } else {
        fields[FIELDS * i] = first;
        fields[FIELDS * i + TO] = end;
      }
    }
  }

  /// The end of the last interval; `from` if there is none.
  int end(int from) {
    int end = from;
    for (int i = 0; i < count; i++) {
      end = Math.max(end, to(i));
    }
    return end;
  }

  /// The first depth from `from` on that no interval covers.
  int covered(int from) {
    int depth = from;
    boolean further = true;
    while (further) {
      further = false;
      for (int i = 0; i < count; i++) {
        if (from(i) <= depth && to(i) > depth) {
          depth = to(i);
          further = true;
        }
      }
    }
    return depth;
  }

  /// Whether all depths of an interval are covered.
  boolean cover(int from, int to) {
    return covered(from) >= to;
  }
}
