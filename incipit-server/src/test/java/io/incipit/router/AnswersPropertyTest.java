// SPDX-License-Identifier: Apache-2.0
package io.incipit.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.block.BlockChain;
import io.incipit.block.Change;
import io.incipit.block.Tier;
import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.ingest.chain.StandardChain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Answers against a model that knows nothing but sets of blocks, under random stores and removals
/// by workers with ranks and tiers.
class AnswersPropertyTest {
  private static final int BLOCK_TOKENS = 2;
  private static final int BLOCKS_MAX = 6;
  private static final int ROUNDS = 400;
  private static final List<String> OWNERS = List.of("a", "a#1", "b", "7", "7#12");
  private static final List<Tier> TIERS = List.of(Tier.GPU, Tier.HOST, Tier.DISK);

  private final RouterBed bed = new RouterBed();
  private final StandardChain names = new StandardChain("", "");

  /// What each owner holds in each tier.
  private final Map<String, Map<Tier, Set<Long>>> truth = new TreeMap<>();

  private final Map<String, Long> seqs = new HashMap<>();

  @BeforeEach
  void declare() {
    bed.declare("m", BLOCK_TOKENS);
    for (var owner : OWNERS) {
      var tiers = new HashMap<Tier, Set<Long>>();
      TIERS.forEach(tier -> tiers.put(tier, new HashSet<>()));
      truth.put(owner, tiers);
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    bed.close();
  }

  private static int[] prompt(RandomGenerator random) {
    return random.ints(1 + random.nextInt(BLOCKS_MAX * BLOCK_TOKENS), 0, 2).toArray();
  }

  private void change(RandomGenerator random) throws Exception {
    var owner = OWNERS.get(random.nextInt(OWNERS.size()));
    var tier = TIERS.get(random.nextInt(TIERS.size()));
    var held = truth.get(owner).get(tier);
    Change change;
    if (random.nextInt(3) > 0 || held.isEmpty()) {
      var chain = names.chain(prompt(random), BLOCK_TOKENS);
      change = RouterBed.store(tier, chain);
      IntStream.range(0, chain.length()).forEach(i -> held.add(chain.low(i)));
    } else {
      var all = new ArrayList<>(held);
      long one = all.get(random.nextInt(all.size()));
      change = new Change.Remove(tier, BlockChain.of(one));
      held.remove(one);
    }
    bed.publish("m", owner, seqs.merge(owner, 1L, Long::sum), change);
  }

  /// Leading blocks that an owner has in some tiers.
  private int leading(String owner, BlockChain chain, Tier... tiers) {
    int blocks = 0;
    while (blocks < chain.length() && holds(owner, chain.low(blocks), tiers)) {
      blocks++;
    }
    return blocks;
  }

  private boolean holds(String owner, long block, Tier... tiers) {
    return List.of(tiers).stream().anyMatch(tier -> truth.get(owner).get(tier).contains(block));
  }

  private int best(String worker, BlockChain chain, Tier... tiers) {
    return OWNERS.stream()
        .filter(owner -> OwnerName.parse(owner).worker().equals(worker))
        .mapToInt(owner -> leading(owner, chain, tiers) * BLOCK_TOKENS)
        .max()
        .orElse(0);
  }

  private static int tokens(JsonNode answer, String worker, String name) {
    var its = answer.get(worker);
    return its == null ? 0 : its.get(name).asInt();
  }

  private void assertAnswers(BlockChain chain, JsonNode dynamo, JsonNode conductor) {
    for (var worker : List.of("a", "b", "7")) {
      int gpu = best(worker, chain, Tier.GPU);
      int cpu = best(worker, chain, Tier.GPU, Tier.HOST);
      int disk = best(worker, chain, Tier.GPU, Tier.HOST, Tier.DISK);
      var instances = dynamo.get("instances");
      assertThat(tokens(instances, worker, "gpu")).isEqualTo(gpu);
      assertThat(tokens(instances, worker, "cpu")).isEqualTo(cpu);
      assertThat(tokens(instances, worker, "disk")).isEqualTo(disk);
      assertThat(tokens(instances, worker, "longest_matched")).isEqualTo(disk);
      assertThat(instances.has(worker)).isEqualTo(disk > 0);
      assertThat(dynamo.get("scores").has(worker)).isEqualTo(gpu > 0);
      var workers = conductor.get("default");
      assertThat(tokens(workers, worker, "longest_matched")).isEqualTo(disk);
      assertThat(tokens(workers, worker, "GPU")).isEqualTo(gpu);
      assertThat(tokens(workers, worker, "CPU")).isEqualTo(best(worker, chain, Tier.HOST));
      assertThat(tokens(workers, worker, "DISK")).isEqualTo(best(worker, chain, Tier.DISK));
    }
    for (var owner : OWNERS) {
      var its = OwnerName.parse(owner);
      var ranks = dynamo.get("instances").get(its.worker());
      var rank = ranks == null ? null : ranks.get("dp").get(Integer.toString(its.rank()));
      assertThat(rank == null ? 0 : rank.asInt())
          .isEqualTo(leading(owner, chain, Tier.GPU) * BLOCK_TOKENS);
    }
    var frequencies = dynamo.get("frequencies");
    for (int i = 0; i < chain.length(); i++) {
      int depth = i;
      long having =
          OWNERS.stream().filter(owner -> leading(owner, chain, Tier.GPU) > depth).count();
      assertThat(i < frequencies.size() ? frequencies.get(i).asLong() : 0).isEqualTo(having);
    }
  }

  @Test
  void query_afterRandomChanges_isWhatIsHeld() throws Exception {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed);
    for (int round = 0; round < ROUNDS; round++) {
      change(random);
      var tokens = prompt(random);
      var ids = IntStream.of(tokens).mapToObj(Integer::toString).collect(Collectors.joining(","));
      var chain = names.chain(tokens, BLOCK_TOKENS);
      var what = "\"token_ids\":[" + ids + "]";
      var dynamo = bed.post(200, "/query", "{\"model_name\":\"m\"," + what + "}");
      var conductor = bed.post(200, "/query", "{\"model\":\"m\"," + what + "}");
      assertAnswers(chain, dynamo, conductor);

      var locals = hashes(names.locals(tokens, BLOCK_TOKENS));
      assertThat(
              bed.post(
                  200, "/query_by_hash", "{\"model_name\":\"m\",\"block_hashes\":" + locals + "}"))
          .isEqualTo(dynamo);
      var rolling = hashes(IntStream.range(0, chain.length()).mapToLong(chain::low).toArray());
      assertThat(
              bed.post(200, "/query_by_hash", "{\"model\":\"m\",\"seq_hashes\":" + rolling + "}"))
          .isEqualTo(conductor);
    }
  }

  private static String hashes(long[] hashes) {
    return LongStream.of(hashes)
        .mapToObj(Long::toUnsignedString)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
