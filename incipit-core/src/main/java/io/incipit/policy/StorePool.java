// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hash64;
import io.incipit.block.Hint;
import java.util.Arrays;

/// The blocks of a store and the policy that says which of them go: what [BlockPool] is for a
/// simulation, over the same tree and the same policies. The store has the bytes and knows when it
/// needs room; it asks for one victim at a time.
///
/// ```
/// ask(ids):     enter what is missing and use all     as in a simulation, where all is there then
/// put(id):      bytes of a block are committed        it is present
/// victim():     a present leaf, of what nobody reaches any more first
///   gone(slot)    its bytes are gone: it is evicted
///   hold(slot)    they are in use: it is no leaf for a second, or until nothing else is left
/// ```
///
/// What was asked for and is not present yet is awaited: the policy knows the block, it frees
/// nothing and counts as nothing, and whatever is not put within [#AWAITED_NS] is forgotten. So the
/// policy sees the calls that it would see in a simulation, in which what is missing comes at once.
///
/// A present block whose bytes go for another reason takes its descendants with it: nobody can
/// reach them, so they are the next victims, unless it is put again before. Paths that contradict
/// what is known are cut: older knowledge stays, but for a block that began a path so far. That is
/// put below the block that it was now asked for behind.
///
/// For one thread; never blocks. A block costs O(1), and a path that does not begin at the root
/// what is above it too. Memory: 53 B a block and what the policy says; 12 B for what is awaited.
public final class StorePool {
  /// No slot, and no member.
  public static final int NONE = BlockTree.NONE;

  /// How long what was asked for is awaited: the prefill of the longest prompts.
  public static final long AWAITED_NS = 60_000_000_000L;

  /// How long a victim that could not go is not offered again while there are others.
  public static final long HELD_NS = 1_000_000_000L;

  private static final int AWAITED_MIN = 4_096;
  private static final int AWAITED_MAX = 1 << 18;

  /// Held blocks that are tried again for one victim, and awaited ones that are given up.
  private static final int RELEASED_MAX = 16;

  private static final int FORGOTTEN_MAX = 64;

  /// Lost blocks that are looked at for one victim.
  private static final int LOST_MAX = 4;

  /// Blocks above a path that are used with it, beside as many as it has itself.
  private static final int ABOVE_MAX = 4_096;

  /// Numbers of awaited blocks wrap here; far more than there are at a time.
  private static final int NUMBERS = 1 << 30;

  private static final int DECLINED = 1 << 14;

  private final PathTree paths;
  private final BlockTree tree;
  private final SubtreeVictim lostSubtree;
  private final SlotRing awaited = new SlotRing();
  private final SlotRing held = new SlotRing();
  private final SlotRing lost = new SlotRing();

  /// By slot: a member of the block, which the store keeps track of; -1 for none; or of what is
  /// awaited -2 - its number in the ring.
  private int[] members = new int[0];

  /// The last blocks that the policy gave up before they came, by a hash of their ids.
  private final long[] declined = new long[DECLINED];

  private int present;
  private int awaitedMax;

  /// The block that room is made for, if it is known for which.
  private long incoming;

  private boolean makesRoom;

  private int capacity;

  /// The part of a path that is looked at, where it is not the beginning of what was asked for.
  private long[] part = new long[64];

  private int partLength;
  private int aboveLeft;

  /// An empty pool.
  ///
  /// @param config its capacity is a first guess; [#capacity] says what it is
  /// @param policy makes who decides: [Hazard], [LeafLru] or [S3Fifo]
  public StorePool(PoolConfig config, EvictionPolicy.Factory policy) {
    this.paths = new PathTree(config, policy);
    this.tree = paths.tree;
    this.lostSubtree = new SubtreeVictim(tree);
    this.capacity = config.capacity();
    this.awaitedMax = awaitedMax(capacity);
    resize();
  }

  private void resize() {
    int before = members.length;
    if (before < tree.slots()) {
      members = Arrays.copyOf(members, tree.slots());
      Arrays.fill(members, before, members.length, NONE);
    }
  }

  /// Says how many blocks the store has room for, as far as can be said; what differs by less than
  /// a sixteenth from what was said before changes nothing.
  public void capacity(int blocks) {
    if (Math.abs((long) blocks - capacity) > capacity >> 4) {
      capacity = blocks;
      awaitedMax = awaitedMax(blocks);
      paths.policy.capacity(blocks);
    }
  }

