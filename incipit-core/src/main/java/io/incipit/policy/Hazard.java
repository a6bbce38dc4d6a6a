// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hint;
import java.util.Arrays;

/// Learns when blocks come back, and evicts the leaf that is worth least: see [HazardTable].
///
/// Blocks that were used together age together, so evidence is kept by request, not by block. The
/// family of a block is made of what its request told:
///
/// - how much the request added, 8 buckets by powers of two of 512 tokens;
/// - how long its conversation pauses between turns, 4 buckets;
/// - in which of 4 segments of its path the block is, see [RequestRing]. Blocks that several
///   conversations have return whenever any of them does, so they must not count for the others.
///
/// Its kind in that family is how the answer to the request ended: not yet, with a tool call, with
/// the end of a turn, or, if nobody said, how long it was, 5 buckets. What the first prompt of a
/// conversation has for itself is weighed by its length besides, see [LengthFactors]; how later
/// ones come back, their pauses say better.
///
/// Steps for a request: (1) every request that has reached the edge of an age bucket since the last
/// one exposes what is still its own; one pointer for each edge walks along the ring, 36 steps a
/// request in the mean. (2) The known part of the path, ghosts included, is cut where its last user
/// changes; each stretch is a hit at the age of that user, and is no longer its own. (3) All blocks
/// belong to the new request. Every 100 requests the table is worked out again.
///
/// A path that was said to be done goes first, one that was said to be back is worth what that
/// promises, see [PathHints]; neither teaches anything about those of which nothing was said.
///
/// A block costs O(1). An eviction looks at 64 leaves, and takes up to 16 blocks of the same
/// request and segment up the path: what they are worth is the same.
public final class Hazard implements EvictionPolicy, LeafSample.Worth {
  private static final int RUNS = 8;
  private static final int GAPS = 4;
  private static final int RUN_TOKENS = 512;

  /// By how an answer ended: 0 not yet, then by its tokens, then as somebody said.
  private static final int[] ANSWER_TOKENS = {4, 32, 128, 512};

  private static final int ENDED_BY_CALL = ANSWER_TOKENS.length + 2;
  private static final int ENDED_BY_TURN = ENDED_BY_CALL + 1;
  private static final int ENDS = ENDED_BY_TURN + 1;

  /// Evidence that a family counts as for endings that were said: they tell more than lengths do.
  private static final double PULL_SAID = 10;

  private static final int USES_OFTEN = 4;
  private static final long GHOSTS_PER_BLOCK = 4;

  /// What comes back does so after as many blocks, however small the pool is: with fewer ghosts a
  /// small one hardly sees anything return, and learns nothing.
  private static final long GHOSTS_MIN = 8_192;

  private static final int CLIMB_MAX = 16;
  private static final int CLIMB_SHARE = 128;

  private final BlockTree tree;
  private final RequestRing ring = new RequestRing();
  private final PathHints hints = new PathHints(ring);
  private final DoneTrust trust = new DoneTrust();
  private final HazardTable table;
  private final LengthFactors factors = new LengthFactors();
  private final LeafSample leaves;
  private final GhostRuns ghosts = new GhostRuns(GHOSTS_MIN);

  /// By age bucket, the first request that has not reached its edge.
  private final int[] reached = new int[HazardTable.BUCKETS];

  /// By slot: the request that used it last, and how often it was used, up to 4.
  private int[] owners = new int[0];

  private byte[] uses = new byte[0];

  /// Of the path that came last, by depth down to `known`: who used a block before, and how often.
  private int[] ownersBefore = new int[64];

  private byte[] usesBefore = new byte[64];
  private int known;
  private int shared;
  private double now;

  /// The slot above the last victim if it may go with it, and how many more may.
  private int climb = BlockTree.NONE;

  private int climbLeft;
  private int climbMax;
  private int climbOwner;
  private int climbSegment;

  /// Makes the policy of an empty pool.
  public Hazard(PoolConfig config, BlockTree tree) {
    this.tree = tree;
    capacity(config.capacity());
    this.leaves = new LeafSample(config.seed());
    this.table = table();
  }

  @Override
  public void capacity(int blocks) {
    long remembered = GHOSTS_PER_BLOCK * blocks;
    ghosts.blocksMax(Math.clamp(remembered, GHOSTS_MIN, PoolConfig.GHOSTS_MAX));
    climbMax = Math.min(CLIMB_MAX, blocks / CLIMB_SHARE + 1);
  }

