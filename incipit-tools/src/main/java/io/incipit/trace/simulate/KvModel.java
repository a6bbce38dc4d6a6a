// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Models whose KV size is known: bytes of keys and values for one token, over all layers, at 16
/// bits a value, from the published configurations.
public enum KvModel {
  LLAMA_3_8B("llama-3-8b", grouped(32, 8, 128)),
  LLAMA_3_70B("llama-3-70b", grouped(80, 8, 128)),
  LLAMA_3_405B("llama-3-405b", grouped(126, 8, 128)),
  MISTRAL_7B("mistral-7b", grouped(32, 8, 128)),
  QWEN_2_5_7B("qwen-2.5-7b", grouped(28, 4, 128)),
  QWEN_2_5_72B("qwen-2.5-72b", grouped(80, 8, 128)),
  /// Multi-head latent attention: 512 values and 64 of the rotary key a token and layer.
  DEEPSEEK_V3("deepseek-v3", 61L * (512 + 64) * 2);

  private final String text;
  private final long tokenBytes;

  KvModel(String text, long tokenBytes) {
    this.text = text;
    this.tokenBytes = tokenBytes;
  }

  private static long grouped(int layers, int heads, int headValues) {
    return 2L * layers * heads * headValues * 2;
  }

  /// Reads a name as people write it.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static KvModel parse(String text) {
    for (var model : values()) {
      if (model.text.equals(text)) {
        return model;
      }
    }
    throw new IllegalArgumentException(
        "model: %s (expected: %s)"
            .formatted(
                text,
                Arrays.stream(values()).map(KvModel::toString).collect(Collectors.joining(", "))));
  }

  /// Bytes of KV for one token.
  public long tokenBytes() {
    return tokenBytes;
  }

  /// As people write it.
  @Override
  public String toString() {
    return text;
  }
}