  private static int awaitedMax(int blocks) {
    return Math.clamp(blocks / 2, AWAITED_MIN, AWAITED_MAX);
  }

  /// Somebody asked for a path.
  ///
  /// @param timeNs when, never less than in any call before
  /// @param ids its blocks from the root, as far as who asked knows them
  /// @param tokens of the prompt, those included that are in no block of `ids`
  /// @return leading blocks that are present
  public int ask(long timeNs, long[] ids, int length, int tokens) {
    return ask(timeNs, ids, length, tokens, paths.config.blockTokens());
  }

  /// As [#ask(long, long\[\], int, int)], of a prompt whose blocks have other tokens than most.
  ///
  /// @param blockTokens of each block
  public int ask(long timeNs, long[] ids, int length, int tokens, int blockTokens) {
    forgetAwaited(timeNs, FORGOTTEN_MAX);
    lostSubtree.reset();
    aboveLeft = ABOVE_MAX + length;
    int leading = 0;
    int above = NONE;
    int from = 0;
    while (from < length) {
      int to = stretch(ids, from, length);
      int depth = begin(ids, from, to, above);
      if (depth == NONE) {
        break;
      }
      var stretch = depth == 0 && from == 0 ? ids : part;
      paths.arrive(PathTree.seconds(timeNs), stretch, partLength, tokens, blockTokens);
      int entered = paths.enter() - depth;
      resize();
      int there = await(timeNs, depth, depth + entered);
      leading += leading == from ? there : 0;
      above = paths.path.slots[depth + entered - 1];
      above = tree.isCached(above) ? above : NONE;
      from += entered;
    }
    return leading;
  }

  /// How far a path goes on as the tree knows it, or as the tree does not know.
  private int stretch(long[] ids, int from, int length) {
    int above = paths.slot(ids[from]);
    int i = from + 1;
    for (; i < length; i++) {
      int slot = above == NONE ? paths.slot(ids[i]) : tree.find(above, ids[i]);
      slot = slot != NONE && tree.isCached(slot) ? slot : NONE;
      if (slot != NONE && (above == NONE || tree.parent(slot) != above)) {
        break;
      }
      above = slot;
    }
    return i;
  }

  /// Puts a stretch, and before it what is above it, where the policy can read them.
  ///
  /// @param above slot of the block before it in the path, or [#NONE]
  /// @return how many blocks are above it; [#NONE] if there are too many
  private int begin(long[] ids, int from, int to, int above) {
    int first = paths.slot(ids[from]);
    if (first != NONE && above != NONE && tree.parent(first) == NONE && first != root(above)) {
      adopt(first, above);
    }
    int depth = 0;
    for (int slot = first; slot != NONE && tree.parent(slot) != NONE; slot = tree.parent(slot)) {
      depth++;
      if (depth > aboveLeft) {
        return NONE;
      }
    }
    aboveLeft -= depth;
    partLength = depth + to - from;
    if (depth == 0 && from == 0) {
      return 0;
    }
    if (part.length < partLength) {
      part = new long[2 * partLength];
    }
    int slot = first;
    for (int i = depth - 1; i >= 0; i--) {
      slot = tree.parent(slot);
      part[i] = tree.id(slot);
    }
    System.arraycopy(ids, from, part, depth, to - from);
    return depth;
  }

  /// The root above a block of the path that was entered last.
  private int root(int above) {
    return tree.parent(above) == NONE ? above : paths.path.slots[0];
  }

  private void adopt(int root, int above) {
    if (tree.isLeaf(above)) {
      paths.policy.leafLost(above);
    }
    tree.adopt(root, above);
    tree.regain(root);
  }

  /// Awaits what a path has that is not present, the tail first.
  ///
  /// @return leading blocks of `[from, to)` that are present
  private int await(long timeNs, int from, int to) {
    int there = to;
    for (int i = to - 1; i >= from; i--) {
      int slot = paths.path.slots[i];
      tree.depth(slot, i);
      if (members[slot] < 0) {
        there = i;
        tree.regain(slot);
        undecline(tree.id(slot));
        await(timeNs, slot);
      }
    }
    // Only now: what is not awaited yet would go with what is below it.
    while (awaited.size() > Math.max(awaitedMax, to - from)) {
      forgetFirst();
    }
    return there - from;
  }

  private void await(long timeNs, int slot) {
    members[slot] = -2 - (int) (awaited.add(slot, timeNs) % NUMBERS);
  }

