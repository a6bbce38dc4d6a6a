// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.RawDisk.NoSpaceException;
import io.incipit.store.disk.Appender.SyncException;
import io.incipit.store.disk.DiskSnapshot.Mode;
import io.incipit.store.disk.DiskStore.Outcome;
import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.Points.Point;
import io.incipit.store.disk.Queue.Clear;
import io.incipit.store.disk.Queue.Put;
import io.incipit.store.disk.Queue.Removal;
import io.incipit.store.disk.Queue.Task;
import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Footer;
import io.incipit.store.disk.record.Place;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The turns that write what waits: it is appended, made durable by one sync, found from then on,
/// and only then said to be durable. One thread at a time takes turns, the writing thread.
final class Writer {
  /// Removals that wait for a tier that is read-only; those beyond are forgotten at a restart.
  private static final int OWED_MAX = 65_536;

  /// The least room that an extent for removals alone is opened in: for one.
  private static final long SPARE_BYTES_MIN = Appender.removalBytes(1) + Footer.bytes(2);

  /// A task whose record is appended.
  private record Written(Task task, Spot spot) {}

  private final DiskParts parts;
  private final Queue queue;
  private final Appender appender;
  private final Reclaim reclaim;

  private volatile Mode mode = Mode.WRITABLE;

  /// Whether extents are being scanned still, so that none can be given up.
  private volatile boolean recovering = true;

  /// Writing thread, as all that follows: what is appended and not durable.
  private final List<Written> pending = new ArrayList<>();

  /// Tickets of those of the pending that were removed meanwhile.
  private final Set<Long> superseded = new HashSet<>();

  private final ArrayDeque<Removal> owed = new ArrayDeque<>();
  private long nextNumber;

  Writer(DiskParts parts, Queue queue, long nextNumber) {
    this.parts = parts;
    this.queue = queue;
    this.appender = new Appender(parts);
    this.reclaim = new Reclaim(parts, appender);
    this.nextNumber = nextNumber;
  }

  Mode mode() {
    return mode;
  }

  boolean isRecovering() {
    return recovering;
  }

  /// All extents have been scanned.
  void recovered() {
    recovering = false;
  }

  /// Takes turns until the queue is closed. The writing thread's life.
  void run() {
    while (queue.await()) {
      turn();
    }
    finish();
  }

  /// Writes what waits, and completes the open extent.
  void finish() {
    while (turn()) {
      // Until nothing waits.
    }
    if (mode == Mode.WRITABLE) {
      try {
        appender.seal();
      } catch (IOException failure) {
        fail(failure);
      }
    }
    appender.abandon();
  }

  /// Writes some of what waits.
  ///
  /// @return whether there was something
  boolean turn() {
    heal();
    var tasks = queue.take();
    if (tasks.isEmpty()) {
      return false;
    }
    int next = 0;
    try {
      writeOwed();
      while (next < tasks.size()) {
        if (tasks.get(next) instanceof Clear clear) {
          clear(clear);
          next++;
          continue;
        }
        checkWritable();
        int end = tasks.get(next) instanceof Put ? next + 1 : endOfRemovals(tasks, next);
        write(tasks.subList(next, end));
        next = end;
      }
      commit();
    } catch (IOException | RuntimeException | VirtualMachineError failure) {
      fail(failure);
    }
    for (var task : tasks.subList(next, tasks.size())) {
      if (!task.done().isDone()) {
        refuse(task, Outcome.READ_ONLY);
      }
    }
    return true;
  }

  private void checkWritable() throws IOException {
    if (mode != Mode.WRITABLE) {
      throw new ReadOnlyException();
    }
  }

  /// The tier was read-only before.
  private static final class ReadOnlyException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static int endOfRemovals(List<Task> tasks, int from) {
    int end = from + 1;
    while (end < tasks.size()
        && end - from < Appender.REMOVALS_MAX
        && tasks.get(end) instanceof Removal) {
      end++;
    }
    return end;
  }

  /// Appends a put, or removals.
  private void write(List<Task> tasks) throws IOException {
    if (tasks.getFirst() instanceof Put put) {
      write(put);
    } else {
      writeRemovals(tasks.stream().map(Removal.class::cast).toList());
    }
  }

