// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.env.RawFile;
import io.incipit.store.disk.record.Identity;
import io.incipit.store.disk.record.Place;
import io.incipit.store.disk.record.RecordHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// A store's directory: its lock, the file that says which store it is, and the names of extents.
final class Directory implements Closeable {
  private static final Pattern EXTENT = Pattern.compile("(\\d{1,12})\\.extent");
  private static final String LOCK = "lock";
  private static final String IDENTITY = "store";

  private final RawDisk disk;
  private final Path path;
  private final Closeable lock;

  private Directory(RawDisk disk, Path path, Closeable lock) {
    this.disk = disk;
    this.path = path;
    this.lock = lock;
  }

  static String name(long number) {
    return "%012d.extent".formatted(number);
  }

  /// Makes a directory, if it is missing, and locks it.
  ///
  /// @throws IOException if another process has it
  static Directory open(RawDisk disk, Path path) throws IOException {
    disk.createDirectory(path);
    var lock =
        disk.lock(path.resolve(LOCK))
            .orElseThrow(
                () ->
                    new IOException(
                        "disk.directory: %s (expected: not used by another process)"
                            .formatted(path)));
    return new Directory(disk, path, lock);
  }

  /// Numbers of the extent files that are there.
  List<Long> extents() throws IOException {
    var numbers = new ArrayList<Long>();
    for (var name : disk.names(path)) {
      var match = EXTENT.matcher(name);
      if (match.matches() && name(Long.parseLong(match.group(1))).equals(name)) {
        numbers.add(Long.parseLong(match.group(1)));
      }
    }
    numbers.remove(Place.NONE);
    return numbers;
  }

  /// The number of the store. If the file that says it is missing or broken, what most extents say;
  /// else a fresh one. It is written again then.
  ///
  /// @throws IOException if the store is of another version
  long identity() throws IOException {
    var file = path.resolve(IDENTITY);
    var written = read(file);
    if (written.isPresent()) {
      return written.getAsLong();
    }
    long store = majority();
    disk.delete(file);
    var unit = Buffers.aligned(Place.UNIT);
    Identity.write(unit, store);
    try (var out = disk.create(file, false)) {
      unit.clear();
      while (unit.hasRemaining()) {
        out.write(unit, unit.position());
      }
      out.sync();
    }
    disk.sync(path);
    return store;
  }

  private OptionalLong read(Path file) throws IOException {
    var unit = Buffers.aligned(Place.UNIT);
    if (!disk.names(path).contains(IDENTITY)) {
      return OptionalLong.empty();
    }
    try (var in = disk.open(file, false)) {
      fill(in, unit);
    }
    if (Identity.isOtherVersion(unit)) {
      throw new IOException(
          "%s: of another version (expected: %d)".formatted(file, Identity.VERSION));
    }
    return Identity.read(unit);
  }

  /// What the first records of most extents say; any, if none says anything.
  private long majority() throws IOException {
    Map<Long, Integer> votes = new HashMap<>();
    for (long number : extents()) {
      var bytes = Buffers.aligned(RecordHeader.BYTES_MAX);
      try (var in = disk.open(path.resolve(name(number)), false)) {
        fill(in, bytes);
        var verdict = RecordHeader.judge(bytes, 0, 0);
        if (verdict == RecordHeader.Verdict.FOREIGN) {
          var stamp = RecordHeader.read(bytes).stamp();
          votes.merge(stamp.store(), Place.file(stamp.place()) == number ? 1 : 0, Integer::sum);
        }
      } catch (IOException _) {
        // The others vote.
      }
    }
    return votes.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElseGet(RandomSource.system()::fresh);
  }

  private static void fill(RawFile in, ByteBuffer bytes) throws IOException {
    int read;
    do {
      read = in.read(bytes, bytes.position());
    } while (read > 0 && bytes.hasRemaining());
    bytes.clear();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
