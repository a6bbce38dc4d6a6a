// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The disks of this machine.
enum SystemDisk implements Disk {
  INSTANCE;

  /// Links that lead to a file are followed so far, as the system does.
  private static final int LINKS_MAX = 40;

  /// The bits of a mode that say who may do what.
  private static final int RIGHTS = 0777;

  private static final Path DEVICES = Path.of("/dev");

  @Override
  public InputStream openRead(Path path) throws IOException {
    return StandardFiles.isIn(path) ? StandardFiles.in() : Files.newInputStream(path);
  }

  @Override
  public Draft draft(Path path) throws IOException {
    if (isStandardOut(path)) {
      return new StreamDraft(StandardFiles.out());
    }
    return isOther(path) ? new StreamDraft(Files.newOutputStream(path)) : FileDraft.of(place(path));
  }

  @Override
  public Log log(Path path) throws IOException {
    return SystemLog.open(path);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /// A file opened for appending, so that nothing that is there is ever written over.
  ///
  /// @param key which file it is, on which device; null where the system does not say
  private record SystemLog(Path path, FileChannel channel, @Nullable Object key) implements Log {
    static SystemLog open(Path path) throws IOException {
      // A pipe would be waited for.
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
          && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(path + ": no regular file (expected: one, or nothing)");
      }
      var channel =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        return new SystemLog(path, channel, key(path));
      } catch (IOException | RuntimeException | Error failure) {
        channel.close();
        throw failure;
      }
    }

    private static @Nullable Object key(Path path) throws IOException {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    }

    @Override
    public long bytes() throws IOException {
      return channel.size();
    }

    @Override
    public boolean isTorn() throws IOException {
      long size = channel.size();
      if (size == 0) {
        return false;
      }
      var last = ByteBuffer.allocate(1);
      try (var reading = FileChannel.open(path, StandardOpenOption.READ)) {
        return reading.read(last, size - 1) < 1 || last.get(0) != '\n';
      }
    }

    @Override
    public int append(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public boolean isInPlace() {
      try {
        return Objects.equals(key, key(path));
      } catch (IOException _) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public String obstacle(Path path) {
    if (isStandardOut(path)) {
      return "";
    }
    if (Files.isDirectory(path)) {
      return "a file, and this is a directory";
    }
    if (Files.exists(path) && !Files.isWritable(path)) {
      return "a file that may be written, and this may not";
    }
    var place = place(path);
    var parent = place.getParent();
    if (isOther(path) || parent == null) {
      return "";
    }
    if (!Files.isDirectory(parent)) {
      return "a file in a directory that is there, and %s is not".formatted(parent);
    }
    return takesFiles(place)
        ? ""
        : "a file in a directory that may be written, and %s may not".formatted(parent);
  }

  /// Whether a file may be made beside a place. Tried, since of a file system that takes none, root
  /// is told that it may be written.
  private static boolean takesFiles(Path place) {
    try {
      FileDraft.of(place).close();
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  @Override
  public long freeBytes(Path path) {
    var parent = place(path).getParent();
    if (isStandardOut(path) || isOther(path) || parent == null) {
      return Long.MAX_VALUE;
    }
    try {
      return Files.getFileStore(parent).getUsableSpace();
    } catch (IOException _) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public boolean isStandardOut(Path path) {
    return StandardFiles.isOut(path) || isSame(path, StandardFiles.written(Path.of("-")));
  }

  @Override
  public boolean overwrites(Path written, Path read) {
    var source = StandardFiles.read(read);
    // Terminals and the like are one file for both, and take no harm.
    boolean device = isOther(source) && source.toAbsolutePath().startsWith(DEVICES);
    return !device && isSame(StandardFiles.written(written), source);
  }

  @Override
  public boolean isSamePlace(Path one, Path other) {
    if (isStandardOut(one) || isStandardOut(other)) {
      return isStandardOut(one) && isStandardOut(other);
    }
    return !isOther(one) && place(one).equals(place(other));
  }

  @Override
  public boolean isReadOnce(Path path) {
    return StandardFiles.isIn(path) || isOther(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public boolean exists(Path path) {
    return StandardFiles.isIn(path) || Files.exists(path);
  }

  @Override
  public long bytes(Path path) throws IOException {
    return isReadOnce(path) ? 0 : Files.size(path);
  }

  @Override
  public Facts facts(Path path) throws IOException {
    var basic = Files.readAttributes(path, BasicFileAttributes.class);
    return new Facts(basic.size(), basic.lastModifiedTime().to(TimeUnit.NANOSECONDS), rights(path));
  }

  private static OptionalInt rights(Path path) throws IOException {
    try {
      return OptionalInt.of((Integer) Files.getAttribute(path, "unix:mode") & RIGHTS);
    } catch (UnsupportedOperationException | IllegalArgumentException _) {
      return OptionalInt.empty();
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException _) {
      // One of them is not there.
      return false;
    }
  }

  /// Whether something is there that is neither a file nor a directory.
  private static boolean isOther(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isOther();
    } catch (IOException _) {
      return false;
    }
  }

  /// Where a file is or would be made, with links followed.
  private static Path place(Path path) {
    var place = path.toAbsolutePath();
    try {
      for (int i = 0; i < LINKS_MAX && Files.isSymbolicLink(place); i++) {
        place = place.resolveSibling(Files.readSymbolicLink(place));
      }
      var parent = place.getParent();
      var name = place.getFileName();
      return parent == null || name == null ? place : parent.toRealPath().resolve(name).normalize();
    } catch (IOException _) {
      return place.normalize();
    }
  }

  /// What goes to where nothing can be taken back: the standard output, a pipe, a terminal.
  private record StreamDraft(OutputStream out) implements Draft {
    @Override
    public void keep() throws IOException {
      out.close();
    }

    @Override
    public void close() {
      try (out) {
        // Closing is all that there is to do.
      } catch (IOException _) {
        // What was written is on its way already, and whoever keeps it was told of failures.
      }
    }
  }
}