  private void write(Put put) throws IOException {
    var room = makeRoom(put.bytes(), 1);
    if (room != Outcome.DURABLE) {
      refuse(put, room);
      return;
    }
    parts.points().reach(Point.RESERVED);
    var hash = put.hash();
    // Until it is known how it ends, it may be on disk.
    var written = new Written(put, new Spot(0, 0, put.source().length()));
    pending.add(written);
    long place = appender.append(put.key().bytes, put.origin(), put.source());
    pending.removeLast();
    if (place == Place.NONE) {
      parts.counters().corrupt.increment();
      refuse(put, Outcome.CORRUPT);
      return;
    }
    pending.add(new Written(put, new Spot(place, place, written.spot.length())));
    if (parts.planted() == DiskFault.ACKNOWLEDGE_EARLY) {
      parts.ledger().put(hash, new Spot(place, place, written.spot.length()), put.ticket());
      put.done().complete(Outcome.DURABLE);
    }
  }

  /// Deletes all files, the oldest first: so what hides a value outlives it, wherever this ends.
  private void clear(Clear clear) throws IOException {
    if (mode == Mode.WRITABLE) {
      try {
        commit();
      } catch (IOException | RuntimeException failure) {
        fail(failure);
      }
    }
    appender.abandon();
    reclaim.failed();
    owed.clear();
    try {
      for (var extent : parts.extents().newestFirst().reversed()) {
        parts.disk().delete(extent.path);
        parts.disk().sync(parts.config().directory());
        parts.extents().remove(extent);
        extent.release();
      }
    } catch (IOException failure) {
      clear.done().complete(Outcome.FAILED);
      throw failure;
    }
    parts.ledger().freedAll();
    clear.done().complete(Outcome.DURABLE);
  }

  private void writeRemovals(List<Removal> removals) throws IOException {
    var room = makeRoom(Appender.removalBytes(removals.size()), 2 * removals.size());
    if (room != Outcome.DURABLE) {
      removals.forEach(removal -> owe(removal, room));
      return;
    }
    var entries =
        removals.stream().map(one -> new Entry(one.hash(), 0, one.birth(), 0, true)).toList();
    removals.forEach(removal -> pending.add(new Written(removal, new Spot(0, 0, 0))));
    long place = appender.append(entries);
    pending.subList(pending.size() - removals.size(), pending.size()).clear();
    removals.forEach(removal -> pending.add(new Written(removal, new Spot(place, place, 0))));
  }

  /// Makes room for a record in the open extent, or opens the next.
  ///
  /// @return [Outcome#DURABLE] if there is room
  private Outcome makeRoom(long recordBytes, int entries) throws IOException {
    if (appender.fits(recordBytes, entries)) {
      return Outcome.DURABLE;
    }
    commit();
    long wanted = Math.max(parts.config().extentBytes(), recordBytes + Footer.bytes(entries));
    if (wanted > parts.config().extentBytes()) {
      // What is kept of others goes to the open extent, since it will not fit beside the record.
      clear(wanted + parts.config().extentBytes());
    }
    appender.seal();
    if (!clear(wanted) && !clearFromSpare(wanted)) {
      return recovering ? Outcome.BUSY : Outcome.NO_ROOM;
    }
    appender.seal();
    appender.begin(nextNumber++, wanted);
    parts.points().reach(Point.ROTATED);
    // While there is room to keep what is worth it, the room of the next extent is made.
    clear(parts.config().extentBytes());
    return Outcome.DURABLE;
  }

  /// Gives extents up until so many bytes are free, where none can go before its removals are
  /// written elsewhere, and no extent is open for them: after a crash between opening one and
  /// making room for the next. An extent as small as the room that is left takes them, then
  /// another in the room that this has made, as long as there is more of it each time.
  private boolean clearFromSpare(long bytes) throws IOException {
    long before = SPARE_BYTES_MIN - 1;
    while (!recovering) {
      appender.seal();
      long left = (parts.config().capacityBytes() - parts.extents().bytes()) & -Place.UNIT;
      if (left <= before) {
        return false;
      }
      before = left;
      appender.begin(nextNumber++, Math.min(left, parts.config().extentBytes()));
      if (clear(bytes)) {
        return true;
      }
    }
    return false;
  }

  /// Gives extents up until so many bytes are free.
  private boolean clear(long bytes) throws IOException {
    while (parts.extents().bytes() + bytes > parts.config().capacityBytes()) {
      if (parts.planted() == DiskFault.IGNORE_CAPACITY) {
        return true;
      }
      if (recovering || !reclaim.run()) {
        return false;
      }
    }
    return true;
  }

