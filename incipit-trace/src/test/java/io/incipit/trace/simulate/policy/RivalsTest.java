// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.RandomSource;
import io.incipit.env.Search;
import io.incipit.policy.Answer;
import io.incipit.policy.Answer.Ending;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.PoolProgram;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Policies that others propose, each against the same by the book: maps, no heaps, all leaves
/// looked at.
class RivalsTest {
  private static final int REQUESTS = 1_500;
  private static final int BLOCKS = 400;
  private static final int CAPACITY = 40;
  private static final long SECOND = 1_000_000_000;

  @Test
  void offer_randomPaths_ttlToolIsAsByTheBook() {
    assertAsByTheBook(PolicyName.TTL_TOOL, TimeToLiveBook::new);
  }

  @Test
  void offer_randomPaths_typeWeightIsAsByTheBook() {
    assertAsByTheBook(PolicyName.TYPE_WEIGHT, TypeWeightsBook::new);
  }

  @Test
  void offer_randomPaths_hotPrefixIsAsByTheBook() {
    assertAsByTheBook(PolicyName.HOT_PREFIX, HotPrefixBook::new);
  }

  /// Twelve agents call a tool every 12 s, and in between come other prompts, whose turns end, for
  /// which there is no room: kept by use alone nothing is there when a tool is done.
  @Test
  void offer_agentsAmongOthers_ttlToolKeepsWhatWaitsForATool() {
    assertThat(agentHits(PolicyName.LEAF_LRU)).isZero();
    assertThat(agentHits(PolicyName.TTL_TOOL)).isGreaterThan(4_000);
  }

