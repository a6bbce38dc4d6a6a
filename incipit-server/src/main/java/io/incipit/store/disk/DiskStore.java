// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.Clock;
import io.incipit.env.RawDisk;
import io.incipit.store.disk.Appender.Origin;
import io.incipit.store.disk.DiskSnapshot.Mode;
import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.record.Fingerprint;
import io.incipit.store.disk.record.KeyHash;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import io.incipit.store.disk.record.RecordHeader.Kind;
import io.incipit.store.disk.record.RecordHeader.Verdict;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values on disk, by key: the bytes of the tier `DISK`. Thread-safe.
///
/// What is put or removed takes effect in the order of the calls. A removal holds at once; a put is
/// found when it is durable, and until then the value before it is. After a crash all is there that
/// was said to be durable, unless it was removed, replaced, or said to be gone.
public final class DiskStore implements AutoCloseable {
  /*
   * Vocabulary
   *   extent    a file of records, written once from front to end         Extent, Extents
   *   record    a header, and a value's bytes or removals                 record.RecordHeader
   *   unit      4,096 bytes; records begin at one                         record.Place
   *   birth     where a record was written first; later ones count        Ledger
   *   shadow    a record on disk that does not count                      Shadows
   *
   * Life of a value: put (queue), appended to the open extent, synced with its neighbours, found;
   * verified whenever it is read; written again when its extent is given up and it is worth it; or
   * gone with it.
   *
   * What is in memory of a value is 32 bytes in a table that is between three and four fifths full:
   * 99 bits of the hash of its key, length, birth, place. The key itself is in the record.
   */

  /// What became of a put or a removal.
  public enum Outcome {
    /// It outlives a loss of power.
    DURABLE,
    /// There was nothing to be done: a removal of what is not there.
    NOTHING,
    /// It is durable, and what was asked later hides it already.
    SUPERSEDED,
    /// More is waiting than may wait, or there is no room before recovery has ended: try later.
    BUSY,
    /// There is no room, and none can be made.
    NO_ROOM,
    /// The bytes did not fit their checksums; nothing was stored.
    CORRUPT,
    /// The tier takes nothing now. A removal holds in this process, and will be written when it
    /// can.
    READ_ONLY,
    /// Writing failed. Whether it will be there after a restart is not known; now it is not.
    FAILED,
    /// The store is closed.
    CLOSED
  }

  /// How often a look-up whose value was moved begins again.
  private static final int TURNS_MAX = 64;

  /// What is read at once: not more than an extent, but a header and a piece.
  private static final int WINDOW_BYTES_MIN = 128 << 10;

  /// A value of 1 MiB with its header, which else would take two reads.
  private static final int WINDOW_BYTES_MAX = (1 << 20) + Place.UNIT;

  /// What is kept in memory of a value, at most.
  public static final int MEMORY_BYTES = 53;

  final DiskParts parts;
  private final Directory directory;
  private final Queue queue;
  private final Writer writer;
  private final Scrub scrub;
  private final Listing listing;

  /// Extents that are still to be scanned. Recovering thread.
  private final ArrayDeque<Extent> unscanned;

  private @Nullable Thread writing;
  private @Nullable Thread scanning;

  /// Makes recovery end before all is scanned.
  private volatile boolean closing;

  private DiskStore(DiskParts parts, Directory directory) {
    this.parts = parts;
    this.directory = directory;
    var found = parts.extents().newestFirst();
    this.unscanned = new ArrayDeque<>(found);
    this.queue = new Queue(parts);
    this.writer = new Writer(parts, queue, found.isEmpty() ? 1 : found.getFirst().number + 1);
    this.scrub = new Scrub(parts, this);
    this.listing = new Listing(parts);
  }

  /// Opens a store, which is made if there is none, and begins to scan it. Values are found as soon
  /// as their extents are scanned, the newest first, and what is put at once.
  ///
  /// @param names always the same for one directory
  /// @throws IOException if the directory is another process's, or cannot be used
  public static DiskStore open(
      DiskConfig config, RawDisk disk, Clock clock, Tenants tenants, KeyHash.Names names)
      throws IOException {
    var store = open(config, disk, clock, tenants, names, Points.NONE, DiskFault.NONE);
    store.start();
    return store;
  }

  /// Opens a store whose work is done by who calls [#turn] and [#scan].
  static DiskStore open(
      DiskConfig config,
      RawDisk disk,
      Clock clock,
      Tenants tenants,
      KeyHash.Names names,
      Points points,
      DiskFault planted)
      throws IOException {
    var directory = Directory.open(disk, config.directory());
    try {
      long store = directory.identity();
      boolean direct = config.direct() && disk.takesDirect(config.directory());
      var extents = new Extents();
      var parts =
          new DiskParts(
              config,
              disk,
              clock,
              tenants,
              store,
              names,
              direct,
              extents,
              new Ledger(extents, planted),
              new Buffers(config.readers(), windowBytes(config)),
              new Counters(),
              points,
              planted);
      for (long number : directory.extents()) {
        find(parts, number);
      }
      return new DiskStore(parts, directory);
    } catch (IOException | RuntimeException failure) {
      directory.close();
      throw failure;
    }
  }

