// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.cli;

import io.incipit.cli.Shell;
import picocli.CommandLine.Command;

/// The commands `incipit bench` and `incipit evaluate`. One more is one class and one line in
/// [#main].
public final class Main {
  private Main() {}

  /// Runs the command that the arguments name and exits with its code: 0 done, 1 failed, 2 misuse.
  public static void main(String[] args) {
    System.exit(Shell.of(new Root()).run(args));
  }

  /// What the launcher shows when none of its measurements is named.
  @Command(name = "incipit", header = "Measurements of Incipit and of what it is compared with.")
  static final class Root {}
}
