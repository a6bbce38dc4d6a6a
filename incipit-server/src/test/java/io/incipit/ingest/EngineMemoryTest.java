// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.block.Value;
import io.incipit.env.Clock;
import io.incipit.env.RandomSource;
import io.incipit.ingest.SourceCounts.Count;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.event.EventWriter;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Engines whose blocks do not all find room in `index.memory-limit`.
class EngineMemoryTest {
  private static final String NAMESPACE = "m";
  private static final long LIMIT_BYTES = 16L << 20;
  private static final int BLOCK_TOKENS = 4;
  private static final int PROMPT = 64;

  private final Service service =
      new Service(
          new ServiceConfig(1, 1_000, 64 << 20, 8, LIMIT_BYTES, 16L << 20), RandomSource.system());

  @BeforeEach
  void declare() {
    var namespace =
        new Namespace(NAMESPACE, BLOCK_TOKENS, OwnChain.HASH_BYTES, "incipit.chain.1", "m", "");
    assertThat(service.answer(new Op.CreateNamespace(namespace))).isEqualTo(new Reply.Done());
  }

  @AfterEach
  void stop() throws InterruptedException {
    service.stop();
  }

  /// An engine, its messages, and who follows it.
  private final class Followed implements EngineStream.Recovery {
    final SourceCounts counts = new SourceCounts();
    final SourceOwner owner;
    final EngineBlocks blocks;
    final EngineStream stream;
    final List<byte[]> sent = new ArrayList<>();
    final int number;
    int prompts;

    /// Where the replay that was asked for goes on; -1 if none was.
    int replayFrom = -1;

    Followed(int number) throws InterruptedException {
      this.number = number;
      var name = "gpu-" + number;
      var config =
          new SourceConfig(
              name, 0, "none", false, Optional.of("it"), NAMESPACE, "m", BLOCK_TOKENS, true);
      owner = new SourceOwner(service, Clock.system(), config, counts);
      blocks = EngineBlocks.of(config, 1, counts, owner);
      stream = new EngineStream(blocks, owner, this, counts);
      stream.connected();
      replay();
    }

    void send(Map<String, Object> event) throws InterruptedException {
      sent.add(EventWriter.batch(1.5, List.of(event)));
      stream.live(sent.size() - 1, sent.getLast());
      owner.flush();
    }

    /// Stores a prompt that is not there.
    void store() throws InterruptedException {
      send(stored(prompt(prompts), null));
      prompts++;
    }

    List<Long> prompt(int prompt) {
      long first = ((long) number << 40) + (long) prompt * PROMPT;
      return LongStream.range(first, first + PROMPT).boxed().toList();
    }

    void remove(int prompt) throws InterruptedException {
      var event = new LinkedHashMap<String, Object>();
      event.put("type", "BlockRemoved");
      event.put("block_hashes", prompt(prompt).reversed());
      event.put("medium", "GPU");
      send(event);
    }

    Map<String, Object> stored(List<Long> hashes, @Nullable Long parent) {
      var event = new LinkedHashMap<String, Object>();
      event.put("type", "BlockStored");
      event.put("block_hashes", hashes);
      event.put("parent_block_hash", parent);
      event.put(
          "token_ids",
          hashes.stream().mapToInt(Long::intValue).flatMap(t -> tokens(number, t)).toArray());
      event.put("block_size", BLOCK_TOKENS);
      event.put("lora_id", null);
      event.put("medium", "GPU");
      return event;
    }

    void replay() throws InterruptedException {
      while (replayFrom >= 0) {
        int seq = replayFrom;
        if (seq == sent.size()) {
          replayFrom = -1;
          stream.replayEnded();
        } else {
          replayFrom++;
          stream.replayed(seq, sent.get(seq));
        }
      }
      owner.flush();
    }

    /// What a source does now and then.
    void retry() throws InterruptedException {
      stream.retry();
      replay();
    }

    long count(Count what) {
      return counts.get(what);
    }

    @Override
    public boolean isThere() {
      return true;
    }

    @Override
    public void ask(long from) {
      replayFrom = (int) from;
    }
  }

  private static IntStream tokens(int engine, int block) {
    return IntStream.of(engine, block, block >>> 10, 7);
  }

  private long stat(String name) {
    return service.stats().stream()
        .filter(stat -> stat.name().equals(name))
        .mapToLong(Stat::value)
        .sum();
  }

