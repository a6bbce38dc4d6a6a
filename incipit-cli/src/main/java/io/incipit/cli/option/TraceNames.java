// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// What reports call traces: the names of their files, without the folders of this machine.
final class TraceNames {
  private TraceNames() {}

  /// The name of a file.
  static String of(Path path) {
    return Optional.ofNullable(path.getFileName()).map(Path::toString).orElse(path.toString());
  }

  /// Different names of different files, each with as many folders as it takes.
  ///
  /// @throws IllegalArgumentException `FILE: value (expected: ...)` if one comes twice
  static List<String> of(List<Path> paths) {
    var seen = new HashSet<Path>();
    for (var path : paths) {
      if (!seen.add(path.toAbsolutePath().normalize())) {
        throw new IllegalArgumentException("FILE: %s twice (expected: each once)".formatted(path));
      }
    }
    return paths.stream().map(path -> shortest(path, paths)).toList();
  }

  private static String shortest(Path path, List<Path> paths) {
    var whole = path.toAbsolutePath().normalize();
    for (int names = 1; names < whole.getNameCount(); names++) {
      int count = names;
      var end = end(whole, count);
      long same = paths.stream().map(other -> end(other, count)).filter(end::equals).count();
      if (same == 1) {
        return end.toString();
      }
    }
    return path.toString();
  }

  private static Path end(Path path, int names) {
    var whole = path.toAbsolutePath().normalize();
    int count = whole.getNameCount();
    return whole.subpath(Math.max(0, count - names), count);
  }
}
