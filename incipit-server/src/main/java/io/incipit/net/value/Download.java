// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.task.Progress;
import io.incipit.net.task.Task;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Arrival;
import io.incipit.store.Store;
import io.incipit.store.memory.Pin;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Values on their way to a client, one after the other, each checked before it is sent if its last
/// check is too old. Small ones are copied; large ones are sent from where they are kept.
///
/// One that is found wrong is a miss if nothing of it was sent; else the connection has to end,
/// unless the [Series] has each checked to its end before.
final class Download implements Task {
  /// Bytes up to which a value is copied: as much as a reply may take of what all share.
  private static final int COPIED_MAX = 16 << 10;

  /// Bytes that are checked before others have their turn.
  private static final int TURN_BYTES = 1 << 20;

  /// Bytes `[from, to)` of a value that a client asked for. It stays pinned until all that was
  /// handed to the socket is sent, whatever becomes of the request.
  private static final class Item {
    final Pin pin;
    final int from;
    final int to;

    /// Bytes from the first on that are checked, where all are before any is sent.
    private int proven;

    /// Stretches that are on their way.
    private int lent;

    private boolean over;

    Item(Pin pin, int from, int to) {
      this.pin = pin;
      this.from = from;
      this.to = to;
    }

    int length() {
      return to - from;
    }

    void lend() {
      lent++;
    }

    void sent() {
      lent--;
      closeIfUnused();
    }

    /// Nothing more of it will be sent.
    void end() {
      over = true;
      closeIfUnused();
    }

    private void closeIfUnused() {
      if (over && lent == 0) {
        pin.close();
      }
    }
  }

  /// Values that are brought from disk at a time.
  private static final int ARRIVALS_MAX = 4;

  /// Values of which those are that are brought.
  private static final int AHEAD_MAX = 64;

  /// What is sent next: a value, one that is to be brought from disk first, or a miss.
  private static final class Next {
    private @Nullable Item item;
    private final byte @Nullable [] key;
    private final int from;
    private final int to;
    private @Nullable Arrival arrival;

    /// Whether its key was looked for once more.
    private boolean sought;

    /// Whether it arrived wrong.
    private boolean wrong;

    Next(@Nullable Item item, byte @Nullable [] key, int from, int to) {
      this.item = item;
      this.key = key;
      this.from = from;
      this.to = to;
    }

    void take(Optional<Pin> pin) {
      item = pin.map(value -> part(value, from, to)).orElse(null);
    }
  }

  private final Store store;
  private final Store.Visitor visitor;
  private final ValueOutput output;
  private final Runnable wake;
  private final Series series;
  private final ArrayDeque<Next> items = new ArrayDeque<>();

  /// Bytes of the first item from its start of which all are checked and sent.
  private int sent;

  Download(Store store, Store.Visitor visitor, ValueOutput output, Runnable wake, Series series) {
    this.store = store;
    this.visitor = visitor;
    this.output = output;
    this.wake = wake;
    this.series = series;
  }

  /// Adds the whole value of a key, or a miss.
  void read(byte[] key) {
    add(key, visitor.read(key));
  }

  /// Adds the whole value of a key, or a miss. One without a pin is looked for when it is next.
  void add(byte[] key, Optional<Pin> pin) {
    if (pin.isPresent()) {
      add(pin);
    } else {
      items.add(new Next(null, key, 0, Integer.MAX_VALUE));
    }
  }

  /// Adds bytes `[from, to)` of the value of a key, or a miss.
  void read(byte[] key, int from, int to) {
    var pin = visitor.read(key);
    if (pin.isPresent()) {
      items.add(new Next(part(pin.get(), from, to), null, 0, 0));
    } else {
      items.add(new Next(null, key, from, to));
    }
  }

  /// Bytes `[from, to)` of a value, as far as it has them.
  private static Item part(Pin pin, int from, int to) {
    return new Item(pin, Math.min(from, pin.length()), Math.min(to, pin.length()));
  }

  /// Adds a whole value, or a miss.
  void add(Optional<Pin> pin) {
    items.add(
        new Next(pin.map(there -> new Item(there, 0, there.length())).orElse(null), null, 0, 0));
  }

  @Override
  public boolean isReady() {
    var first = items.peekFirst();
    return first == null
        || first.arrival == null
        || first.arrival.isDone()
        || (sent == 0 && series.isOver());
  }

  /// Begins to bring what comes next, as far as it is on disk, and pins what is in memory and was
  /// not pinned yet.
  private void bring() {
    int under = 0;
    int seen = 0;
    for (var next : items) {
      if (under == ARRIVALS_MAX || seen == AHEAD_MAX) {
        return;
      }
      seen++;
      if (next.key != null && !next.sought) {
        next.sought = true;
        seek(next, next.key);
      }
      under += next.key != null && (next.item != null || next.arrival != null) ? 1 : 0;
    }
  }

