// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/// Files of the user that this process runs as, where somebody else says which: no link, no device,
/// nothing of another user's.
public final class OwnFile {
  private static final int KIND_MASK = 0xF000;
  private static final int REGULAR = 0x8000;
  private static final Path PROCESS = Path.of("/proc/self");

  private OwnFile() {}

  /// Whether a path is a regular file that has this one name, and belongs to the user that this
  /// process runs as. Never on a system that has no `/proc`.
  public static boolean is(Path path) {
    try {
      var its = attributes(path, LinkOption.NOFOLLOW_LINKS);
      return (number(its, "mode") & KIND_MASK) == REGULAR
          && number(its, "nlink") == 1
          && number(its, "uid") == number(attributes(PROCESS), "uid");
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return false;
    }
  }

  private static Map<String, Object> attributes(Path path, LinkOption... options)
      throws IOException {
    return Files.readAttributes(path, "unix:mode,nlink,uid", options);
  }

  private static int number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Integer number ? number : -1;
  }

  /// Opens a file for reading that [#is] one.
  ///
  /// @throws NoSuchFileException if it is none
  public static RawFile open(Path path) throws IOException {
    if (!is(path)) {
      throw new NoSuchFileException(path + ": no file of this user's");
    }
    return new SystemRawFile(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }
}
