// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.BlockChain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Names as the engines' own functions gave them (`docs/integrations/scripts/hash_vectors.py`).
class EngineChainTest {
  private static List<JsonNode> vectors(String engine) throws IOException {
    var stream =
        Objects.requireNonNull(EngineChainTest.class.getResourceAsStream(engine + ".jsonl"));
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(line -> JsonMapper.shared().readTree(line)).toList();
    }
  }

  private static int[] tokens(JsonNode vector) {
    var range = vector.path("range");
    if (range.isArray()) {
      int step = range.get(2).asInt();
      return IntStream.iterate(range.get(0).asInt(), i -> i < range.get(1).asInt(), i -> i + step)
          .toArray();
    }
    var tokens = vector.get("tokens");
    return IntStream.range(0, tokens.size()).map(i -> (int) tokens.get(i).asLong()).toArray();
  }

  /// Seeds of the vectors are any texts, so that their encodings show.
  private static Naming naming(JsonNode vector) {
    var algorithm =
        Naming.Algorithm.valueOf(vector.get("hash").asString().toUpperCase(Locale.ROOT));
    boolean isSeeded = algorithm != Naming.Algorithm.SGLANG;
    return new Naming(
        algorithm,
        isSeeded ? vector.path("seed").asString("vllm-none-hash") : "",
        vector.path("lookahead").asInt(0));
  }

  private static PromptExtras extras(JsonNode vector) {
    return new PromptExtras(
        vector.path("lora").asString(""),
        vector.path("path").asString(""),
        vector.path("salt").asString(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vllm", "sglang"})
  void names_vectorsOfTheEngine_areTheSame(String engine) throws IOException {
    var vectors = vectors(engine);
    assertThat(vectors).hasSizeGreaterThanOrEqualTo(40);
    for (var vector : vectors) {
      var chain = new EngineChain(naming(vector));
      int block = vector.get("block").asInt();
      var expected = vector.get("hashes").valueStream().map(JsonNode::asString).toList();
      int width = expected.isEmpty() ? 32 : expected.getFirst().length() / 2;

      var names = chain.names(tokens(vector), block, width, extras(vector));
      assertThat(hex(names)).as("%s", vector).isEqualTo(expected);
      var keys = chain.names(tokens(vector), block, Long.BYTES, extras(vector));
      int from = engine.equals("sglang") ? 0 : 2 * (width - Long.BYTES);
      assertThat(hex(keys))
          .isEqualTo(expected.stream().map(hash -> hash.substring(from, from + 16)).toList());
    }
  }

  private static List<String> hex(BlockChain chain) {
    return IntStream.range(0, chain.length())
        .mapToObj(
            i -> {
              var bytes = new byte[chain.hashBytes()];
              chain.copyHash(i, bytes, 0);
              return HexFormat.of().formatHex(bytes);
            })
        .toList();
  }

  @Test
  void canName_adapter_needsWhereItIsLoadedFrom() {
    var vllm = new EngineChain(new Naming(Naming.Algorithm.SHA256, "0", 0));
    assertThat(vllm.canName(new PromptExtras("poet", "", ""))).isFalse();
    assertThat(vllm.canName(new PromptExtras("poet", "/a", "s"))).isTrue();
    var sglang = new EngineChain(new Naming(Naming.Algorithm.SGLANG, "", 0));
    assertThat(sglang.canName(new PromptExtras("poet", "/a", ""))).isFalse();
    assertThat(sglang.canName(new PromptExtras("", "", "s"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "incipit.chain.1",
        "incipit.chain.1,lookahead=2",
        "sha256,seed=vllm-none-hash",
        "sha256_cbor,seed=0",
        "xxhash,seed=random",
        "xxhash_cbor,seed=7,lookahead=64",
        "sglang",
        "sglang,lookahead=1"
      })
  void parse_textOfANaming_isThatNaming(String text) {
    assertThat(Naming.parse(text).orElseThrow().text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256",
        "sha256,seed=",
        "sha256_cbor,seed=0,lookahead=0",
        "sha256_cbor,seed=0,lookahead=01",
        "sglang,seed=0",
        "sglang,lookahead=2",
        "incipit.chain.1,seed=0",
        "dynamo-xxh3",
        "sha256_cbor,lookahead=1,seed=0,lookahead=x"
      })
  void parse_anythingElse_isNoNaming(String text) {
    assertThat(Naming.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "md5 | - | 0 | hash: md5 (expected: sha256, sha256_cbor, xxhash, xxhash_cbor, sglang)",
        "xxhash | - | 0 | seed: absent (expected: the engines' PYTHONHASHSEED",
        "sglang | 0 | 0 | seed: 0 (expected: none but with one of vLLM's hashes)",
        "- | 0 | 0 | seed: 0 (expected: none but with one of vLLM's hashes)",
        "sha256 | a b | 0 | seed: a b (expected: the engines' PYTHONHASHSEED)",
        "sha256 | 0 | 65 | lookahead: 65 (expected: 0 to 64)",
        "sglang | - | 2 | lookahead: 2 (expected: 0, or 1 where SGLang drafts with EAGLE)",
      })
  void of_whatCannotBe_isRefusedByName(String hash, String seed, int ahead, String message) {
    assertThatThrownBy(
            () ->
                Naming.of(
                    Optional.ofNullable(hash), Optional.ofNullable(seed), OptionalInt.of(ahead)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void requireBlockTokens_moreThanAFrameOfAPickle_isRefused() {
    var pickled = new Naming(Naming.Algorithm.SHA256, "0", 0);
    pickled.requireBlockTokens(8_192);
    assertThatThrownBy(() -> pickled.requireBlockTokens(8_193))
        .hasMessage("block: 8193 tokens (expected: at most 8192 with sha256)");
    new Naming(Naming.Algorithm.SHA256_CBOR, "0", 0).requireBlockTokens(65_536);
  }
}
