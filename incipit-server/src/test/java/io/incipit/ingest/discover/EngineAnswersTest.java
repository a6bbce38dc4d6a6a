// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineAnswersTest {
  @Test
  void sources_ofRanks_areInOrderOfRank() throws Exception {
    var body =
        """
        {"10": {"publisher": "zmq", "endpoint": "tcp://*:5567", "replay_endpoint": null},
         "2": {"endpoint": "tcp://*:5559", "replay_endpoint": "tcp://*:5569"},
         "3": {"publisher": "null", "endpoint": "tcp://*:5560"},
         "4": {"enable_kv_cache_events": false, "endpoint": "tcp://*:5561"}}
        """;
    assertThat(EngineAnswers.sources(body))
        .containsExactly(
            new EngineFacts.Stream(2, "tcp://*:5559", Optional.of("tcp://*:5569")),
            new EngineFacts.Stream(10, "tcp://*:5567", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | {} (expected: an engine with --kv-events-config",
        "{\"0\": null} | {\"0\": null} (expected: an engine with --kv-events-config",
        "{\"0\": {\"publisher\": \"null\"}} | {\"0\": {\"publisher\": \"null\"}} (expected: an eng",
        "{\"a\": {\"endpoint\": \"tcp://*:1\"}} | rank a: {\"endpoint\":\"tcp://*:1\"} (expected: a",
        "{\"70000\": {\"endpoint\": \"tcp://*:1\"}} | rank 70000: {\"endpoint\":",
        "{\"0\": {\"endpoint\": 1}} | rank 0: {\"endpoint\":1} (expected: a rank",
        "[] | [] (expected: a JSON object)",
        "`` | nothing (expected: a JSON object)",
        "<html>é</html> | <html> </html> (expected: a JSON object)",
        "{\"0\": | {\"0\": (expected: a JSON object)",
      })
  void sources_ofWhatIsNone_sayWhatCame(String body, String message) {
    assertThatThrownBy(() -> EngineAnswers.sources(body))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void sources_nestedDeeply_areRefused() {
    assertThatThrownBy(() -> EngineAnswers.sources("{\"a\":".repeat(100_000)))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageContaining("... (expected: a JSON object)");
  }

  @Test
  void model_withAdaptersAndFurtherNames_isTheFirstNameOfTheBase() throws Exception {
    assertThat(EngineAnswers.model(FakeVllm.MODELS)).isEqualTo("tiny");
    assertThat(EngineAnswers.model("{\"data\": [{\"id\": \"a\"}]}")).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"data\": []} | {\"data\": []} (expected: a model without a parent)",
        "{\"data\": [{\"id\": \"a\", \"parent\": \"b\"}]} | {\"data\": [{\"id\": \"a\"",
        "{\"data\": [{\"id\": \"a\"}, {\"id\": \"b\"}]} | models a, b (expected: one)",
        "{\"error\": \"Unauthorized\"} | {\"error\": \"Unauthorized\"} (expected: a model",
      })
  void model_notToBeKnown_saysWhatCame(String body, String message) {
    assertThatThrownBy(() -> EngineAnswers.model(body))
        .isInstanceOf(UnknownEngineException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void blockTokens_areThoseOfTheLayersThatNeedAll() throws Exception {
    assertThat(EngineAnswers.blockTokens(FakeVllm.metrics("32", "64"))).isEqualTo(64);
    assertThat(EngineAnswers.blockTokens(FakeVllm.metrics("32", "None"))).isEqualTo(32);
    assertThat(EngineAnswers.blockTokens("vllm:cache_config_info{block_size=\"16\"} 1"))
        .isEqualTo(16);
  }

  @Test
  void capacity_ofRanks_isTheMostThatAnyHas() {
    assertThat(EngineAnswers.capacity(FakeVllm.metrics("16", "None"))).hasValue(FakeVllm.CAPACITY);
    var two =
        """
        vllm:cache_config_info{engine="0",num_gpu_blocks="27001",num_gpu_blocks_override="9"} 1.0
        vllm:cache_config_info{engine="1",num_gpu_blocks="27004",num_gpu_blocks_override="9"} 1.0
        vllm:num_gpu_blocks{num_gpu_blocks="99999"} 1.0
        """;
    assertThat(EngineAnswers.capacity(two)).hasValue(27_004);
  }

  @ParameterizedTest
  @ValueSource(strings = {"None", "0", "-1", "1e9", "12345678901", ""})
  void capacity_notToBeKnown_isEmpty(String blocks) {
    var line = "vllm:cache_config_info{num_gpu_blocks=\"%s\"} 1.0".formatted(blocks);
    assertThat(EngineAnswers.capacity(line)).isEmpty();
    assertThat(EngineAnswers.capacity("")).isEmpty();
  }

  @Test
  void blockTokens_ofTwoSizesOrNone_areNotGuessed() {
    var two = FakeVllm.metrics("32", "None") + FakeVllm.metrics("16", "None");
    assertThatThrownBy(() -> EngineAnswers.blockTokens(two))
        .hasMessage("block_size [16, 32] (expected: one)");
    assertThatThrownBy(() -> EngineAnswers.blockTokens(FakeVllm.metrics("None", "None")))
        .hasMessage("no block_size (expected: one in vllm:cache_config_info)");
    assertThatThrownBy(
            () ->
                EngineAnswers.blockTokens(
                    "vllm:cache_config_info{path=\"x,block_size=\\\"9\\\"\"} 1"))
        .hasMessageStartingWith("no block_size");
  }
}
