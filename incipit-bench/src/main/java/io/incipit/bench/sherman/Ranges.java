// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import java.util.Arrays;

/// Reads of many leaves at once, for stretches of consecutive keys. They are planned first, then
/// run in rounds: a round reads all leaves that are left, and what it could not answer is the next
/// round's.
///
/// A piece is a leaf and the keys asked of it. As published, the pieces of a stretch of two keys
/// or more are those that cached pages name, and no more is asked than once: a stretch whose pages
/// are not cached has no values, and a leaf is not asked whether it has split. In the repaired
/// form, and for single keys, pages that are not cached are read, torn leaves are read again, and a
/// leaf that ends before the piece does leads to its sibling.
final class Ranges {
  /// Leaves that are read at once, as published, each by a doorbell of its own.
  private static final int WINDOW = 32;

  private static final int PIECES_MIN = 64;

  private final PageStore store;
  private final Pages pages;
  private final PoolClient client;
  private final LevelOneCache cache;
  private final Descent descent;
  private final boolean repaired;
  private final int pageBytes;

  private int pieces;
  private long[] leaf = new long[PIECES_MIN];
  private long[] first = new long[PIECES_MIN];
  private long[] last = new long[PIECES_MIN];

  /// What to add to a key for the place of its value.
  private long[] shift = new long[PIECES_MIN];

  /// Whether the piece is read once and believed.
  private boolean[] lossy = new boolean[PIECES_MIN];

  private byte[] buffer = new byte[0];
  private int valuesFrom;
  private int valuesEnd;

  Ranges(PageStore store, LevelOneCache cache, Descent descent, boolean repaired) {
    this.store = store;
    this.cache = cache;
    this.descent = descent;
    this.repaired = repaired;
    pages = store.pages;
    client = store.client;
    pageBytes = pages.layout.pageBytes;
  }

  /// Begins a plan.
  void begin() {
    pieces = 0;
    valuesFrom = Integer.MAX_VALUE;
    valuesEnd = 0;
    descent.begin();
  }

  /// Plans a stretch.
  ///
  /// @param at where the value of its first key goes
  void add(long from, int count, int at) {
    valuesFrom = Math.min(valuesFrom, at);
    valuesEnd = Math.max(valuesEnd, at + count);
    if (count > 1 && !repaired) {
      addCached(from, from + count - 1, at - from);
    } else {
      addAll(from, from + count - 1, at - from);
    }
  }

  /// As published: both ends of a leaf's keys count as its own.
  private void addCached(long from, long to, long toAdd) {
    if (!descent.cacheIsOn()) {
      return;
    }
    for (int place = cache.firstPlace(from);
        place < cache.size() && Long.compareUnsigned(cache.lowest(place), to) <= 0;
        place++) {
      var copy = cache.use(place);
      int child = pages.childIndex(copy, from);
      if (child > 0 && pages.childLowest(copy, child) == from) {
        child--;
      }
      for (int end = pages.branches(copy, 0); child <= end; child++) {
        long low = pages.childLowest(copy, child);
        if (Long.compareUnsigned(low, to) > 0 || Pages.isAtLeast(low, cache.highest(place))) {
          break;
        }
        addPiece(pages.child(copy, child), from, to, toAdd, true);
      }
    }
  }

  private void addAll(long from, long to, long toAdd) {
    long key = from;
    while (true) {
      if (descent.rootLevel() == 0) {
        addPiece(PageStore.rootAddress(descent.root()), key, to, toAdd, false);
        return;
      }
      int place = descent.cacheIsOn() ? cache.place(key) : -1;
      byte[] parent = place >= 0 ? cache.use(place) : descent.parentOfLeaf(key);
      long end = place >= 0 ? cache.highest(place) : pages.highest(parent, 0);
      boolean ends = !Pages.isAtLeast(to, end);
      addChildren(parent, key, ends ? to : end - 1, toAdd);
      if (ends) {
        return;
      }
      key = end;
    }
  }

