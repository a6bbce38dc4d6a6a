// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.cli.option.TraceInput;
import io.incipit.env.Build;
import io.incipit.env.Clock;
import io.incipit.trace.MemoryDisk;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ShellTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... words) {
    var input = new TraceInput(new MemoryDisk(), Clock.system(), false);
    var shell =
        Shell.of(new Main.Root())
            .with(new TraceCommand(), new TraceSimCommand(input), new TraceStatsCommand(input))
            .with(new PlanCommand(input));
    shell.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return shell.run(words);
  }

  @Test
  void run_noCommand_isMisuseAndShowsWhichThereAre() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("Commands:", "incipit: no command (expected: trace, plan)");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void run_groupWithoutACommand_isMisuseToo() {
    assertThat(run("trace")).isEqualTo(2);
    assertThat(err.toString()).contains("incipit trace: no command (expected: sim, stats)");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void run_unknownCommand_namesThoseThatThereAre() {
    assertThat(run("plam")).isEqualTo(2);
    assertThat(err.toString()).contains("incipit: unknown command: plam (expected: trace, plan)");
    assertThat(run("trace", "simulate")).isEqualTo(2);
    assertThat(err.toString())
        .contains("incipit trace: unknown command: simulate (expected: sim, stats)");
  }

  @Test
  void run_version_isThatOfTheBuild() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).isEqualTo("incipit %s%n".formatted(Build.ours()));
  }

  @Test
  void run_help_offersNoCommandThatDoesNotExist() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("incipit bench", "incipit evaluate")
        .doesNotContain("cluster");
  }
}
