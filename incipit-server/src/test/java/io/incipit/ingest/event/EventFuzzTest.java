// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Whatever bytes come: a batch, or a refusal that says where and what was expected, and memory in
/// proportion to the bytes.
class EventFuzzTest {
  private final EventDecoder decoder = new EventDecoder();
  private final EventBatch batch = new EventBatch();

  private boolean decodes(byte[] bytes) {
    try {
      decoder.decode(bytes, 0, bytes.length, batch);
      return true;
    } catch (BadEventException bad) {
      assertThat(bad.getMessage()).contains("expected: ");
      return false;
    }
  }

  @Test
  void decode_changedBytes_isABatchOrRefused() {
    var random = new SplittableRandom(5);
    var seeds = List.of(stored("vllm"), stored("sglang"), EventWriter.encode(List.of(1, 2, 3)));
    for (int i = 0; i < 200_000; i++) {
      var bytes = seeds.get(i % seeds.size()).clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      decodes(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
    }
    assertThat(decodes(seeds.getFirst())).isTrue();
    assertThat(batch.size()).isEqualTo(2);
  }

  private static byte[] stored(String salt) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("block_hashes", List.of(1L, new byte[32]));
    event.put("parent_block_hash", null);
    event.put("token_ids", new int[] {1, 200, 70_000, 4});
    event.put("block_size", 2);
    event.put("extra_keys", List.of(List.of(salt), List.of()));
    event.put("type", "BlockStored");
    event.put("new_in_2030", Map.of("a", List.of(1.5, true)));
    return EventWriter.encode(List.of(1.5, List.of(event, List.of("Unheard", 7, "x")), 0));
  }

  @Test
  void decode_keysInAnyOrderAndUnknownOnes_arePassedOver() {
    assertThat(decodes(stored("s"))).isTrue();
    assertThat(batch.get(0).toString())
        .isEqualTo("STORED [1, 0] of 2 tokens [1, 200, 70000, 4], GPU, salt s");
    assertThat(batch.unknown()).isEqualTo(1);
  }

  @Test
  void decode_hugeCountsInFewBytes_areRefusedBeforeAnythingIsMade() {
    var hex =
        List.of(
            "dd7fffffff",
            "93cb0000000000000000ddffffffff",
            "92c0dd0fffffff",
            "dfffffffff",
            "92c091dc000293a9426c6f636b",
            "92c091c6ffffffff",
            "92c091dbffffffff",
            "92c09192ab426c6f636b53746f726564ddffffffff");
    for (var text : hex) {
      assertThat(decodes(HexFormat.of().parseHex(text))).as(text).isFalse();
    }
    var nested = new byte[100_000];
    Arrays.fill(nested, (byte) 0x91);
    assertThat(decodes(nested)).isFalse();
  }

  @Test
  void decode_eventsOfMultimodalPrompts_arePlainUpToTheImage() {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", "BlockStored");
    event.put("block_hashes", List.of(1L, 2L, 3L));
    event.put("token_ids", List.of(1, 2, 3, 4, "image", 6));
    event.put("block_size", 2);
    assertThat(decodes(EventWriter.batch(1, List.of(event)))).isTrue();
    assertThat(batch.get(0).plainBlocks()).isEqualTo(2);

    var lists = new ArrayList<Object>(Arrays.asList(null, List.of(List.of("id", 0)), null));
    event.put("token_ids", new int[6]);
    event.put("extra_keys", lists);
    assertThat(decodes(EventWriter.batch(1, List.of(event)))).isTrue();
    assertThat(batch.get(0).plainBlocks()).isEqualTo(1);
  }

  @Test
  void decode_adaptersName_isNoSalt() {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("type", "BlockStored");
    event.put("block_hashes", List.of(1L));
    event.put("extra_keys", List.of(List.of("lora-a", "salt-1")));
    event.put("token_ids", new int[2]);
    event.put("block_size", 2);
    event.put("lora_name", "lora-a");
    assertThat(decodes(EventWriter.batch(1, List.of(event)))).isTrue();
    assertThat(batch.get(0).lora()).isEqualTo("lora-a");
    assertThat(batch.get(0).salt()).isEqualTo("salt-1");
    assertThat(batch.get(0).plainBlocks()).isEqualTo(1);
  }
}
