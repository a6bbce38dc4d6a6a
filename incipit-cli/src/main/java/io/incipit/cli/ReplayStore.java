// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli;

import io.incipit.block.Namespace;
import io.incipit.client.ClientConfig;
import io.incipit.client.IncipitClient;
import io.incipit.env.Clock;
import io.incipit.server.IncipitServer;
import io.incipit.server.ServerConfig;
import io.incipit.trace.replay.ReplayTarget;
import io.incipit.trace.replay.StoreTarget;
import io.incipit.trace.replay.TraceClock;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The store that a replay with real bytes puts blocks to: that of a server, or of this process. A
/// mixin.
final class ReplayStore {
  /// Whose time a store in this process has.
  enum Time {
    /// This machine's.
    SYSTEM,
    /// That of the trace's requests.
    TRACE
  }

  @Option(
      names = "--bytes-per-token",
      paramLabel = "BYTES",
      description =
          "Replays with real bytes: what was missing is put into the store, so many bytes for each"
              + " token of a block, and what is found is read and compared with what was put.")
  private @Nullable Integer bytesPerToken;

  @Option(
      names = "--clock",
      paramLabel = "system|trace",
      description =
          "The time that a store in this process has. trace: that of the requests, each of which"
              + " waits until nothing moves in the store, so hit rates are those of `trace sim`"
              + " (default: system).")
  private @Nullable Time clock;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description = "What a store in this process keeps: hzd, leaf-lru or s3-fifo (default: hzd).")
  private @Nullable String policy;

  @Option(
      names = "--host-limit",
      paramLabel = "SIZE",
      description =
          "Memory of a store in this process, such as 512MiB (a quarter of the machine's).")
  private @Nullable String hostLimit;

  @Option(
      names = "--disk-directory",
      paramLabel = "DIRECTORY",
      description = "An empty directory for the tier on disk of a store in this process (none).")
  private @Nullable String diskDirectory;

  @Option(
      names = "--disk-limit",
      paramLabel = "SIZE",
      description = "Bytes on disk of a store in this process (default: 32GiB).")
  private @Nullable String diskLimit;

  @Option(
      names = "--keep",
      description = "Leaves the namespace and its blocks on the server (--bytes-per-token).")
  private boolean keep;

  /// Whether blocks have bytes.
  boolean isWanted() {
    return bytesPerToken != null;
  }

  /// Refuses options that say nothing here.
  ///
  /// @param here whether the store is in this process
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  void check(boolean here) {
    if (!isWanted() && (keep || !said().isEmpty())) {
      throw new IllegalArgumentException(
          "%s: without --bytes-per-token (expected: both)".formatted(first()));
    }
    if (!here && !said().isEmpty()) {
      throw new IllegalArgumentException(
          "%s: with --target (expected: a store in this process)".formatted(first()));
    }
    if (here && keep) {
      throw new IllegalArgumentException("--keep: in this process (expected: with --target)");
    }
    if (diskLimit != null && diskDirectory == null) {
      throw new IllegalArgumentException(
          "--disk-limit: %s (expected: a --disk-directory too)".formatted(diskLimit));
    }
  }

  private String first() {
    return said().keySet().stream().findFirst().orElse("--keep");
  }

  /// What was said of a store in this process, by option.
  private Map<String, String> said() {
    var said = new LinkedHashMap<String, String>();
    put(said, "--clock", clock == null ? null : clock.name().toLowerCase(Locale.ROOT));
    put(said, "--policy", policy);
    put(said, "--host-limit", hostLimit);
    put(said, "--disk-directory", diskDirectory);
    put(said, "--disk-limit", diskLimit);
    return said;
  }

  /// What was asked for, in the order in which the report says it.
  Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    if (bytesPerToken != null) {
      facts.put("bytesPerToken", bytesPerToken);
      said().forEach((option, value) -> facts.put(field(option), value));
    }
    return facts;
  }

  private static String field(String option) {
    var words = option.substring(2).split("-", -1);
    return words.length == 1
        ? words[0]
        : words[0] + Character.toUpperCase(words[1].charAt(0)) + words[1].substring(1);
  }

  private static void put(Map<String, String> values, String key, @Nullable String value) {
    if (value != null) {
      values.put(key, value);
    }
  }

  /// The store of a server.
  ReplayTarget there(ClientConfig config, Namespace namespace) throws IOException {
    int blockTokens = namespace.blockTokens();
    int bytes = bytesPerToken == null ? 0 : bytesPerToken;
    StoreTarget.blockBytes(blockTokens, bytes);
    var target = StoreTarget.create(new IncipitClient(config), namespace, bytes, Optional.empty());
    if (keep) {
      target.keep();
    }
    return target;
  }

  /// A store in this process, which is asked over a socket all the same.
  ///
  /// @param patience with which its client waits
  ReplayTarget here(Namespace namespace, Clock system, Duration patience) throws IOException {
    int bytes = bytesPerToken == null ? 0 : bytesPerToken;
    StoreTarget.blockBytes(namespace.blockTokens(), bytes);
    var time =
        clock == Time.TRACE ? Optional.of(new TraceClock(system)) : Optional.<TraceClock>empty();
    var server = IncipitServer.start(config(), time.map(Clock.class::cast).orElse(system));
    try {
      var client =
          ClientConfig.of(server.bind(), server.respPort())
              .withLookupDeadline(patience)
              .withOtherDeadline(patience);
      var target = StoreTarget.create(new IncipitClient(client), namespace, bytes, time);
      target.closes(server);
      return target;
    } catch (IOException | RuntimeException failure) {
      server.close();
      throw failure;
    }
  }

  /// @throws IllegalArgumentException if a value does not fit
  ServerConfig config() {
    var values = new LinkedHashMap<String, String>();
    values.put("net.resp-port", "0");
    values.put("net.http-port", "0");
    put(values, "store.policy", policy);
    put(values, "store.host-limit", hostLimit);
    put(values, "store.disk-directory", diskDirectory);
    put(values, "store.disk-limit", diskLimit);
    if (clock == Time.TRACE) {
      // In a time that leaps it would be at it all the time, and keep what is to go.
      values.put("store.scrub-rate", "0");
    }
    return ServerConfig.of(values);
  }
}
