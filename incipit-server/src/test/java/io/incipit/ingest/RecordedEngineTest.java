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
import io.incipit.stream.Recording;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The bytes that real engines sent, followed: what an engine found in its own cache for a request
/// must be what is held of that prompt, named by its tokens alone.
///
/// Judged are requests that ran alone, but for the first after a reset, which vLLM publishes with
/// what comes next.
class RecordedEngineTest {
  private static final long SEED = 11;

  /// One recording on its way through a stream.
  private static final class Run implements EngineStream.Effects {
    final Recording recording;
    final Naming naming;
    final ChangeBuilder changes;
    final SourceCounts counts = new SourceCounts();
    final Set<String> held = new TreeSet<>();
    final EngineStream stream;
    final EngineBlocks blocks;
    int applied;
    int judged;
    int hits;
    int wrong;
    int ghosts;
    boolean reset;
    boolean whole;

    Run(Recording recording, boolean countsCopies, Naming naming, OptionalInt capacity) {
      this.recording = recording;
      this.naming = naming;
      this.changes = new ChangeBuilder(naming.hashBytes());
      var config =
          new SourceConfig(
              "w",
              0,
              "tcp://a:1",
              false,
              Optional.empty(),
              "n",
              "m",
              recording.blockTokens(),
              countsCopies,
              naming,
              capacity);
      var own = new OwnChain(SEED, config.model());
      blocks = new EngineBlocks(new CopyTable(SEED), own, config, counts, changes);
      stream = new EngineStream(blocks, this, EngineStream.Recovery.NONE, counts);
    }

    @Override
    public void forget() {
      held.clear();
    }

    @Override
    public void publish() {
      for (var change : changes.take()) {
        switch (change) {
          case Change.Store(_, _, var hashes, _) -> each(hashes, held::add);
          case Change.Remove(_, var hashes) -> each(hashes, held::remove);
          case Change.Clear _ -> held.clear();
          case Change.Synced _ -> throw new IllegalStateException("synced");
        }
      }
    }

    @Override
    public void whole() {
      whole = true;
    }

    @Override
    public void doubt() {
      whole = false;
    }

    @Override
    public boolean hasFailed() {
      return false;
    }

    private static void each(BlockChain hashes, Consumer<String> action) {
      for (int i = 0; i < hashes.length(); i++) {
        action.accept(text(hashes, i));
      }
    }

    private static String text(BlockChain hashes, int i) {
      var bytes = new byte[hashes.hashBytes()];
      hashes.copyHash(i, bytes, 0);
      return HexFormat.of().formatHex(bytes);
    }

    void follow() throws InterruptedException {
      stream.connected();
      for (var line : recording.truth()) {
        switch (line.get("op").asString()) {
          case "request" -> ask(line);
          case "reset" -> reset = true;
          case "state" -> compare(line);
          default -> {}
        }
      }
      applyUpTo(recording.batches().size());
    }

    private void applyUpTo(int batches) throws InterruptedException {
      for (; applied < batches; applied++) {
        var batch = recording.batches().get(applied);
        stream.live(
            batch.get("seq").asLong(), HexFormat.of().parseHex(batch.get("payload").asString()));
      }
    }

    /// Counts what is held and not there, by the engine's dump of its cache. A reset is published
    /// with what comes next.
    private void compare(JsonNode line) throws InterruptedException {
      if (reset) {
        return;
      }
      applyUpTo(line.get("batches").asInt());
      var cached = new TreeSet<Long>();
      line.path("groups")
          .path("0")
          .propertyNames()
          .forEach(digest -> cached.add(Long.parseUnsignedLong(digest.substring(48), 16)));
      for (var block : blocks.held(0, Integer.MAX_VALUE).blocks()) {
        ghosts += cached.contains(block.hash()) ? 0 : 1;
      }
    }

    private void ask(JsonNode line) throws InterruptedException {
      applyUpTo(line.get("batches_before").asInt());
      boolean firstAfterReset = reset;
      reset = false;
      if (!line.path("mode").asString("seq").equals("seq") || firstAfterReset) {
        return;
      }
      int cached = line.path("num_cached_tokens").asInt(line.path("cached_tokens").asInt(-1));
      judged++;
      hits += cached > 0 ? 1 : 0;
      wrong += cachedTokens(line) != cached ? 1 : 0;
    }

    /// What the engine should find. It computes the last token always.
    private int cachedTokens(JsonNode line) {
      var ids = line.get("prompt_token_ids");
      var tokens = IntStream.range(0, ids.size()).map(i -> ids.get(i).asInt()).toArray();
      var salt = line.path("cache_salt").asString(line.path("extra_key").asString(""));
      int blockTokens = recording.blockTokens();
      var names = names(tokens, blockTokens, salt);
      int found = 0;
      while (found < names.length() && held.contains(text(names, found))) {
        found++;
      }
      return Math.min(found, (tokens.length - 1) / blockTokens) * blockTokens;
    }

