// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import io.incipit.env.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The files of the log: one that grows, and older ones with numbers behind their names, 1 for the
/// youngest. For one thread.
///
/// What could not be written is kept, and goes on where it stopped if the file is as it was left;
/// if not, or if a crash left a line unfinished, that line is ended, and the next begins anew.
final class AuditFile implements Closeable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Disk disk;
  private final AuditConfig config;
  private Disk.@Nullable Log log;
  private long size;

  /// Whole lines of which some bytes may be written.
  private ByteBuffer rest = NOTHING;

  AuditFile(Disk disk, AuditConfig config) {
    this.disk = disk;
    this.config = config;
  }

  /// Opens the file, so that something wrong is found before anything is to be written.
  void open() throws IOException {
    opened();
  }

  /// Writes whole lines. If that fails they are kept for [#goOn].
  void write(byte[] lines) throws IOException {
    rest = ByteBuffer.wrap(lines);
    goOn();
  }

  /// Writes what is left of the lines before.
  void goOn() throws IOException {
    if (!rest.hasRemaining()) {
      return;
    }
    try {
      var its = opened();
      if (rest.position() == 0 && size > 0 && size + rest.remaining() > config.fileBytesMax()) {
        its = rotated();
      }
      while (rest.hasRemaining()) {
        size += its.append(rest);
      }
      rest = NOTHING;
    } catch (IOException failure) {
      forget();
      throw failure;
    }
  }

  /// Whether nothing waits to be written.
  boolean isIdle() {
    return !rest.hasRemaining();
  }

  private Disk.Log opened() throws IOException {
    var its = log;
    if (its != null && its.isInPlace()) {
      return its;
    }
    // Somebody moved it away, or it could not be written.
    forget();
    its = disk.log(config.file());
    log = its;
    long found = its.bytes();
    boolean left = rest.position() > 0 && found == size;
    size = found;
    if (!left) {
      rewind();
      if (its.isTorn()) {
        size += its.append(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    }
    return its;
  }

  /// Back to the beginning of the line that was not finished.
  private void rewind() {
    int at = rest.position();
    while (at > 0 && rest.get(at - 1) != '\n') {
      at--;
    }
    rest.position(at);
  }

  /// Moves older files on as far as the first number that is free, so that what fails halfway and
  /// is tried again loses none.
  private Disk.Log rotated() throws IOException {
    forget();
    int free = 1;
    while (free < config.files() && disk.exists(older(free))) {
      free++;
    }
    for (int i = free; i > 1; i--) {
      disk.move(older(i - 1), older(i));
    }
    disk.move(config.file(), older(1));
    return opened();
  }

  /// The file that was written so many rotations ago.
  private Path older(int number) {
    return config.file().resolveSibling(config.file().getFileName() + "." + number);
  }

  private void forget() {
    var its = log;
    log = null;
    if (its != null) {
      try {
        its.close();
      } catch (IOException _) {
        // What was written was written.
      }
    }
  }

  @Override
  public void close() {
    forget();
  }
}
