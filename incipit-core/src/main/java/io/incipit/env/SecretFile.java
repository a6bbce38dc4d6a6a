// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/// Small text files of secrets, or of what is made from them: nobody may read them but the user
/// that this process runs as, root, and one group.
public final class SecretFile {
  /// Writing and running by the group, and anything by all: bits of `st_mode`.
  private static final int FORBIDDEN = 0037;

  private static final int MODE_MASK = 0xfff;
  private static final Path PROCESS = Path.of("/proc/self");

  private SecretFile() {}

  /// Reads a file. Blocks.
  ///
  /// @param bytesMax more than that is not read
  /// @throws IOException if it is not there, too long, or not kept from others; its message begins
  ///     with the path and never has what the file says
  public static String read(Path path, int bytesMax) throws IOException {
    requireKept(path);
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(bytesMax + 1);
    }
    if (bytes.length > bytesMax) {
      throw new IOException(
          "%s: more than %d bytes (expected: at most that)".formatted(path, bytesMax));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void requireKept(Path path) throws IOException {
    Map<String, Object> its;
    try {
      its = Files.readAttributes(path, "unix:mode,uid");
    } catch (NoSuchFileException none) {
      throw new IOException("%s: no such file (expected: one that exists)".formatted(path), none);
    } catch (UnsupportedOperationException | IllegalArgumentException unknown) {
      throw new IOException(
          "%s: nobody says who may read it (expected: a system with file modes)".formatted(path),
          unknown);
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException("%s: no regular file (expected: one)".formatted(path));
    }
    int mode = number(its, "mode") & MODE_MASK;
    if (!isKept(mode)) {
      throw new IOException(
          "%s: mode %04o (expected: 0600 or 0640, so that others neither read nor write it)"
              .formatted(path, mode));
    }
    int owner = number(its, "uid");
    int self = number(Files.readAttributes(PROCESS, "unix:uid"), "uid");
    if (owner != self && owner != 0) {
      throw new IOException(
          "%s: of user %d (expected: %d, who runs this, or root)".formatted(path, owner, self));
    }
  }

  /// Whether a mode keeps a file from others: its group may read it, and nobody else anything.
  public static boolean isKept(int mode) {
    return (mode & FORBIDDEN) == 0;
  }

  private static int number(Map<String, Object> attributes, String name) {
    return attributes.get(name) instanceof Integer number ? number : -1;
  }
}
