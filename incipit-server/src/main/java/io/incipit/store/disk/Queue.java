// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.Appender.Origin;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.Points.Point;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What waits to be written, in the order in which it was asked for. Thread-safe; any thread adds,
/// the writing thread takes.
final class Queue {
  /// Of values that share a sync at most.
  private static final long TURN_BYTES = 32 << 20;

  /// One thing to do.
  sealed interface Task {
    CompletableFuture<Outcome> done();
  }

  /// @param bytes of its record
  /// @param ticket which number it is of all
  record Put(
      KeyHash hash,
      Key key,
      Origin origin,
      DiskSource source,
      long bytes,
      long ticket,
      CompletableFuture<Outcome> done)
      implements Task {}

  /// @param birth up to which it hides; [Place#NONE] for all that was before it
  record Removal(KeyHash hash, long birth, long ticket, CompletableFuture<Outcome> done)
      implements Task {}

  /// Everything is to go.
  record Clear(long ticket, CompletableFuture<Outcome> done) implements Task {}

  /// A key, which nobody changes.
  static final class Key {
    final byte[] bytes;

    Key(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final DiskParts parts;

  /// Guarded by this, as all that follows.
  private final ArrayDeque<Task> tasks = new ArrayDeque<>();

  /// Of puts that were added and have not ended, and how many those are.
  private long bytes;

  private long inFlight;
  private long tickets;
  private boolean closed;
  private boolean asked;

  Queue(DiskParts parts) {
    this.parts = parts;
  }

  synchronized long bytes() {
    return bytes;
  }

  CompletableFuture<Outcome> put(byte[] key, Origin origin, DiskSource source, boolean readOnly) {
    parts.points().reach(Point.BEFORE_RESERVE);
    var done = new CompletableFuture<Outcome>();
    var outcome = readOnly ? Outcome.READ_ONLY : add(key, origin, source, done);
    if (outcome != Outcome.DURABLE) {
      parts.counters().refused.increment();
      source.close();
      done.complete(outcome);
    }
    return done;
  }

  /// Lets a put wait, unless it is refused.
  ///
  /// @return [Outcome#DURABLE] if it is on its way
  private synchronized Outcome add(
      byte[] key, Origin origin, DiskSource source, CompletableFuture<Outcome> done) {
    long recordBytes = RecordHeader.recordBytes(key.length, source.length());
    if (closed) {
      return Outcome.CLOSED;
    }
    if (bytes > 0 && bytes + recordBytes > parts.config().queueBytes()) {
      return Outcome.BUSY;
    }
    var hash = parts.hash(key);
    tasks.add(new Put(hash, new Key(key), origin, source, recordBytes, ++tickets, done));
    bytes += recordBytes;
    inFlight++;
    notifyAll();
    return Outcome.DURABLE;
  }

  /// A put has ended.
  synchronized void ended(Put put) {
    bytes -= put.bytes;
    inFlight--;
  }

  synchronized CompletableFuture<Outcome> remove(KeyHash hash) {
    if (closed) {
      return CompletableFuture.completedFuture(Outcome.CLOSED);
    }
    long ticket = ++tickets;
    if (!parts.ledger().doom(hash, ticket, inFlight > 0)) {
      return CompletableFuture.completedFuture(Outcome.NOTHING);
    }
    return enqueue(hash, Place.NONE, ticket);
  }

  synchronized CompletableFuture<Outcome> clear() {
    if (closed) {
      return CompletableFuture.completedFuture(Outcome.CLOSED);
    }
    var clear = new Clear(++tickets, new CompletableFuture<>());
    parts.ledger().clear(clear.ticket);
    tasks.add(clear);
    notifyAll();
    return clear.done;
  }

  /// Lets a clearing that could not be done wait once more, before all else.
  synchronized void again(Clear clear) {
    if (closed) {
      clear.done.complete(Outcome.CLOSED);
    } else {
      tasks.addFirst(clear);
      notifyAll();
    }
  }

  /// Forgets a value that turned out to be wrong, and what is older.
  ///
  /// @return whether it was that of its key
  synchronized boolean quarantine(KeyHash hash, Spot spot) {
    if (closed || !parts.ledger().drop(hash, spot.place())) {
      return false;
    }
    var _ = enqueue(hash, spot.birth() + 1, ++tickets);
    return true;
  }

  private CompletableFuture<Outcome> enqueue(KeyHash hash, long birth, long ticket) {
    var done = new CompletableFuture<Outcome>();
    if (parts.planted() == DiskFault.FORGET_REMOVALS) {
      parts.ledger().removed(hash, Place.NONE, ticket);
      done.complete(Outcome.DURABLE);
      return done;
    }
    tasks.add(new Removal(hash, birth, ticket, done));
    notifyAll();
    return done;
  }

  /// Asks for a look whether a full disk has room again.
  synchronized void tick() {
    asked = true;
    notifyAll();
  }

  /// Waits for something to do.
  ///
  /// @return false if the queue is closed
  synchronized boolean await() {
    while (tasks.isEmpty() && !asked && !closed) {
      try {
        wait();
      } catch (InterruptedException _) {
        closed = true;
      }
    }
    return !closed;
  }

  /// Takes some of what waits.
  synchronized List<Task> take() {
    var taken = new ArrayList<Task>();
    long takenBytes = 0;
    while (!tasks.isEmpty() && takenBytes < TURN_BYTES) {
      var task = tasks.remove();
      taken.add(task);
      takenBytes += task instanceof Put put ? put.bytes : 0;
    }
    return taken;
  }

  /// Whether somebody has asked by [#tick] since the last time.
  synchronized boolean takeAsked() {
    boolean was = asked;
    asked = false;
    return was;
  }

  /// Adds nothing any more.
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
