// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.block.Namespace;
import io.incipit.client.ClientConfig;
import io.incipit.client.IncipitClient;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.MooncakeFormat;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.generate.ConversationTrace;
import io.incipit.trace.replay.IndexTarget;
import io.incipit.trace.replay.Replay;
import io.incipit.trace.replay.ReplayOptions;
import io.incipit.trace.replay.ReplayProgress;
import io.incipit.trace.replay.ReplayReport;
import io.incipit.trace.replay.ReplayTarget;
import io.incipit.trace.replay.ServerTarget;
import io.incipit.trace.replay.Speed;
import io.incipit.trace.replay.Tails;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `incipit replay`: what part of a trace's prompts an index finds, and how fast.
@Command(
    name = "replay",
    header = "Replays a trace: looks each request up, then publishes what was missing.",
    description = {
      "",
      "Reports which part of the blocks and tokens was found, how long look-ups took and what"
          + " memory a block costs. With one client the counts are the same in every run.",
      ""
    },
    sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
  private static final String IN_PROCESS = "in-process";
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\s]+)):(\\d{1,5})");

  /// A replay would rather wait than count a slow answer as none.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Disk disk;
  private final Clock clock;
  private final RandomSource random;
  private final boolean terminal;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Mooncake trace: JSON lines, plain or gzip.")
  private @Nullable Path file;

  @Option(
      names = "--synthetic",
      paramLabel = "REQUESTS",
      arity = "0..1",
      fallbackValue = "10000",
      description =
          "Instead of a file, so many generated requests (${FALLBACK-VALUE} if not said).")
  private @Nullable Long synthetic;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      defaultValue = IN_PROCESS,
      description =
          "in-process, or HOST:PORT of a server. There the replay has a namespace of its own, and"
              + " drops it at the end (default: ${DEFAULT-VALUE}).")
  private String target = IN_PROCESS;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of the generated requests (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--capacity",
      paramLabel = "BLOCKS",
      description = "Blocks that the owner holds; the least recently used leaves go (no limit).")
  private @Nullable Integer capacity;

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
      defaultValue = "all",
      description =
          "full leaves out the partial block at the end of a prompt (default: ${DEFAULT-VALUE}).")
  private Tails tails = Tails.ALL;

  @Option(names = "--skip-bad", description = "Count and leave out bad lines instead of failing.")
  private boolean skipBad;

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write the report to this file as well, for machines.")
  private @Nullable Path json;

  /// Makes the command.
  ///
  /// @param terminal whether somebody watches: shows a progress bar
  ReplayCommand(Disk disk, Clock clock, RandomSource random, boolean terminal) {
    this.disk = disk;
    this.clock = clock;
    this.random = random;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    var options = options();
    var err = commandSpec().commandLine().getErr();
    if (clients > 1) {
      err.println("With several clients a request may be looked up before an earlier one is");
      err.println("published: counts differ from run to run.");
    }
    Optional<ReplayReport> report;
    try (var _ = Interruption.ofThisThread()) {
      report = replay(options);
    }
    if (report.isEmpty()) {
      return 1;
    }
    new ReplayText(report.get()).print(title(), commandSpec().commandLine().getOut());
    if (json != null) {
      write(json, ReplayJson.of(report.get(), facts()));
    }
    return 0;
  }

  private void write(Path path, String text) throws IOException {
    try {
      disk.writeText(path, text);
    } catch (IOException failure) {
      throw new IOException("%s: cannot be written (%s)".formatted(path, failure), failure);
    }
  }

  /// Empty if interrupted.
  private Optional<ReplayReport> replay(ReplayOptions options) throws IOException {
    var err = commandSpec().commandLine().getErr();
    var bar = new ProgressBar(err, clock);
    try (var reader = reader();
        var index = index(reader)) {
      var replay = new Replay(options, clock, terminal ? bar : ReplayProgress.NONE);
      return Optional.of(replay.run(reader, index));
    } catch (InterruptedException _) {
      bar.clear();
      err.println(commandSpec().qualifiedName() + ": interrupted, nothing to report");
      return Optional.empty();
    } finally {
      bar.clear();
    }
  }

  private ReplayOptions options() {
    if (file == null && synthetic == null) {
      throw misuse("FILE: missing (expected: a trace, or --synthetic)");
    }
    if (file != null && synthetic != null) {
      throw misuse("FILE: %s beside --synthetic (expected: one of them)".formatted(file));
    }
    if (synthetic != null && synthetic < 1) {
      throw misuse("--synthetic: %d (expected: at least 1 request)".formatted(synthetic));
    }
    var _ = server();
    try {
      var blocks = capacity == null ? OptionalInt.empty() : OptionalInt.of(capacity);
      return new ReplayOptions(clients, blocks, tails, speed);
    } catch (IllegalArgumentException refused) {
      throw misuse("--" + refused.getMessage());
    }
  }

  private TraceReader reader() throws IOException {
    if (file == null) {
      return new ConversationTrace(synthetic == null ? 0 : synthetic, seed);
    }
    try {
      return new MooncakeFormat().open(new TraceFile(disk, file, skipBad));
    } catch (NoSuchFileException missing) {
      throw new IOException("%s: no such file".formatted(file), missing);
    } catch (FileSystemException | BadTraceException named) {
      throw named;
    } catch (IOException unreadable) {
      throw new IOException("%s: %s".formatted(file, unreadable.getMessage()), unreadable);
    }
  }

  private ReplayTarget index(TraceReader reader) throws IOException {
    var name = "replay-" + HexFormat.of().toHexDigits(random.fresh());
    var namespace = Namespace.of(name, reader.blockTokens(), ReplayTarget.HASH_BYTES);
    var server = server();
    return server.isEmpty()
        ? new IndexTarget(namespace)
        : ServerTarget.create(new IncipitClient(server.get()), namespace);
  }

  /// How to reach the server; empty if there is none.
  private Optional<ClientConfig> server() {
    if (target.equals(IN_PROCESS)) {
      return Optional.empty();
    }
    var parts = HOST_AND_PORT.matcher(target);
    int port = parts.matches() ? Integer.parseInt(parts.group(3)) : 0;
    if (port < 1 || port > 65_535) {
      throw misuse("--target: %s (expected: in-process or HOST:PORT)".formatted(target));
    }
    var host = Objects.requireNonNullElseGet(parts.group(1), () -> parts.group(2));
    return Optional.of(
        ClientConfig.of(host, port).withLookupDeadline(PATIENCE).withOtherDeadline(PATIENCE));
  }

  private String title() {
    var trace = file == null ? "synthetic requests, seed " + seed : String.valueOf(file);
    return trace + ", " + target;
  }

  /// What was asked for, in the order in which the report says it.
  private Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("trace", file == null ? "synthetic" : String.valueOf(file));
    facts.put("target", target);
    facts.put("seed", seed);
    facts.put("clients", clients);
    facts.put("speed", speed.toString());
    facts.put("tails", tails.name().toLowerCase(Locale.ROOT));
    if (capacity != null) {
      facts.put("capacity", capacity);
    }
    return facts;
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
