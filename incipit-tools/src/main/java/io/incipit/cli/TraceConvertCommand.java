// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `incipit trace convert`: the same requests in another format.
@Command(
    name = "convert",
    header = "Writes a trace in another format.",
    description = {
      "",
      "Blocks get ids that stand for whole prefixes, numbered as first seen. OUT is packed as its"
          + " name says: .gz by gzip, .zst by zstd.",
      ""
    },
    sortOptions = false)
final class TraceConvertCommand implements Callable<Integer> {
  private final TraceInput input;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "A trace, plain, gzip or zstd.")
  private Path in = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private Path out = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      description =
          "mooncake, agent-sessions, bailian, weka, lmcache, aiperf or oracle-general (seen from"
              + " the content).")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "FORMAT",
      defaultValue = "mooncake",
      description = "mooncake, bailian or oracle-general (default: ${DEFAULT-VALUE}).")
  private String to = "";

  @Mixin private TraceReadOptions options = new TraceReadOptions();

  TraceConvertCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    var line = commandSpec().commandLine();
    var target = format("--to", to, input.formats().writableNames());
    if (in.normalize().toAbsolutePath().equals(out.normalize().toAbsolutePath())) {
      throw misuse("OUT: %s (expected: another file than IN)".formatted(out));
    }
    try (var reader = reader()) {
      long written = input.watch(reader, line.getErr(), progress -> copy(reader, target, progress));
      line.getOut()
          .println("%s: %s requests, %s".formatted(out, Figures.whole(written), target.name()));
      LeftOut.of(reader).forEach(line.getOut()::println);
    }
    return 0;
  }

  private TraceReader reader() throws IOException {
    return from == null
        ? input.open(in, options.skipBad(), options.startSeconds())
        : input.open(in, options, format("--from", from, input.formats().names()));
  }

  private long copy(TraceReader reader, TraceFormat format, IntConsumer progress)
      throws IOException {
    try (TraceWriter writer = input.create(out, reader.blockTokens(), format)) {
      int written = 0;
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        writer.write(next.get());
        written++;
        progress.accept(written);
      }
      return written;
    }
  }

  private TraceFormat format(String option, String name, List<String> names) {
    if (!names.contains(name)) {
      throw misuse(
          "%s: %s (expected: one of %s)".formatted(option, name, String.join(", ", names)));
    }
    return input.formats().named(name).orElseThrow();
  }

  private ParameterException misuse(String reason) {
    return new ParameterException(commandSpec().commandLine(), reason);
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: to be run by picocli)");
    }
    return spec;
  }
}
