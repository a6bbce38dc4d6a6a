// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Namespace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// How a person names an engine to follow: an address, and behind commas what else there is to say,
/// `tcp://10.0.0.5:5557,model=llama,replay=tcp://10.0.0.5:5558,block=16`.
public final class EngineSpec {
  private static final Pattern ADDRESS =
      Pattern.compile("tcp://(\\*|\\[[^\\]]+]|[^:/]+):(\\d{1,5})");
  private static final int PORT_MAX = 65_535;
  private static final int BLOCK_TOKENS = 16;
  private static final Set<String> KEYS =
      Set.of("model", "replay", "block", "worker", "rank", "namespace", "copies");

  private EngineSpec() {}

  /// Reads one.
  ///
  /// @throws IllegalArgumentException `engine: value (expected: ...)`
  public static SourceConfig parse(String text) {
    var parts = text.split(",", -1);
    var endpoint = address(parts[0]);
    var values = new LinkedHashMap<String, String>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      var key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      if (equals < 0 || !KEYS.contains(key) || values.containsKey(key)) {
        throw refused(
            parts[i],
            "model=NAME, replay=ADDRESS, block=TOKENS, worker=NAME, rank=N, namespace=NAME,"
                + " copies=once|each, each once");
      }
      values.put(key, parts[i].substring(equals + 1));
    }
    return config(endpoint, values);
  }

  private static SourceConfig config(String endpoint, Map<String, String> values) {
    var model = values.getOrDefault("model", "");
    if (model.isEmpty()) {
      throw refused(endpoint, "model=NAME behind it: engines share blocks only within a model");
    }
    var worker = values.getOrDefault("worker", endpoint.substring("tcp://".length()));
    var namespace = values.getOrDefault("namespace", model);
    Namespace.requireName("worker", worker);
    Namespace.requireName("namespace", namespace);
    return new SourceConfig(
        worker,
        number("rank", values.getOrDefault("rank", "0"), 0, PORT_MAX),
        endpoint,
        endpoint.startsWith("tcp://*:"),
        Optional.ofNullable(values.get("replay")).map(EngineSpec::address),
        namespace,
        model,
        number(
            "block",
            values.getOrDefault("block", Integer.toString(BLOCK_TOKENS)),
            1,
            Namespace.BLOCK_TOKENS_MAX),
        eachCopy(values.getOrDefault("copies", "each")));
  }

  private static boolean eachCopy(String text) {
    return switch (text) {
      case "each" -> true;
      case "once" -> false;
      default -> throw refused("copies=" + text, "copies=each, or copies=once");
    };
  }

  private static int number(String key, String text, int min, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException _) {
      // It is said below.
    }
    throw refused(key + "=" + text, "%s=%d to %d".formatted(key, min, max));
  }

  private static String address(String text) {
    var matched = ADDRESS.matcher(text);
    if (!matched.matches() || number("port", matched.group(2), 1, PORT_MAX) == 0) {
      throw refused(text, "tcp://HOST:PORT, or tcp://*:PORT to be connected to");
    }
    return text;
  }

  private static IllegalArgumentException refused(String value, String expected) {
    return new IllegalArgumentException("engine: %s (expected: %s)".formatted(value, expected));
  }
}
