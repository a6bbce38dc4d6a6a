// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `incipit trace`: the group of the commands that work on recorded traces.
@Command(
    name = "trace",
    header = "Reads, measures and makes traces of requests.",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "",
      "A trace says when each prompt came and which blocks it has. Which format a file has is seen"
          + " from its content; gzip and zstd are unpacked on the way.",
      ""
    })
final class TraceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /// Without a command of the group, says which there are.
  @Override
  public Integer call() {
    return spec == null ? ExitCode.USAGE : Shell.missing(spec.commandLine());
  }
}