  /// Forgets what was awaited for too long.
  private void forgetAwaited(long timeNs, int most) {
    for (int i = 0; i < most && awaited.size() > 0; i++) {
      if (timeNs - awaited.firstTimeNs() < AWAITED_NS) {
        return;
      }
      forgetFirst();
    }
  }

  private void forgetFirst() {
    int slot = awaited.firstSlot();
    long number = awaited.firstNumber();
    awaited.removeFirst();
    if (members[slot] == -2 - (int) (number % NUMBERS)) {
      leave(slot);
    }
  }

  /// A member of a block has its bytes: the block is present. One that no path had is one of its
  /// own.
  ///
  /// @param member a number of at least 0, by which the store finds this one and all others
  /// @return the slot of the block
  public int put(long timeNs, long id, int member) {
    int slot = paths.slot(id);
    makesRoom = false;
    if (slot == NONE) {
      lostSubtree.reset();
      paths.arrive(PathTree.seconds(timeNs), new long[] {id}, 1, paths.config.blockTokens());
      paths.enter();
      resize();
      slot = paths.path.slots[0];
    }
    present += members[slot] < 0 ? 1 : 0;
    members[slot] = member;
    tree.regain(slot);
    return slot;
  }

  /// Another of the members of a present block is the one that leads to all.
  public void member(int slot, int member) {
    members[slot] = member;
  }

  /// The member that leads to all of a block, or [#NONE] if the block is not present.
  public int member(int slot) {
    return Math.max(members[slot], NONE);
  }

  /// All bytes of a block are gone. It is evicted if nothing is below it; else what is goes next.
  public void gone(int slot) {
    present--;
    leave(slot);
  }

  /// All bytes of a block are gone, and others come in their place.
  public void expect(long timeNs, int slot) {
    present--;
    await(timeNs, slot);
  }

  /// Bytes of a block are gone, and it is of no use without: what is left of it goes next, and
  /// what is below it.
  public void lose(int slot) {
    if (!tree.isLost(slot)) {
      tree.lose(slot);
      tidyLost();
      tidyLost();
      lost.add(slot, 0);
    }
  }

  /// Looks at one that was lost: as two are for each that is added, those that are lost no more do
  /// not gather.
  private void tidyLost() {
    if (lost.size() > 0) {
      int slot = lost.firstSlot();
      lost.removeFirst();
      if (tree.isCached(slot) && tree.isLost(slot)) {
        lost.add(slot, 0);
      }
    }
  }

  private void leave(int slot) {
    members[slot] = NONE;
    if (tree.isTip(slot)) {
      evict(slot);
    } else {
      lose(slot);
    }
  }

  private void evict(int slot) {
    int going = slot;
    while (going != NONE && tree.isTip(going) && members[going] == NONE) {
      if (tree.isHeld(going)) {
        release(going);
      }
      lostSubtree.lost(going);
      going = paths.evict(going);
    }
  }

  /// A present block that may go, nothing below it: of what nobody reaches first, then as the
  /// policy says. [#gone] or [#hold] comes next.
  ///
  /// @return its slot, or [#NONE] if none can
  public int victim(long timeNs) {
    releaseDue(timeNs);
    return nextVictim(timeNs);
  }

  /// Another one, since the last has been [held][#hold]: as [#victim], but that none of those is
  /// offered again for which it is time, so that those which may go are met.
  public int nextVictim(long timeNs) {
    boolean isMet = false;
    while (true) {
      int slot = lostVictim();
      slot = slot == NONE ? paths.policy.victim() : slot;
      if (slot == NONE) {
        if (held.size() == 0) {
          return NONE;
        }
        releaseFirst();
        continue;
      }
      long id = tree.id(slot);
      boolean isIncoming = isIncoming(id);
      if (members[slot] >= 0) {
        if (!isIncoming) {
          return slot;
        }
        if (isMet) {
          return NONE;
        }
        isMet = true;
        hold(timeNs, slot);
      } else {
        declined[place(id)] = id;
        members[slot] = NONE;
        evict(slot);
        if (isIncoming) {
          return NONE;
        }
      }
    }
  }

  private int lostVictim() {
    int tries = Math.min(lost.size(), LOST_MAX);
    while (tries > 0 && lost.size() > 0) {
      int slot = lost.firstSlot();
      if (tree.isCached(slot) && tree.isLost(slot)) {
        int leaf = lostSubtree.leafFor(slot);
        if (!tree.isHeld(leaf)) {
          return leaf;
        }
        lost.add(slot, 0);
        tries--;
      }
      lost.removeFirst();
    }
    return NONE;
  }