  /// The owners that the index says are partial, once it has taken all.
  private List<String> partial(Followed... engines) throws InterruptedException {
    for (var engine : engines) {
      engine.owner.flush();
    }
    // It comes behind them all, and changes nothing.
    var taken = new CompletableFuture<Reply>();
    service.execute(new Op.Publish(NAMESPACE, "nobody", 1, 1, List.of()), taken::complete);
    taken.join();
    var names = new ArrayList<String>();
    var op = new Op.Owners(NAMESPACE, Optional.empty(), 0, 100);
    if (service.answer(op) instanceof Reply.Rows(var rows)) {
      for (var row : rows) {
        if (Value.of(1).equals(row.get("partial"))
            && row.get("name") instanceof Value.Text(var name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private void assertWithinTheLimit() {
    assertThat(stat("engine-bytes")).isLessThanOrEqualTo(LIMIT_BYTES);
    assertThat(stat("engine-bytes") + stat("index-bytes")).isLessThanOrEqualTo(LIMIT_BYTES);
  }

  private Followed[] fill(int engines) throws InterruptedException {
    var all = new Followed[engines];
    for (int i = 0; i < engines; i++) {
      all[i] = new Followed(i);
    }
    for (int lacking = 0; lacking < engines; ) {
      lacking = 0;
      for (var engine : all) {
        if (engine.blocks.isLacking()) {
          lacking++;
        } else {
          engine.store();
        }
      }
    }
    return all;
  }

  @Test
  void store_severalEnginesAtTheLimit_arePartialAndSayWhy() throws InterruptedException {
    var all = fill(3);
    assertThat(partial(all)).containsExactlyInAnyOrder("gpu-0", "gpu-1", "gpu-2");
    assertWithinTheLimit();
    for (var engine : all) {
      assertThat(engine.stream.isWhole()).isFalse();
      assertThat(engine.counts.lastError()).contains("index.memory-limit");
      assertThat(engine.count(Count.NO_ROOM)).isPositive();
      assertThat(engine.blocks.size()).isGreaterThan(40_000);
    }
    for (int i = 0; i < 2_000; i++) {
      // Much that comes and goes, and children of what was left out.
      all[0].store();
      all[0].send(all[0].stored(all[0].prompt(1 << 20), (long) all[0].prompts * PROMPT - 1));
      all[0].remove(all[0].prompts - 1);
    }
    partial(all);
    assertWithinTheLimit();
    assertThat(all[0].blocks.waiting()).isZero();
  }

  @Test
  void clear_ofOne_makesItWholeAndRoomForOthers() throws InterruptedException {
    var all = fill(2);
    // An index may give back some of its own.
    service.share().add(LIMIT_BYTES / 16);
    all[1].retry();
    assertThat(all[1].stream.isWhole()).isFalse();
    assertThat(all[1].count(Count.RESETS)).isZero();

    all[0].send(Map.of("type", "AllBlocksCleared"));
    assertThat(all[0].stream.isWhole()).isTrue();
    while (stat("blocks") > all[1].blocks.size()) {
      Thread.onSpinWait();
    }
    all[1].retry();
    assertThat(all[1].stream.isWhole()).isTrue();
    assertThat(all[1].blocks.size()).isEqualTo(all[1].prompts * PROMPT);
    assertThat(partial(all)).isEmpty();
  }

  @Test
  void retry_roomAgainAndAgainTooSmall_waitsLongerEachTime() throws InterruptedException {
    var others = service.share();
    others.add(LIMIT_BYTES * 3 / 4);
    var engine = fill(1)[0];
    others.add(LIMIT_BYTES / 16);
    for (int i = 0; i < 200; i++) {
      // There is room for as long as the engine has forgotten all.
      others.add(-2 * LIMIT_BYTES);
      engine.stream.retry();
      others.add(2 * LIMIT_BYTES);
      engine.replay();
      assertThat(engine.stream.isWhole()).isFalse();
    }
    assertThat(engine.count(Count.RESETS)).isBetween(5L, 15L);
    others.clear();
    for (int i = 0; i < 33; i++) {
      engine.retry();
    }
    assertThat(engine.stream.isWhole()).isTrue();
  }

  @Test
  void waiting_takesMemory_andGivesItBack() throws InterruptedException {
    var engine = new Followed(0);
    long none = stat("engine-bytes");
    engine.send(engine.stored(engine.prompt(1), 63L));
    assertThat(engine.blocks.waiting()).isEqualTo(PROMPT);
    assertThat(stat("engine-bytes") - none).isGreaterThan(64 * PROMPT);
    engine.send(engine.stored(engine.prompt(0), null));
    assertThat(engine.blocks.waiting()).isZero();
    assertThat(engine.blocks.size()).isEqualTo(2 * PROMPT);
    engine.remove(0);
    engine.remove(1);
    assertThat(stat("engine-bytes") - none).isLessThan(48 * PROMPT);

    engine.owner.memory().clear();
    assertThat(stat("engine-bytes")).isZero();
  }
}
