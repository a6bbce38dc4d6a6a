// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ChangeBuilder;
import io.incipit.ingest.SourceCounts.Count;
import io.incipit.ingest.chain.EngineChain;
import io.incipit.ingest.chain.Naming;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.chain.PromptExtras;
import io.incipit.ingest.chain.PromptNames;
import io.incipit.ingest.event.EventWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Blocks by engines' own names, and names that cover tokens of the block behind.
class EngineNamesTest {
  private static final int BLOCK = 4;
  private static final String CBOR = "sha256_cbor,seed=0";

  /// What an engine says, and what the index is told: each name with the one before it.
  private static final class Follower implements EngineStream.Effects {
    final Naming naming;
    final ChangeBuilder changes;
    final SourceCounts counts = new SourceCounts();
    final Map<BlockChain, BlockChain> held = new HashMap<>();
    final EngineStream stream;
    private long seq;

    Follower(String text) {
      naming = Naming.parse(text).orElseThrow();
      changes = new ChangeBuilder(naming.hashBytes());
      var config =
          new SourceConfig(
              "w",
              0,
              "tcp://a:1",
              false,
              Optional.empty(),
              "n",
              "m",
              BLOCK,
              true,
              naming,
              OptionalInt.empty());
      var own = new OwnChain(7, config.model());
      var blocks = new EngineBlocks(new CopyTable(7), own, config, counts, changes);
      stream = new EngineStream(blocks, this, EngineStream.Recovery.NONE, counts);
    }

    void say(Map<String, Object> event) throws InterruptedException {
      say(List.of(event));
    }

    void say(List<Map<String, Object>> events) throws InterruptedException {
      if (seq == 0) {
        stream.connected();
      }
      stream.live(seq, EventWriter.batch(1 + (double) seq, events));
      seq++;
    }

    /// Names of a prompt's blocks, as one who asks makes them.
    BlockChain names(int... tokens) {
      if (naming.isOwn()) {
        var chain = new OwnChain(7, "m");
        chain.root("", "");
        return PromptNames.below(chain, tokens, BLOCK, naming);
      }
      return new EngineChain(naming).names(tokens, BLOCK, Long.BYTES, PromptExtras.NONE);
    }

    /// Blocks of a prompt that are held, each below the one before.
    int found(int... tokens) {
      var names = names(tokens);
      var above = BlockChain.empty(naming.hashBytes());
      for (int i = 0; i < names.length(); i++) {
        var name = names.slice(i, i + 1);
        if (!above.equals(held.get(name))) {
          return i;
        }
        above = name;
      }
      return names.length();
    }

    @Override
    public void forget() {
      changes.take();
      held.clear();
    }

    @Override
    public void doubt() {}

    @Override
    public void publish() {
      for (var change : changes.take()) {
        switch (change) {
          case Change.Store(_, var parent, var hashes, _) -> {
            var above = parent;
            for (int i = 0; i < hashes.length(); i++) {
              held.put(hashes.slice(i, i + 1), above);
              above = hashes.slice(i, i + 1);
            }
          }
          case Change.Remove(_, var hashes) -> {
            for (int i = 0; i < hashes.length(); i++) {
              held.remove(hashes.slice(i, i + 1));
            }
          }
          case Change.Clear _ -> held.clear();
          case Change.Synced _ -> throw new IllegalStateException("synced");
        }
      }
    }

    @Override
    public void whole() {}

    @Override
    public boolean hasFailed() {
      return false;
    }
  }

  private static Map<String, Object> stored(Object parent, List<?> hashes, int... tokens) {
    var event = new LinkedHashMap<String, Object>();
    event.put("type", "BlockStored");
    event.put("block_hashes", hashes);
    event.put("parent_block_hash", parent);
    event.put("token_ids", tokens);
    event.put("block_size", tokens.length / Math.max(1, hashes.size()));
    event.put("medium", "GPU");
    return event;
  }

  private static Map<String, Object> with(Map<String, Object> event, String key, Object value) {
    event.put(key, value);
    return event;
  }

  private static Map<String, Object> removed(long hash) {
    return Map.of("type", "BlockRemoved", "block_hashes", List.of(hash), "medium", "GPU");
  }

  private static int[] run(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private static List<Long> keys(BlockChain chain) {
    return IntStream.range(0, chain.length()).mapToObj(chain::low).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha256,seed=0",
        CBOR,
        "xxhash,seed=9",
        "xxhash_cbor,seed=random",
        "sglang",
        "sha256,seed=0,lookahead=1",
        "xxhash_cbor,seed=0,lookahead=3"
      })
  void stored_asDeclared_isHeldByItsHashAndVerified(String text) throws InterruptedException {
    var engine = new Follower(text);
    int ahead = engine.naming.lookahead();
    var keys = keys(engine.names(run(0, 12 + ahead)));
    var first = stored(null, keys.subList(0, 2), run(0, 8));
    var second = stored(keys.get(1), keys.subList(2, 3), run(8, 12));
    if (ahead > 0) {
      with(first, "lookahead_token_ids", List.of(run(4, 4 + ahead), run(8, 8 + ahead)));
      with(second, "lookahead_token_ids", List.of(run(12, 12 + ahead)));
    }
    engine.say(List.of(first, second));

    assertThat(engine.counts.lastError()).isEmpty();
    assertThat(engine.counts.get(Count.VERIFIED)).isEqualTo(3);
    assertThat(engine.stream.isWhole()).isTrue();
    assertThat(engine.found(run(0, 12 + ahead))).isEqualTo(3);
    assertThat(engine.found(run(0, 11 + ahead))).isEqualTo(2);

    engine.say(removed(keys.get(2)));
    assertThat(engine.found(run(0, 12 + ahead))).isEqualTo(2);
    assertThat(engine.held).hasSize(2);
  }

