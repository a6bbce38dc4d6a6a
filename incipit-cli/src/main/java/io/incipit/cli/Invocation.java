// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.Outputs;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// How a command was called: where it prints, what was typed, and how it refuses. A mixin of every
/// command that needs one of these.
@Command // picocli takes no class without an annotation as a mixin.
public final class Invocation {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  /// What a command was called by is known once picocli runs it.
  public Invocation() {
    // Nothing is known yet.
  }

  /// Where results go.
  public PrintWriter out() {
    return line().getOut();
  }

  /// Where the text of a command goes that writes files as well: not between their bytes, if one of
  /// them is the standard output.
  public PrintWriter textBeside(Outputs files) {
    return files.takeStandardOut() ? err() : out();
  }

  /// Where progress and complaints go.
  public PrintWriter err() {
    return line().getErr();
  }

  /// The command with those above it, such as `incipit trace sim`.
  String name() {
    return line().getCommandSpec().qualifiedName();
  }

  /// The whole line, as a shell takes it, but of each path its end only: what folders a machine
  /// has is nobody's business.
  public String typed() {
    return line().getParseResult().originalArgs().stream()
        .map(Invocation::withoutFolders)
        .map(Invocation::quoted)
        .collect(Collectors.joining(" ", "./incipit ", ""));
  }

  private static String withoutFolders(String argument) {
    var value = argument.replaceFirst("^--[a-z-]+=", "");
    int end = value.lastIndexOf('/', value.length() - 2);
    return end < 0
        ? argument
        : argument.substring(0, argument.length() - value.length()) + value.substring(end + 1);
  }

  private static String quoted(String argument) {
    boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
    return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
  }

  /// What to throw when the command was called wrongly.
  ///
  /// @param reason `name: value (expected: ...)`
  ParameterException misuse(String reason) {
    return new ParameterException(line(), reason);
  }

  /// What is made of options; if they cannot be what was meant, the command was called wrongly.
  public <T> T refusing(Making<T> making) throws IOException {
    try {
      return making.made();
    } catch (IllegalArgumentException refused) {
      throw misuse(String.valueOf(refused.getMessage()));
    }
  }

  /// Makes something of options.
  public interface Making<T> {
    T made() throws IOException;
  }

  private CommandLine line() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: to be run by picocli)");
    }
    return spec.commandLine();
  }
}
