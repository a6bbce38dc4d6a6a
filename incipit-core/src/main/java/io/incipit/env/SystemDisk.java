// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The disks of this machine.
enum SystemDisk implements Disk {
  INSTANCE;

  @Override
  public InputStream openRead(Path path) throws IOException {
    return Files.newInputStream(path);
  }

  @Override
  public OutputStream openWrite(Path path) throws IOException {
    var parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return Files.newOutputStream(path);
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public long bytes(Path path) throws IOException {
    return Files.size(path);
  }
}
