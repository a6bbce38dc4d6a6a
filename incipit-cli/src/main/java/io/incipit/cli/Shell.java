// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// A root command and its subcommands, with one manner of help, errors and exit codes.
///
/// Exit codes: 0 done, 1 failed, 2 misuse. What a command found goes to the standard output, what
/// went wrong to the standard error. For one thread.
public final class Shell {
  private final CommandLine line;
  private Optional<TextOut> out = Optional.empty();

  private Shell(CommandLine line) {
    this.line = line;
  }

  /// A shell without commands.
  ///
  /// @param root an object annotated with picocli's `Command`
  public static Shell of(Object root) {
    return new Shell(line(root));
  }

  /// Adds a command; help lists commands in the order in which they were added.
  ///
  /// @param command an object annotated with picocli's `Command`; a `Callable<Integer>` that
  ///     returns its exit code, or a `Runnable`
  public Shell with(Object command) {
    line.addSubcommand(line(command));
    return this;
  }

  /// Adds a group and its commands, as [#with(Object)] does.
  public Shell with(Object group, Object... commands) {
    var grouped = line(group);
    for (var command : commands) {
      grouped.addSubcommand(line(command));
    }
    line.addSubcommand(grouped);
    return this;
  }

  /// Runs what the arguments name and returns the exit code; without arguments, that is misuse.
  public int run(String... args) {
    line.setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((failure, _) -> misuse(failure))
        .setExecutionExceptionHandler((failure, failed, _) -> failed(failure, failed));
    int code = args.length == 0 ? missing(line) : line.execute(args);
    line.getOut().flush();
    return out.flatMap(TextOut::failure).map(this::unwritten).orElse(code);
  }

  /// Lets text go to a stream, and fails if it does not get there.
  ///
  /// @param charset of the text
  public Shell writingTo(OutputStream stream, Charset charset) {
    var text = new TextOut(stream);
    out = Optional.of(text);
    line.setOut(new PrintWriter(new OutputStreamWriter(text, charset), true));
    return this;
  }

  private int unwritten(String reason) {
    complain(line, "incipit: standard output: cannot be written (%s)".formatted(reason));
    return ExitCode.SOFTWARE;
  }

  /// Shows which commands there are to somebody who named none, and returns the exit code.
  static int missing(CommandLine group) {
    group.usage(group.getErr());
    complain(
        group,
        "%s: no command (expected: %s)"
            .formatted(
                group.getCommandSpec().qualifiedName(),
                String.join(", ", group.getSubcommands().keySet())));
    return ExitCode.USAGE;
  }

  /// What runs beneath, for tests that look at what it prints.
  CommandLine line() {
    return line;
  }

  private static CommandLine line(Object command) {
    var line = new CommandLine(command);
    line.getCommandSpec().mixinStandardHelpOptions(true);
    return line;
  }

  private int misuse(ParameterException failure) {
    var failed = failure.getCommandLine();
    var name = failed.getCommandSpec().qualifiedName();
    complain(failed, name + ": " + reason(failure));
    failed.getErr().println("See '" + name + " --help'.");
    return ExitCode.USAGE;
  }

  private static String reason(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      var word = unmatched.getUnmatched().getFirst();
      var known = failure.getCommandLine().getSubcommands().keySet();
      return known.isEmpty()
          ? "argument: %s (expected: no more of them)".formatted(word)
          : "unknown command: %s (expected: %s)".formatted(word, String.join(", ", known));
    }
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }

  private static int failed(Exception failure, CommandLine failed) {
    var name = failed.getCommandSpec().qualifiedName();
    complain(failed, name + ": " + Objects.requireNonNullElse(failure.getMessage(), "failed"));
    if (failure.getMessage() == null || Boolean.getBoolean("incipit.trace")) {
      failure.printStackTrace(failed.getErr());
    }
    return ExitCode.SOFTWARE;
  }

  private static void complain(CommandLine failed, String text) {
    Help.ColorScheme colours = failed.getColorScheme();
    failed.getErr().println(colours.errorText(text));
  }
}
