// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.ChangeBuilder;
import io.incipit.block.Tier;
import io.incipit.ingest.SourceCounts.Count;
import io.incipit.ingest.chain.OwnChain;
import io.incipit.ingest.event.EventBatch;
import io.incipit.ingest.event.EventDecoder;
import io.incipit.ingest.event.EventWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// An engine that drops what was not used for longest, and forgets to say so now and then.
class AgeingTest {
  private static final int CAPACITY = 1_000;
  private static final int BLOCK_TOKENS = 4;
  private static final int SYSTEM_BLOCKS = 8;
  private static final int SESSIONS = 300;

  /// The engine, and what is known of it.
  private static final class World {
    final SplittableRandom random;

    /// In thousandths.
    final int forgets;

    /// Blocks that the engine has, from the one that was not used for longest on.
    final LinkedHashMap<Long, Boolean> cache = new LinkedHashMap<>(16, 0.75f, true);

    final List<List<Long>> sessions = new ArrayList<>();
    final List<Long> system = new ArrayList<>();
    final SourceCounts counts = new SourceCounts();
    final ChangeBuilder changes = new ChangeBuilder(OwnChain.HASH_BYTES);
    final EngineBlocks blocks;
    final EventDecoder decoder = new EventDecoder();
    final EventBatch batch = new EventBatch();
    final Map<String, Long> byName = new HashMap<>();

    /// What the index was told is there.
    final Set<Long> index = new HashSet<>();

    long stored;
    long driftMax;

    /// Last copies that were dropped, and those of them that the engine still had.
    int aged;

    int agedInVain;
    private long nextHash = 1;

    World(long seed, int forgets, OptionalInt capacity) {
      this.random = new SplittableRandom(seed);
      this.forgets = forgets;
      this.blocks =
          new EngineBlocks(
              new CopyTable(seed),
              new OwnChain(seed, "m"),
              BLOCK_TOKENS,
              /* countsCopies= */ true,
              capacity,
              counts,
              changes);
      extend(system, SYSTEM_BLOCKS);
    }

    private void extend(List<Long> prompt, int more) {
      for (int i = 0; i < more; i++) {
        prompt.add(0x9e3779b97f4a7c15L * nextHash++);
      }
    }

    /// Runs until so many blocks were stored.
    void run(long stores) throws Exception {
      while (stored < stores) {
        request();
      }
    }

    private void request() throws Exception {
      int roll = random.nextInt(100);
      if (roll < 25 || sessions.isEmpty()) {
        var alone = new ArrayList<Long>();
        extend(alone, 5 + random.nextInt(36));
        ask(alone);
      } else if (roll < 40) {
        sessions.add(new ArrayList<>(system));
        goOn(sessions.size() - 1, 1 + random.nextInt(8));
        if (sessions.size() > SESSIONS) {
          sessions.removeFirst();
        }
      } else {
        goOn(random.nextInt(sessions.size()), roll < 90 ? 1 + random.nextInt(4) : 0);
      }
    }

    private void goOn(int session, int more) throws Exception {
      extend(sessions.get(session), more);
      ask(sessions.get(session));
    }

    private void ask(List<Long> prompt) throws Exception {
      int hits = 0;
      while (hits < prompt.size() && cache.containsKey(prompt.get(hits))) {
        hits++;
      }
      var events = new ArrayList<Map<String, Object>>();
      // The head of a prompt was used last.
      prompt.reversed().forEach(cache::get);
      int missing = 0;
      for (long hash : prompt) {
        missing += cache.containsKey(hash) ? 0 : 1;
      }
      while (cache.size() + missing > CAPACITY) {
        evict(events);
      }
      if (hits < prompt.size()) {
        store(events, prompt, hits);
      }
      prompt.reversed().forEach(hash -> cache.put(hash, true));
      tell(events);
    }

    private void evict(List<Map<String, Object>> events) {
      long gone = cache.firstEntry().getKey();
      cache.remove(gone);
      if (random.nextInt(1_000) >= forgets) {
        events.add(event("BlockRemoved", List.of(gone)));
      }
    }

    private void store(List<Map<String, Object>> events, List<Long> prompt, int from) {
      for (int i = from; i < prompt.size(); i++) {
        if (cache.containsKey(prompt.get(i))) {
          continue;
        }
        var event = event("BlockStored", List.of(prompt.get(i)));
        event.put("parent_block_hash", i == 0 ? null : prompt.get(i - 1));
        int token = (int) (prompt.get(i) >>> 33);
        event.put("token_ids", new int[] {token, token + 1, token + 2, token + 3});
        event.put("block_size", BLOCK_TOKENS);
        events.add(event);
        stored++;
      }
    }