  private static HazardTable table() {
    int families = RUNS * GAPS * RequestRing.SEGMENTS;
    var groupOf = new int[families];
    var bias = new double[families];
    for (int family = 0; family < families; family++) {
      int run = family / (GAPS * RequestRing.SEGMENTS);
      groupOf[family] = family % RequestRing.SEGMENTS;
      // What added little mostly goes on: e^(1/4) for each power of two below 4,096 tokens.
      bias[family] = Math.exp((3 - run) / 4.0);
    }
    var pulls = new double[ENDS];
    Arrays.fill(pulls, HazardTable.PULL_KIND);
    pulls[ENDED_BY_CALL] = PULL_SAID;
    pulls[ENDED_BY_TURN] = PULL_SAID;
    var kinds = new HazardTable.Kinds(ENDS, RequestRing.SEGMENTS, groupOf, bias);
    return new HazardTable(kinds.withPulls(pulls));
  }

  @Override
  public void resize(int slots) {
    leaves.resize(slots);
    owners = Arrays.copyOf(owners, slots);
    uses = Arrays.copyOf(uses, slots);
  }

  @Override
  public void arrive(Path path) {
    now = path.seconds();
    climb = BlockTree.NONE;
    expose();
    recall(path);
    int last = BlockTree.NONE;
    int from = 0;
    for (int i = 0; i < known; ) {
      last = ownersBefore[i];
      from = i;
      while (i < known && ownersBefore[i] == last) {
        i++;
      }
      if (ring.has(last)) {
        hit(last, from, i);
      }
    }
    boolean lastKnown = known > 0 && ring.has(last);
    ring.add(now, path.length());
    boolean continues = lastKnown && ring.has(last) && known > 1 && 2 * known >= ring.length(last);
    // What others used since the conversation was here is theirs as well.
    shared = continues ? Math.max(from, Math.min(known, ring.shared(last))) : known;
    // Where it left the path of the last request, that may go on elsewhere, unless it is done.
    boolean extended = continues && (known >= ring.length(last) || hints.isDone(last));
    hints.begin(ring.next() - 1, extended ? Math.max(from, hints.owns(last)) : known);
    if (continues) {
      ring.follow(last);
    }
    table.advanceTo(ring.next());
    if (HazardTable.halvesAt(ring.next())) {
      factors.halve();
      trust.halve();
    }
    if (HazardTable.rebuildsAt(ring.next())) {
      factors.rebuild();
    }
  }

  /// Fills in what is known of the blocks of a path.
  private void recall(Path path) {
    if (ownersBefore.length < path.length()) {
      ownersBefore = new int[2 * path.length()];
      usesBefore = new byte[2 * path.length()];
    }
    for (int i = 0; i < path.hits(); i++) {
      ownersBefore[i] = owners[path.slot(i)];
      usesBefore[i] = uses[path.slot(i)];
    }
    known = ghosts.take(path.ids, path.hits(), path.length(), ownersBefore, usesBefore);
  }

  private void expose() {
    for (int bucket = 0; bucket < HazardTable.BUCKETS; bucket++) {
      int request = reached[bucket];
      if (request != ring.next() && !ring.has(request)) {
        request = ring.oldest();
      }
      double born = now - HazardTable.edge(bucket);
      while (request != ring.next() && ring.seconds(request) <= born) {
        for (int segment = 0; segment < RequestRing.SEGMENTS; segment++) {
          expose(request, segment, bucket);
        }
        request++;
      }
      reached[bucket] = request;
    }
  }

  private void expose(int request, int segment, int bucket) {
    double share = ring.share(request, segment, 0, Integer.MAX_VALUE);
    int kind = kind(request, segment);
    if (segment != RequestRing.SHARED && hints.concerns(request, now)) {
      if (hints.isDone(request)) {
        trust.expect(share * table.hazard(kind, bucket));
      }
      return;
    }
    table.expose(kind, bucket, share);
    if (isFirstsOwn(request, segment)) {
      factors.expect(ring.tokens(request), share * table.hazard(kind, bucket));
    }
  }

  private void hit(int request, int from, int to) {
    double age = now - ring.seconds(request);
    for (int segment = 0; segment < RequestRing.SEGMENTS; segment++) {
      double share = ring.share(request, segment, from, to);
      if (segment != RequestRing.SHARED && hints.concerns(request, now)) {
        if (hints.isDone(request)) {
          trust.hit(share);
        }
      } else if (share > 0) {
        table.hit(kind(request, segment), age, share);
        if (isFirstsOwn(request, segment)) {
          factors.hit(ring.tokens(request), share);
        }
      }
    }
    hints.taken(request, to);
    ring.take(request, to);
  }

