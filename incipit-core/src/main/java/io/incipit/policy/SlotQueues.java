// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import java.util.Arrays;

/// Several queues of slots; a slot is in one of them at most. O(1) for each change, 10 B a slot.
///
/// A block at the end of a queue that has children cannot be evicted. It is parked: it still counts
/// as a member, but stands nowhere, until it is a leaf again and goes back to the end. So each
/// block is passed over once for each time that it is used, however many inner blocks are at the
/// end.
public final class SlotQueues {
  /// No slot.
  public static final int NONE = BlockTree.NONE;

  private static final byte OUT = -1;

  private final int[] fronts;
  private final int[] backs;
  private final int[] sizes;
  private int[] ahead = new int[0];
  private int[] behind = new int[0];

  /// By slot, its queue, or [#OUT].
  private byte[] queues = new byte[0];

  private boolean[] parked = new boolean[0];

  /// Makes queues 0 to `count - 1`, all of them empty.
  public SlotQueues(int count) {
    fronts = new int[count];
    backs = new int[count];
    sizes = new int[count];
    Arrays.fill(fronts, NONE);
    Arrays.fill(backs, NONE);
  }

  /// Slots below `slots` are about to be used.
  public void resize(int slots) {
    int before = queues.length;
    ahead = Arrays.copyOf(ahead, slots);
    behind = Arrays.copyOf(behind, slots);
    queues = Arrays.copyOf(queues, slots);
    parked = Arrays.copyOf(parked, slots);
    Arrays.fill(queues, before, slots, OUT);
  }

  /// Members, parked ones included.
  public int size(int queue) {
    return sizes[queue];
  }

  /// The queue that a slot is in; negative if in none.
  public int queue(int slot) {
    return queues[slot];
  }

  /// The member next in turn, or [#NONE].
  public int back(int queue) {
    return backs[queue];
  }

  /// The member before a slot, younger than it, or [#NONE].
  public int ahead(int slot) {
    return ahead[slot];
  }

  /// Puts a slot at the young end of a queue, wherever it was.
  public void pushFront(int queue, int slot) {
    remove(slot);
    int second = fronts[queue];
    ahead[slot] = NONE;
    behind[slot] = second;
    fronts[queue] = slot;
    if (second == NONE) {
      backs[queue] = slot;
    } else {
      ahead[second] = slot;
    }
    queues[slot] = (byte) queue;
    sizes[queue]++;
  }

  /// Takes a slot out of its queue, if it is in one.
  public void remove(int slot) {
    if (queues[slot] == OUT) {
      return;
    }
    sizes[queues[slot]]--;
    if (parked[slot]) {
      parked[slot] = false;
    } else {
      unlink(slot);
    }
    queues[slot] = OUT;
  }

  private void unlink(int slot) {
    int queue = queues[slot];
    if (ahead[slot] == NONE) {
      fronts[queue] = behind[slot];
    } else {
      behind[ahead[slot]] = behind[slot];
    }
    if (behind[slot] == NONE) {
      backs[queue] = ahead[slot];
    } else {
      ahead[behind[slot]] = ahead[slot];
    }
  }

  /// Takes a member out of the line, but not out of the queue; does nothing for one that is.
  void park(int slot) {
    if (!parked[slot]) {
      unlink(slot);
      parked[slot] = true;
    }
  }

  /// Puts a parked member at the old end; does nothing for others.
  public void unpark(int slot) {
    if (!parked[slot]) {
      return;
    }
    parked[slot] = false;
    int queue = queues[slot];
    int last = backs[queue];
    behind[slot] = NONE;
    ahead[slot] = last;
    backs[queue] = slot;
    if (last == NONE) {
      fronts[queue] = slot;
    } else {
      behind[last] = slot;
    }
  }

  /// Takes the oldest member out of a queue of ghosts, and makes the tree forget it.
  public void forgetOldest(int queue, BlockTree tree) {
    int slot = backs[queue];
    remove(slot);
    tree.forget(slot);
  }

  /// A block was evicted: from queue `known` it is forgotten; from any other it becomes the
  /// youngest of the queue `ghosts`, which forgets its oldest beyond `most`.
  public void evicted(int slot, int known, int ghosts, int most, BlockTree tree) {
    if (queue(slot) == known) {
      remove(slot);
      tree.forget(slot);
      return;
    }
    pushFront(ghosts, slot);
    if (size(ghosts) > most) {
      forgetOldest(ghosts, tree);
    }
  }

  /// The oldest leaf of a queue, or [#NONE]; parks what stands before it.
  public int oldestLeaf(int queue, BlockTree tree) {
    while (backs[queue] != NONE && !tree.isLeaf(backs[queue])) {
      park(backs[queue]);
    }
    return backs[queue];
  }
}
