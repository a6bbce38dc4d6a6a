// SPDX-License-Identifier: Apache-2.0
package io.incipit.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The changes of one publish while they are gathered. Names go one behind the other into bytes
/// that the changes are views of; stores that go on where the last ended become one, and removals
/// that stand behind each other. For one thread.
public final class ChangeBuilder {
  private enum Open {
    NOTHING,
    STORE,
    REMOVE
  }

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int FIRST = 64;

  private final List<Change> changes = new ArrayList<>();
  private final int width;
  private byte[] bytes;
  private int length;
  private Open open = Open.NOTHING;
  private Tier tier = Tier.GPU;
  private boolean below;

  /// Where the open change begins; of a store below a parent, with the parent.
  private int from;

  /// Nothing yet.
  ///
  /// @param width bytes of a name: 16, or 8 for low halves alone
  public ChangeBuilder(int width) {
    this.width = width;
    this.bytes = new byte[FIRST * width];
  }

  /// Begins a stretch of blocks that are held, at the start of prompts.
  public void store(Tier where) {
    close();
    open = Open.STORE;
    tier = where;
    below = false;
    from = length;
  }

  /// Begins one below a parent, or goes on with the one that has come to it.
  public void store(Tier where, long parentHigh, long parentLow) {
    if (open == Open.STORE && tier == where && endsWith(parentHigh, parentLow)) {
      return;
    }
    store(where);
    below = true;
    name(parentHigh, parentLow);
  }

  private boolean endsWith(long high, long low) {
    return length - width >= from
        && (long) LONGS.get(bytes, length - Long.BYTES) == low
        && (width == Long.BYTES || (long) LONGS.get(bytes, length - width) == high);
  }

  /// Goes on to a block that is no longer held.
  public void remove(Tier where, long high, long low) {
    if (open != Open.REMOVE || tier != where) {
      close();
      open = Open.REMOVE;
      tier = where;
      from = length;
    }
    name(high, low);
  }

  /// Goes on to the next block of the stretch.
  public void name(long high, long low) {
    if (bytes.length - length < width) {
      // The changes so far keep the bytes that they have.
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    if (width > Long.BYTES) {
      LONGS.set(bytes, length, high);
    }
    length += width;
    LONGS.set(bytes, length - Long.BYTES, low);
  }

  /// Nothing is held any more.
  public void clear() {
    close();
    changes.add(new Change.Clear(Optional.empty()));
  }

  /// All that is held has been said.
  public void synced() {
    close();
    changes.add(new Change.Synced());
  }

  private void close() {
    switch (open) {
      case NOTHING -> {}
      case STORE -> closeStore();
      case REMOVE -> changes.add(new Change.Remove(tier, chain(from)));
    }
    open = Open.NOTHING;
  }

  private void closeStore() {
    int first = from + (below ? width : 0);
    if (first < length) {
      var parent = below ? BlockChain.wrap(bytes, from, 1, width) : BlockChain.empty(width);
      changes.add(new Change.Store(tier, parent, chain(first)));
    }
  }

  private BlockChain chain(int begin) {
    return BlockChain.wrap(bytes, begin, (length - begin) / width, width);
  }

  /// Bytes of names so far.
  public int bytes() {
    return length;
  }

  /// All changes since the last time.
  public List<Change> take() {
    close();
    var taken = List.copyOf(changes);
    changes.clear();
    if (!taken.isEmpty()) {
      bytes = new byte[Math.max(FIRST * width, Integer.highestOneBit(Math.max(1, length)))];
      length = 0;
    }
    return taken;
  }
}
