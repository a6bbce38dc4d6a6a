// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.cli.option.Output;
import io.incipit.cli.option.Outputs;
import io.incipit.cli.option.ReadOptions;
import io.incipit.cli.option.TargetFormat;
import io.incipit.cli.option.TraceInput;
import io.incipit.trace.LeftOut;
import io.incipit.trace.TraceReader;
import io.incipit.trace.report.Words;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Mixin private final Invocation call = new Invocation();

  @Parameters(index = "0", paramLabel = "IN", description = "A trace, plain, gzip or zstd; or -.")
  private Path in = Path.of("");

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write; or -.")
  private Path out = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      description =
          "mooncake, agent-sessions, bailian, weka, dynamo, agentic-mooncake, tair, prompts,"
              + " lmcache, aiperf or oracle-general (seen from the content).")
  private @Nullable String from;

  @Mixin private final TargetFormat to = new TargetFormat();

  @Mixin private final ReadOptions reading = new ReadOptions();

  TraceConvertCommand(TraceInput input) {
    this.input = input;
  }

  @Override
  public Integer call() throws IOException {
    var target = call.refusing(() -> to.format(input.formats()));
    var output = new Output("OUT", out);
    var inputs = Stream.concat(Stream.of(in), reading.files()).toList();
    var files = call.refusing(() -> input.outputs(inputs, Stream.of(output)));
    var source = call.refusing(this::source);
    try (var reader = source.open();
        var bar = input.bar(call.err())) {
      var trace = files.create(output, reader.blockTokens(), target);
      try (trace) {
        long written = copy(reader, trace, bar.of(reader));
        var remark = trace.keep();
        bar.clear();
        var text = call.textBeside(files);
        text.println("%s: %s requests, %s".formatted(out, Words.whole(written), target.name()));
        Words.leftOut(LeftOut.of(reader)).forEach(text::println);
        Stream.of(remark).filter(said -> !said.isEmpty()).forEach(text::println);
      }
    }
    return 0;
  }

  private TraceSource source() throws IOException {
    if (from == null) {
      return reading.sourceOnce(input, in);
    }
    var names = input.formats().names();
    var format = TargetFormat.named(input.formats(), "--from", from, names);
    return reading.sourceOnce(input, in, format);
  }

  private static long copy(TraceReader reader, Outputs.Trace trace, IntConsumer progress)
      throws IOException {
    int written = 0;
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      trace.write(next.get());
      written++;
      progress.accept(written);
    }
    return written;
  }
}
