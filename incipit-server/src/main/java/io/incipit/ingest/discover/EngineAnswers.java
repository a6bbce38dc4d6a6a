// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what vLLM answers. Each method gives what was asked for, or says what came instead.
///
/// Source: vLLM 0.32.0, `entrypoints/serve/instrumentator/basic.py`, `distributed/kv_events.py`,
/// `v1/metrics/loggers.py`.
final class EngineAnswers {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int RANK_MAX = 65_535;
  private static final int RANKS_MAX = 1_024;
  private static final int SHOWN_MAX = 60;
  private static final String CACHE_INFO = "vllm:cache_config_info{";

  /// That of the layers which need all blocks of a prompt, as events have it; older engines say
  /// only what was set. Values escape their quotes, so these are never inside one.
  private static final List<Pattern> BLOCK_SIZES =
      Stream.of("effective_attention_block_size", "block_size")
          .map(label -> Pattern.compile("[{,]" + label + "=\"(\\d{1,9})\""))
          .toList();

  private static final Pattern CAPACITY = Pattern.compile("[{,]num_gpu_blocks=\"(\\d{1,9})\"");

  private EngineAnswers() {}

  /// The ranks that publish events, by rank: an object, by rank, of `KVEventsConfig`.
  static List<EngineFacts.Stream> sources(String body) throws UnknownEngineException {
    var root = object(body);
    if (root.size() > RANKS_MAX) {
      throw new UnknownEngineException(
          "%d ranks (expected: at most %d)".formatted(root.size(), RANKS_MAX));
    }
    var streams = new ArrayList<EngineFacts.Stream>();
    for (var source : root.properties()) {
      if (publishes(source.getValue())) {
        streams.add(stream(source.getKey(), source.getValue()));
      }
    }
    if (streams.isEmpty()) {
      throw new UnknownEngineException(
          "%s (expected: an engine with --kv-events-config that publishes by zmq)"
              .formatted(shown(body)));
    }
    streams.sort(Comparator.comparingInt(EngineFacts.Stream::rank));
    return streams;
  }

  private static boolean publishes(JsonNode source) {
    return source.isObject()
        && source.path("enable_kv_cache_events").asBoolean(true)
        && source.path("publisher").asString("zmq").equals("zmq");
  }

  private static EngineFacts.Stream stream(String rank, JsonNode source)
      throws UnknownEngineException {
    var endpoint = text(source, "endpoint");
    if (!rank.matches("\\d{1,5}") || Integer.parseInt(rank) > RANK_MAX || endpoint.isEmpty()) {
      throw new UnknownEngineException(
          "rank %s: %s (expected: a rank to %d, and its endpoint)"
              .formatted(shown(rank), shown(source.toString()), RANK_MAX));
    }
    return new EngineFacts.Stream(
        Integer.parseInt(rank), endpoint.get(), text(source, "replay_endpoint"));
  }

  private static Optional<String> text(JsonNode node, String name) {
    var value = node.path(name);
    return value.isString()
        ? Optional.of(value.asString()).filter(text -> !text.isEmpty())
        : Optional.empty();
  }

  /// The name of the model: the first under which it is served. Adapters have a parent, and further
  /// names of one model the same root.
  static String model(String body) throws UnknownEngineException {
    Set<String> roots = new LinkedHashSet<>();
    Set<String> names = new LinkedHashSet<>();
    for (var card : object(body).path("data")) {
      var name = text(card, "id");
      if (name.isPresent() && text(card, "parent").isEmpty()) {
        names.add(name.get());
        roots.add(text(card, "root").orElse(name.get()));
      }
    }
    if (names.isEmpty()) {
      throw new UnknownEngineException(
          "%s (expected: a model without a parent)".formatted(shown(body)));
    }
    if (roots.size() > 1) {
      throw new UnknownEngineException(
          "models %s (expected: one)".formatted(shown(String.join(", ", names))));
    }
    return names.iterator().next();
  }

  /// Tokens of a block, out of Prometheus' text.
  static int blockTokens(String metrics) throws UnknownEngineException {
    var sizes = new TreeSet<Integer>();
    metrics
        .lines()
        .filter(line -> line.startsWith(CACHE_INFO))
        .forEach(line -> blockTokensIn(line).ifPresent(sizes::add));
    if (sizes.size() != 1) {
      throw new UnknownEngineException(
          sizes.isEmpty()
              ? "no block_size (expected: one in vllm:cache_config_info)"
              : "block_size %s (expected: one)".formatted(sizes));
    }
    return sizes.first();
  }

  private static Optional<Integer> blockTokensIn(String line) {
    return BLOCK_SIZES.stream()
        .map(pattern -> pattern.matcher(line))
        .filter(matcher -> matcher.find())
        .map(matcher -> Integer.valueOf(matcher.group(1)))
        .findFirst();
  }

  /// Blocks for which the GPU of a rank has room, out of Prometheus' text: the most that any has.
  static OptionalInt capacity(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(CACHE_INFO))
        .map(CAPACITY::matcher)
        .filter(Matcher::find)
        .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
        .filter(blocks -> blocks > 0)
        .max();
  }

  private static JsonNode object(String body) throws UnknownEngineException {
    try {
      var root = JSON.readTree(body);
      if (root.isObject()) {
        return root;
      }
    } catch (JacksonException _) {
      // It is said below.
    }
    throw new UnknownEngineException("%s (expected: a JSON object)".formatted(shown(body)));
  }

  /// The beginning of what came, on one line.
  static String shown(String text) {
    var start = text.substring(0, Math.min(text.length(), SHOWN_MAX));
    var line = start.replaceAll("[^\\x20-\\x7e]+", " ").strip();
    return line.isEmpty() ? "nothing" : text.length() > SHOWN_MAX ? line + "..." : line;
  }
}
