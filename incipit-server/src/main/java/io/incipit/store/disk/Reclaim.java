// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.Appender.Origin;
import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.Points.Point;
import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader.Kind;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import io.incipit.store.memory.Pieces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives extents up, each as a whole: what is worth it is written again to the open extent, the
/// rest is said to be gone, and then the file is deleted. Writing thread.
final class Reclaim {
  private record Moved(KeyHash hash, Spot to, long from) {}

  /// Extents that are tried, if some hide too much that must stay hidden.
  private static final int VICTIMS_MAX = 8;

  private final DiskParts parts;
  private final Appender appender;

  /// What was written again and is not durable yet.
  private final List<Moved> moves = new ArrayList<>();

  /// Shadows in the extent that is given up.
  private final Map<KeyHash, Integer> shadows = new HashMap<>();

  /// Removals that must outlive it: up to which birth each hides its key.
  private final Map<KeyHash, Long> removals = new HashMap<>();

  Reclaim(DiskParts parts, Appender appender) {
    this.parts = parts;
    this.appender = appender;
  }

  /// Gives up the extent whose loss costs least. All that was appended before is durable and found.
  ///
  /// @return whether there was one
  boolean run() throws IOException {
    for (var victim : parts.extents().victims(appender.number(), VICTIMS_MAX)) {
      if (victim.retain() && run(victim)) {
        return true;
      }
    }
    return false;
  }

  private boolean run(Extent victim) throws IOException {
    var entries = Scan.of(parts, victim).entries();
    shadows.clear();
    removals.clear();
    for (var entry : entries) {
      if (!entry.removal() && !isValue(entry, victim)) {
        shadows.merge(entry.hash(), 1, Integer::sum);
      }
    }
    if (!victim.isAll(entries.size()) && !hideAll(victim)) {
      return false;
    }
    hideRest(entries);
    if (!removals.isEmpty() && !appender.fitsRemovals(removals.size())) {
      return false;
    }
    if (parts.planted() == DiskFault.FREE_BEFORE_TELLING
        || parts.planted() == DiskFault.FREE_BEFORE_SYNC) {
      freeEarly(victim, entries);
      return true;
    }
    var left = keepSome(victim, entries);
    giveUp(victim, left);
    hideRest(entries);
    if (!settle()) {
      return false;
    }
    parts.points().reach(Point.RECLAIM_COPIED);
    free(victim);
    return true;
  }

  private boolean isValue(Entry entry, Extent victim) {
    return parts.ledger().isAt(entry.hash(), Place.of(victim.number, entry.unit()));
  }

  /// Writes again what is worth it, as far as half of the room in the open extent goes.
  ///
  /// @return the values that are left
  private List<Entry> keepSome(Extent victim, List<Entry> entries) throws IOException {
    var left = new ArrayList<Entry>();
    long budget = (appender.room() - Appender.removalBytes(removals.size())) / 2;
    for (var entry : entries) {
      if (entry.removal() || !isValue(entry, victim)) {
        continue;
      }
      long weight = Extent.weight(entry.length());
      boolean kept =
          weight <= budget
              && parts
                  .tenants()
                  .keep(entry.hash(), entry.length(), parts.ledger().isRead(entry.hash()))
              && copy(victim, entry);
      if (kept) {
        budget -= weight;
      } else {
        left.add(entry);
      }
    }
    return left;
  }

  private boolean copy(Extent victim, Entry entry) throws IOException {
    try (var source = Copy.of(parts, victim, entry)) {
      if (source == null) {
        return false;
      }
      var header = source.reader.header();
      if (!appender.fits(header.recordBytes(), 1)) {
        return false;
      }
      var stamp = header.stamp();
      var origin = new Origin(stamp.birth(), stamp.generation(), stamp.fingerprint(), Kind.VALUE);
      long from = Place.of(victim.number, entry.unit());
      // Until it is known how it ends, it may be on disk.
      moves.add(new Moved(entry.hash(), new Spot(stamp.birth(), 0, entry.length()), from));
      long place = appender.append(header.key(), origin, source);
      moves.removeLast();
      if (place == Place.NONE) {
        parts.counters().corrupt.increment();
        return false;
      }
      var to = new Spot(stamp.birth(), place, entry.length());
      moves.add(new Moved(entry.hash(), to, from));
      parts.counters().reinserted.increment();
      return true;
    }
  }

  /// A record as the source of its copy. What cannot be read gives bytes that fit no checksum.
  private static final class Copy implements DiskSource {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final RecordReader reader;

    private Copy(RecordReader reader) {
      this.reader = reader;
    }

    static @Nullable Copy of(DiskParts parts, Extent victim, Entry entry) {
      if (!victim.retain()) {
        return null;
      }
      var reader = new RecordReader(parts, victim);
      try {
        if (reader.open(entry.unit(), Extent.weight(entry.length())) == Verdict.GOOD
            && reader.header().stamp().length() == entry.length()
            && reader.hash().equals(entry.hash())) {
          return new Copy(reader);
        }
      } catch (IOException failure) {
        parts.counters().unreadable.increment();
      }
      reader.close();
      return null;
    }

