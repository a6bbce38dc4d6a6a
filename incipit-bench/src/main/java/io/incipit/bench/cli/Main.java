// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.cli.Shell;
import java.util.Arrays;
import picocli.CommandLine.Command;

/// The commands `incipit bench` and `incipit evaluate`. A measurement of its own is one class and
/// one line in [#main].
public final class Main {
  private Main() {}

  /// Runs the command that the arguments name and exits with its code: 0 done, 1 failed, 2 misuse.
  public static void main(String[] args) {
    boolean evaluates = args.length > 0 && args[0].equals("evaluate");
    var rest = args.length == 0 || evaluates ? args : Arrays.copyOfRange(args, 1, args.length);
    System.exit((evaluates ? evaluate() : bench()).run(rest));
  }

  private static Shell evaluate() {
    return Shell.of(new Root()).with(new EvaluateCommand(), new RivalsCommand());
  }

  private static Shell bench() {
    return Shell.of(new Bench())
        .with(new IndexCommand())
        .with(new ServerCommand())
        .with(new RouterCommand())
        .with(new StoreCommand())
        .with(new DiskCommand())
        .with(new GuardCommand())
        .with(new ReportCommand());
  }

  /// What stands above `evaluate`.
  @Command(name = "incipit")
  static final class Root {}

  /// What the launcher shows when none of its measurements is named.
  @Command(
      name = "incipit bench",
      header = "Measurements of Incipit and of what it is compared with.")
  static final class Bench {}
}