  @Test
  void stored_byAnotherSeed_isPartialUntilItIsClearedAndThenAgain() throws InterruptedException {
    var engine = new Follower(CBOR);
    engine.say(stored(null, keys(engine.names(run(0, 4))), run(0, 4)));
    assertThat(engine.stream.isWhole()).isTrue();

    engine.say(stored(null, List.of(1L), run(4, 8)));
    assertThat(engine.stream.isWhole()).isFalse();
    assertThat(engine.counts.get(Count.CONTRADICTED)).isEqualTo(1);
    assertThat(engine.counts.lastError())
        .isEqualTo(
            "hash: 0x0000000000000001 (expected: 0x%016x, as %s has it of the block's tokens)"
                .formatted(engine.names(run(4, 8)).low(0), CBOR));

    // It is held by its own name, by which somebody may ask.
    engine.say(stored(1L, List.of(2L), run(8, 12)));
    assertThat(engine.held).containsKey(BlockChain.of(2L));

    engine.say(Map.of("type", "AllBlocksCleared"));
    assertThat(engine.stream.isWhole()).isTrue();
    engine.say(stored(null, List.of(1L), run(4, 8)));
    assertThat(engine.stream.isWhole()).isFalse();
  }

  @Test
  void stored_whatCannotBeMadeAnew_isHeldByItsHash() throws InterruptedException {
    var engine = new Follower(CBOR);
    engine.say(
        List.of(
            with(stored(null, List.of(1L, 2L), run(0, 8)), "lora_name", "poet"),
            with(stored(2L, List.of(3L), run(8, 12)), "lora_name", "poet"),
            with(
                stored(null, List.of(4L), run(0, 4)),
                "extra_keys",
                List.of(List.of(List.of("image", 0)))),
            stored(null, List.of(5L))));

    assertThat(engine.counts.lastError()).isEmpty();
    assertThat(engine.counts.get(Count.VERIFIED)).isZero();
    assertThat(engine.stream.isWhole()).isTrue();
    assertThat(engine.held)
        .containsEntry(BlockChain.of(3L), BlockChain.of(2L))
        .containsKeys(BlockChain.of(4L), BlockChain.of(5L));
  }

  @Test
  void stored_inAnotherTierWithoutSayingTheSalt_isNoContradiction() throws InterruptedException {
    var engine = new Follower(CBOR);
    engine.say(with(stored(null, List.of(1L), run(0, 4)), "medium", "CPU"));
    assertThat(engine.counts.lastError()).isEmpty();
    assertThat(engine.stream.isWhole()).isTrue();
    engine.say(
        with(with(stored(null, List.of(1L), run(0, 4)), "medium", "CPU"), "cache_salt", "s"));
    assertThat(engine.stream.isWhole()).isFalse();
  }

  /// Two blocks of the same tokens are two to the engine, if other tokens come behind.
  @Test
  void stored_withLookahead_ownNamesCoverItToo() throws InterruptedException {
    var engine = new Follower("incipit.chain.1,lookahead=1");
    engine.say(
        List.of(
            with(stored(null, List.of(1L), 1, 2, 3, 4), "lookahead_token_ids", List.of(List.of(5))),
            with(
                stored(null, List.of(2L), 1, 2, 3, 4),
                "lookahead_token_ids",
                List.of(List.of(6)))));
    assertThat(engine.found(1, 2, 3, 4, 5)).isEqualTo(1);
    assertThat(engine.found(1, 2, 3, 4, 6)).isEqualTo(1);
    assertThat(engine.found(1, 2, 3, 4, 7)).isZero();
    assertThat(engine.found(1, 2, 3, 4)).isZero();

    engine.say(removed(1));
    assertThat(engine.found(1, 2, 3, 4, 5)).isZero();
    assertThat(engine.found(1, 2, 3, 4, 6)).isEqualTo(1);
  }

  /// So SGLang says it: each token with the one behind.
  @Test
  void stored_tokensInPairs_isALookaheadOfOne() throws InterruptedException {
    var engine = new Follower("sglang,lookahead=1");
    var keys = keys(engine.names(run(0, 9)));
    var event = stored(null, keys, run(0, 8));
    with(event, "token_ids", IntStream.range(0, 8).mapToObj(i -> List.of(i, i + 1)).toList());
    engine.say(event);

    assertThat(engine.counts.lastError()).isEmpty();
    assertThat(engine.counts.get(Count.VERIFIED)).isEqualTo(2);
    assertThat(engine.found(run(0, 9))).isEqualTo(2);
  }

  @Test
  void stored_withAnotherLookahead_isRefusedByName() throws InterruptedException {
    var engine = new Follower("incipit.chain.1");
    engine.say(
        with(stored(null, List.of(1L), 1, 2, 3, 4), "lookahead_token_ids", List.of(List.of(5))));
    assertThat(engine.counts.lastError()).isEqualTo("lookahead: 1 (expected: 0, as declared)");
    assertThat(engine.stream.isWhole()).isFalse();
    assertThat(engine.held).isEmpty();

    var other = new Follower("incipit.chain.1,lookahead=1");
    other.say(
        with(
            stored(null, List.of(1L, 2L), run(0, 8)),
            "lookahead_token_ids",
            List.of(List.of(5), List.of())));
    assertThat(other.counts.lastError())
        .isEqualTo("lookahead: not the same for all blocks (expected: 1, as declared)");
    other.say(stored(null, List.of(1L), run(0, 4)));
    assertThat(other.counts.lastError()).isEqualTo("lookahead: 0 (expected: 1, as declared)");
  }
}
