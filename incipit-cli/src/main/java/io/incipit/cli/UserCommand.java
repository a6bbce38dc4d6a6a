// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `incipit user`: the group of the commands that make users of a server.
@Command(
    name = "user",
    header = "Makes users, for the file that access.users names.",
    synopsisSubcommandLabel = "COMMAND",
    description = {"", "docs/security.md says what that file has.", ""})
final class UserCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  /// Without a command of the group, says which there are.
  @Override
  public Integer call() {
    return spec == null ? ExitCode.USAGE : Shell.missing(spec.commandLine());
  }
}
