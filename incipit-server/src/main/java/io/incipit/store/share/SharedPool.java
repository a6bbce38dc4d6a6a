// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.share;

import io.incipit.env.OwnFile;
import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.store.memory.HostMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// The memory of values as a file in a directory of memory (tmpfs), which processes of the same
/// user on this machine may read.
///
/// The file gets its name when it is locked and has all its room, so no name is ever that of half
/// a file, and one that nobody has locked was left by a process that is no more. The lock is of the
/// open file (`flock`), so whoever else opens and closes the file does not end it.
public final class SharedPool {
  private static final Logger LOG = System.getLogger(SharedPool.class.getName());

  /// Room is taken so much at a time: a signal makes the system begin again.
  private static final long STEP_BYTES = 64 << 20;

  private static final Pattern NAME = Pattern.compile("incipit-pool-[0-9a-f]{32}");

  private SharedPool() {}

  /// Takes memory of a directory, all of it now: a page that is missing when it is written to would
  /// end the process. First removes what processes that were killed have left there.
  ///
  /// @param directory on a tmpfs; there, writable, and kept from others (or with the sticky bit)
  /// @return memory that, when closed, is gone for those who have it open, too
  /// @throws IOException if the directory is not as it has to be, or has no room; the message says
  public static HostMemory open(Path directory, long bytes, RandomSource random)
      throws IOException {
    var shown = directory.toAbsolutePath().normalize().toString();
    if (!isPossible(System.getProperty("os.name", ""), System.getProperty("os.arch", ""))) {
      throw new IOException(
          "store.share-directory: %s (expected: none, on anything but Linux on x86-64 or AArch64)"
              .formatted(shown));
    }
    requireMemory(shown);
    requireKept(directory, shown);
    reclaim(directory);
    requireRoom(shown, bytes);
    int file = Libc.open(shown, Libc.O_RDWR | Libc.O_TMPFILE);
    if (file < 0) {
      throw new IOException(
          "store.share-directory: %s: error %d of the system (expected: to be writable)"
              .formatted(shown, -file));
    }
    boolean made = false;
    try {
      var path = shown + "/" + name(random);
      if (!Libc.lock(file)) {
        throw new IOException("store.share-directory: %s: no lock".formatted(shown));
      }
      allocate(shown, file, bytes);
      var memory = HostMemory.shared(new Pool(file, path), bytes);
      made = true;
      try {
        Libc.link(file, path);
      } catch (IOException failure) {
        memory.close();
        throw failure;
      }
      LOG.log(Level.INFO, () -> "share-memory path=%s bytes=%d".formatted(path, bytes));
      return memory;
    } finally {
      if (!made) {
        Libc.close(file);
      }
    }
  }

  static boolean isPossible(String system, String processor) {
    return system.equals("Linux") && (processor.equals("amd64") || processor.equals("aarch64"));
  }

  private static String name(RandomSource random) {
    return "incipit-pool-%016x%016x".formatted(random.fresh(), random.fresh());
  }

  private static void requireMemory(String directory) throws IOException {
    var system = Libc.fileSystem(directory);
    if (system.kind() != Libc.TMPFS) {
      throw new IOException(
          ("store.share-directory: %s is on a file system of kind 0x%x (expected: tmpfs, 0x%x, as"
                  + " /dev/shm is)")
              .formatted(directory, system.kind(), Libc.TMPFS));
    }
  }

  private static void requireKept(Path directory, String shown) throws IOException {
    if (!OwnFile.isKeptFromOthers(directory)) {
      throw new IOException(
          ("store.share-directory: %s can be written by others (expected: by its owner alone, or"
                  + " with the sticky bit, as /dev/shm has; a directory in it will do)")
              .formatted(shown));
    }
  }

  private static void requireRoom(String directory, long bytes) throws IOException {
    var system = Libc.fileSystem(directory);
    if (system.bounded() && system.availableBytes() < bytes) {
      throw noRoom(directory, system.availableBytes(), bytes);
    }
  }

  private static IOException noRoom(String directory, long available, long bytes) {
    return new IOException(
        "store.share-directory: %s has room for %d bytes (expected: for store.host-limit, %d)"
            .formatted(directory, available, bytes));
  }

  private static void allocate(String directory, int file, long bytes) throws IOException {
    for (long from = 0; from < bytes; from += STEP_BYTES) {
      int error = Libc.allocate(file, from, Math.min(STEP_BYTES, bytes - from));
      while (error == Libc.EINTR) {
        error = Libc.allocate(file, from, Math.min(STEP_BYTES, bytes - from));
      }
      if (error == Libc.ENOSPC) {
        throw noRoom(directory, from, bytes);
      }
      if (error != 0) {
        throw new IOException(
            "store.share-directory: %s: error %d of the system when taking room"
                .formatted(directory, Math.abs(error)));
      }
    }
  }

  /// Removes files that nobody has locked. Those that cannot be opened are others'.
  private static void reclaim(Path directory) throws IOException {
    for (var name : names(directory)) {
      var path = directory.resolve(name);
      if (NAME.matcher(name).matches() && OwnFile.is(path)) {
        reclaim(path.toAbsolutePath().normalize().toString());
      }
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try {
      return RawDisk.system().names(directory);
    } catch (IOException failure) {
      throw new IOException(
          "store.share-directory: %s (expected: a directory that can be read)".formatted(failure),
          failure);
    }
  }

  static void reclaim(String path) throws IOException {
    int file = Libc.open(path, Libc.O_RDWR | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
    if (file < 0) {
      return;
    }
    try {
      // What is open is looked at, not what the path is now.
      if (OwnFile.isOpen(file) && Libc.lock(file)) {
        Libc.unlink(path);
        Libc.empty(file);
        LOG.log(Level.INFO, () -> "reclaim-memory path=%s".formatted(path));
      }
    } finally {
      Libc.close(file);
    }
  }

  /// A file that is locked by this process.
  private record Pool(int file, String path) implements HostMemory.Backing {
    @Override
    public void unname() {
      Libc.unlink(path);
    }

    @Override
    public void end() {
      try {
        Libc.empty(file);
      } catch (IOException failure) {
        LOG.log(Level.WARNING, () -> "keep-memory path=%s until readers close it".formatted(path));
      } finally {
        Libc.close(file);
      }
    }
  }
}
