// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.value.ValueCommands.Outcome;
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
/// One that is found wrong is a miss if nothing of it was sent; else the connection has to end.
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

    /// Stretches that are on their way.
    private int lent;

    private boolean over;

    Item(Pin pin, int from, int to) {
      this.pin = pin;
      this.from = from;
      this.to = to;
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

  /// What is sent next: a value, one that is to be brought from disk first, or a miss.
  private static final class Next {
    private @Nullable Item item;
    private final byte @Nullable [] key;
    private final int from;
    private final int to;
    private @Nullable Arrival arrival;

    Next(@Nullable Item item, byte @Nullable [] key, int from, int to) {
      this.item = item;
      this.key = key;
      this.from = from;
      this.to = to;
    }
  }

  private final Store store;
  private final Store.Visitor visitor;
  private final ValueOutput output;
  private final Runnable wake;
  private final ArrayDeque<Next> items = new ArrayDeque<>();

  /// Those of the items that were not in memory, and are not being brought.
  private final ArrayDeque<Next> absent = new ArrayDeque<>();

  /// Values that are being brought.
  private int arrivals;

  /// Bytes of the first item from its start of which all are checked and sent.
  private int sent;

  Download(Store store, Store.Visitor visitor, ValueOutput output, Runnable wake) {
    this.store = store;
    this.visitor = visitor;
    this.output = output;
    this.wake = wake;
  }

  /// Adds the whole value of a key, or a miss.
  void read(byte[] key) {
    var pin = visitor.read(key);
    if (pin.isPresent()) {
      add(pin);
    } else {
      await(new Next(null, key, 0, Integer.MAX_VALUE));
    }
  }

  private void await(Next next) {
    items.add(next);
    absent.add(next);
  }

  /// Adds bytes `[from, to)` of the value of a key, or a miss.
  void read(byte[] key, int from, int to) {
    var pin = visitor.read(key);
    if (pin.isPresent()) {
      items.add(new Next(part(pin.get(), from, to), null, 0, 0));
    } else {
      await(new Next(null, key, from, to));
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
    return first == null || first.arrival == null || first.arrival.isDone();
  }

  /// Begins to bring what comes next, as far as it is on disk.
  private void bring() {
    while (arrivals < ARRIVALS_MAX && !absent.isEmpty()) {
      var next = absent.removeFirst();
      next.arrival = next.key == null ? null : visitor.bring(next.key, wake).orElse(null);
      arrivals += next.arrival == null ? 0 : 1;
    }
  }

  /// The next value, or none if it is a miss; its arrival is over.
  private @Nullable Item item(Next next) {
    if (next.arrival != null) {
      var pin = next.arrival.take();
      next.arrival = null;
      arrivals--;
      next.item = pin.map(value -> part(value, next.from, next.to)).orElse(null);
    }
    return next.item;
  }

  @Override
  public Outcome step(RespBuffer out) {
    int checked = 0;
    while (!items.isEmpty()) {
      if (!output.isOpen() || checked >= TURN_BYTES) {
        return Outcome.MORE;
      }
      bring();
      if (!isReady()) {
        return Outcome.LATER;
      }
      var item = item(items.getFirst());
      if (item == null) {
        out.nothing();
        items.removeFirst();
      } else if (item.to - item.from <= COPIED_MAX) {
        checked += copy(item, out);
        items.removeFirst();
      } else if (!store.isStale(item.pin) && sent == 0) {
        sendAll(item, out);
        items.removeFirst();
      } else {
        checked += TURN_BYTES;
        if (!sendChecked(item, out)) {
          return Outcome.BROKEN;
        }
      }
      output.emitMany();
    }
    return Outcome.DONE;
  }

  /// Copies a small one.
  ///
  /// @return bytes that were checked
  private int copy(Item item, RespBuffer out) {
    try (var pin = item.pin) {
      boolean stale = store.isStale(pin);
      if (stale && !pin.verify(item.from, item.to)) {
        out.nothing();
      } else {
        int at = out.beginBulk(item.to - item.from);
        pin.bytes(item.from, item.to).get(out.array(), at, item.to - item.from);
      }
      return stale ? item.to - item.from : 0;
    }
  }

  private void sendAll(Item item, RespBuffer out) {
    out.beginLargeBulk(item.to - item.from);
    send(item, item.from, item.to);
    item.end();
    out.endLargeBulk();
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
      out.nothing();
      item.end();
      items.removeFirst();
      return true;
    }
    if (sent == 0) {
      out.beginLargeBulk(item.to - item.from);
    }
    boolean last = to == item.to;
    send(item, from, to);
    sent = last ? 0 : to - item.from;
    if (last) {
      out.endLargeBulk();
      items.removeFirst();
      item.end();
    }
    return true;
  }

  private void send(Item item, int from, int to) {
    item.lend();
    output.send(item.pin.bytes(from, to), item::sent);
  }

  @Override
  public void close() {
    for (var next : items) {
      if (next.item != null) {
        next.item.end();
      }
      if (next.arrival != null) {
        next.arrival.close();
      }
    }
    items.clear();
  }
}
