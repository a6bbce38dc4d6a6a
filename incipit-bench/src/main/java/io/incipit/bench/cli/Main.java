// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.cli.Shell;
import java.util.Arrays;
import picocli.CommandLine.Command;

/// The command `incipit bench`. A measurement of its own is one class and one line in [#main].
public final class Main {
  private Main() {}

  /// Runs the command that the arguments name and exits with its code: 0 done, 1 failed, 2 misuse.
  public static void main(String[] args) {
    var rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    System.exit(
        Shell.of(new Bench())
            .with(new IndexCommand())
            .with(new ServerCommand())
            .with(new RouterCommand())
            .with(new StoreCommand())
            .with(new DiskCommand())
            .with(new GuardCommand())
            .with(new RivalsCommand())
            .with(new ReportCommand())
            .run(rest));
  }

  /// What the launcher shows when none of its measurements is named.
  @Command(
      name = "incipit bench",
      header = "Measurements of Incipit and of what it is compared with.")
  static final class Bench {}
}
