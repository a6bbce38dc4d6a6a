// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import java.nio.file.Path;

/// Where the audit log is, and how much of it is kept.
///
/// @param file the one that is written
/// @param fileBytesMax bytes of one file
/// @param files older ones that are kept beside it
public record AuditConfig(Path file, long fileBytesMax, int files) {
  /// Bytes of a file that is not worth rotating.
  public static final long FILE_BYTES_MIN = 64 << 10;

  private static final int FILES_MAX = 1_000;

  public AuditConfig {
    if (fileBytesMax < FILE_BYTES_MIN) {
      throw new IllegalArgumentException(
          "audit.file-limit: %d (expected: at least %d)".formatted(fileBytesMax, FILE_BYTES_MIN));
    }
    if (files < 1 || files > FILES_MAX) {
      throw new IllegalArgumentException(
          "audit.files: %d (expected: 1 to %d)".formatted(files, FILES_MAX));
    }
  }
}
