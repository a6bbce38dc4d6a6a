// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.block.Namespace;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.discover.EngineGiven;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads how a person names an engine to follow.
final class SpecParser {
  private static final Pattern ADDRESS =
      Pattern.compile("tcp://(\\*|\\[[^\\]]+]|[^:/]+):(\\d{1,5})");
  private static final int PORT_MAX = 65_535;
  private static final int BLOCK_TOKENS = 16;
  private static final Set<String> KEYS =
      Set.of(
          "model",
          "replay",
          "block",
          "worker",
          "rank",
          "namespace",
          "copies",
          "hash",
          "seed",
          "lookahead",
          "capacity");
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private SpecParser() {}

  /// Reads one.
  ///
  /// @throws IllegalArgumentException `engine: value (expected: ...)`
  static EngineSpec parse(String text) {
    var parts = text.split(",", -1);
    boolean isUrl = parts[0].startsWith("http:") || parts[0].startsWith("https:");
    var values = new LinkedHashMap<String, String>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      var key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      boolean known = KEYS.contains(key) || (isUrl && key.equals("endpoint"));
      if (equals < 0 || !known || values.containsKey(key)) {
        throw refused(
            parts[i],
            "model=NAME, replay=ADDRESS, block=TOKENS, worker=NAME, rank=N, namespace=NAME,"
                + " copies=once|each, capacity=BLOCKS, hash=NAME, seed=PYTHONHASHSEED,"
                + " lookahead=TOKENS, and behind a URL endpoint=ADDRESS, each once");
      }
      values.put(key, parts[i].substring(equals + 1));
    }
    return isUrl ? url(parts[0], values) : config(address(parts[0]), values);
  }

  private static EngineUrl url(String text, Map<String, String> values) {
    var url = url(text);
    var worker = values.getOrDefault("worker", url.getRawAuthority() + url.getRawPath());
    var namespace = Optional.ofNullable(values.get("namespace"));
    var model = Optional.ofNullable(values.get("model"));
    Namespace.requireName("worker", worker);
    model.ifPresent(name -> Namespace.requireName("model", name));
    namespace.ifPresent(name -> Namespace.requireName("namespace", name));
    var given =
        new EngineGiven(
            url,
            Optional.ofNullable(values.get("endpoint")).map(SpecParser::address),
            Optional.ofNullable(values.get("replay")).map(SpecParser::address),
            model,
            optional(values, "block", 1, Namespace.BLOCK_TOKENS_MAX),
            optional(values, "rank", 0, PORT_MAX),
            capacity(values));
    return new EngineUrl(
        given, worker, namespace, eachCopy(values.getOrDefault("copies", "each")), naming(values));
  }

  /// The URL without a slash at its end.
  private static URI url(String text) {
    try {
      var url = new URI(text.replaceFirst("/+$", ""));
      boolean plain =
          url.getHost() != null
              && url.getRawUserInfo() == null
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && url.getPort() <= PORT_MAX;
      if (plain && SCHEMES.contains(url.getScheme())) {
        return url;
      }
    } catch (URISyntaxException _) {
      // It is said below.
    }
    throw refused(text, "http://HOST:PORT, where the engine serves its API");
  }

  private static OptionalInt optional(Map<String, String> values, String key, int min, int max) {
    var value = values.get(key);
    return value == null ? OptionalInt.empty() : OptionalInt.of(number(key, value, min, max));
  }

  private static OptionalInt capacity(Map<String, String> values) {
    return optional(values, "capacity", 1, Integer.MAX_VALUE);
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
        Optional.ofNullable(values.get("replay")).map(SpecParser::address),
        namespace,
        model,
        number(
            "block",
            values.getOrDefault("block", Integer.toString(BLOCK_TOKENS)),
            1,
            Namespace.BLOCK_TOKENS_MAX),
        eachCopy(values.getOrDefault("copies", "each")),
        naming(values),
        capacity(values));
  }

  private static Naming naming(Map<String, String> values) {
    return Naming.of(
        Optional.ofNullable(values.get("hash")),
        Optional.ofNullable(values.get("seed")),
        optional(values, "lookahead", 0, Namespace.BLOCK_TOKENS_MAX));
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
      throw refused(
          text,
          "tcp://HOST:PORT, tcp://*:PORT to be connected to, or the engine's http://HOST:PORT");
    }
    return text;
  }

  private static IllegalArgumentException refused(String value, String expected) {
    return new IllegalArgumentException("engine: %s (expected: %s)".formatted(value, expected));
  }
}