  private static int agentHits(PolicyName policy) {
    var pool = policy.pool(PoolConfig.of(CAPACITY, 16), Foresight.NONE);
    int hits = 0;
    long fresh = 1_000;
    for (int i = 0; i < 6_000; i++) {
      boolean agent = i % 2 == 0;
      long first = agent ? 2L * ((i / 2) % 12) : fresh;
      fresh += agent ? 0 : 6;
      var ids = new long[agent ? 2 : 6];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = first + j;
      }
      hits += pool.offer(i * SECOND / 2, ids, ids.length, 16 * ids.length);
      pool.answered(pool.lastRequest(), new Answer(10, agent ? Ending.CALL : Ending.TURN));
    }
    return hits;
  }

  /// Prompts that never come back go before the head that all of them share, though by use the
  /// head of a while without prompts is older.
  @Test
  void offer_templateAmongPrompts_typeWeightKeepsTheTemplate() {
    assertThat(templateHits(PolicyName.LEAF_LRU)).isZero();
    assertThat(templateHits(PolicyName.TYPE_WEIGHT)).isGreaterThan(150);
  }

  private static int templateHits(PolicyName policy) {
    var pool = policy.pool(PoolConfig.of(CAPACITY, 16), Foresight.NONE);
    int hits = 0;
    long fresh = 1_000;
    for (int i = 0; i < 3_000; i++) {
      boolean templated = i % 12 == 0;
      var ids = new long[5];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = templated && j == 0 ? 1 : fresh++;
      }
      hits += pool.offer(i * SECOND, ids, ids.length, 16 * ids.length);
    }
    return hits;
  }

  /// A block that was used often stays though much that is new came since.
  @Test
  void offer_manyNewAfterAHotOne_hotPrefixLetsTheNewGo() {
    assertThat(hitsAfterMany(PolicyName.LEAF_LRU)).isZero();
    assertThat(hitsAfterMany(PolicyName.HOT_PREFIX)).isOne();
  }

  private static int hitsAfterMany(PolicyName policy) {
    var pool = policy.pool(PoolConfig.of(CAPACITY, 16), Foresight.NONE);
    for (int i = 0; i < 4; i++) {
      pool.offer(i * SECOND, new long[] {1}, 1, 16);
    }
    for (long id = 100; id < 100 + 3 * CAPACITY; id++) {
      pool.offer(id * SECOND, new long[] {id}, 1, 16);
    }
    return pool.offer(1_000 * SECOND, new long[] {1}, 1, 16);
  }

  private static void assertAsByTheBook(PolicyName policy, Supplier<Book> books) {
    long seed = Search.seed();
    var random = RandomSource.seeded(seed + 1);
    var program = new PoolProgram(seed, REQUESTS, BLOCKS);
    var pool = policy.pool(PoolConfig.of(CAPACITY, PoolProgram.BLOCK_TOKENS), Foresight.NONE);
    var book = books.get();
    for (int step = 0; step < REQUESTS; step++) {
      var request = program.requests().get(step);
      request.offerTo(pool);
      var evicted = new ArrayList<Long>();
      for (int i = 0; i < pool.evicted(); i++) {
        evicted.add(pool.evicted(i));
      }

      assertThat(evicted)
          .as("incipit.seed=%d, step %d", seed, step)
          .isEqualTo(book.offer(step, request.timeNs() / 1e9, request.path()));
      if (random.nextInt(5) > 0) {
        var endings = Ending.values();
        var answer = new Answer(random.nextInt(60), endings[random.nextInt(endings.length)]);
        pool.answered(step, answer);
        book.answered(step, answer);
      }
    }
  }

  private abstract static class Book {
    final Set<Long> cached = new HashSet<>();

    /// By block, the request that used it last.
    final Map<Long, Integer> owners = new HashMap<>();

    final Map<Integer, List<Long>> paths = new HashMap<>();
    final Map<Integer, Double> times = new HashMap<>();
    final Map<Integer, Answer> answers = new HashMap<>();
    double now;

    final List<Long> offer(int step, double seconds, List<Long> path) {
      now = seconds;
      arrive(path);
      cached.addAll(path);
      times.put(step, seconds);
      paths.put(step, path);
      for (int i = path.size() - 1; i >= 0; i--) {
        use(step, i, path.get(i));
        owners.put(path.get(i), step);
      }
      var evicted = new ArrayList<Long>();
      while (cached.size() > CAPACITY) {
        long victim = victim();
        cached.remove(victim);
        evict(victim);
        evicted.add(victim);
      }
      return evicted;
    }

    abstract void arrive(List<Long> path);

    abstract void use(int step, int depth, long id);

    abstract long victim();

    abstract void evict(long id);

    void answered(int step, Answer answer) {
      answers.put(step, answer);
    }

    final boolean isLeaf(long id) {
      return cached.stream().noneMatch(other -> PoolProgram.parent(other) == id);
    }

    final long least(Predicate<Long> among, Comparator<Long> order) {
      return cached.stream().filter(this::isLeaf).filter(among).min(order).orElse(0L);
    }
  }

  private static final class TimeToLiveBook extends Book {
    private final Map<Ending, List<Double>> gaps = new HashMap<>();
    private final Map<Ending, Integer> ended = new HashMap<>();
    private final Map<Integer, Double> deadlines = new HashMap<>();
    private final Set<Integer> back = new HashSet<>();
    private double start;
    private int hits;

    @Override
    void arrive(List<Long> path) {
      start = paths.isEmpty() ? now : start;
      hits += (int) path.stream().takeWhile(cached::contains).count();
      for (var before : paths.entrySet()) {
        boolean returns = !before.getValue().isEmpty() && path.contains(tip(before.getValue()));
        if (returns && back.add(before.getKey()) && answers.containsKey(before.getKey())) {
          gaps.computeIfAbsent(answers.get(before.getKey()).ending(), _ -> new ArrayList<>())
              .add(now - times.get(before.getKey()));
        }
      }
    }

    /// The last block of a path is half full.
    private static long tip(List<Long> path) {
      return path.size() < 2 ? -1 : path.get(path.size() - 2);
    }

    @Override
    void use(int step, int depth, long id) {}

    @Override
    void answered(int step, Answer answer) {
      if (answer.ending() == Ending.TURN) {
        return;
      }
      super.answered(step, answer);
      ended.merge(answer.ending(), 1, Integer::sum);
      double best = 0;
      double most = 0;
      for (double edge = 0.125; edge < 20_000; edge *= Math.sqrt(2)) {
        double limit = edge * (1 + 1e-9);
        long within =
            gaps.getOrDefault(answer.ending(), List.of()).stream().filter(g -> g <= limit).count();
        double waited = (ended.get(answer.ending()) - within) * edge + waited(answer, limit);
        double left = within - price() * waited;
        if (left > most) {
          most = left;
          best = edge;
        }
      }
      deadlines.put(step, times.get(step) + best);
    }

    private double price() {
      return now > start ? hits / (CAPACITY * (now - start)) : 0;
    }

    /// Those that came back are taken for the end of their bucket.
    private double waited(Answer answer, double limit) {
      return gaps.getOrDefault(answer.ending(), List.of()).stream()
          .filter(gap -> gap <= limit)
          .mapToDouble(gap -> 0.125 * Math.pow(2, Math.ceil(halfOctaves(gap) - 1e-9) / 2))
          .sum();
    }

    private static double halfOctaves(double gap) {
      return Math.max(0, 2 * Math.log(gap / 0.125) / Math.log(2));
    }

    private double deadline(long id) {
      return deadlines.getOrDefault(owners.get(id), 0.0);
    }

    @Override
    long victim() {
      long byUse = least(id -> deadline(id) <= now, Comparator.comparingInt(owners::get));
      return byUse > 0 ? byUse : least(_ -> true, Comparator.comparingDouble(this::deadline));
    }

    @Override
    void evict(long id) {}
  }

  private static final class TypeWeightsBook extends Book {
    private final Map<Long, Integer> types = new HashMap<>();
    private final Map<Long, Long> stamps = new HashMap<>();
    private final ArrayDeque<Long> ghosts = new ArrayDeque<>();
    private final double[] returned = new double[TypeWeights.TYPES];
    private final double[] evicted = new double[TypeWeights.TYPES];
    private int known;
    private int answerEnd;
    private boolean continues;
    private int rest;
    private long evictions;
    private long stamp;

    @Override
    void arrive(List<Long> path) {
      known = 0;
      while (known < path.size() && isKnown(path.get(known))) {
        known++;
      }
      int before = known == 0 ? -1 : owners.get(path.get(known - 1));
      continues = known > 1 && 2 * known >= paths.get(before).size();
      var answer = answers.getOrDefault(before, new Answer(0, Ending.UNKNOWN));
      answerEnd = continues ? known + Math.ceilDiv(answer.tokens(), 16) : known;
      rest =
          !continues
              ? TypeWeights.PROMPT
              : answer.ending() == Ending.CALL ? TypeWeights.TOOL : TypeWeights.MESSAGE;
    }

    private boolean isKnown(long id) {
      return cached.contains(id) || ghosts.contains(id);
    }

    @Override
    void use(int step, int depth, long id) {
      if (ghosts.remove(id)) {
        returned[types.get(id)]++;
      }
      if (depth >= known) {
        types.put(id, depth < answerEnd ? TypeWeights.ANSWER : rest);
      } else if (!continues) {
        types.put(id, TypeWeights.TEMPLATE);
      }
      stamps.put(id, stamp);
      stamp++;
    }

    @Override
    long victim() {
      double all = (sum(returned) + 1) / (sum(evicted) + 1);
      var worst = new TreeMap<Double, Long>();
      for (int type = 0; type < TypeWeights.TYPES; type++) {
        int its = type;
        long oldest = least(id -> types.get(id) == its, Comparator.comparingLong(stamps::get));
        if (oldest > 0) {
          double weight = (returned[type] + 100 * all) / (evicted[type] + 100);
          worst.putIfAbsent((stamp - 1 - stamps.get(oldest)) / weight, oldest);
        }
      }
      return worst.lastEntry().getValue();
    }

    private static double sum(double[] values) {
      return Arrays.stream(values).sum();
    }

    @Override
    void evict(long id) {
      evicted[types.get(id)]++;
      evictions++;
      if (evictions % (TypeWeights.HALVE_PER_BLOCK * CAPACITY) == 0) {
        for (int type = 0; type < TypeWeights.TYPES; type++) {
          returned[type] /= 2;
          evicted[type] /= 2;
        }
      }
      ghosts.add(id);
      if (ghosts.size() > TypeWeights.GHOSTS_PER_BLOCK * CAPACITY) {
        ghosts.remove();
      }
    }
  }

  private static final class HotPrefixBook extends Book {
    private final Map<Long, List<Long>> uses = new HashMap<>();
    private final Set<Long> first = new HashSet<>();
    private long stamp;

    @Override
    void arrive(List<Long> path) {}

    @Override
    void use(int step, int depth, long id) {
      stamp++;
      uses.computeIfAbsent(id, _ -> new ArrayList<>()).add(stamp);
      first.add(id);
    }

    private double hotness(long id) {
      double halfLife = HotPrefix.HALF_LIFE_PER_BLOCK * CAPACITY;
      return uses.get(id).stream().mapToDouble(use -> Math.pow(2, (use - stamp) / halfLife)).sum();
    }

    private long coldest() {
      return least(id -> !first.contains(id), Comparator.comparingDouble(this::hotness));
    }

    @Override
    long victim() {
      int firstMax = (int) (HotPrefix.FIRST_SHARE * CAPACITY);
      while (first.size() > firstMax) {
        long oldest =
            first.stream()
                .min(Comparator.comparingLong(id -> uses.get(id).getLast()))
                .orElseThrow();
        if (cached.size() - first.size() < CAPACITY - firstMax || !isLeaf(oldest)) {
          first.remove(oldest);
        } else {
          long coldest = coldest();
          if (hotness(oldest) <= hotness(coldest)) {
            return oldest;
          }
          first.remove(oldest);
          return coldest;
        }
      }
      return coldest();
    }

    @Override
    void evict(long id) {
      first.remove(id);
      uses.remove(id);
    }
  }
}
