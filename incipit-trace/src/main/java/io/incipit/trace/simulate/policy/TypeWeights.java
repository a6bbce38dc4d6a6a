// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.Answer;
import io.incipit.policy.BlockTree;
import io.incipit.policy.EvictionPolicy;
import io.incipit.policy.PoolConfig;
import io.incipit.policy.RequestRing;
import io.incipit.policy.SlotHeap;
import io.incipit.policy.SlotQueues;
import java.util.Arrays;

/// Weights by what blocks hold (SAECache, arXiv 2605.18825) over leaves: a queue by use for each
/// type, and the victim is, of their oldest, the one with the largest age over weight. The weight
/// of a type is what part of its evicted blocks was asked for again while they were remembered.
///
/// The paper is told which tokens are which. Here a type is what the request that brought a block
/// says: its first prompt, or, in a conversation that goes on, the answer before, what a tool said
/// after a call, and other messages; what a request uses without going on is a template. Timing
/// and position, which the paper learns as well, are left out.
final class TypeWeights implements EvictionPolicy {
  static final int TEMPLATE = 0;
  static final int PROMPT = 1;
  static final int ANSWER = 2;
  static final int TOOL = 3;
  static final int MESSAGE = 4;
  static final int TYPES = 5;
  static final long GHOSTS_PER_BLOCK = 4;

  /// Evicted blocks that the weight of all types counts as.
  static final double PULL = 100;

  /// Evidence is halved after so many evictions for each block of the pool.
  static final long HALVE_PER_BLOCK = 10;

  private final BlockTree tree;
  private final PoolConfig config;
  private final RequestRing ring = new RequestRing();

  /// By place in the ring: blocks of the prompt, tokens of the answer, and how it ended.
  private final int[] lengths = new int[ring.slots()];

  private final int[] answers = new int[ring.slots()];
  private final boolean[] calls = new boolean[ring.slots()];

  private final SlotHeap.Ranks uses = new SlotHeap.Ranks();
  private final SlotHeap[] heaps = new SlotHeap[TYPES];
  private final SlotQueues ghosts = new SlotQueues(1);
  private final double[] returned = new double[TYPES];
  private final double[] evicted = new double[TYPES];

  /// By slot: the request that used it last, and its type.
  private int[] owners = new int[0];

  private byte[] types = new byte[0];

  /// Of the request that came last: whether it goes on with a conversation, how many blocks the
  /// answer before covers, and the type of what comes behind them.
  private boolean continues;

  private int answerBlocks;
  private int rest;
  private long evictions;
  private long stamp;

  TypeWeights(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    this.config = config;
    Arrays.setAll(heaps, _ -> new SlotHeap(uses));
  }

  @Override
  public void resize(int slots) {
    uses.resize(slots);
    ghosts.resize(slots);
    owners = Arrays.copyOf(owners, slots);
    types = Arrays.copyOf(types, slots);
  }

  @Override
  public void arrive(Path path) {
    int known = path.known();
    int before = known == 0 ? -1 : owners[path.slot(known - 1)];
    int place = ring.place(before);
    continues = known > 1 && ring.has(before) && 2 * known >= lengths[place];
    answerBlocks = continues ? Math.ceilDiv(answers[place], config.blockTokens()) : 0;
    rest = !continues ? PROMPT : calls[place] ? TOOL : MESSAGE;
    place = ring.place(ring.next());
    ring.add(path.seconds(), path.length());
    lengths[place] = path.length();
    answers[place] = 0;
    calls[place] = false;
  }

  @Override
  public void touch(Path path) {
    int request = ring.next() - 1;
    int last = path.length() == 0 ? BlockTree.NONE : path.slot(path.length() - 1);
    boolean lastIsLeaf = path.length() > 0 && path.hits() == path.length() && tree.isLeaf(last);
    if (lastIsLeaf) {
      leafLost(last);
    }
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      if (ghosts.queue(slot) >= 0) {
        returned[types[slot]]++;
        ghosts.remove(slot);
      }
      if (i >= path.known()) {
        types[slot] = (byte) (i < path.known() + answerBlocks ? ANSWER : rest);
      } else if (!continues) {
        types[slot] = TEMPLATE;
      }
      owners[slot] = request;
      stamp++;
      uses.of[slot] = stamp;
    }
    if (lastIsLeaf) {
      leafGained(last);
    }
  }

  @Override
  public void answered(int request, Answer answer) {
    if (ring.has(request)) {
      answers[ring.place(request)] = answer.tokens();
      calls[ring.place(request)] = answer.ending() == Answer.Ending.CALL;
    }
  }

  @Override
  public void leafGained(int slot) {
    heaps[types[slot]].add(slot);
  }

  @Override
  public void leafLost(int slot) {
    heaps[types[slot]].remove(slot);
  }

  @Override
  public int victim() {
    double overall = (sum(returned) + 1) / (sum(evicted) + 1);
    int victim = BlockTree.NONE;
    double most = -1;
    for (int type = 0; type < TYPES; type++) {
      if (heaps[type].isEmpty()) {
        continue;
      }
      int slot = heaps[type].top();
      double weight = (returned[type] + PULL * overall) / (evicted[type] + PULL);
      double weighed = (stamp - uses.of[slot]) / weight;
      if (weighed > most) {
        most = weighed;
        victim = slot;
      }
    }
    return victim;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  @Override
  public void evicted(int slot) {
    evicted[types[slot]]++;
    evictions++;
    if (evictions % (HALVE_PER_BLOCK * config.capacity()) == 0) {
      for (int type = 0; type < TYPES; type++) {
        returned[type] /= 2;
        evicted[type] /= 2;
      }
    }
    ghosts.pushFront(0, slot);
    if (ghosts.size(0) > GHOSTS_PER_BLOCK * config.capacity()) {
      ghosts.forgetOldest(0, tree);
    }
  }
}
