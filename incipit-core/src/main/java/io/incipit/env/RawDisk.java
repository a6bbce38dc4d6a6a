// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Files whose bytes are read and written by position, and the directories that they are in.
/// Every method blocks; thread-safe.
public interface RawDisk {
  /// What direct I/O reads and writes at once; positions, lengths and buffers are multiples of it.
  int UNIT = 4096;

  /// The disks of this machine.
  static RawDisk system() {
    return SystemRawDisk.INSTANCE;
  }

  /// There is no room for what is written.
  final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSpaceException(String message) {
      super(message);
    }
  }

  /// Opens a file for reading.
  ///
  /// @param direct whether bytes go around the system's cache; see [#UNIT]
  /// @throws java.nio.file.NoSuchFileException if there is none
  RawFile open(Path path, boolean direct) throws IOException;

  /// Makes a file, to be written. Its name outlives a loss of power after [#sync] of the directory.
  ///
  /// @throws java.nio.file.FileAlreadyExistsException if there is one
  RawFile create(Path path, boolean direct) throws IOException;

  /// Whether files of a directory can be opened for direct I/O in multiples of [#UNIT]. Tried.
  boolean takesDirect(Path directory);

  /// Makes a directory and those above it, as far as they are missing.
  void createDirectory(Path directory) throws IOException;

  /// Names of what is in a directory, in no order.
  List<String> names(Path directory) throws IOException;

  /// Removes a file, if it is there.
  void delete(Path path) throws IOException;

  /// Returns when names that were made and removed in a directory will outlive a loss of power.
  void sync(Path directory) throws IOException;

  /// Takes a lock on a file, which is made if it is missing. It ends when closed, or with the
  /// process.
  ///
  /// @return none if another process has it, or this one already
  Optional<Closeable> lock(Path path) throws IOException;
}
