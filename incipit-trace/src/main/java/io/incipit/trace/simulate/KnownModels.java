// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.simulate.KvModel.Attention;
import io.incipit.trace.simulate.KvModel.Window;
import java.util.List;
import java.util.stream.Collectors;

/*
 * Where the numbers are from. The shapes of all but two models (layers, heads, widths, experts,
 * vocabulary) stand in litgpt/config.py of LitGPT 0.5.13. Parameters are counted from them, with
 * both embeddings, and agree with what the makers publish; of a mixture of experts the router and
 * the experts of one token count.
 *
 * gpt-oss-120b: gpt_oss/torch/model.py of openai/gpt-oss (every second layer has a window of 128
 * tokens); counted without the input embedding, as published there (5.1 billion active).
 *
 * deepseek-v3: inference/configs/config_671B.json of deepseek-ai/DeepSeek-V3; 37 billion active as
 * published there (counted: 37.6). Multi-head latent attention: a token keeps 512 values and 64 of
 * the rotary key in each layer. Prefill attends with full heads, of which each of 128 multiplies
 * 192 values a key and 128 a value: 160 on average. What was found has to be made full again, by
 * 2 x 512 x 128 x 256 FLOPs a token and layer, 2.8% of computing the token; that is not counted.
 */

/// The models that are known by name.
public final class KnownModels {
  /// Where the shapes of most models are from.
  public static final String USUAL_SOURCE = "litgpt/config.py of LitGPT 0.5.13";

  /// All of them, at 16 bits a value.
  public static final List<Known> ALL =
      List.of(
          plain("llama-3-8b", "llama-3.1-8b", 8.03e9, new Attention(32, 32, 8, 128)),
          plain(
              "llama-3-70b", "llama-3.1-70b llama-3.3-70b", 70.6e9, new Attention(80, 64, 8, 128)),
          plain("llama-3-405b", "llama-3.1-405b", 405.9e9, new Attention(126, 128, 8, 128)),
          plain("mistral-7b", "", 7.25e9, new Attention(32, 32, 8, 128)),
          plain("mistral-large-2407", "", 122.6e9, new Attention(88, 96, 8, 128)),
          plain("mixtral-8x7b", "", 12.9e9, new Attention(32, 32, 8, 128)),
          plain("qwen-2.5-7b", "qwen2.5-7b", 7.62e9, new Attention(28, 28, 4, 128)),
          plain("qwen-2.5-72b", "qwen2.5-72b", 72.7e9, new Attention(80, 64, 8, 128)),
          plain("qwen3-8b", "", 8.19e9, new Attention(36, 32, 8, 128)),
          plain("qwen3-32b", "", 32.8e9, new Attention(64, 64, 8, 128)),
          plain("qwen3-235b-a22b", "", 22.2e9, new Attention(94, 64, 4, 128)),
          new Known(
              KvModel.of("gpt-oss-120b", 5.13e9, new Attention(36, 64, 8, 64))
                  .with(new Window(18, 128)),
              List.of(),
              "36 layers (18 see 128 tokens), 64 heads, 8 for KV, of 64",
              "gpt_oss/torch/model.py of openai/gpt-oss"),
          new Known(
              new KvModel("deepseek-v3", 37e9, 61, 128 * 160, 61L * (512 + 64) * 2, Window.NONE),
              List.of("deepseek-r1"),
              "61 layers, 128 heads of 192 and 128, 576 latent values",
              "config_671B.json of deepseek-ai/DeepSeek-V3"));

  private KnownModels() {}

  /// A model, and where its numbers are from.
  ///
  /// @param others other names under which it is known: models of the same shape
  /// @param shape of its attention, in words
  /// @param source that was looked up
  public record Known(KvModel model, List<String> others, String shape, String source) {
    /// Keeps a list that nobody changes.
    public Known {
      others = List.copyOf(others);
    }
  }

  private static Known plain(String name, String others, double parameters, Attention its) {
    var shape =
        "%d layers, %d heads, %d for KV, of %d"
            .formatted(its.layers(), its.heads(), its.kvHeads(), its.headValues());
    var names = others.isEmpty() ? List.<String>of() : List.of(others.split(" "));
    return new Known(KvModel.of(name, parameters, its), names, shape, USUAL_SOURCE);
  }

  /// The model of a name.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static Known named(String text) {
    return ALL.stream()
        .filter(known -> known.model().name().equals(text) || known.others().contains(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model: %s (expected: %s)"
                        .formatted(
                            text,
                            ALL.stream()
                                .map(known -> known.model().name())
                                .collect(Collectors.joining(", ")))));
  }
}
