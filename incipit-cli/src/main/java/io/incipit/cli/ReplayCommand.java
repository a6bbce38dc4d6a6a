// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.block.Namespace;
import io.incipit.cli.option.ProgressBar;
import io.incipit.cli.option.ReportFile;
import io.incipit.cli.option.TraceChoice;
import io.incipit.cli.option.TraceInput;
import io.incipit.client.ClientConfig;
import io.incipit.client.IncipitClient;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.trace.TraceReader;
import io.incipit.trace.generate.Workload;
import io.incipit.trace.replay.BlockTraffic;
import io.incipit.trace.replay.IndexTarget;
import io.incipit.trace.replay.Replay;
import io.incipit.trace.replay.ReplayOptions;
import io.incipit.trace.replay.ReplayProgress;
import io.incipit.trace.replay.ReplayReport;
import io.incipit.trace.replay.ReplayTarget;
import io.incipit.trace.replay.ServerTarget;
import io.incipit.trace.replay.Speed;
import io.incipit.trace.replay.Tails;
import io.incipit.trace.report.ReplayFields;
import io.incipit.trace.report.ReplayText;
import io.incipit.trace.simulate.Capacity;
import io.incipit.trace.simulate.TraceSource;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `incipit replay`: what part of a trace's prompts an index finds, and how fast.
@Command(
    name = "replay",
    header = "Replays a trace: looks each request up, then publishes what was missing.",
    description = {
      "",
      "Reports which part of the blocks and tokens was found, how long look-ups took and what"
          + " memory a block costs. With one client the counts are the same in every run.",
      "With --bytes-per-token blocks have bytes: they are put into a store and read from it.",
      ""
    },
    sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
  private static final String IN_PROCESS = "in-process";
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\s]+)):(\\d{1,5})");

  /// A replay would rather wait than count a slow answer as none.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final TraceInput input;
  private final Clock clock;
  private final RandomSource random;

  @Mixin private final Invocation call = new Invocation();

  @Mixin private final TraceChoice choice = new TraceChoice();

  @Option(
      names = "--synthetic",
      paramLabel = "REQUESTS",
      arity = "0..1",
      fallbackValue = "10000",
      description =
          "Short for --preset conversation and so many --requests (${FALLBACK-VALUE} if not said).")
  private @Nullable Long synthetic;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      defaultValue = IN_PROCESS,
      description =
          "in-process, or HOST:PORT of a server. There the replay has a namespace of its own, and"
              + " drops it at the end (default: ${DEFAULT-VALUE}).")
  private String target = IN_PROCESS;

  @Mixin private final ConnectOptions connect = new ConnectOptions();

  @Option(
      names = "--capacity",
      paramLabel = "BLOCKS",
      description =
          "Blocks that the owner holds, such as 5000 or 5k; the least recently used leaves go (no"
              + " limit).")
  private @Nullable String capacity;

  @Option(
      names = "--speed",
      paramLabel = "SPEED",
      defaultValue = "max",
      converter = SpeedConverter.class,
      description =
          "max, as-recorded, or a factor such as 10x. Paced, latency counts from the moment at"
              + " which a request was due (default: ${DEFAULT-VALUE}).")
  private Speed speed = Speed.MAX;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Requests in flight. Above 1, counts differ from run to run (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--tails",
      paramLabel = "all|full",
      description =
          "full leaves out the partial block at the end of a prompt (default: all, and full with"
              + " --bytes-per-token).")
  private @Nullable Tails saidTails;

  @Mixin private final ReplayStore store = new ReplayStore();

  @Mixin private final ReportFile.Json json = new ReportFile.Json();

  ReplayCommand(TraceInput input, Clock clock, RandomSource random) {
    this.input = input;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Integer call() throws IOException {
    var files = call.refusing(() -> input.outputs(choice.inputs(), json.output()));
    var trace = call.refusing(this::trace);
    var options = options();
    if (clients > 1) {
      call.err()
          .println("With several clients a request may be looked up before an earlier one is");
      call.err().println("published: counts differ from run to run.");
    }
    Optional<ReplayReport> report;
    try (var _ = Interruption.ofThisThread()) {
      report = replay(trace, options);
    }
    if (report.isEmpty()) {
      return 1;
    }
    var text = call.textBeside(files);
    new ReplayText(report.get()).print(trace.name() + ", " + target, text);
    json.write(files, () -> fields(report.get(), trace));
    long wrong = report.get().traffic().map(BlockTraffic::wrong).orElse(0L);
    if (wrong > 0) {
      call.err().printf("%s: %,d blocks were not what was put%n", call.name(), wrong);
    }
    return wrong > 0 ? 1 : 0;
  }

  /// Empty if interrupted.
  private Optional<ReplayReport> replay(TraceSource trace, ReplayOptions options)
      throws IOException {
    try (var reader = trace.open();
        var index = index(reader);
        var bar = input.bar(call.err())) {
      var paced = Optional.of(reader).filter(_ -> options.speed().isPaced());
      var progress = new Progress(bar, paced);
      return Optional.of(new Replay(options, clock, progress).run(reader, index));
    } catch (InterruptedException _) {
      call.err().println(call.name() + ": interrupted, nothing to report");
      return Optional.empty();
    }
  }

  /// Shows how far a replay is, and says once if it is paced by times that nobody recorded.
  private final class Progress implements ReplayProgress {
    private final ProgressBar bar;
    private Optional<TraceReader> paced;

    Progress(ProgressBar bar, Optional<TraceReader> paced) {
      this.bar = bar;
      this.paced = paced;
    }

    @Override
    public void reached(double share, long requests) {
      if (paced.isPresent() && paced.get().notes().timesUnknown()) {
        paced = Optional.empty();
        call.err()
            .printf(
                "--speed: %s, of a trace that does not tell when requests came: they are paced by"
                    + " times made up at equal distances (--session-starts).%n",
                speed);
      }
      bar.reached(share, requests);
    }
  }

  private TraceSource trace() throws IOException {
    if (synthetic == null) {
      return choice.sourceOnce(input);
    }
    choice
        .file()
        .ifPresent(
            file -> {
              throw new IllegalArgumentException(
                  "FILE: %s beside --synthetic (expected: one of them)".formatted(file));
            });
    if (synthetic < 1) {
      throw new IllegalArgumentException(
          "--synthetic: %d (expected: at least 1 request)".formatted(synthetic));
    }
    return choice.generated().source(Workload.PRESETS.getFirst(), synthetic);
  }

  private ReplayOptions options() throws IOException {
    var server = server();
    try {
      store.check(server.isEmpty());
    } catch (IllegalArgumentException refused) {
      throw call.misuse(String.valueOf(refused.getMessage()));
    }
    if (store.isWanted() && capacity != null) {
      throw call.misuse("--capacity: with --bytes-per-token (expected: --host-limit)");
    }
    try {
      return new ReplayOptions(clients, capacity(), tails(), speed);
    } catch (IllegalArgumentException refused) {
      throw call.misuse("--" + refused.getMessage());
    }
  }

  private Tails tails() {
    var byDefault = store.isWanted() ? Tails.FULL : Tails.ALL;
    return saidTails == null ? byDefault : saidTails;
  }

  private OptionalInt capacity() {
    if (capacity == null) {
      return OptionalInt.empty();
    }
    var text = capacity;
    if (text.matches("[0-9]{1,9}")) {
      return OptionalInt.of(Integer.parseInt(text));
    }
    if (text.matches("[0-9.]+[kM]")) {
      return OptionalInt.of(Capacity.parse(text, Optional.empty()).blocks(0, 1));
    }
    throw new IllegalArgumentException(
        "capacity: %s (expected: blocks such as 5000 or 5k)".formatted(text));
  }

  private ReplayTarget index(TraceReader reader) throws IOException {
    var name = "replay-" + HexFormat.of().toHexDigits(random.fresh());
    var namespace = Namespace.of(name, reader.blockTokens(), ReplayTarget.HASH_BYTES);
    var server = server();
    if (store.isWanted()) {
      return call.refusing(
          () ->
              server.isEmpty()
                  ? store.here(namespace, clock, PATIENCE)
                  : store.there(server.get(), namespace));
    }
    return server.isEmpty()
        ? new IndexTarget(namespace)
        : ServerTarget.create(new IncipitClient(server.get()), namespace);
  }

  /// How to reach the server; empty if there is none.
  private Optional<ClientConfig> server() throws IOException {
    if (target.equals(IN_PROCESS)) {
      if (connect.said().isPresent()) {
        throw call.misuse(
            "%s: in this process (expected: with --target HOST:PORT)"
                .formatted(connect.said().get()));
      }
      return Optional.empty();
    }
    var parts = HOST_AND_PORT.matcher(target);
    int port = parts.matches() ? Integer.parseInt(parts.group(3)) : 0;
    if (port < 1 || port > 65_535) {
      throw call.misuse("--target: %s (expected: in-process or HOST:PORT)".formatted(target));
    }
    var host = Objects.requireNonNullElseGet(parts.group(1), () -> parts.group(2));
    var plain =
        ClientConfig.of(host, port).withLookupDeadline(PATIENCE).withOtherDeadline(PATIENCE);
    return Optional.of(call.refusing(() -> connect.apply(plain)));
  }

  /// A rate that does not follow from the trace is none.
  private Map<String, Object> fields(ReplayReport report, TraceSource trace) {
    var fields = ReplayFields.of(report, facts(trace));
    if (report.leftOut().notes().sharingUnknown()) {
      fields.keySet().removeAll(Set.of("blockHitRate", "tokenHitRate", "hitRatePerRequest"));
    }
    return fields;
  }

  /// What was asked for, in the order in which the report says it.
  private Map<String, Object> facts(TraceSource trace) {
    var facts = input.origin(call.typed()).fields();
    facts.put("trace", trace.name());
    facts.put("target", target);
    facts.put("seed", choice.generated().seed());
    facts.putAll(store.facts());
    facts.put("clients", clients);
    facts.put("speed", speed.toString());
    facts.put("tails", tails().name().toLowerCase(Locale.ROOT));
    if (capacity != null) {
      facts.put("capacity", capacity().orElseThrow());
    }
    return facts;
  }

  /// Reads a speed from the command line.
  static final class SpeedConverter implements ITypeConverter<Speed> {
    @Override
    public Speed convert(String text) {
      try {
        return Speed.parse(text);
      } catch (IllegalArgumentException refused) {
        throw new TypeConversionException(String.valueOf(refused.getMessage()));
      }
    }
  }
}