  /// Whether a segment is what a prompt that begins a conversation has for itself.
  private boolean isFirstsOwn(int request, int segment) {
    return segment != RequestRing.SHARED && ring.turn(request) == 0;
  }

  private int kind(int request, int segment) {
    int family = ring.kind(request) * RequestRing.SEGMENTS + segment;
    return family * ENDS + ring.end(request);
  }

  @Override
  public void touch(Path path) {
    int request = ring.next() - 1;
    int often = 0;
    for (int i = path.length() - 1; i >= 0; i--) {
      int slot = path.slot(i);
      int times = i < known ? Math.min(USES_OFTEN, usesBefore[i] + 1) : 1;
      uses[slot] = (byte) times;
      owners[slot] = request;
      often = often == 0 && times >= USES_OFTEN ? i + 1 : often;
    }
    ring.describe(
        requestKind(path), LengthFactors.bucket((long) path.blocks() * path.blockTokens()));
    ring.cut(shared, often, known);
    hints.tip(request, path.length() == 0 ? BlockTree.NONE : path.slot(path.length() - 1));
  }

  @Override
  public void hinted(double seconds, int slot, int length, Hint hint) {
    int request = owners[slot];
    if (ring.has(request) && hints.tip(request) == slot && ring.length(request) <= length) {
      hints.say(request, seconds, hint);
    }
  }

  @Override
  public void answered(int request, Answer answer) {
    if (ring.has(request)) {
      ring.end(request, end(answer));
    }
  }

  private static int end(Answer answer) {
    return switch (answer.ending()) {
      case CALL -> ENDED_BY_CALL;
      case TURN -> ENDED_BY_TURN;
      case UNKNOWN -> {
        int bucket = 0;
        while (bucket < ANSWER_TOKENS.length && answer.tokens() >= ANSWER_TOKENS[bucket]) {
          bucket++;
        }
        yield bucket + 1;
      }
    };
  }

  private int requestKind(Path path) {
    long added = (long) Math.max(1, path.blocks() - known) * path.blockTokens();
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, added / RUN_TOKENS));
    return Math.min(RUNS - 1, power) * GAPS + ring.gapBucket();
  }

  @Override
  public void leafGained(int slot) {
    leaves.add(slot);
  }

  @Override
  public void leafLost(int slot) {
    leaves.remove(slot);
  }

  @Override
  public int victim() {
    boolean climbs =
        climb != BlockTree.NONE
            && climbLeft > 0
            && tree.isLeaf(climb)
            && owners[climb] == climbOwner
            && segment(climb) == climbSegment;
    int slot = climbs ? climb : leaves.leastOf(this);
    if (slot == BlockTree.NONE) {
      climb = slot;
      return slot;
    }
    climbLeft = climbs ? climbLeft - 1 : climbMax - 1;
    climb = tree.parent(slot);
    climbOwner = owners[slot];
    climbSegment = segment(slot);
    return slot;
  }

  private int segment(int slot) {
    return ring.segment(owners[slot], tree.depth(slot));
  }

  @Override
  public double of(int slot) {
    int request = owners[slot];
    if (!ring.has(request)) {
      return 0;
    }
    if (hints.promises(request, tree.depth(slot), now)) {
      return hints.worth(request, now);
    }
    int segment = segment(slot);
    double worth = table.worth(kind(request, segment), now - ring.seconds(request));
    if (segment == RequestRing.SHARED) {
      return worth;
    }
    double length = isFirstsOwn(request, segment) ? factors.of(ring.tokens(request)) : 1;
    double trusted = hints.isDone(request, tree.depth(slot)) ? trust.factor() : 1;
    return worth * length * trusted;
  }

  @Override
  public boolean isOlder(int slot, int than) {
    return owners[slot] - owners[than] < 0;
  }

  @Override
  public void evicted(int slot) {
    int request = owners[slot];
    if (ring.has(request) && hints.tip(request) == slot) {
      int parent = tree.parent(slot);
      boolean left = parent != BlockTree.NONE && owners[parent] == request;
      hints.tip(request, left ? parent : BlockTree.NONE);
    }
    ghosts.add(tree.id(slot), tree.depth(slot), request, uses[slot]);
    tree.forget(slot);
  }
}
