// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The files into which a command writes its report beside the text. Mixins.
public final class ReportFile {
  private ReportFile() {}

  /// A report for machines.
  public static final class Json {
    private static final JsonMapper JSON =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(
        names = "--json",
        paramLabel = "OUT",
        description =
            "Write all numbers to this file as well, for machines; - is the standard output.")
    private @Nullable Path json;

    /// The file, if one was asked for.
    public Stream<Output> output() {
      return Optional.ofNullable(json).map(path -> new Output("--json", path)).stream();
    }

    /// Writes a report if that was asked for; it is made only then.
    ///
    /// @param report a map, or a record
    public void write(Outputs files, Supplier<?> report) throws IOException {
      for (var output : output().toList()) {
        files.write(output, JSON.writeValueAsString(report.get()) + "\n");
      }
    }
  }

  /// A report as a page.
  public static final class Html {
    @Option(
        names = "--html",
        paramLabel = "OUT",
        description =
            "Write a page with plots to this file; a browser shows it without a network; - is the"
                + " standard output.")
    private @Nullable Path html;

    /// The file, if one was asked for.
    public Stream<Output> output() {
      return Optional.ofNullable(html).map(path -> new Output("--html", path)).stream();
    }

    /// Writes a page if that was asked for; it is made only then.
    public void write(Outputs files, Supplier<String> page) throws IOException {
      for (var output : output().toList()) {
        files.write(output, page.get());
      }
    }
  }
}
