// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Set;

/// The standard input and output, under the names by which people reach them as files. `-` is the
/// one where something is read, and the other where something is written; a file of that name is
/// `./-`.
final class StandardFiles {
  private static final Path IN = Path.of("/dev/stdin");
  private static final Path OUT = Path.of("/dev/stdout");
  private static final Set<String> INS = Set.of("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0");
  private static final Set<String> OUTS =
      Set.of("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");

  private StandardFiles() {}

  static boolean isIn(Path path) {
    return INS.contains(path.toString());
  }

  static boolean isOut(Path path) {
    return OUTS.contains(path.toString());
  }

  /// Under which name the system knows what is read.
  static Path read(Path path) {
    return isIn(path) ? IN : path;
  }

  /// Under which name the system knows what is written.
  static Path written(Path path) {
    return isOut(path) ? OUT : path;
  }

  /// The standard input from where it stands.
  static InputStream in() {
    return new FilterInputStream(new FileInputStream(FileDescriptor.in)) {
      @Override
      public void close() {
        // It belongs to the process.
      }
    };
  }

  static OutputStream out() {
    return new FilterOutputStream(new FileOutputStream(FileDescriptor.out)) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() {
        // It belongs to the process.
      }
    };
  }
}
