// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A directory of small text files for the user that this process runs as alone, which is there
/// whole or not at all: it is made beside its place, under a name that ends in `.part`, and
/// renamed. Nothing that exists is written over. For one thread; blocks.
public final class SecretDirectory implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path place;
  private final Path beside;
  private boolean kept;

  private SecretDirectory(Path place, Path beside) {
    this.place = place;
    this.beside = beside;
  }

  /// Begins a directory.
  ///
  /// @param place where it is to be: nothing, or an empty directory, in a directory that exists
  /// @throws IOException `path: what is wrong (expected: ...)`
  public static SecretDirectory begin(Path place) throws IOException {
    var whole = resolved(place);
    requireFree(whole);
    var number = Long.toHexString(RandomSource.system().fresh());
    var beside = whole.resolveSibling(".%s.%s.part".formatted(whole.getFileName(), number));
    try {
      Files.createDirectory(beside, OWN_DIRECTORY);
    } catch (FileSystemException refused) {
      throw fault(beside, "cannot be made, " + reason(refused), "a place to write", refused);
    } catch (UnsupportedOperationException modeless) {
      throw fault(beside, "no file modes", "a system that has them", modeless);
    }
    return new SecretDirectory(whole, beside);
  }

  /// The absolute path of a directory, links followed as far as there is something.
  ///
  /// @throws IOException if it has no name, or none exists to make it in
  public static Path resolved(Path place) throws IOException {
    var absolute = place.toAbsolutePath().normalize();
    if (Files.exists(absolute)) {
      absolute = absolute.toRealPath();
    } else if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw fault(absolute, "a link to nothing", "a directory, or nothing", null);
    }
    var parent = absolute.getParent();
    if (parent == null) {
      throw fault(absolute, "the root", "a directory below it", null);
    }
    if (!Files.isDirectory(parent)) {
      throw fault(parent, "no such directory", "one to make a directory in", null);
    }
    return parent.toRealPath().resolve(absolute.getFileName());
  }

  /// Refuses a place where something is already.
  ///
  /// @throws IOException `path: what is there (expected: ...)`
  public static void requireFree(Path place) throws IOException {
    if (!Files.exists(place)) {
      return;
    }
    if (!Files.isDirectory(place)) {
      throw fault(place, "a file", "a directory that is empty, or nothing", null);
    }
    try (DirectoryStream<Path> there = Files.newDirectoryStream(place)) {
      if (there.iterator().hasNext()) {
        throw fault(place, "has files", "a directory that is empty, or nothing", null);
      }
    }
  }

  /// Where it will be: absolute, without links.
  public Path place() {
    return place;
  }

  /// Adds a file, mode 0600, and waits until it is on the disk.
  ///
  /// @param name without folders, which no other file has
  public void write(String name, String text) throws IOException {
    var file = beside.resolve(name);
    Files.createFile(file, OWN_FILE);
    Files.write(
        file,
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC);
  }

  /// Puts the directory in its place, in one step.
  ///
  /// @throws IOException if something has come there meanwhile, or it cannot be renamed to
  public void keep() throws IOException {
    sync(beside);
    try {
      Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException refused) {
      throw fault(
          place,
          "cannot be put there, " + reason(refused),
          "nothing, or an empty directory that is no mount point",
          refused);
    }
    kept = true;
    sync(place.resolveSibling("."));
  }

  private static void sync(Path directory) throws IOException {
    try (var open = FileChannel.open(directory, StandardOpenOption.READ)) {
      open.force(true);
    }
  }

  /// Removes what was not kept.
  @Override
  public void close() throws IOException {
    if (kept || !Files.exists(beside)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(beside)) {
      for (var file : files) {
        Files.delete(file);
      }
    }
    Files.delete(beside);
  }

  private static String reason(FileSystemException refused) {
    var reason = refused.getReason();
    return reason == null ? refused.getClass().getSimpleName() : reason;
  }

  private static IOException fault(
      Path path, String what, String expected, @Nullable Throwable cause) {
    return new IOException("%s: %s (expected: %s)".formatted(path, what, expected), cause);
  }
}
