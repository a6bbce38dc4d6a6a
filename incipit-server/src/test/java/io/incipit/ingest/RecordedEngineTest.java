// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.chain.PromptNames;
import io.incipit.stream.Recording;
import java.util.HexFormat;
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
    final ChangeBuilder changes = new ChangeBuilder();
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

    Run(Recording recording, boolean countsCopies, OptionalInt capacity) {
      this.recording = recording;
      blocks =
          new EngineBlocks(
              new CopyTable(1),
              new OwnChain(SEED, "m"),
              recording.blockTokens(),
              countsCopies,
              capacity,
              counts,
              changes);
      stream = new EngineStream(blocks, this, counts);
    }

    @Override
    public boolean canReplay() {
      return false;
    }

    @Override
    public void replay(long from) {
      throw new IllegalStateException("replay: " + from);
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
        action.accept("%016x%016x".formatted(hashes.high(i), hashes.low(i)));
      }
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
      var names = PromptNames.of(new OwnChain(SEED, "m"), tokens, blockTokens, "", salt);
      int found = 0;
      while (found < names.length()
          && held.contains("%016x%016x".formatted(names.high(found), names.low(found)))) {
        found++;
      }
      return Math.min(found, (tokens.length - 1) / blockTokens) * blockTokens;
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
    var run = new Run(Recording.read(engine, name), countsCopies, OptionalInt.empty());
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
    var run = new Run(Recording.read(engine, name), countsCopies, OptionalInt.of(capacity));
    run.follow();

    assertThat(run.counts.get(SourceCounts.Count.AGED)).isZero();
    assertThat(run.wrong).isZero();
    assertThat(run.ghosts).isZero();
  }

  /// Stores that announce no new copy are taken for copies: ten blocks stay for ever that are gone.
  @ParameterizedTest
  @CsvSource({", 0, 20, 1", "47, 140, 0, 0"})
  void follow_recordingTakenForCopies_losesItsGhostsByDrift(
      @Nullable Integer capacity, int aged, int ghosts, int wrong) throws InterruptedException {
    var known = capacity == null ? OptionalInt.empty() : OptionalInt.of(capacity);
    var run = new Run(Recording.read("vllm", "vllm-0.32.0-reportfull"), true, known);
    run.follow();

    assertThat(run.counts.get(SourceCounts.Count.AGED)).isEqualTo(aged);
    assertThat(run.ghosts).isEqualTo(ghosts);
    assertThat(run.wrong).isEqualTo(wrong);
  }
}