    @Override
    public int length() {
      return reader.header().stamp().length();
    }

    @Override
    public int checksum(int piece) {
      return reader.header().checksum(piece);
    }

    @Override
    public ByteBuffer bytes(int from, int to) {
      try {
        var piece = reader.piece(from >>> Pieces.LOG);
        return piece == null ? NOTHING : piece;
      } catch (IOException failure) {
        return NOTHING;
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  /// Forgets values and says that they are gone.
  private void giveUp(Extent victim, List<Entry> left) {
    for (var entry : left) {
      if (parts.ledger().drop(entry.hash(), Place.of(victim.number, entry.unit()))) {
        shadows.merge(entry.hash(), 1, Integer::sum);
        gone(victim, entry);
      }
    }
    if (victim.live.get() - moves.stream().mapToLong(m -> Extent.weight(m.to.length())).sum() > 0) {
      giveUpUnread(victim);
    }
    parts.points().reach(Point.RECLAIM_TOLD);
  }

  /// Forgets the values of an extent of which neither footer nor records can be read any more.
  private void giveUpUnread(Extent victim) {
    var kept = moves.stream().map(Moved::hash).toList();
    for (var hash : parts.ledger().inside(victim.number)) {
      var spot = parts.ledger().find(hash);
      if (!kept.contains(hash) && spot != null && parts.ledger().drop(hash, spot.place())) {
        hide(hash, spot.birth() + 1);
        parts.counters().givenUp.increment();
        parts.tenants().gone(hash, Optional.empty(), true);
      }
    }
  }

  private void gone(Extent victim, Entry entry) {
    parts.counters().givenUp.increment();
    try (var copy = Copy.of(parts, victim, entry)) {
      var key = copy == null ? Optional.<byte[]>empty() : copy.reader.key();
      parts.tenants().gone(entry.hash(), key, false);
    }
  }

  /// Keys without a value, of which other records lie elsewhere: what this extent says of them must
  /// go on hiding those. That includes values that were given up before, when it could not be
  /// freed.
  private void hideRest(List<Entry> entries) {
    for (var entry : entries) {
      if (parts.ledger().find(entry.hash()) == null) {
        hide(entry.hash(), entry.removal() ? entry.birth() : entry.birth() + 1);
      }
    }
  }

  /// Of an extent that cannot be read as a whole nobody knows what it hides, but only keys without
  /// a value have something to be hidden. Left alone at first: the failure may pass.
  ///
  /// @return whether it may go
  private boolean hideAll(Extent victim) {
    if (!victim.suspect() || !appender.isOpen()) {
      return false;
    }
    long birth = appender.next(0);
    parts.ledger().hidden().forEach(hash -> removals.merge(hash, birth, Math::max));
    return true;
  }

  private void hide(KeyHash hash, long birth) {
    boolean needed = parts.ledger().shadows(hash) > shadows.getOrDefault(hash, 0);
    if (needed && parts.planted() != DiskFault.DROP_REMOVALS) {
      removals.merge(hash, birth, Math::max);
    }
  }

  /// Makes durable what was written again, and has it found there.
  ///
  /// @return whether the removals found room, so that the extent may go
  private boolean settle() throws IOException {
    boolean hidden = writeRemovals();
    appender.sync();
    for (var move : moves) {
      if (parts.ledger().move(move.hash, move.to, move.from)) {
        shadows.merge(move.hash, 1, Integer::sum);
      }
    }
    moves.clear();
    return hidden;
  }

  private boolean writeRemovals() throws IOException {
    var left = new ArrayList<Entry>(removals.size());
    removals.forEach((hash, birth) -> left.add(new Entry(hash, 0, birth, 0, true)));
    for (int from = 0; from < left.size(); from += Appender.REMOVALS_MAX) {
      var some = left.subList(from, Math.min(left.size(), from + Appender.REMOVALS_MAX));
      if (!appender.fitsRemovals(some.size())) {
        return false;
      }
      appender.append(some);
    }
    return true;
  }

  private void free(Extent victim) throws IOException {
    parts.disk().delete(victim.path);
    parts.disk().sync(parts.config().directory());
    parts.extents().remove(victim);
    victim.release();
    parts.ledger().freed(shadows);
    parts.counters().reclaimed.increment();
    parts.points().reach(Point.RECLAIM_FREED);
  }

  /// The wrong orders that tests plant.
  private void freeEarly(Extent victim, List<Entry> entries) throws IOException {
    if (parts.planted() == DiskFault.FREE_BEFORE_SYNC) {
      giveUp(victim, keepSome(victim, entries));
      hideRest(entries);
      free(victim);
      settle();
    } else {
      parts.disk().delete(victim.path);
      parts.disk().sync(parts.config().directory());
      giveUp(victim, keepSome(victim, entries));
      hideRest(entries);
      settle();
      free(victim);
    }
  }

  /// The open extent is given up: what was being written again may be on disk, and does not count.
  void failed() {
    moves.forEach(move -> parts.ledger().failed(move.hash));
    moves.clear();
  }
}
