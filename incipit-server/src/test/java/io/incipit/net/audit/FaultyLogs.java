// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import io.incipit.env.Disk;
import io.incipit.env.Draft;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// Logs in memory, on a disk that fails, fills up or hangs when it is told to. Thread-safe.
final class FaultyLogs implements Disk {
  private final Map<Path, ByteArrayOutputStream> files = new ConcurrentHashMap<>();

  /// Bytes that it still takes, and at once.
  private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

  private volatile int atOnce = Integer.MAX_VALUE;
  private volatile boolean moves = true;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  void room(long bytes) {
    room.set(bytes);
  }

  void atOnce(int bytes) {
    atOnce = bytes;
  }

  void moves(boolean can) {
    moves = can;
  }

  /// Writing waits for this.
  void gate(CountDownLatch opens) {
    gate = opens;
  }

  String text(Path path) {
    var file = files.get(path);
    return file == null ? "" : file.toString(StandardCharsets.UTF_8);
  }

  void put(Path path, String text) {
    var file = new ByteArrayOutputStream();
    file.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    files.put(path, file);
  }

  void remove(Path path) {
    files.remove(path);
  }

  @Override
  public Log log(Path path) {
    var file = files.computeIfAbsent(path, _ -> new ByteArrayOutputStream());
    return new Log() {
      @Override
      public long bytes() {
        return file.size();
      }

      @Override
      public boolean isTorn() {
        var bytes = file.toByteArray();
        return bytes.length > 0 && bytes[bytes.length - 1] != '\n';
      }

      @Override
      public int append(ByteBuffer bytes) throws IOException {
        try {
          gate.await();
        } catch (InterruptedException interrupted) {
          throw new IOException(interrupted);
        }
        int length = (int) Math.min(room.get(), Math.min(atOnce, bytes.remaining()));
        if (length == 0) {
          throw new IOException("No space left on device");
        }
        room.addAndGet(-length);
        var some = new byte[length];
        bytes.get(some);
        file.writeBytes(some);
        return length;
      }

      @Override
      @SuppressWarnings("ReferenceEquality")
      public boolean isInPlace() {
        return files.get(path) == file;
      }

      @Override
      public void close() {
        // It stays.
      }
    };
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    if (!moves) {
      throw new IOException("Read-only file system");
    }
    var file = files.remove(from);
    if (file == null) {
      throw new NoSuchFileException(from.toString());
    }
    files.put(to, file);
  }

  @Override
  public boolean exists(Path path) {
    return files.containsKey(path);
  }

  @Override
  public long bytes(Path path) {
    return text(path).length();
  }

  @Override
  public InputStream openRead(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Draft draft(Path path) {
    throw new UnsupportedOperationException();
  }
}
