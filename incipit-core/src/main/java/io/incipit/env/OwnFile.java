// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Files of the user that this process runs as, where somebody else says which: no link, no device,
/// nothing of another user's.
public final class OwnFile {
  private static final int KIND_MASK = 0xF000;
  private static final int REGULAR = 0x8000;
  private static final int STICKY = 0x200;

  /// By the group or by all: bits of `st_mode`.
  private static final int WRITABLE_BY_OTHERS = 0x12;

  private static final Path PROCESS = Path.of("/proc/self");

  private OwnFile() {}

  /// Whether a path is a regular file that has this one name, and belongs to the user that this
  /// process runs as. Never on a system that has no `/proc`.
  public static boolean is(Path path) {
    return its(path, LinkOption.NOFOLLOW_LINKS).isPresent();
  }

  /// The same of a file that this process has open, whatever has its path by now.
  ///
  /// @param file its number in this process
  public static boolean isOpen(int file) {
    return its(PROCESS.resolve("fd").resolve(Integer.toString(file))).isPresent();
  }

  /// Whether a path is on a tmpfs, so in memory.
  ///
  /// @throws IOException if it cannot be looked at
  public static boolean isInMemory(Path path) throws IOException {
    return Files.getFileStore(path).type().equals("tmpfs");
  }

  /// Which file it is, on which device, if it is one of this user's.
  private static Optional<Object> its(Path path, LinkOption... options) {
    try {
      var its = attributes(path, options);
      return (number(its, "mode") & KIND_MASK) == REGULAR
              && number(its, "nlink") == 1
              && number(its, "uid") == number(attributes(PROCESS), "uid")
          ? Optional.ofNullable(its.get("fileKey"))
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Whether a directory is one in which users other than its own and root replace nothing of one
  /// another's: nobody else may write there, or it has the sticky bit, as `/tmp` does.
  ///
  /// @throws IOException if it cannot be looked at
  public static boolean isKeptFromOthers(Path directory) throws IOException {
    int mode = number(attributes(directory), "mode");
    return (mode & WRITABLE_BY_OTHERS) == 0 || (mode & STICKY) != 0;
  }

  private static Map<String, Object> attributes(Path path, LinkOption... options)
      throws IOException {
    return Files.readAttributes(path, "unix:mode,nlink,uid,fileKey", options);
  }

  private static int number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Integer number ? number : -1;
  }

  /// Opens a file for reading that [#is] one, in a directory that [is kept from
  /// others][#isKeptFromOthers].
  ///
  /// Java can neither open without waiting nor look at what it has opened: a pipe that took the
  /// place of a file would be waited for. So nobody else may be able to put one there, and the path
  /// has to be the same file before and after.
  ///
  /// @param path absolute
  /// @throws NoSuchFileException if it is none
  public static RawFile open(Path path) throws IOException {
    var before = its(path, LinkOption.NOFOLLOW_LINKS);
    var directory = path.getParent();
    if (before.isEmpty() || directory == null || !isKeptFromOthers(directory)) {
      throw none(path);
    }
    var file = new SystemRawFile(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    if (!its(path, LinkOption.NOFOLLOW_LINKS).equals(before)) {
      file.close();
      throw none(path);
    }
    return file;
  }

  private static NoSuchFileException none(Path path) {
    return new NoSuchFileException(path + ": no file that is this user's alone");
  }
}
