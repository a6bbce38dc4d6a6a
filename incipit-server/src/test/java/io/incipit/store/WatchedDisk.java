// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

import io.incipit.env.RawDisk;
import io.incipit.env.RawFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A disk of which somebody is told when files are opened for reading, and before and after each
/// sync of a file.
record WatchedDisk(RawDisk disk, Runnable opens, Runnable syncs, Runnable synced)
    implements RawDisk {

  @Override
  public RawFile open(Path path, boolean direct) throws IOException {
    opens.run();
    return disk.open(path, direct);
  }

  @Override
  public RawFile create(Path path, boolean direct) throws IOException {
    return new WatchedFile(disk.create(path, direct));
  }

  @Override
  public boolean takesDirect(Path directory) {
    return disk.takesDirect(directory);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    disk.createDirectory(directory);
  }

  @Override
  public List<String> names(Path directory) throws IOException {
    return disk.names(directory);
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.delete(path);
  }

  @Override
  public void sync(Path directory) throws IOException {
    disk.sync(directory);
  }

  @Override
  public Optional<Closeable> lock(Path path) throws IOException {
    return disk.lock(path);
  }

  private final class WatchedFile implements RawFile {
    private final RawFile file;

    WatchedFile(RawFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      return file.read(into, at);
    }

    @Override
    public int write(ByteBuffer from, long at) throws IOException {
      return file.write(from, at);
    }

    @Override
    public void sync() throws IOException {
      syncs.run();
      file.sync();
      synced.run();
    }

    @Override
    public long bytes() throws IOException {
      return file.bytes();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
