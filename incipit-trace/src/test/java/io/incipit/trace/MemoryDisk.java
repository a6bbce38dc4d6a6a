// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.env.Disk;
import io.incipit.env.Draft;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Files that are not there after the test.
public final class MemoryDisk implements Disk {
  private final Map<Path, byte[]> files = new ConcurrentHashMap<>();

  /// Makes a disk without files.
  public MemoryDisk() {}

  /// Makes a file.
  public MemoryDisk with(Path path, byte[] bytes) {
    files.put(path, bytes);
    return this;
  }

  /// Makes a text file.
  public MemoryDisk with(Path path, String text) {
    return with(path, text.getBytes(UTF_8));
  }

  @Override
  public InputStream openRead(Path path) throws IOException {
    return new ByteArrayInputStream(file(path));
  }

  /// What is written there becomes the file once that is closed.
  public OutputStream openWrite(Path path) {
    return new ByteArrayOutputStream() {
      @Override
      public void close() {
        files.put(path, toByteArray());
      }
    };
  }

  @Override
  public Draft draft(Path path) {
    var bytes = new ByteArrayOutputStream();
    return new Draft() {
      @Override
      public OutputStream out() {
        return bytes;
      }

      @Override
      public void keep() {
        files.put(path, bytes.toByteArray());
      }

      @Override
      public void close() {
        // What was not kept is in no file.
      }
    };
  }

  @Override
  public boolean exists(Path path) {
    return files.containsKey(path);
  }

  @Override
  public long bytes(Path path) throws IOException {
    return file(path).length;
  }

  private byte[] file(Path path) throws NoSuchFileException {
    var bytes = files.get(path);
    if (bytes == null) {
      throw new NoSuchFileException(path.toString());
    }
    return bytes;
  }
}