  private static int windowBytes(DiskConfig config) {
    return Math.clamp(config.extentBytes(), WINDOW_BYTES_MIN, WINDOW_BYTES_MAX);
  }

  private static void find(DiskParts parts, long number) {
    var path = parts.config().directory().resolve(Directory.name(number));
    try {
      var file = parts.disk().open(path, parts.direct());
      parts.extents().add(new Extent(number, path, file, parts.direct(), file.bytes()));
    } catch (IOException failure) {
      parts.counters().unreadable.increment();
    }
  }

  void start() {
    writing = Thread.ofPlatform().daemon().name("incipit-disk-writer").start(writer::run);
    scanning = Thread.ofPlatform().daemon().name("incipit-disk-scan").start(this::scanAll);
  }

  private void scanAll() {
    while (!closing && scan()) {
      // Until all are scanned.
    }
  }

  /// Scans an extent.
  ///
  /// @return whether there may be more
  boolean scan() {
    var extent = unscanned.poll();
    if (extent == null) {
      parts.ledger().scannedAll();
      writer.recovered();
      return false;
    }
    if (extent.retain()) {
      var scan = Scan.of(parts, extent);
      if (!scan.isComplete()) {
        settle(extent);
      }
      extent.know(scan.entries().size());
      // The newest first here too: nobody may find what is about to be replaced.
      for (var entry : scan.entries().reversed()) {
        parts.ledger().scanned(entry, extent.number);
      }
      parts.points().reach(Points.Point.SCANNED);
    }
    return true;
  }

  /// What a crash left in the system's cache may not be durable yet, and will hide what is.
  private void settle(Extent extent) {
    try {
      extent.sync();
    } catch (IOException failure) {
      parts.counters().failed.increment();
    }
  }

  /// Puts a value, in place of what the key has. Never blocks; bytes are taken from the source by
  /// the writing thread, which closes it.
  ///
  /// @param key not changed by anybody from here on
  /// @param generation what the value is to be called; given back when it is read
  /// @return what became of it: [Outcome#DURABLE] when it outlives a loss of power
  /// @throws IllegalArgumentException if the key is longer than 1 KiB, or the value than 256 MiB
  public CompletableFuture<Outcome> put(
      byte[] key, long generation, Fingerprint fingerprint, DiskSource source) {
    if (key.length > RecordHeader.KEY_BYTES_MAX || source.length() > RecordHeader.LENGTH_MAX) {
      source.close();
      throw new IllegalArgumentException(
          "key.length, length: %d, %d (expected: <= %d, <= %d)"
              .formatted(
                  key.length,
                  source.length(),
                  RecordHeader.KEY_BYTES_MAX,
                  RecordHeader.LENGTH_MAX));
    }
    var origin = new Origin(Place.NONE, generation, fingerprint, Kind.VALUE);
    return queue.put(key, origin, source, writer.mode() != Mode.WRITABLE);
  }

  /// Removes the value of a key, and what is being put for it. From now on nobody finds it. Never
  /// blocks.
  ///
  /// @return when it will not come back after a loss of power either
  public CompletableFuture<Outcome> remove(byte[] key) {
    return remove(hash(key));
  }

  /// As [#remove(byte\[\])], of the key that a hash stands for.
  public CompletableFuture<Outcome> remove(KeyHash hash) {
    return queue.remove(hash);
  }

  /// Removes everything. From now on nobody finds it. Never blocks.
  ///
  /// @return when all files are gone; until then some of it may come back after a crash
  public CompletableFuture<Outcome> clear() {
    return queue.clear();
  }

  /// Keys of the family of a hash that have a value. Never blocks.
  public List<KeyHash> family(KeyHash hash) {
    return parts.ledger().family(hash.high());
  }

  /// Hands out keys that have a value, a key that has one all the time once at least. Blocks.
  ///
  /// @param cursor 0 to begin, or what the call before returned
  /// @param count about as many keys, if there are
  /// @return where to go on, at most 2^62; or 0 at the end
  public long scan(long cursor, int count, Consumer<byte[]> keys) {
    return listing.scan(cursor, count, keys);
  }

  /// Bytes of the value of a key, by what is in memory: it has not been verified. Never blocks.
  public OptionalInt length(KeyHash hash) {
    var spot = parts.ledger().find(hash);
    return spot == null ? OptionalInt.empty() : OptionalInt.of(spot.length());
  }

  /// A number that no other value of the key has had, or 0 if it has none. Never blocks.
  public long birth(KeyHash hash) {
    var spot = parts.ledger().find(hash);
    return spot == null ? Place.NONE : spot.birth();
  }