    private BlockChain names(int[] tokens, int blockTokens, String salt) {
      if (naming.isOwn()) {
        return PromptNames.of(new OwnChain(SEED, "m"), tokens, blockTokens, "", salt);
      }
      var extras = new PromptExtras("", "", salt);
      return new EngineChain(naming).names(tokens, blockTokens, Long.BYTES, extras);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "vllm, vllm-0.32.0-a, true, 195, 110, 0",
    "vllm, vllm-0.32.0-bytes, true, 46, 28, 0",
    "vllm, vllm-0.32.0-cbor-noseed, true, 32, 17, 0",
    "vllm, vllm-0.32.0-sha256default, true, 43, 26, 0",
    "vllm, vllm-0.32.0-dup, true, 82, 18, 0",
    "vllm, vllm-0.32.0-dup, false, 82, 18, 11",
    "vllm, vllm-0.32.0-reportfull, false, 47, 25, 0",
    "vllm, vllm-0.32.0-reportfull, true, 47, 25, 1",
    "sglang, sglang-0.5.23-a, true, 150, 92, 0",
    "sglang, sglang-0.5.23-a, false, 150, 92, 0",
  })
  void follow_recording_findsWhatTheEngineFound(
      String engine, String name, boolean countsCopies, int judged, int hits, int wrong)
      throws InterruptedException {
    var run = new Run(Recording.read(engine, name), countsCopies, Naming.OWN, OptionalInt.empty());
    run.follow();

    assertThat(run.judged).isEqualTo(judged);
    assertThat(run.hits).isEqualTo(hits);
    assertThat(run.wrong).isEqualTo(wrong);
    assertThat(run.counts.lastError()).isEmpty();
    assertThat(run.counts.get(SourceCounts.Count.DROPPED)).isZero();
    assertThat(run.blocks.waiting()).isZero();
    assertThat(run.whole).isTrue();
    assertThat(run.held).hasSize(run.blocks.size());
  }

  /// By the engine's own names, of which most are made anew, salts included, with the seed that the
  /// engine had, or the one that it takes if it has none.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vllm | vllm-0.32.0-a | sha256_cbor,seed=0 | 195 | 110 | 899",
        "vllm | vllm-0.32.0-bytes | sha256_cbor,seed=0 | 46 | 28 | 166",
        "vllm | vllm-0.32.0-cbor-noseed | sha256_cbor,seed=vllm-none-hash | 32 | 17 | 109",
        "vllm | vllm-0.32.0-sha256default | sha256,seed=vllm-none-hash | 43 | 26 | 157",
        "sglang | sglang-0.5.23-a | sglang | 150 | 92 | 679",
      })
  void follow_recordingByTheEnginesNames_findsWhatTheEngineFound(
      String engine, String name, String naming, int judged, int hits, int verified)
      throws InterruptedException {
    var its = Naming.parse(naming).orElseThrow();
    var run = new Run(Recording.read(engine, name), true, its, OptionalInt.empty());
    run.follow();

    assertThat(run.judged).isEqualTo(judged);
    assertThat(run.hits).isEqualTo(hits);
    assertThat(run.wrong).isZero();
    assertThat(run.counts.lastError()).isEmpty();
    assertThat(run.counts.get(Count.CONTRADICTED)).isZero();
    assertThat(run.counts.get(Count.VERIFIED)).isEqualTo(verified);
    assertThat(run.whole).isTrue();
    assertThat(run.held).hasSize(run.blocks.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vllm | vllm-0.32.0-a | sha256_cbor,seed=1",
        "vllm | vllm-0.32.0-a | sha256,seed=0",
        "vllm | vllm-0.32.0-bytes | xxhash_cbor,seed=0",
        "sglang | sglang-0.5.23-a | sha256_cbor,seed=0",
      })
  void follow_recordingByOtherNames_isLoudAndNeverWhole(String engine, String name, String naming)
      throws InterruptedException {
    var its = Naming.parse(naming).orElseThrow();
    var run = new Run(Recording.read(engine, name), true, its, OptionalInt.empty());
    run.follow();

    assertThat(run.counts.get(Count.VERIFIED)).isZero();
    assertThat(run.counts.get(Count.CONTRADICTED)).isPositive();
    assertThat(run.counts.lastError())
        .matches("hash: 0x[0-9a-f]{16} \\(expected: 0x[0-9a-f]{16}, as " + naming + " has it.*");
    assertThat(run.stream.isWhole()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "vllm, vllm-0.32.0-a, true, 55",
    "vllm, vllm-0.32.0-bytes, true, 47",
    "vllm, vllm-0.32.0-cbor-noseed, true, 47",
    "vllm, vllm-0.32.0-sha256default, true, 47",
    "vllm, vllm-0.32.0-dup, true, 39",
    "vllm, vllm-0.32.0-reportfull, false, 47",
    "sglang, sglang-0.5.23-a, true, 128",
  })
  void follow_recordingOfKnownCapacity_agesNothing(
      String engine, String name, boolean countsCopies, int capacity) throws InterruptedException {
    var run =
        new Run(Recording.read(engine, name), countsCopies, Naming.OWN, OptionalInt.of(capacity));
    run.follow();

    assertThat(run.counts.get(Count.AGED)).isZero();
    assertThat(run.wrong).isZero();
    assertThat(run.ghosts).isZero();
  }

  /// Stores that announce no new copy are taken for copies: ten blocks stay for ever that are gone.
  @ParameterizedTest
  @CsvSource({", 0, 20, 1", "47, 140, 0, 0"})
  void follow_recordingTakenForCopies_losesItsGhostsByDrift(
      @Nullable Integer capacity, int aged, int ghosts, int wrong) throws InterruptedException {
    var known = capacity == null ? OptionalInt.empty() : OptionalInt.of(capacity);
    var run = new Run(Recording.read("vllm", "vllm-0.32.0-reportfull"), true, Naming.OWN, known);
    run.follow();

    assertThat(run.counts.get(Count.AGED)).isEqualTo(aged);
    assertThat(run.ghosts).isEqualTo(ghosts);
    assertThat(run.wrong).isEqualTo(wrong);
  }
}
