// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

/// What a synthetic trace is made of: everything but its length and its seed. Immutable.
///
/// A workload is a set of named settings, as the presets show them; `kinds` names the kinds of
/// sessions, and `KIND.` begins the settings of each.
public final class Workload {
  /// The names of the workloads that come with Incipit.
  public static final List<String> PRESETS = List.of("conversation", "tool", "rag", "agent");

  private static final int BLOCK_TOKENS = 512;
  private static final int INPUT_TOKENS_MAX = 200_000;

  private final Map<String, String> settings;
  private final int blockTokens;
  private final int inputTokensMax;
  private final double tickSeconds;
  private final double warmUpSeconds;
  private final List<SessionKind> kinds;

  private Workload(Map<String, String> settings) {
    this.settings = Map.copyOf(settings);
    var read = new Settings(settings);
    this.blockTokens = read.whole("block-tokens", BLOCK_TOKENS);
    this.inputTokensMax = read.whole("input-tokens-max", INPUT_TOKENS_MAX);
    this.tickSeconds = read.number("tick-seconds", 0);
    this.warmUpSeconds = read.number("warm-up-seconds", 0);
    var names = read.value("kinds", List.<String>of(), Workload::names);
    var found = new ArrayList<SessionKind>();
    for (var name : names) {
      found.add(SessionKind.of(name, read));
    }
    this.kinds = List.copyOf(found);
    read.refuseOthers();
    if (kinds.stream().noneMatch(kind -> kind.perSecond() > 0) || blockTokens < 1) {
      throw new IllegalArgumentException(
          "kinds: %s, block-tokens: %d (expected: sessions-per-second above 0, blocks of 1 token)"
              .formatted(String.join(", ", names), blockTokens));
    }
  }

  /// One of [#PRESETS].
  public static Workload preset(String name) {
    if (!PRESETS.contains(name)) {
      throw new IllegalArgumentException(
          "preset: %s (expected: one of %s)".formatted(name, String.join(", ", PRESETS)));
    }
    var resource = Workload.class.getResourceAsStream(name + ".properties");
    try (var in = new InputStreamReader(Objects.requireNonNull(resource), UTF_8)) {
      return new Workload(settings(in));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// A workload of one's own, in the form that presets have.
  ///
  /// @throws IllegalArgumentException `setting: value (expected: ...)`
  public static Workload read(Reader in) throws IOException {
    return new Workload(settings(in));
  }

  /// The same workload but for some settings.
  ///
  /// @throws IllegalArgumentException `setting: value (expected: ...)`
  public Workload with(Map<String, String> changes) {
    var changed = new TreeMap<>(settings);
    changed.putAll(changes);
    return new Workload(changed);
  }

  /// All settings by name.
  public Map<String, String> settings() {
    return new TreeMap<>(settings);
  }

  private static Map<String, String> settings(Reader in) throws IOException {
    var properties = new Properties();
    properties.load(in);
    var settings = new TreeMap<String, String>();
    for (var name : properties.stringPropertyNames()) {
      settings.put(name, properties.getProperty(name));
    }
    return settings;
  }

  private static List<String> names(String text) {
    var names = new ArrayList<String>();
    for (var name : text.split(",", -1)) {
      names.add(name.strip());
    }
    return names;
  }

  int blockTokens() {
    return blockTokens;
  }

  int inputTokensMax() {
    return inputTokensMax;
  }

  /// Arrivals are rounded down to multiples of this; 0 for not at all.
  double tickSeconds() {
    return tickSeconds;
  }

  /// Sessions begin so long before the first request that is given.
  double warmUpSeconds() {
    return warmUpSeconds;
  }

  List<SessionKind> kinds() {
    return kinds;
  }
}
