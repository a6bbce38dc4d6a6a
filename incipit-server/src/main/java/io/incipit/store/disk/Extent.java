// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.RawFile;
import io.incipit.store.disk.record.Entry;
import io.incipit.store.disk.record.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One file of records. Readers hold it while they read, and whoever lets go last closes it.
final class Extent {
  private static final int SHORT_READS_MAX = 100;

  final long number;
  final Path path;
  private final RawFile file;
  private final boolean direct;

  /// Readers, and one for the store.
  private final AtomicInteger users = new AtomicInteger(1);

  /// Bytes of records that are the values of their keys.
  final AtomicLong live = new AtomicLong();

  /// Reads of values since it was last looked at as a victim; halved then.
  final AtomicLong heat = new AtomicLong();

  /// What it takes of the store's capacity. Written by the writing thread.
  private volatile long bytes;

  /// How many entries it has; -1 if nobody knows, since a write of some failed.
  private volatile int known = -1;

  /// Whether a scan has found fewer. Writing thread.
  private boolean suspect;

  /// What was appended to the file that is being written; none of one that is complete or was
  /// found.
  private volatile @Nullable List<Entry> written;

  Extent(long number, Path path, RawFile file, boolean direct, long bytes) {
    this.number = number;
    this.path = path;
    this.file = file;
    this.direct = direct;
    this.bytes = bytes;
  }

  /// Bytes of a value's record, as far as its length says.
  static long weight(int length) {
    return Place.UNIT + Place.roundUp(length);
  }

  long bytes() {
    return bytes;
  }

  /// Says what it takes.
  ///
  /// @param open whether entries are appended to it
  void resize(long newBytes, boolean open) {
    bytes = newBytes;
    written = open ? new ArrayList<>() : null;
  }

  /// Says how many entries it has.
  void know(int entries) {
    known = entries;
  }

  /// Whether so many entries are all that it has. Writing thread.
  boolean isAll(int entries) {
    return known == entries;
  }

  /// Remembers that a scan did not find all. Writing thread.
  ///
  /// @return whether that is so for the second time, and so no passing failure
  boolean suspect() {
    boolean before = suspect;
    suspect = true;
    return before;
  }

  /// Remembers what was appended. Writing thread.
  void append(Entry entry) {
    var entries = written;
    if (entries != null) {
      synchronized (entries) {
        entries.add(entry);
      }
    }
  }

  /// What has been appended so far, or none if the file says so itself.
  @Nullable List<Entry> written() {
    var entries = written;
    if (entries == null) {
      return null;
    }
    synchronized (entries) {
      return List.copyOf(entries);
    }
  }

  /// Takes hold of it, to read.
  ///
  /// @return whether it may be read; then [#release] must follow
  boolean retain() {
    int before;
    do {
      before = users.get();
      if (before == 0) {
        return false;
      }
    } while (!users.compareAndSet(before, before + 1));
    return true;
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      try {
        file.close();
      } catch (IOException _) {
        // It was only read.
      }
    }
  }

  /// Reads from a multiple of a unit on until a buffer is full, or the file ends.
  ///
  /// @return bytes read
  int read(ByteBuffer into, long at) throws IOException {
    int read = 0;
    int length = into.remaining();
    for (int turn = 0; read < length && turn < SHORT_READS_MAX; turn++) {
      int more = file.read(into.slice(read, length - read), at + read);
      if (more < 0) {
        break;
      }
      // What is cut short goes on at a unit's beginning, as direct reads must.
      read += read + more == length || !direct ? more : more & -Place.UNIT;
    }
    return read;
  }

  long fileBytes() throws IOException {
    return file.bytes();
  }

  /// Returns when what was found in the file will outlive a loss of power.
  void sync() throws IOException {
    file.sync();
  }
}
