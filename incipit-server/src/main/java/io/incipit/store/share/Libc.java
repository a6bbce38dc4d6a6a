// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.share;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The calls of Linux that the JDK has no name for. Each blocks. Paths are UTF-8. To be touched on
/// Linux only, on x86-64 or AArch64: elsewhere some are missing, or numbers are others.
final class Libc {
  static final int EINTR = 4;
  static final int ENOSPC = 28;

  /// The same on all processors.
  static final int O_RDWR = 0x2;

  static final int O_CLOEXEC = 0x80000;
  static final int O_NONBLOCK = 0x800;

  /// `O_NOFOLLOW` and `O_TMPFILE`, which are not.
  static final int O_NOFOLLOW;

  static final int O_TMPFILE;

  static {
    boolean arm = System.getProperty("os.arch", "").equals("aarch64");
    O_NOFOLLOW = arm ? 0x8000 : 0x20000;
    O_TMPFILE = arm ? 0x404000 : 0x410000;
  }

  private static final int LOCK_EXCLUSIVELY_OR_FAIL = 2 | 4;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_FOLLOW = 0x400;

  /// What `statfs` says of a file system that is memory.
  static final long TMPFS = 0x01021994;

  private static final long STATFS_BYTES = 256;
  private static final long STATFS_BLOCK_SIZE = 8;
  private static final long STATFS_BLOCKS = 16;
  private static final long STATFS_AVAILABLE = 32;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout TEXT = ValueLayout.ADDRESS;
  private static final MethodHandle OPEN = variadic("open", 2, INT, TEXT, INT, INT);
  private static final MethodHandle FLOCK = function("flock", INT, INT, INT);
  private static final MethodHandle ALLOCATE = function("posix_fallocate", INT, INT, LONG, LONG);
  private static final MethodHandle TRUNCATE = function("ftruncate", INT, INT, LONG);
  private static final MethodHandle LINK = function("linkat", INT, INT, TEXT, INT, TEXT, INT);
  private static final MethodHandle UNLINK = function("unlink", INT, TEXT);
  private static final MethodHandle CLOSE = function("close", INT, INT);
  private static final MethodHandle STATFS = function("statfs", INT, TEXT, TEXT);

  /// A file system.
  ///
  /// @param kind such as [#TMPFS]
  /// @param bounded whether it has a size
  /// @param availableBytes of it
  record FileSystem(long kind, boolean bounded, long availableBytes) {}

  private Libc() {}

  private static MethodHandle function(String name, ValueLayout result, MemoryLayout... words) {
    return downcall(name, result, words);
  }

  private static MethodHandle variadic(
      String name, int fixed, ValueLayout result, MemoryLayout... words) {
    return downcall(name, result, words, Linker.Option.firstVariadicArg(fixed));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle downcall(
      String name, ValueLayout result, MemoryLayout[] words, Linker.Option... options) {
    var all = new Linker.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Linker.Option.captureCallState("errno");
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(result, words), all);
  }

  /// A call that takes the place of the error's number first.
  private interface Call {
    int run(Arena arena, MemorySegment errno) throws Throwable;
  }

  /// Runs a call until no signal interrupts it.
  ///
  /// @return what it returned, or the negative number of the error
  private static int run(String name, Call call) {
    try (var arena = Arena.ofConfined()) {
      var state = arena.allocate(Linker.Option.captureStateLayout());
      while (true) {
        int result = call.run(arena, state);
        int error = result < 0 ? state.get(INT, 0) : 0;
        if (error == 0) {
          return result;
        }
        if (error != EINTR) {
          return -error;
        }
      }
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(name, failure);
    }
  }

  private static void require(String name, String what, int result) throws IOException {
    if (result < 0) {
      throw new IOException(
          "store.share-directory: %s: error %d of the system (%s)".formatted(what, -result, name));
    }
  }

  /// Opens a file, or makes one without a name (`O_TMPFILE`) that its user alone may read.
  ///
  /// @return its number; negative if it cannot be
  static int open(String path, int flags) {
    return run(
        "open",
        (arena, errno) ->
            (int) OPEN.invokeExact(errno, arena.allocateFrom(path), flags | O_CLOEXEC, 0x180));
  }

  /// Locks an open file for nobody else, for as long as it is open.
  ///
  /// @return false if somebody else has it
  static boolean lock(int file) {
    return run(
            "flock", (_, errno) -> (int) FLOCK.invokeExact(errno, file, LOCK_EXCLUSIVELY_OR_FAIL))
        == 0;
  }

  /// Takes room for bytes of a file.
  ///
  /// @return 0, or the number of the error
  static int allocate(int file, long from, long bytes) {
    return run(
        "posix_fallocate", (_, errno) -> (int) ALLOCATE.invokeExact(errno, file, from, bytes));
  }

  /// Gives all room of a file back, whoever else has it open.
  static void empty(int file) throws IOException {
    require(
        "ftruncate",
        "file " + file,
        run("ftruncate", (_, errno) -> (int) TRUNCATE.invokeExact(errno, file, 0L)));
  }

  /// Gives a file that was opened without a name one that nothing has.
  static void link(int file, String path) throws IOException {
    require(
        "linkat",
        path,
        run(
            "linkat",
            (arena, errno) ->
                (int)
                    LINK.invokeExact(
                        errno,
                        AT_FDCWD,
                        arena.allocateFrom("/proc/self/fd/" + file),
                        AT_FDCWD,
                        arena.allocateFrom(path),
                        AT_SYMLINK_FOLLOW)));
  }

  /// Removes a name, if it is there.
  static void unlink(String path) {
    int _ =
        run("unlink", (arena, errno) -> (int) UNLINK.invokeExact(errno, arena.allocateFrom(path)));
  }

  static void close(int file) {
    int _ = run("close", (_, errno) -> (int) CLOSE.invokeExact(errno, file));
  }

  /// The file system that a directory is on.
  static FileSystem fileSystem(String path) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var its = arena.allocate(STATFS_BYTES, Long.BYTES);
      require(
          "statfs",
          path,
          run(
              "statfs",
              (inner, errno) -> (int) STATFS.invokeExact(errno, inner.allocateFrom(path), its)));
      return new FileSystem(
          its.get(LONG, 0),
          its.get(LONG, STATFS_BLOCKS) > 0,
          its.get(LONG, STATFS_AVAILABLE) * its.get(LONG, STATFS_BLOCK_SIZE));
    }
  }
}
