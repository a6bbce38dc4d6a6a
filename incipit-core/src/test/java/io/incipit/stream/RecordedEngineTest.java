// SPDX-License-Identifier: Apache-2.0
package io.incipit.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.incipit.block.Change;
import io.incipit.block.Tier;
import io.incipit.index.IndexConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Recorded events of real engines, published and scored: what each engine found in its own cache
/// for a request must come out.
///
/// Only requests that the engine ran alone are judged. vLLM publishes that it cleared its cache
/// with the first batch after that, so the first request after a reset finds an index that does
/// not know yet; it is asked, but may be told too much.
final class RecordedEngineTest {
  private static final String ENGINE = "engine";

  /// What was read and judged.
  ///
  /// @param events in all batches
  /// @param alone requests that ran alone
  /// @param judged of these, those that are not the first after a reset
  /// @param hits of these, those of which the engine had cached something
  /// @param wrong of the judged ones, those for which the index says something else
  /// @param dumps of the engine's cache that equal what the index says; not those between a reset
  ///     and the next request
  private record Judged(
      int batches, int events, int alone, int judged, int hits, int wrong, int dumps) {}

  @Test
  void vllm_a_cachedTokensComeOut() {
    assertEquals(new Judged(479, 1_120, 199, 195, 110, 0, 23), judge("vllm-0.32.0-a", true));
  }

  @Test
  void vllm_bytes_cachedTokensComeOut() {
    assertEquals(new Judged(71, 178, 47, 46, 28, 0, 5), judge("vllm-0.32.0-bytes", true));
  }

  @Test
  void vllm_cborNoseed_cachedTokensComeOut() {
    assertEquals(new Judged(53, 112, 33, 32, 17, 0, 1), judge("vllm-0.32.0-cbor-noseed", true));
  }

  @Test
  void vllm_sha256default_cachedTokensComeOut() {
    assertEquals(new Judged(87, 183, 44, 43, 26, 0, 4), judge("vllm-0.32.0-sha256default", true));
  }

  @Test
  void vllm_dup_cachedTokensComeOut() {
    assertEquals(new Judged(66, 152, 83, 82, 18, 0, 17), judge("vllm-0.32.0-dup", true));
  }

  @Test
  void vllm_dup_copiesNotCounted_isNoticed() {
    assertEquals(11, judge("vllm-0.32.0-dup", false).wrong);
  }

  /// In this recording the engine announces again what it finds, and nothing on the wire tells that
  /// from another copy: counted, blocks stay that are gone. Not counted, each request comes out,
  /// but blocks are missing of which a second copy was evicted.
  @Test
  void vllm_reportfull_cachedTokensComeOutIfCopiesAreNotCounted() {
    assertEquals(new Judged(79, 222, 48, 47, 25, 0, 3), judge("vllm-0.32.0-reportfull", false));
    assertEquals(1, judge("vllm-0.32.0-reportfull", true).wrong);
  }

  @Test
  void sglang_a_cachedTokensComeOut() {
    var recording = Recording.read("sglang", "sglang-0.5.23-a");
    assertEquals(new Judged(173, 197, 150, 150, 92, 0, 0), new Run(recording, true).judge());
  }

  private static Judged judge(String name, boolean countsCopies) {
    return new Run(Recording.read("vllm", name), countsCopies).judge();
  }

  /// One recording on its way through a projection.
  private static final class Run {
    private final Recording recording;
    private final EngineFollower follower;
    private final Talk talk;
    private int applied;
    private int events;
    private int alone;
    private int judged;
    private int hits;
    private int wrong;
    private int dumps;
    private boolean reset;

    Run(Recording recording, boolean countsCopies) {
      this.recording = recording;
      follower = new EngineFollower(recording.hashBytes(), countsCopies);
      talk = new Talk(IndexConfig.DEFAULT, recording.hashBytes(), 7, 1);
    }

    Judged judge() {
      for (var line : recording.truth()) {
        switch (line.get("op").asString()) {
          case "request" -> ask(line);
          case "state" -> compare(line);
          case "reset" -> reset = true;
          case "flush" -> applyUpTo(line.get("batches_after").asInt());
          default -> throw new IllegalArgumentException("line: " + line);
        }
      }
      applyUpTo(recording.batches().size());
      assertEquals(0, talk.stat("conflicts"));
      assertEquals(0, talk.stat("parked-blocks"));
      assertEquals(applied, talk.stat("publishes"));
      return new Judged(applied, events, alone, judged, hits, wrong, dumps);
    }

    private void applyUpTo(int batches) {
      for (; applied < batches; applied++) {
        var batch = recording.batches().get(applied);
        assertEquals(
            recording.batches().getFirst().get("seq").asInt() + applied, batch.get("seq").asInt());
        var changes = new ArrayList<Change>();
        for (var event : batch.get("decoded").get(1)) {
          changes.add(follower.follow(event));
          events++;
        }
        talk.apply(ENGINE, 1, applied + 1, changes.toArray(Change[]::new));
        talk.projection.sweep();
      }
    }

    private void ask(JsonNode line) {
      applyUpTo(line.get("batches_before").asInt());
      boolean firstAfterReset = reset;
      reset = false;
      if (!line.path("mode").asString("seq").equals("seq")) {
        return;
      }
      alone++;
      int cached = line.path("num_cached_tokens").asInt(line.path("cached_tokens").asInt(-1));
      int expected = cachedTokens(line);
      if (firstAfterReset) {
        assertTrue(expected >= cached);
        return;
      }
      judged++;
      hits += cached > 0 ? 1 : 0;
      wrong += expected != cached ? 1 : 0;
    }

    /// What the engine should find, after the index. An engine computes the last token always.
    private int cachedTokens(JsonNode line) {
      int blockTokens = recording.blockTokens();
      var prompt = EngineFollower.tokens(line.get("prompt_token_ids"));
      var salt = line.has("cache_salt") ? line.get("cache_salt") : line.get("extra_key");
      var chain = follower.chainOf(prompt, blockTokens, salt);
      int held = applied == 0 ? 0 : talk.scored(ENGINE, chain);
      assertEquals(held, talk.blocks(chain), "the engine is the only owner");
      return Math.min(held, (prompt.size() - 1) / blockTokens) * blockTokens;
    }

    /// Counts a dump if the index says that the engine holds what it holds.
    private void compare(JsonNode line) {
      applyUpTo(line.get("batches").asInt());
      int digits = 2 * recording.hashBytes();
      var held =
          line.get("groups")
              .path("0")
              .propertyStream()
              .map(copies -> copies.getKey().substring(64 - digits))
              .collect(Collectors.toCollection(TreeSet::new));
      var announced = List.copyOf(follower.announced());
      var located = talk.located(follower.chain(announced));
      var told = new TreeSet<String>();
      for (int i = 0; i < announced.size(); i++) {
        if (located.get(i).equals("Holders[0..1 owner 0 %s]".formatted(Tier.GPU))) {
          told.add(announced.get(i));
        }
      }
      dumps += !reset && told.equals(held) ? 1 : 0;
    }
  }
}
