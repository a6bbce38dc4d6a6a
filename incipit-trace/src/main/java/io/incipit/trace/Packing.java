// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/// How a file is packed: seen from its first bytes when reading, from its name when writing.
enum Packing {
  PLAIN,
  GZIP,
  ZSTD;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int ZSTD_MAGIC = 0x28b52ffd;

  /// How what comes next on a stream is packed.
  static Packing of(BufferedInputStream in) throws IOException {
    in.mark(Integer.BYTES);
    int magic = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      magic = (magic << Byte.SIZE) | Math.max(0, in.read());
    }
    in.reset();
    if (magic == ZSTD_MAGIC) {
      return ZSTD;
    }
    return magic >>> (2 * Byte.SIZE) == GZIP_MAGIC ? GZIP : PLAIN;
  }

  /// How a file of this name is to be packed.
  static Packing of(Path path) {
    var name = path.toString();
    if (name.endsWith(".zst")) {
      return ZSTD;
    }
    return name.endsWith(".gz") ? GZIP : PLAIN;
  }

  /// What a packed stream holds.
  InputStream unpack(BufferedInputStream in) throws IOException {
    return switch (this) {
      case PLAIN -> in;
      case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
      case ZSTD -> new ZstdInputStream(in);
    };
  }

  OutputStream pack(OutputStream out) throws IOException {
    return switch (this) {
      case PLAIN -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER_BYTES);
      case ZSTD -> new ZstdOutputStream(out);
    };
  }

  /// What is wrong with a file, if a failure to read it says that its packing is broken; empty if
  /// it says something else.
  String complaint(IOException failure) {
    boolean broken =
        failure instanceof EOFException
            || failure instanceof ZipException
            || failure instanceof ZstdIOException;
    return switch (this) {
      case PLAIN -> "";
      case GZIP -> broken ? "broken gzip (expected: a whole file that gunzip reads)" : "";
      case ZSTD ->
          broken || failure.getClass() == IOException.class
              ? "broken zstd (expected: a whole file that unzstd reads)"
              : "";
    };
  }
}