  private void addChildren(byte[] parent, long from, long to, long toAdd) {
    long key = from;
    for (int child = pages.childIndex(parent, from); ; child++) {
      long end = pages.childHighest(parent, child);
      boolean ends = !Pages.isAtLeast(to, end);
      addPiece(pages.child(parent, child), key, ends ? to : end - 1, toAdd, false);
      if (ends || child == pages.branches(parent, 0)) {
        return;
      }
      key = end;
    }
  }

  private void addPiece(long address, long from, long to, long toAdd, boolean once) {
    if (pieces == leaf.length) {
      leaf = Arrays.copyOf(leaf, 2 * pieces);
      first = Arrays.copyOf(first, 2 * pieces);
      last = Arrays.copyOf(last, 2 * pieces);
      shift = Arrays.copyOf(shift, 2 * pieces);
      lossy = Arrays.copyOf(lossy, 2 * pieces);
    }
    leaf[pieces] = address;
    first[pieces] = from;
    last[pieces] = to;
    shift[pieces] = toAdd;
    lossy[pieces] = once;
    pieces++;
  }

  /// Runs the plan.
  ///
  /// @param values all those planned for are set
  /// @param oneBatch all leaves of a round in one batch, else in windows
  void run(long[] values, boolean oneBatch) {
    if (valuesEnd > 0) {
      Arrays.fill(values, valuesFrom, valuesEnd, 0);
    }
    int left = pieces;
    while (left > 0) {
      left = round(left, oneBatch ? left : WINDOW, values);
    }
  }

  /// Reads the leaves of all pieces.
  ///
  /// @return how many pieces are left; they are the first ones then
  private int round(int count, int window, long[] values) {
    if (buffer.length < Math.min(count, window) * pageBytes) {
      buffer = new byte[Math.min(count, window) * pageBytes];
    }
    int left = 0;
    for (int begin = 0; begin < count; begin += window) {
      int end = Math.min(count, begin + window);
      for (int i = begin; i < end; i++) {
        client.read(leaf[i], buffer, (i - begin) * pageBytes, pageBytes);
        if (window == WINDOW) {
          client.post();
        }
      }
      client.ring();
      for (int i = begin; i < end; i++) {
        if (!isAnswered(i, (i - begin) * pageBytes, values)) {
          keep(i, left++);
        }
      }
    }
    return left;
  }

  private void keep(int from, int to) {
    leaf[to] = leaf[from];
    first[to] = first[from];
    last[to] = last[from];
    shift[to] = shift[from];
    lossy[to] = lossy[from];
  }

  /// Takes what a leaf has of a piece; if that is not all, the piece becomes what is left.
  private boolean isAnswered(int piece, int at, long[] values) {
    if (lossy[piece]) {
      take(piece, at, values);
      return true;
    }
    if (!store.isWhole(buffer, at)) {
      client.retry(Retry.TORN);
      return false;
    }
    long end = pages.highest(buffer, at);
    boolean checked = store.fault != ShermanFault.TRUST_LEAF;
    if (checked && Pages.isAtLeast(first[piece], end)) {
      goRight(piece, at, first[piece]);
      return false;
    }
    if (!take(piece, at, values)) {
      client.retry(Retry.TORN);
      return false;
    }
    if (checked && Pages.isAtLeast(last[piece], end)) {
      goRight(piece, at, end);
      return false;
    }
    return true;
  }

  private void goRight(int piece, int at, long from) {
    client.retry(Retry.HALF_SPLIT);
    cache.drop(from);
    leaf[piece] = descent.right(0, leaf[piece], pages.sibling(buffer, at), from);
    first[piece] = from;
  }

  /// @return whether all records were whole
  private boolean take(int piece, int at, long[] values) {
    long from = first[piece];
    long span = last[piece] - from;
    boolean whole = true;
    int end = at + pages.layout.leafRear;
    for (int entry = at + pages.layout.records; entry < end; entry += pages.layout.entryBytes) {
      long key = pages.entryKey(buffer, entry);
      if (!store.isEntryWhole(buffer, entry)) {
        whole = false;
      } else if (Long.compareUnsigned(key - from, span) <= 0) {
        long value = pages.entryValue(buffer, entry);
        if (value != 0) {
          values[(int) (key + shift[piece])] = value;
        }
      }
    }
    return whole;
  }
}