  /// The last [#victim] cannot go now.
  public void hold(long timeNs, int slot) {
    if (tree.isLeaf(slot)) {
      tree.hold(slot);
      paths.policy.leafLost(slot);
      lostSubtree.reset();
      held.add(slot, timeNs);
    }
  }

  private void releaseDue(long timeNs) {
    for (int i = 0; i < RELEASED_MAX && held.size() > 0; i++) {
      if (timeNs - held.firstTimeNs() < HELD_NS) {
        return;
      }
      releaseFirst();
    }
  }

  private void releaseFirst() {
    int slot = held.firstSlot();
    held.removeFirst();
    release(slot);
  }

  /// Releases a block, and what its policy held because of it.
  private void release(int held) {
    for (int slot = held; slot != NONE && tree.isHeld(slot); slot = tree.parent(slot)) {
      tree.release(slot);
      paths.policy.released(slot);
      if (tree.isLeaf(slot)) {
        paths.policy.leafGained(slot);
      }
    }
  }

  /// Whether bytes of a block are worth taking: not if the policy gave it up after it was asked for
  /// and before it came. The next victims, until the next [#put], are for this block: it is none of
  /// them, and there are none from the moment at which it is given up before it came.
  public boolean admits(long id) {
    incoming = id;
    makesRoom = true;
    return !isDeclined(id);
  }

  /// Whether the policy gave a block up after it was asked for and before it came, and nobody has
  /// asked for it since, as far as is remembered.
  public boolean isDeclined(long id) {
    return id != 0 && declined[place(id)] == id && paths.slot(id) == NONE;
  }

  /// Whether room is made for a block.
  public boolean isIncoming(long id) {
    return makesRoom && id == incoming;
  }

  /// Whatever [#admits] said that room is made for, it is made, or will not be.
  public void roomMade() {
    makesRoom = false;
  }

  private void undecline(long id) {
    declined[place(id)] = declined[place(id)] == id ? 0 : declined[place(id)];
  }

  private static int place(long id) {
    return (int) ((id * Hash64.GOLDEN) >>> 50);
  }

  /// Somebody who knows says what becomes of a path: as [BlockPool#hint].
  public void hint(long timeNs, long[] ids, int length, Hint hint) {
    paths.hint(PathTree.seconds(timeNs), ids, length, hint);
  }

  /// Number of the request that was asked last, for [#answered]; wraps.
  public int lastRequest() {
    return paths.path.request;
  }

  /// The answer to a request is complete: as [BlockPool#answered].
  public void answered(int request, Answer answer) {
    paths.policy.answered(request, answer);
  }

  /// The slot of a block that is present or awaited, or [#NONE].
  public int slot(long id) {
    return paths.slot(id);
  }

  /// Whether a block may be the one behind another in a path, as far as is known: nothing says that
  /// it is elsewhere, or that paths begin with it.
  public boolean mayFollow(long above, long id) {
    int slot = paths.slot(id);
    if (slot == NONE) {
      return true;
    }
    int parent = tree.parent(slot);
    return parent == NONE ? tree.isTip(slot) : tree.id(parent) == above;
  }

  /// A present block below a present one, or itself, that has nothing present below it, as far as
  /// one way down goes.
  ///
  /// @return its id; the given one if that is of no block
  public long tip(long id) {
    int slot = paths.slot(id);
    if (slot == NONE) {
      return id;
    }
    int tip = tree.leafBelow(slot);
    while (tip != slot && members[tip] < 0) {
      tip = tree.parent(tip);
    }
    return tree.id(tip);
  }

  /// The id of the block in a slot.
  public long id(int slot) {
    return tree.id(slot);
  }

  /// Blocks above the block in a slot.
  public int depth(int slot) {
    return tree.depth(slot);
  }

  /// Whether something is below a block.
  public boolean isTip(int slot) {
    return tree.isTip(slot);
  }

  /// Whether paths part before a block: it begins a run.
  public boolean beginsRun(int slot) {
    return !tree.isOnlyChild(slot);
  }

  /// Blocks that are present.
  public int present() {
    return present;
  }

  /// Blocks that are awaited, or absent with something below them.
  public int absent() {
    return tree.cached() - present;
  }
}
