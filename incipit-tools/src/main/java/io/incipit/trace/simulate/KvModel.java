// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import java.util.List;
import java.util.stream.Collectors;

/// What a model's prefill computes and keeps. The models known by name have the sizes that
/// are generally known of them; they were not looked up.
///
/// @param parameters that one token passes through: of a mixture of experts the active ones
/// @param attentionValues values of all query heads in one layer, so that a token which looks at
///     `x` others costs `4 layers attentionValues x` FLOPs
/// @param tokenBytes of keys and values for one token, over all layers
public record KvModel(
    String name, double parameters, int layers, int attentionValues, long tokenBytes) {
  private static final int TABLE_BITS = 16;

  /// The models known by name, at 16 bits a value.
  public static final List<KvModel> KNOWN =
      List.of(
          of("llama-3-8b", 8.03e9, new Attention(32, 32, 8, 128)),
          of("llama-3-70b", 70.6e9, new Attention(80, 64, 8, 128)),
          of("llama-3-405b", 405.9e9, new Attention(126, 128, 8, 128)),
          of("mistral-7b", 7.25e9, new Attention(32, 32, 8, 128)),
          of("qwen-2.5-7b", 7.62e9, new Attention(28, 28, 4, 128)),
          of("qwen-2.5-72b", 72.7e9, new Attention(80, 64, 8, 128)),
          // Multi-head latent attention: a token keeps 512 values and 64 of the rotary key in each
          // layer. In prefill each of 128 heads multiplies 192 values a key and 128 a value: 160.
          new KvModel("deepseek-v3", 37e9, 61, 128 * 160, 61L * (512 + 64) * 2));

  public KvModel {
    if (!(parameters > 0) || layers < 1 || attentionValues < 1 || tokenBytes < 1) {
      throw new IllegalArgumentException(
          "model: %s parameters, %d layers, %d values, %d B a token (expected: all above 0)"
              .formatted(parameters, layers, attentionValues, tokenBytes));
    }
  }

  /// A model with attention of any grouping, at 16 bits a value.
  public static KvModel of(String name, double parameters, Attention attention) {
    return new KvModel(
        name,
        parameters,
        attention.layers(),
        Math.multiplyExact(attention.heads(), attention.headValues()),
        2L * attention.layers() * attention.kvHeads() * attention.headValues() * 2);
  }

  /// Reads a name as people write it.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static KvModel parse(String text) {
    for (var model : KNOWN) {
      if (model.name.equals(text)) {
        return model;
      }
    }
    throw new IllegalArgumentException(
        "model: %s (expected: %s)"
            .formatted(text, KNOWN.stream().map(KvModel::name).collect(Collectors.joining(", "))));
  }

  /// The same model with keys and values of another width.
  ///
  /// @param bits of a value; this model has 16
  public KvModel withValueBits(int bits) {
    return new KvModel(name, parameters, layers, attentionValues, tokenBytes * bits / TABLE_BITS);
  }

  /// As people write it.
  @Override
  public String toString() {
    return name;
  }

  /// The shape of a model's attention.
  ///
  /// @param heads that ask, in each layer
  /// @param kvHeads that are kept, in each layer
  /// @param headValues values of one head
  public record Attention(int layers, int heads, int kvHeads, int headValues) {}
}
