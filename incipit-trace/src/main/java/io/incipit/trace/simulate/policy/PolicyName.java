// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.BlockPool;
import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.Hazard;
import io.incipit.policy.LeafLru;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.S3Fifo;
import java.util.Arrays;
import java.util.stream.Collectors;

/// The eviction policies there are. Every one evicts leaves only.
///
/// Metadata, besides the 49 B a block of the tree, for a pool of C blocks:
///
/// | policy | order of eviction | bytes a block | remembers of evicted blocks |
/// | --- | --- | --- | --- |
/// | `leaf-fifo` | oldest arrival | 20 | nothing |
/// | `leaf-lru` | oldest use | 10 | nothing |
/// | `lfu` | fewest uses while cached, then oldest | 24 | nothing |
/// | `lfu-kept` | fewest uses ever, then oldest | 33 | counts of the last 4 C |
/// | `gdsf` | greedy dual, cost by depth | 24 | nothing |
/// | `arc` | two lists whose sizes adapt | 10 | at most C |
/// | `s3-fifo` | a small and a main queue | 11 | 0.9 C |
/// | `sieve` | one queue and a hand | 11 | nothing |
/// | `w-tinylfu` | window, then admission by sketch | 10 | 4 B of counters a block |
/// | `2q` | a queue for new blocks, a list for proven | 10 | C / 2 |
/// | `slru` | used once before used again, each by use | 10 | nothing |
/// | `t-lru` | the ends of paths before the rest, each by use | 10 | nothing |
/// | `ttl-tool` | oldest use, but what waits for a tool | 21 | 66 B a request, a ring |
/// | `type-weight` | oldest use over the weight of its type | 31 | 4 C, 45 B a request, a ring |
/// | `hotprefix` | coldest, after a first part by use | 27 | nothing |
/// | `rwl` | age weighed by the run that came with it | 34 | 4 C |
/// | `tip` | learnt odds of return, by the last full block | 12 | 52 B a request, a ring |
/// | `hzd` | learnt odds of return, by age | 13 | 4 C as runs, 58 B a request, a ring |
/// | `belady` | furthest next use; knows the future | 24 | nothing |
/// | `alive` | never used again first; knows the future | 24 | nothing |
public enum PolicyName {
  LEAF_FIFO("leaf-fifo"),
  LEAF_LRU("leaf-lru"),
  LFU("lfu"),
  LFU_KEPT("lfu-kept"),
  ARC("arc"),
  S3_FIFO("s3-fifo"),
  SIEVE("sieve"),
  W_TINYLFU("w-tinylfu"),
  GDSF("gdsf"),
  TWO_Q("2q"),
  SLRU("slru"),
  T_LRU("t-lru"),
  TTL_TOOL("ttl-tool"),
  TYPE_WEIGHT("type-weight"),
  HOT_PREFIX("hotprefix"),
  RWL("rwl"),
  TIP("tip"),
  HZD("hzd"),
  BELADY("belady"),
  ALIVE("alive");

  /// The policy that a pool runs if nobody says otherwise; `docs/policies.md` says why.
  public static final PolicyName DEFAULT = HZD;

  private final String text;

  PolicyName(String text) {
    this.text = text;
  }

  /// Reads a name as people write it; `default` is [#DEFAULT].
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static PolicyName parse(String text) {
    if (text.equals("default")) {
      return DEFAULT;
    }
    for (var policy : values()) {
      if (policy.text.equals(text)) {
        return policy;
      }
    }
    throw new IllegalArgumentException(
        "policy: %s (expected: default, %s)"
            .formatted(
                text,
                Arrays.stream(values())
                    .map(PolicyName::toString)
                    .collect(Collectors.joining(", "))));
  }

  /// Whether it asks [Foresight] what will be used again, and so runs on recorded requests only.
  public boolean isOffline() {
    return this == BELADY || this == ALIVE;
  }

  /// An empty pool that this policy keeps bounded.
  ///
  /// @param foresight asked by the offline policies only
  public BlockPool pool(PoolConfig config, Foresight foresight) {
    return new BlockPool(config, factory(foresight));
  }

  /// Makes this policy for a pool.
  ///
  /// @param foresight asked by the offline policies only
  public EvictionPolicy.Factory factory(Foresight foresight) {
    return (config, tree) -> policy(config, tree, foresight);
  }

  private EvictionPolicy policy(PoolConfig config, BlockTree tree, Foresight foresight) {
    return switch (this) {
      case LEAF_FIFO, LFU, LFU_KEPT, GDSF, BELADY, ALIVE ->
          new Ranked(this, config, tree, foresight);
      case LEAF_LRU -> new LeafLru(tree);
      case ARC -> new Arc(config, tree);
      case S3_FIFO -> new S3Fifo(config, tree);
      case SIEVE -> new Sieve(tree);
      case W_TINYLFU -> new TinyLfu(config, tree);
      case TWO_Q -> new TwoQueues(config, tree);
      case SLRU -> new SegmentedLru(config, tree);
      case T_LRU -> new TailLru(config, tree);
      case TTL_TOOL -> new TimeToLive(config, tree);
      case TYPE_WEIGHT -> new TypeWeights(config, tree);
      case HOT_PREFIX -> new HotPrefix(config, tree);
      case RWL -> new RunWeighted(config, tree);
      case TIP -> new TipOdds(config, tree);
      case HZD -> new Hazard(config, tree);
    };
  }

  /// As people write it.
  @Override
  public String toString() {
    return text;
  }
}