  /// Makes durable what was appended, and says so.
  private void commit() throws IOException {
    if (pending.isEmpty()) {
      return;
    }
    parts.points().reach(Point.WRITTEN);
    appender.sync();
    parts.points().reach(Point.SYNCED);
    for (var written : pending) {
      apply(written);
    }
    parts.points().reach(Point.INDEXED);
    var done = List.copyOf(pending);
    pending.clear();
    done.forEach(this::end);
  }

  private void apply(Written written) {
    switch (written.task) {
      case Put put -> {
        if (!parts.ledger().put(put.hash(), written.spot, put.ticket())) {
          superseded.add(put.ticket());
        }
      }
      case Removal removal -> {
        long birth = removal.birth() == Place.NONE ? written.spot.birth() : removal.birth();
        parts.ledger().removed(removal.hash(), birth, removal.ticket());
      }
      case Clear _ -> throw new IllegalStateException("pending: a clear (expected: none)");
    }
  }

  private void end(Written written) {
    boolean hidden = false;
    if (written.task instanceof Put put) {
      // Not before: whoever has the bytes keeps them until they are durable.
      put.source().close();
      queue.ended(put);
      hidden = superseded.remove(put.ticket());
    }
    written.task.done().complete(hidden ? Outcome.SUPERSEDED : Outcome.DURABLE);
  }

  private void refuse(Task task, Outcome outcome) {
    switch (task) {
      case Put put -> {
        parts.counters().refused.increment();
        put.source().close();
        queue.ended(put);
        put.done().complete(outcome);
      }
      case Removal removal -> owe(removal, outcome);
      case Clear clear -> queue.again(clear);
    }
  }

  /// Remembers a removal that cannot be written now.
  private void owe(Removal removal, Outcome outcome) {
    if (owed.size() < OWED_MAX) {
      // What is put from here on is not hidden by it, however late it is written.
      long birth = removal.birth() == Place.NONE ? appender.next(nextNumber) : removal.birth();
      owed.add(new Removal(removal.hash(), birth, removal.ticket(), new CompletableFuture<>()));
    } else {
      parts.ledger().removed(removal.hash(), Place.NONE, removal.ticket());
    }
    removal.done().complete(outcome);
  }

  private void writeOwed() throws IOException {
    while (!owed.isEmpty() && mode == Mode.WRITABLE) {
      var some = new ArrayList<Removal>();
      while (!owed.isEmpty() && some.size() < Appender.REMOVALS_MAX) {
        some.add(owed.remove());
      }
      int before = owed.size();
      writeRemovals(some);
      if (owed.size() > before) {
        return;
      }
    }
  }

  /// Ends the trust in the open extent, and with it whatever is not known to be durable.
  private void fail(Throwable failure) {
    if (!(failure instanceof ReadOnlyException)) {
      parts.counters().failed.increment();
      if (parts.planted() == DiskFault.TRUST_FAILED_SYNC && failure instanceof SyncException) {
        acknowledgeFailed();
        return;
      }
      mode = reason(failure);
    }
    appender.abandon();
    reclaim.failed();
    for (var written : List.copyOf(pending)) {
      switch (written.task) {
        case Put put -> {
          parts.ledger().failed(put.hash());
          put.source().close();
          queue.ended(put);
          put.done().complete(Outcome.FAILED);
        }
        case Removal removal -> owe(removal, Outcome.FAILED);
        case Clear clear -> clear.done().complete(Outcome.FAILED);
      }
    }
    pending.clear();
  }

  private static Mode reason(Throwable failure) {
    return switch (failure) {
      case NoSpaceException _ -> Mode.DISK_FULL;
      case SyncException _ -> Mode.SYNC_FAILED;
      default -> Mode.WRITE_FAILED;
    };
  }

  private void acknowledgeFailed() {
    pending.forEach(this::apply);
    var done = List.copyOf(pending);
    pending.clear();
    done.forEach(this::end);
  }

  /// Looks, when asked, whether a full disk has room again.
  private void heal() {
    if (queue.takeAsked() && mode == Mode.DISK_FULL && appender.probe()) {
      mode = Mode.WRITABLE;
    }
  }
}
