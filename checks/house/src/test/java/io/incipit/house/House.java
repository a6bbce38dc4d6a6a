// SPDX-License-Identifier: Apache-2.0
package io.incipit.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Where the sources of the project are.
final class House {
  static final Path ROOT =
      Path.of(System.getProperty("incipit.root", "../..")).toAbsolutePath().normalize();

  private House() {}

  /// The directories of the Maven modules.
  static Stream<Path> modules() {
    try (var entries = Files.list(ROOT)) {
      return entries
          .filter(entry -> Files.exists(entry.resolve("src/main/java")))
          .sorted()
          .toList()
          .stream();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
