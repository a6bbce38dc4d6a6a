// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A report for machines. A mixin.
final class JsonOption {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write all numbers to this file as well, for machines.")
  private @Nullable Path json;

  /// Writes a report if that was asked for; it is made only then.
  ///
  /// @param report a map, or a record
  void write(TraceInput files, Supplier<?> report) throws IOException {
    if (json != null) {
      files.write(json, JSON.writeValueAsString(report.get()) + "\n");
    }
  }
}
