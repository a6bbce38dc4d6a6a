// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.incipit.block.Tier;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Payloads as msgspec 0.22.0 encoded them from the classes of vLLM and SGLang.
class EventDecoderTest {
  private static final String VLLM_ARRAYS =
      "93cb3ff8000000000000939cab426c6f636b53746f726564920102c0980a0b0c0d0e0f101104c0a34750"
          + "55c0c0c0c0c094ac426c6f636b52656d6f76656491cfffffffffffffffffa3475055c091b0416c6c426c"
          + "6f636b73436c656172656400";
  private static final String VLLM_DIGEST_LORA =
      "93cb3ff8000000000000919cab426c6f636b53746f72656491c420000102030405060708090a0b0c0d0e"
          + "0f101112131415161718191a1b1c1d1e1fc0940a0b0c0d04c0a3475055c09191a66c6f72612d6100ae66"
          + "756c6c5f617474656e74696f6ec001";
  private static final String VLLM_MAPS =
      "93cb3ff8000000000000938aa474797065ab426c6f636b53746f726564ac626c6f636b5f686173686573"
          + "920102b1706172656e745f626c6f636b5f68617368c0a9746f6b656e5f696473980a0b0c0d0e0f1011aa"
          + "626c6f636b5f73697a6504a76c6f72615f6964c0a66d656469756da3475055a96c6f72615f6e616d65c0"
          + "a967726f75705f69647800b26b765f63616368655f737065635f6b696e64ae66756c6c5f617474656e74"
          + "696f6e84a474797065ac426c6f636b52656d6f766564ac626c6f636b5f6861736865739101a66d656469"
          + "756da3475055a967726f75705f6964780081a474797065b0416c6c426c6f636b73436c656172656400";
  private static final String SGLANG_ARRAYS =
      "93cb3ff80000000000009297ab426c6f636b53746f72656491fec092010202c0aa4350555f50494e4e45"
          + "4498ab426c6f636b53746f726564917bc092010202c0a347505581aa63616368655f73616c74a874656e"
          + "616e742d6100";
  private static final String BINARY_EVENTS =
      "92cb3ff800000000000091c42397ab426c6f636b53746f726564920708009000c0ae5348415245445f53"
          + "544f52414745";

  private final EventDecoder decoder = new EventDecoder();
  private final EventBatch batch = new EventBatch();

  @Test
  void decode_vllmArrays_hasEachEvent() throws BadEventException {
    assertThat(decode(VLLM_ARRAYS))
        .containsExactly(
            "STORED [1, 2] of 4 tokens [10, 11, 12, 13, 14, 15, 16, 17], GPU",
            "REMOVED [-1] of 0 tokens [], GPU",
            "CLEARED [] of 0 tokens [], GPU");
    assertThat(batch.timeSeconds()).isEqualTo(1.5);
    assertThat(batch.rank()).isZero();
    assertThat(batch.get(0).plainBlocks()).isEqualTo(2);
    assertThat(batch.get(0).isChild()).isFalse();
    assertThat(batch.get(0).tellsSalt()).isFalse();
  }

  @Test
  void decode_digests_areNamedByTheirLastEightBytes() throws BadEventException {
    decode(VLLM_DIGEST_LORA);
    assertThat(batch.rank()).isEqualTo(1);
    var event = batch.get(0);
    assertThat(event.hash(0)).isEqualTo(0x18191a1b1c1d1e1fL);
    assertThat(event.group()).isZero();
    assertThat(event.isPrefix()).isTrue();
  }

  @Test
  void decode_textInTheFirstBlocksExtraKeys_isTheSaltIfNoAdapterHasThatName()
      throws BadEventException {
    decode(VLLM_DIGEST_LORA);
    assertThat(batch.get(0).salt()).isEqualTo("lora-a");
    assertThat(batch.get(0).plainBlocks()).isEqualTo(1);
  }

  @Test
  void decode_vllmMaps_hasEachEvent() throws BadEventException {
    assertThat(decode(VLLM_MAPS))
        .containsExactly(
            "STORED [1, 2] of 4 tokens [10, 11, 12, 13, 14, 15, 16, 17], GPU, group 0",
            "REMOVED [1] of 0 tokens [], GPU, group 0",
            "CLEARED [] of 0 tokens [], GPU");
  }

  @Test
  void decode_sglangArrays_hasTierAndSalt() throws BadEventException {
    assertThat(decode(SGLANG_ARRAYS))
        .containsExactly(
            "STORED [-2] of 2 tokens [1, 2], HOST",
            "STORED [123] of 2 tokens [1, 2], GPU, salt tenant-a");
    assertThat(batch.get(0).tier()).isEqualTo(Tier.HOST);
  }

  @Test
  void decode_binaryEvents_areOfHashesAlone() throws BadEventException {
    assertThat(decode(BINARY_EVENTS)).containsExactly("STORED [7, 8] of 0 tokens [], REMOTE");
    assertThat(batch.rank()).isEqualTo(-1);
    assertThat(batch.get(0).isChild()).isFalse();
    assertThat(batch.get(0).plainBlocks()).isZero();
  }

  @Test
  void decode_cutAnywhere_isRefusedWithThePlace() {
    for (var text : List.of(VLLM_ARRAYS, VLLM_DIGEST_LORA, VLLM_MAPS, SGLANG_ARRAYS)) {
      var bytes = HexFormat.of().parseHex(text);
      for (int length = 0; length < bytes.length; length++) {
        int end = length;
        assertThatThrownBy(() -> decoder.decode(bytes, 0, end, batch))
            .isInstanceOf(BadEventException.class)
            .hasMessageContaining("expected: ");
      }
    }
  }

  private List<String> decode(String hex) throws BadEventException {
    var bytes = HexFormat.of().parseHex(hex);
    decoder.decode(bytes, 0, bytes.length, batch);
    var events = new ArrayList<String>();
    for (int i = 0; i < batch.size(); i++) {
      events.add(batch.get(i).toString());
    }
    return events;
  }
}