  /// Opens the value of a key. Blocks for one read, and while too many are open.
  public Optional<DiskValue> read(byte[] key) {
    var hash = hash(key);
    for (int turn = 0; turn < TURNS_MAX; turn++) {
      var spot = parts.ledger().find(hash);
      if (spot == null) {
        return Optional.empty();
      }
      var extent = parts.extents().retain(Place.file(spot.place()));
      if (extent != null) {
        extent.heat.incrementAndGet();
        parts.ledger().read(hash);
        return open(new RecordReader(parts, extent), key, hash, spot);
      }
    }
    return Optional.empty();
  }

  /// Counts a value as read: somebody wants it, and has its bytes.
  public void touch(KeyHash hash) {
    var spot = parts.ledger().find(hash);
    var extent = spot == null ? null : parts.extents().retain(Place.file(spot.place()));
    if (extent != null) {
      extent.heat.incrementAndGet();
      extent.release();
      parts.ledger().read(hash);
    }
  }

  private Optional<DiskValue> open(RecordReader reader, byte[] key, KeyHash hash, Spot spot) {
    boolean handed = false;
    try {
      var verdict = reader.open(Place.unit(spot.place()), Extent.weight(spot.length()));
      if (verdict == Verdict.GOOD && isOf(reader.header(), spot)) {
        handed = reader.header().hasKey(key) || parts.planted() == DiskFault.TRUST_PLACES;
        return handed ? Optional.of(new DiskValue(this, reader, hash, spot)) : Optional.empty();
      }
      (verdict == Verdict.FOREIGN ? parts.counters().foreign : parts.counters().corrupt)
          .increment();
      quarantine(hash, spot, reader);
    } catch (IOException failure) {
      unreadable();
      quarantine(hash, spot, reader);
    } finally {
      if (!handed) {
        reader.close();
      }
    }
    return Optional.empty();
  }

  private boolean isOf(RecordHeader header, Spot spot) {
    var stamp = header.stamp();
    return parts.planted() == DiskFault.TRUST_PLACES
        || (stamp.kind() == Kind.VALUE
            && stamp.birth() == spot.birth()
            && stamp.length() == spot.length());
  }

  void corrupt() {
    parts.counters().corrupt.increment();
  }

  void unreadable() {
    parts.counters().unreadable.increment();
  }

  /// Keeps a value from being found again.
  void quarantine(KeyHash hash, Spot spot, RecordReader reader) {
    if (queue.quarantine(hash, spot)) {
      parts.counters().quarantined.increment();
      parts.tenants().gone(hash, reader.key(), true);
    }
  }

  /// Verifies some of the values, others each time. Blocks.
  ///
  /// @return bytes verified: more than `bytesMax` by at most a value, less if that is all there is
  public long scrub(long bytesMax) {
    return scrub.run(bytesMax);
  }

  /// Looks whether a full disk has room again; every few seconds. Never blocks.
  public void tick() {
    queue.tick();
  }

  /// The number of the store: the same for one directory, and not to be guessed.
  public long identity() {
    return parts.store();
  }

  /// Values that can be found.
  public long count() {
    return parts.ledger().count();
  }

  /// Whether values are taken.
  public boolean isWritable() {
    return writer.mode() == Mode.WRITABLE;
  }

  /// Whether files are still being scanned, so that values may be there that nobody finds yet.
  public boolean isRecovering() {
    return writer.isRecovering();
  }

  /// Bytes of heap that is taken for what is known of values.
  public long metadataBytes() {
    return parts.ledger().heapBytes();
  }

  /// Bytes of values that wait to be written.
  public long waitingBytes() {
    return queue.bytes();
  }

  /// Takes a turn of the writing thread's.
  boolean turn() {
    return writer.turn();
  }

  /// What stands for a key.
  public KeyHash hash(byte[] key) {
    return parts.hash(key);
  }

  public DiskSnapshot snapshot() {
    var counters = parts.counters();
    return new DiskSnapshot(
        writer.mode(),
        writer.isRecovering(),
        parts.direct(),
        parts.extents().bytes(),
        parts.extents().count(),
        parts.ledger().count(),
        parts.ledger().shadows(),
        parts.ledger().heapBytes(),
        queue.bytes(),
        counters.torn.sum(),
        counters.foreign.sum(),
        counters.unknown.sum(),
        counters.corrupt.sum(),
        counters.unreadable.sum(),
        counters.quarantined.sum(),
        counters.reclaimed.sum(),
        counters.givenUp.sum(),
        counters.reinserted.sum(),
        counters.refused.sum(),
        counters.failed.sum(),
        counters.scrubbed.sum(),
        counters.syncs.sum(),
        counters.reads.total(),
        counters.writes.total(),
        counters.reads.bytesPerSecond(),
        counters.writes.bytesPerSecond());
  }

  /// Writes what waits, completes the open extent and lets go of the directory. Blocks.
  @Override
  public void close() throws IOException {
    closing = true;
    queue.close();
    join(scanning);
    join(writing);
    if (writing == null) {
      writer.finish();
    }
    for (var extent : List.copyOf(parts.extents().newestFirst())) {
      extent.release();
    }
    directory.close();
  }

  private static void join(@Nullable Thread thread) {
    boolean interrupted = false;
    while (thread != null && thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
