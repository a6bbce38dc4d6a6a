// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// A file of this machine.
///
/// An interrupt of a thread that reads closes a channel for all threads. A file that is only read
/// is therefore opened again, and the thread stays interrupted.
final class SystemRawFile implements RawFile {
  private static final int REOPENED_MAX = 8;

  private final Path path;
  private final Set<OpenOption> options;
  private volatile FileChannel channel;

  /// Guarded by this.
  private boolean closed;

  SystemRawFile(Path path, Set<OpenOption> options) throws IOException {
    this.path = path;
    this.options = options;
    this.channel = FileChannel.open(path, options);
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    boolean interrupted = false;
    try {
      for (int turn = 0; ; turn++) {
        var used = channel;
        try {
          return used.read(into, at);
        } catch (ClosedChannelException closing) {
          interrupted |= Thread.interrupted();
          if (turn == REOPENED_MAX || !reopen()) {
            throw closing;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized boolean reopen() throws IOException {
    if (closed || options.contains(StandardOpenOption.WRITE)) {
      return false;
    }
    if (!channel.isOpen()) {
      channel = FileChannel.open(path, options);
    }
    return true;
  }

  @Override
  public int write(ByteBuffer from, long at) throws IOException {
    try {
      return channel.write(from, at);
    } catch (IOException failure) {
      // The JDK gives the text of the error number and nothing else.
      var text = String.valueOf(failure.getMessage());
      if (text.contains("No space left") || text.contains("quota exceeded")) {
        throw new RawDisk.NoSpaceException(text);
      }
      throw failure;
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public long bytes() throws IOException {
    return channel.size();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    channel.close();
  }
}
