// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds what is known of a key by its hash: 40 to 53 B each.
///
/// Any thread; each call holds the monitor of one of 1,024 segments, and a growth moves no more
/// than such a part.
final class KeyTable {
  /*
   * Open addressing, in arrays of any length: a hash's home is its share of the length, so that a
   * segment grows by a quarter and not by twice. Four words for an entry: hash high; hash low << 29
   * | length; birth; place, which is never 0 of an entry, with the mark that it was read in the
   * highest bit. What is removed is closed up at once. Relatives have the same home.
   */
  private static final int SEGMENTS_LOG = 10;
  private static final int LENGTH_BITS = 29;
  private static final int WORDS = 4;
  private static final int CAPACITY_MIN = 4;
  private static final long READ = 1L << 63;

  /// What a segment without entries has; never written.
  private static final long[] NONE = new long[WORDS];

  /// What is known of a key.
  ///
  /// @param birth the place where its value was written first
  /// @param place where it lies
  /// @param length of the value in bytes
  record Spot(long birth, long place, int length) {}

  private final Segment[] segments = new Segment[1 << SEGMENTS_LOG];

  KeyTable() {
    for (int i = 0; i < segments.length; i++) {
      segments[i] = new Segment();
    }
  }

  @Nullable Spot find(KeyHash hash) {
    return segment(hash).find(hash);
  }

  /// Takes the place of what was there.
  ///
  /// @return what that was
  @Nullable Spot put(KeyHash hash, Spot spot) {
    return segment(hash).put(hash, spot);
  }

  /// Forgets a key.
  ///
  /// @return what was there
  @Nullable Spot remove(KeyHash hash) {
    return segment(hash).remove(hash);
  }

  /// Marks a key as read, until another value is put for it.
  void read(KeyHash hash) {
    segment(hash).read(hash);
  }

  /// Whether a key is marked as read.
  boolean isRead(KeyHash hash) {
    return segment(hash).isRead(hash);
  }

  /// Hashes with the same first word.
  List<KeyHash> family(long high) {
    return segment(new KeyHash(high, 0)).family(high);
  }

  /// Hashes whose values lie in a file.
  List<KeyHash> inside(long file) {
    var hashes = new ArrayList<KeyHash>();
    for (var segment : segments) {
      segment.collect(file, hashes);
    }
    return hashes;
  }

  long count() {
    long count = 0;
    for (var segment : segments) {
      count += segment.count();
    }
    return count;
  }

  /// Bytes of heap, without the objects around the arrays.
  long heapBytes() {
    long bytes = 0;
    for (var segment : segments) {
      bytes += segment.heapBytes();
    }
    return bytes;
  }

  private Segment segment(KeyHash hash) {
    return segments[(int) (hash.high() >>> (Long.SIZE - SEGMENTS_LOG))];
  }

  /// One part of the hashes.
  private static final class Segment {
    private long[] words = NONE;
    private int capacity = 1;
    private int count;

    synchronized @Nullable Spot find(KeyHash hash) {
      int at = indexOf(hash);
      return words[at + 3] == 0 ? null : spot(at);
    }

    synchronized @Nullable Spot put(KeyHash hash, Spot spot) {
      int at = indexOf(hash);
      var before = words[at + 3] == 0 ? null : spot(at);
      if (before == null) {
        count++;
        if (count >= capacity - capacity / 5) {
          grow();
          at = indexOf(hash);
        }
      }
      words[at] = hash.high();
      words[at + 1] = (hash.low() << LENGTH_BITS) | spot.length;
      words[at + 2] = spot.birth;
      words[at + 3] = spot.place;
      return before;
    }

    synchronized @Nullable Spot remove(KeyHash hash) {
      int at = indexOf(hash);
      if (words[at + 3] == 0) {
        return null;
      }
      var before = spot(at);
      count--;
      close(at);
      return before;
    }

    synchronized void read(KeyHash hash) {
      int at = indexOf(hash);
      words[at + 3] |= words[at + 3] == 0 ? 0 : READ;
    }

    synchronized boolean isRead(KeyHash hash) {
      return words[indexOf(hash) + 3] < 0;
    }

    synchronized List<KeyHash> family(long high) {
      var hashes = new ArrayList<KeyHash>();
      for (int slot = home(high); words[WORDS * slot + 3] != 0; slot = next(slot)) {
        if (words[WORDS * slot] == high) {
          hashes.add(new KeyHash(high, words[WORDS * slot + 1] >>> LENGTH_BITS));
        }
      }
      return hashes;
    }

    synchronized void collect(long file, List<KeyHash> into) {
      for (int at = 0; at < words.length; at += WORDS) {
        if (words[at + 3] != 0 && Place.file(words[at + 3] & ~READ) == file) {
          into.add(new KeyHash(words[at], words[at + 1] >>> LENGTH_BITS));
        }
      }
    }

    synchronized int count() {
      return count;
    }

    synchronized long heapBytes() {
      return (long) Long.BYTES * words.length;
    }

    private Spot spot(int at) {
      int length = (int) words[at + 1] & ((1 << LENGTH_BITS) - 1);
      return new Spot(words[at + 2], words[at + 3] & ~READ, length);
    }

    /// The first word of the hash's entry, or of the free one where it would be.
    private int indexOf(KeyHash hash) {
      int slot = home(hash.high());
      while (words[WORDS * slot + 3] != 0 && !isAt(WORDS * slot, hash)) {
        slot = next(slot);
      }
      return WORDS * slot;
    }

    private boolean isAt(int at, KeyHash hash) {
      return words[at] == hash.high() && words[at + 1] >>> LENGTH_BITS == hash.low();
    }

    private int home(long high) {
      return (int) Math.unsignedMultiplyHigh(high << SEGMENTS_LOG, capacity);
    }

    private int next(int slot) {
      return slot + 1 == capacity ? 0 : slot + 1;
    }

    /// Moves up what a search from its home would no longer reach over the gap.
    private void close(int at) {
      int gap = at / WORDS;
      for (int slot = next(gap); words[WORDS * slot + 3] != 0; slot = next(slot)) {
        int home = home(words[WORDS * slot]);
        boolean between = gap <= slot ? gap < home && home <= slot : gap < home || home <= slot;
        if (!between) {
          System.arraycopy(words, WORDS * slot, words, WORDS * gap, WORDS);
          gap = slot;
        }
      }
      words[WORDS * gap + 3] = 0;
    }

    private void grow() {
      var old = words;
      capacity += Math.max(CAPACITY_MIN, capacity / 4);
      words = new long[WORDS * capacity];
      for (int at = 0; at < old.length; at += WORDS) {
        if (old[at + 3] != 0) {
          int slot = home(old[at]);
          while (words[WORDS * slot + 3] != 0) {
            slot = next(slot);
          }
          System.arraycopy(old, at, words, WORDS * slot, WORDS);
        }
      }
    }
  }
}
