// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.simulate.KvModel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The model of a plan: one of those known, or all its numbers.
public final class PlanModelOptions {
  private static final int BITS_MAX = 32;

  @Mixin private final ModelOption known = new ModelOption();

  @Option(
      names = "--parameters",
      paramLabel = "N",
      description =
          "Instead of --model, with the next four: parameters that a token passes through, such as"
              + " 13e9.")
  private @Nullable Double parameters;

  @Option(names = "--layers", paramLabel = "N", description = "Layers.")
  private @Nullable Integer layers;

  @Option(names = "--heads", paramLabel = "N", description = "Query heads in a layer.")
  private @Nullable Integer heads;

  @Option(names = "--kv-heads", paramLabel = "N", description = "KV heads in a layer.")
  private @Nullable Integer kvHeads;

  @Option(names = "--head-size", paramLabel = "N", description = "Values of a head.")
  private @Nullable Integer headSize;

  @Option(
      names = "--kv-bits",
      paramLabel = "N",
      defaultValue = "16",
      description = "Bits of a cached value: 4 to 32 (default: ${DEFAULT-VALUE}).")
  private int kvBits;

  /// Whether only a list of the models is wanted.
  public boolean isList() {
    return known.isList();
  }

  /// The model that was asked for.
  ///
  /// @throws IllegalArgumentException `name: value (expected: ...)`
  public KvModel model() {
    if (kvBits < 4 || kvBits > BITS_MAX) {
      throw new IllegalArgumentException(
          "--kv-bits: %d (expected: 4 to %d)".formatted(kvBits, BITS_MAX));
    }
    var numbers = numbers();
    boolean custom = numbers.values().stream().anyMatch(Objects::nonNull);
    if (!custom) {
      return known.model().orElseGet(() -> KvModel.parse("llama-3-8b")).withValueBits(kvBits);
    }
    if (known.name().isPresent()) {
      throw new IllegalArgumentException(
          "--model: %s beside %s (expected: a known model or numbers of one's own)"
              .formatted(known.name().get(), String.join(", ", numbers.keySet())));
    }
    numbers.forEach(PlanModelOptions::require);
    return custom().withValueBits(kvBits);
  }

  private KvModel custom() {
    var shape = new KvModel.Attention(whole(layers), whole(heads), whole(kvHeads), whole(headSize));
    return KvModel.of("custom", Objects.requireNonNull(parameters), shape);
  }

  private static int whole(@Nullable Integer value) {
    return Objects.requireNonNull(value);
  }

  private Map<String, @Nullable Number> numbers() {
    var numbers = new LinkedHashMap<String, @Nullable Number>();
    numbers.put("--parameters", parameters);
    numbers.put("--layers", layers);
    numbers.put("--heads", heads);
    numbers.put("--kv-heads", kvHeads);
    numbers.put("--head-size", headSize);
    return numbers;
  }

  private static void require(String name, @Nullable Number value) {
    if (value == null || !(value.doubleValue() > 0) || value.doubleValue() > 1e15) {
      throw new IllegalArgumentException(
          "%s: %s (expected: above 0, and all of --parameters, --layers, --heads, --kv-heads,"
                  .formatted(name, value == null ? "missing" : value)
              + " --head-size)");
    }
  }
}
