// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

/// What a model's prefill computes and keeps.
///
/// @param parameters that one token passes through: of a mixture of experts the active ones
/// @param attentionValues values of all query heads in one layer, so that a token which looks at
///     `x` others costs `4 layers attentionValues x` FLOPs
/// @param tokenBytes of keys and values for one token, over all layers
/// @param window of the layers that do not look at all tokens before
public record KvModel(
    String name,
    double parameters,
    int layers,
    int attentionValues,
    long tokenBytes,
    Window window) {
  private static final int TABLE_BITS = 16;

  public KvModel {
    if (!(parameters > 0) || layers < 1 || attentionValues < 1 || tokenBytes < 1) {
      throw new IllegalArgumentException(
          "model: %s parameters, %d layers, %d values, %d B a token (expected: all above 0)"
              .formatted(parameters, layers, attentionValues, tokenBytes));
    }
    if (window.layers() > layers) {
      throw new IllegalArgumentException(
          "window: %d layers (expected: at most %d)".formatted(window.layers(), layers));
    }
  }

  /// A model with attention of any grouping, at 16 bits a value; all layers look at all tokens.
  public static KvModel of(String name, double parameters, Attention attention) {
    return new KvModel(
        name,
        parameters,
        attention.layers(),
        Math.multiplyExact(attention.heads(), attention.headValues()),
        2L * attention.layers() * attention.kvHeads() * attention.headValues() * 2,
        Window.NONE);
  }

  /// One of [KnownModels], by a name as people write it.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static KvModel parse(String text) {
    return KnownModels.named(text).model();
  }

  /// The same model with keys and values of another width.
  ///
  /// @param bits of a value; this model has 16
  public KvModel withValueBits(int bits) {
    long bytes = tokenBytes * bits / TABLE_BITS;
    return new KvModel(name, parameters, layers, attentionValues, bytes, window);
  }

  /// The same model, some of whose layers have a window.
  KvModel with(Window other) {
    return new KvModel(name, parameters, layers, attentionValues, tokenBytes, other);
  }

  /// FLOPs of the attention of the first tokens of a prompt, each to those before it.
  public double attentionFlops(long tokens) {
    double all = (double) tokens * tokens / 2;
    double near = Math.min(tokens, window.tokens());
    double inWindow = near * near / 2 + (tokens - near) * window.tokens();
    return 4.0 * attentionValues * ((layers - window.layers()) * all + window.layers() * inWindow);
  }

  /// Bytes that have to be there to go on after so many tokens: of layers with a window the last
  /// tokens only.
  public double loadedBytes(long tokens) {
    double near = Math.min(tokens, window.tokens());
    double kept = (double) (layers - window.layers()) * tokens + window.layers() * near;
    return tokenBytes * kept / layers;
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

  /// Layers in which a token looks at the last few tokens only.
  ///
  /// @param tokens that it looks at, itself included
  public record Window(int layers, int tokens) {
    /// All layers look at all tokens.
    public static final Window NONE = new Window(0, 0);

    public Window {
      if (layers < 0 || tokens < 0) {
        throw new IllegalArgumentException(
            "window: %d layers, %d tokens (expected: 0 or more)".formatted(layers, tokens));
      }
    }
  }
}
