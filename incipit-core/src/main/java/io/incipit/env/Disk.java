// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Files. Every method blocks; thread-safe, while the streams that it opens are for one thread.
public interface Disk {
  /// The disks of this machine.
  static Disk system() {
    return SystemDisk.INSTANCE;
  }

  /// Opens a file from its first byte. Not buffered.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  InputStream openRead(Path path) throws IOException;

  /// Opens a file empty, replacing what it held; creates the directories on the way. Not buffered.
  OutputStream openWrite(Path path) throws IOException;

  boolean exists(Path path);

  /// Size of a file in bytes.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  long bytes(Path path) throws IOException;

  /// Opens a UTF-8 text file line by line.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  default BufferedReader openText(Path path) throws IOException {
    return new BufferedReader(new InputStreamReader(openRead(path), StandardCharsets.UTF_8));
  }

  /// Opens a UTF-8 text file empty, as [#openWrite] does.
  default BufferedWriter createText(Path path) throws IOException {
    return new BufferedWriter(new OutputStreamWriter(openWrite(path), StandardCharsets.UTF_8));
  }

  /// Reads a whole UTF-8 text file; meant for small ones.
  default String readText(Path path) throws IOException {
    try (var in = openRead(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Replaces a UTF-8 text file by `text`. Not atomic: a crash may leave part of it.
  default void writeText(Path path, String text) throws IOException {
    try (var out = openWrite(path)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
