// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A report as a page. A mixin.
final class HtmlOption {
  @Option(
      names = "--html",
      paramLabel = "OUT",
      description = "Write a page with plots to this file; a browser shows it without a network.")
  private @Nullable Path html;

  /// Writes a page if that was asked for; it is made only then.
  void write(TraceInput files, Supplier<String> page) throws IOException {
    if (html != null) {
      files.write(html, page.get());
    }
  }
}