  private void seek(Next next, byte[] key) {
    next.take(store.look(key));
    if (next.item == null) {
      next.arrival = visitor.bring(key, wake).orElse(null);
      if (next.arrival == null) {
        // It may have been replaced in memory just now.
        next.take(store.look(key));
      }
    }
  }

  /// The next value, or none if it is a miss; its arrival is over.
  private @Nullable Item item(Next next) {
    if (next.arrival != null) {
      var pin = next.arrival.take();
      next.wrong = next.arrival.isWrong();
      next.arrival = null;
      next.take(pin);
    }
    return next.item;
  }

  @Override
  public Progress step(RespBuffer out) {
    int checked = 0;
    while (!items.isEmpty()) {
      if (!output.isOpen() || checked >= TURN_BYTES) {
        return Progress.MORE;
      }
      if (sent == 0 && series.isOver()) {
        leaveOut(Stop.DEADLINE, out);
        continue;
      }
      bring();
      if (!isReady()) {
        series.awaits(wake);
        return Progress.LATER;
      }
      var next = items.getFirst();
      var item = item(next);
      if (item == null) {
        leaveOut(next.wrong ? Stop.BAD : Stop.MISS, out);
      } else if (sent == 0 && !series.admits(item.length())) {
        leaveOut(Stop.DEADLINE, out);
      } else {
        int more = send(item, out);
        if (more < 0) {
          return Progress.BROKEN;
        }
        checked += more;
      }
      output.emitMany();
    }
    series.end(out);
    return Progress.DONE;
  }

  /// Sends the next value, or the next part of it.
  ///
  /// @return bytes that were checked; negative if it is found wrong too late
  private int send(Item item, RespBuffer out) {
    if (item.pin.isWrong() && sent == 0) {
      leaveOut(Stop.BAD, out);
      return 0;
    }
    if (!series.hasBytes()) {
      series.begin(item.pin, out);
      drop(items.removeFirst());
      return Fetch.placeBytes(item.length());
    }
    if (item.length() <= COPIED_MAX) {
      return copy(item, out);
    }
    boolean proven = item.proven == item.length();
    if (sent == 0 && (proven || !store.isStale(item.pin))) {
      sendAll(item, out);
      return 0;
    }
    boolean good = series.provesFirst() ? prove(item, out) : sendChecked(item, out);
    return good ? TURN_BYTES : -1;
  }

  /// The first one is not sent.
  private void leaveOut(Stop cause, RespBuffer out) {
    series.missing(cause, out);
    drop(items.removeFirst());
  }

  private static void drop(Next next) {
    if (next.item != null) {
      next.item.end();
    }
    if (next.arrival != null) {
      next.arrival.close();
    }
  }

  /// Copies a small one.
  ///
  /// @return bytes that were checked
  private int copy(Item item, RespBuffer out) {
    var pin = item.pin;
    boolean stale = store.isStale(pin);
    if (stale && !pin.verify(item.from, item.to)) {
      leaveOut(Stop.BAD, out);
      return item.length();
    }
    series.begin(pin, out);
    int at = out.beginBulk(item.length());
    pin.bytes(item.from, item.to).get(out.array(), at, item.length());
    drop(items.removeFirst());
    return stale ? item.length() : 0;
  }

  private void sendAll(Item item, RespBuffer out) {
    series.begin(item.pin, out);
    out.beginLargeBulk(item.length());
    send(item, item.from, item.to);
    out.endLargeBulk();
    drop(items.removeFirst());
  }

  /// Checks the next bytes of a large one, of which nothing is sent yet.
  ///
  /// @return true, for it is never too late
  private boolean prove(Item item, RespBuffer out) {
    int to = Math.min(item.length(), item.proven + TURN_BYTES);
    if (item.pin.verify(item.from + item.proven, item.from + to)) {
      item.proven = to;
    } else {
      leaveOut(Stop.BAD, out);
    }
    return true;
  }

  /// Checks and sends the next bytes of a large one; of one that is wrong from the start nothing.
  ///
  /// @return false if it is found wrong too late
  private boolean sendChecked(Item item, RespBuffer out) {
    var pin = item.pin;
    int from = item.from + sent;
    int to = Math.min(item.to, from + TURN_BYTES);
    if (!pin.verify(from, to)) {
      if (sent > 0) {
        return false;
      }
      leaveOut(Stop.BAD, out);
      return true;
    }
    if (sent == 0) {
      series.begin(pin, out);
      out.beginLargeBulk(item.length());
    }
    boolean last = to == item.to;
    send(item, from, to);
    sent = last ? 0 : to - item.from;
    if (last) {
      out.endLargeBulk();
      drop(items.removeFirst());
    }
    return true;
  }

  private void send(Item item, int from, int to) {
    item.lend();
    output.send(item.pin.bytes(from, to), item::sent);
  }

  @Override
  public void close() {
    items.forEach(Download::drop);
    items.clear();
    series.close();
  }
}
