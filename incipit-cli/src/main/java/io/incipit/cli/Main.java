// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Build;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import java.io.Console;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The command `incipit`. A command of its own is one class and one line in [#main].
public final class Main {
  private Main() {}

  /// Runs the command that the arguments name and exits with its code: 0 done, 1 failed, 2 misuse.
  public static void main(String[] args) {
    var disk = Disk.system();
    var clock = Clock.system();
    var random = RandomSource.system();
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    var traces = new TraceInput(disk, clock, terminal);
    var shell =
        Shell.of(new Root())
            .with(new ServeCommand(clock, random))
            .with(new ReplayCommand(traces, clock, random))
            .with(
                new TraceCommand(),
                new TraceStatsCommand(traces),
                new TraceSimCommand(traces),
                new TraceConvertCommand(traces),
                new TraceGenCommand(traces))
            .with(new PlanCommand(traces))
            .with(new UserCommand(), new UserTokenCommand(random), new UserCertificateCommand());
    System.exit(shell.writingTo(Disk.standardOut(), System.out.charset()).run(args));
  }

  /// What `incipit` itself says; its commands say the rest.
  @Command(
      name = "incipit",
      versionProvider = Version.class,
      header = {
        "@|bold Incipit|@ finds which part of a prompt's KV cache already exists, and where.",
        ""
      },
      footer = {
        "",
        "Also: @|bold incipit evaluate|@ (a trace against Redis, RDMA-based indexes and Incipit),"
            + " @|bold incipit bench|@ (measurements), @|bold incipit test|@ (build, check and test"
            + " everything).",
        "Help on one command: @|bold incipit|@ @|italic command|@ @|bold --help|@",
      })
  static final class Root {}

  /// What `--version` answers.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"incipit " + Build.ours()};
    }
  }
}
