// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.retain;

import io.incipit.policy.IdIndex;
import java.util.Arrays;
import java.util.LinkedHashSet;

/// The paths of clients that name none: what one connection asks for in a row is one path.
///
/// For one thread, the store's writer. Costs O(1) a key; a connection has at most [#LENGTH_MAX]
/// ids, and 20 B for each.
public final class PathGuess {
  /*
   * The path of a connection grows by what it asks for. It is told to the retention once, when
   *   - the connection has been silent for GAP_NS, or is closed            tick, close
   *   - it puts a value
   *   - another path begins
   *
   * A key
   *   - that the path has, confirms it: reading after looking up is not another use
   *   - that may follow the last one, is the next
   *   - that is present while the last one was missing, begins another path: of a prefix that is
   *     not there, nothing behind it is
   *   - that is known to be elsewhere, or to begin paths, begins another path
   *
   * What is put belongs where it was asked for, however long ago. Nobody asked for it: it follows
   * what the connection asked for or put just before; it is filed when that path is told.
   */

  /// Keys of one connection that come closer than this are of one path.
  public static final long GAP_NS = 50_000_000L;

  /// The longest path that is guessed; a longer one goes on as a path of its own.
  public static final int LENGTH_MAX = 8_192;

  private static final int LENGTH_MIN = 64;

  private final Retention retention;

  /// Connections whose paths are not told, the one silent longest first.
  private final LinkedHashSet<Connection> untold = new LinkedHashSet<>();

  /// Makes one for all connections of a store.
  public PathGuess(Retention retention) {
    this.retention = retention;
  }

  /// A connection without a path.
  public Connection open() {
    return new Connection();
  }

  /// Tells the paths of connections that have been silent for [#GAP_NS]. To be called about as
  /// often as that.
  public void tick(long timeNs) {
    while (!untold.isEmpty() && timeNs - untold.getFirst().lastNs > GAP_NS) {
      untold.getFirst().tell();
    }
  }

  /// What one connection does.
  public final class Connection {
    private long[] ids = new long[LENGTH_MIN];

    /// Finds the place of an id in the path.
    private IdIndex places = new IdIndex(LENGTH_MIN);

    private int length;

    /// Ids that were told.
    private int told;

    /// The place of the key that would come next if the path is gone through again.
    private int cursor;

    private boolean lastMissed;
    private long lastNs;

    /// Handles of values that follow in the path and are not filed.
    private long[] unfiled = new long[LENGTH_MIN];

    private int unfiledCount;

    private Connection() {}

    /// A key was asked for: EXISTS, GET, MGET and their like.
    public void asked(long timeNs, long id) {
      boolean missed = !retention.isPresent(id);
      add(timeNs, id, lastMissed && !missed);
      lastMissed = missed;
    }

    /// Room is about to be made for a value: whether it is worth taking, see [Retention#admits].
    public boolean admits(long id) {
      if (told < length && places.find(id) != IdIndex.NONE) {
        tell();
      }
      return retention.admits(id);
    }

    /// A value was committed. It is stored in the retention, now or when the path is known.
    ///
    /// @param bytes its length
    public void stored(long timeNs, long handle, long id, int bytes) {
      if (told < length && places.find(id) != IdIndex.NONE) {
        tell();
      }
      boolean known = retention.isKnown(id);
      add(timeNs, id, false);
      lastMissed = false;
      if (known) {
        told += told == length - 1 ? 1 : 0;
        retention.stored(handle, id, bytes);
      } else {
        retention.unfiled(handle, id, bytes);
        if (unfiledCount == unfiled.length) {
          unfiled = Arrays.copyOf(unfiled, 2 * unfiledCount);
        }
        unfiled[unfiledCount] = handle;
        unfiledCount++;
      }
    }

    private void add(long timeNs, long id, boolean begins) {
      boolean late = length > 0 && timeNs - lastNs > GAP_NS;
      int place = late ? IdIndex.NONE : places.find(id);
      lastNs = timeNs;
      if (place != IdIndex.NONE) {
        cursor = place + 1;
        touch();
        return;
      }
      boolean follows = length > 0 && cursor == length && retention.mayFollow(ids[length - 1], id);
      if (late || begins || !follows) {
        restart(0);
      } else if (length == LENGTH_MAX) {
        restart(1);
      }
      append(id);
      touch();
    }

    /// Begins another path.
    ///
    /// @param kept ids at the end of the last one that it begins with
    private void restart(int kept) {
      tell();
      long last = length == 0 ? 0 : ids[length - 1];
      length = 0;
      told = 0;
      ids = new long[LENGTH_MIN];
      places = new IdIndex(LENGTH_MIN);
      if (kept > 0) {
        append(last);
        told = 1;
      }
    }

    private void append(long id) {
      if (length == ids.length) {
        ids = Arrays.copyOf(ids, 2 * length);
        places.grow(2 * length, length);
      }
      ids[length] = id;
      places.put(length, id);
      length++;
      cursor = length;
    }

    private void touch() {
      untold.remove(this);
      if (told < length || unfiledCount > 0) {
        untold.addLast(this);
      }
    }

    /// Tells the path, if it has grown since it was told, and files what was put on it.
    private void tell() {
      untold.remove(this);
      if (told < length) {
        retention.grown(lastNs, ids, told, length);
        told = length;
      }
      for (int i = 0; i < unfiledCount; i++) {
        retention.file(unfiled[i]);
      }
      unfiledCount = 0;
    }

    /// The connection is gone.
    public void close() {
      restart(0);
    }
  }
}
