// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A disk on which one pipe can be read as a file is: its beginning as often as one likes, to see
/// what it is, and all of it once; or, copied to a temporary file, all of it as often as one likes.
/// For one thread, apart from what it hands on.
public final class PipeDisk implements Disk {
  /// How much is kept to be read again. The head of a trace is 64 KiB; packed, it needs no more
  /// than a few buffers of as much.
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private final Disk disk;
  private final Path path;
  private final boolean often;
  private @Nullable InputStream pipe;
  private @Nullable Path copy;

  /// What was read so far; grows until somebody reads beyond what is kept.
  private byte[] kept = new byte[1 << 16];

  private int keptLength;
  private boolean passed;

  /// A disk with a pipe that nobody has opened yet.
  ///
  /// @param path of the pipe
  /// @param often whether all of it is to be read more than once
  public PipeDisk(Disk disk, Path path, boolean often) {
    this.disk = disk;
    this.path = path;
    this.often = often;
  }

  @Override
  public InputStream openRead(Path asked) throws IOException {
    if (!asked.equals(path)) {
      return disk.openRead(asked);
    }
    if (often) {
      return Files.newInputStream(copied());
    }
    if (passed) {
      throw new IOException("a pipe that was read before (expected: to be read once)");
    }
    if (pipe == null) {
      pipe = disk.openRead(path);
    }
    return new Again(pipe);
  }

  private Path copied() throws IOException {
    if (copy == null) {
      var file = Files.createTempFile("incipit-", ".pipe");
      file.toFile().deleteOnExit();
      try (var in = disk.openRead(path);
          var out = Files.newOutputStream(file)) {
        in.transferTo(out);
      }
      copy = file;
    }
    return copy;
  }

  @Override
  public long bytes(Path asked) throws IOException {
    return copy != null && asked.equals(path) ? Files.size(copy) : disk.bytes(asked);
  }

  @Override
  public Draft draft(Path asked) throws IOException {
    return disk.draft(asked);
  }

  @Override
  public boolean exists(Path asked) {
    return disk.exists(asked);
  }

  /// The pipe from its first byte.
  private final class Again extends InputStream {
    private final InputStream in;
    private long position;

    Again(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position < keptLength) {
        int copied = (int) Math.min(length, keptLength - position);
        System.arraycopy(kept, (int) position, target, offset, copied);
        position += copied;
        return copied;
      }
      if (passed && position < KEPT_BYTES_MAX) {
        throw new IOException("a pipe that somebody else read on (expected: one reader)");
      }
      int read = in.read(target, offset, length);
      keep(target, offset, Math.max(0, read));
      position += Math.max(0, read);
      return read;
    }

    private void keep(byte[] bytes, int offset, int length) {
      if (passed) {
        return;
      }
      if (length > KEPT_BYTES_MAX - keptLength) {
        passed = true;
        kept = new byte[0];
        keptLength = 0;
        return;
      }
      if (length > kept.length - keptLength) {
        kept = Arrays.copyOf(kept, Math.max(2 * kept.length, keptLength + length));
      }
      System.arraycopy(bytes, offset, kept, keptLength, length);
      keptLength += length;
    }

    @Override
    public void close() throws IOException {
      if (passed) {
        in.close();
      }
    }
  }
}