    private static Map<String, Object> event(String type, Collection<Long> hashes) {
      var event = new LinkedHashMap<String, Object>();
      event.put("type", type);
      event.put("block_hashes", hashes);
      event.put("medium", "GPU");
      return event;
    }

    private void tell(List<Map<String, Object>> events) throws Exception {
      var payload = EventWriter.batch(0, events);
      decoder.decode(payload, 0, payload.length, batch);
      for (int i = 0; i < batch.size(); i++) {
        blocks.apply(batch.get(i));
        for (int j = 0; j < batch.get(i).blocks(); j++) {
          learn(batch.get(i).hash(j));
        }
      }
      take();
      int before = index.size();
      var known = Set.copyOf(index);
      blocks.settle();
      take();
      if (index.size() < before) {
        for (long hash : known) {
          if (!index.contains(hash)) {
            aged++;
            agedInVain += cache.containsKey(hash) ? 1 : 0;
          }
        }
      }
      driftMax = Math.max(driftMax, blocks.drift());
    }

    private void learn(long hash) {
      var halves = new long[2];
      if (blocks.name(hash, halves, 0)) {
        byName.put("%x %x".formatted(halves[0], halves[1]), hash);
      }
    }

    private void take() {
      for (var change : changes.take()) {
        switch (change) {
          case Change.Store(_, _, var hashes, _) -> index.addAll(hashes(hashes));
          case Change.Remove(_, var hashes) -> index.removeAll(hashes(hashes));
          default -> throw new IllegalStateException(change.toString());
        }
      }
    }

    private Set<Long> hashes(BlockChain names) {
      var hashes = new HashSet<Long>();
      for (int i = 0; i < names.length(); i++) {
        hashes.add(byName.get("%x %x".formatted(names.high(i), names.low(i))));
      }
      return hashes;
    }

    long counted(Count what) {
      return counts.get(what);
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 1, 99", "10, 2, 99", "50, 1, 99", "300, 1, 60", "1000, 1, 60"})
  void settle_removalsForgotten_agesWhatIsGone(int forgets, long seed, int percent)
      throws Exception {
    var world = new World(seed, forgets, OptionalInt.of(CAPACITY));
    while (world.stored < 50L * CAPACITY) {
      world.request();
      if (world.cache.keySet().containsAll(world.system)) {
        assertThat(world.index).containsAll(world.system);
      }
    }
    assertThat(world.driftMax).isLessThanOrEqualTo(CAPACITY / 16);
    assertThat(world.aged).isGreaterThan(50 * CAPACITY * forgets / 1_000 * 8 / 10);
    assertThat(100L * (world.aged - world.agedInVain)).isGreaterThan(percent * (long) world.aged);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void settle_honestEngineThatIsFull_agesNothing(long seed) throws Exception {
    var world = new World(seed, 0, OptionalInt.of(CAPACITY));
    world.run(20L * CAPACITY);
    assertThat(world.counted(Count.AGED)).isZero();
    assertThat(world.counted(Count.NOT_HELD)).isZero();
    assertThat(world.driftMax).isZero();
    assertThat(world.index).isEqualTo(world.cache.keySet()).hasSizeGreaterThan(CAPACITY - 50);
  }

  @Test
  void settle_copiesOfOneBlock_goBeforeTheBlock() {
    var counts = new SourceCounts();
    var changes = new ChangeBuilder(OwnChain.HASH_BYTES);
    var table = new CopyTable(1);
    var ageing = new Ageing(OptionalInt.of(CAPACITY), table, counts, changes);
    var name = new OwnChain(1, "m");
    table.add(-1, 0, name, Tier.GPU, false);
    for (int i = 0; i < 2; i++) {
      table.increment(table.find(-1), Tier.GPU);
    }
    for (long hash = 1; hash < 2L * CAPACITY; hash++) {
      table.add(hash, 0, name, Tier.GPU, false);
      if (hash >= CAPACITY) {
        table.decrement(table.find(hash - CAPACITY + 1), Tier.GPU);
      }
      ageing.settle();
    }
    assertThat(ageing.drift()).isZero();
    assertThat(table.copies(table.find(-1), Tier.GPU)).isEqualTo(1);
    assertThat(counts.get(Count.AGED)).isEqualTo(2);
    assertThat(changes.take()).isEmpty();
  }

  @Test
  void settle_capacityUnknown_agesNothing() throws Exception {
    var world = new World(1, 100, OptionalInt.empty());
    world.run(20L * CAPACITY);
    assertThat(world.counted(Count.AGED)).isZero();
    assertThat(world.blocks.drift()).isEqualTo(-1);
    assertThat(world.index).containsAll(world.cache.keySet()).hasSizeGreaterThan(2 * CAPACITY);
  }
}
