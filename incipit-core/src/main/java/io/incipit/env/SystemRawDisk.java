// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The disks of this machine.
final class SystemRawDisk implements RawDisk {
  static final SystemRawDisk INSTANCE = new SystemRawDisk();

  /// What asks for direct I/O. Looked up by name, since the JDK has it in a package of its own, and
  /// javac warns of that with no way to say that it is meant.
  private static final Optional<OpenOption> DIRECT = direct();

  /// Files that this process has locked. POSIX drops a lock when any channel of the file is closed,
  /// so a second one is not even opened.
  private final Set<Path> locked = ConcurrentHashMap.newKeySet();

  private SystemRawDisk() {}

  @Override
  public RawFile open(Path path, boolean direct) throws IOException {
    return new SystemRawFile(path, options(direct, StandardOpenOption.READ));
  }

  @Override
  public RawFile create(Path path, boolean direct) throws IOException {
    return new SystemRawFile(
        path, options(direct, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  private static Set<OpenOption> options(boolean direct, StandardOpenOption... others) {
    Set<OpenOption> options = ConcurrentHashMap.newKeySet();
    options.addAll(List.of(others));
    if (direct) {
      options.add(DIRECT.orElseThrow(UnsupportedOperationException::new));
    }
    return options;
  }

  private static Optional<OpenOption> direct() {
    try {
      for (var option : Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option instanceof OpenOption open && open.toString().equals("DIRECT")) {
          return Optional.of(open);
        }
      }
    } catch (ClassNotFoundException _) {
      // A run time without the module jdk.unsupported.
    }
    return Optional.empty();
  }

  @Override
  public boolean takesDirect(Path directory) {
    var name = "." + Long.toHexString(RandomSource.system().fresh()) + ".probe";
    var probe = directory.resolve(name);
    try (var file = create(probe, true)) {
      var unit = ByteBuffer.allocateDirect(2 * UNIT).alignedSlice(UNIT).limit(UNIT);
      return Files.getFileStore(directory).getBlockSize() <= UNIT && file.write(unit, 0) == UNIT;
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    } finally {
      try {
        Files.deleteIfExists(probe);
      } catch (IOException _) {
        // Its name says what it is.
      }
    }
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public List<String> names(Path directory) throws IOException {
    var names = new ArrayList<String>();
    try (var stream = Files.newDirectoryStream(directory)) {
      stream.forEach(path -> names.add(String.valueOf(path.getFileName())));
    }
    return names;
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void sync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public Optional<Closeable> lock(Path path) throws IOException {
    var name = path.toAbsolutePath().normalize();
    if (!locked.add(name)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(name, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        var held = channel;
        channel = null;
        return Optional.of(() -> unlock(name, held));
      }
    } catch (OverlappingFileLockException _) {
      // Another class loader of this process has it.
    } finally {
      if (channel != null) {
        unlock(name, channel);
      }
    }
    locked.remove(name);
    return Optional.empty();
  }

  private void unlock(Path name, FileChannel channel) throws IOException {
    locked.remove(name);
    channel.close();
  }
}
