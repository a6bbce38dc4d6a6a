// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.MemoryPool;

/// What the clients of one compute node share: a lock before each lock of the memory node, so that
/// one client of the node at a time asks for that. It is a ticket lock, hence fair; and who gives
/// it back may leave the memory node's lock to the next in line, 8 times in a row.
///
/// Its clients take turns as those of the memory do; not thread-safe.
public final class ComputeNode {
  static final int LOCKS = MemoryPool.ON_CHIP_BYTES / Long.BYTES;

  private static final int HAND_OVERS_MAX = 8;

  private final Runnable pause;
  private final int[] nextTicket = new int[LOCKS];
  private final int[] serving = new int[LOCKS];
  private final byte[] handOvers = new byte[LOCKS];
  private final boolean[] handedOver = new boolean[LOCKS];
  private final double[] givenNs = new double[LOCKS];
  private int clients;

  /// One whose clients finish an operation before another one's turn.
  public ComputeNode() {
    this(
        () -> {
          throw new IllegalStateException("a client has the lock (expected: none, between turns)");
        });
  }

  /// One whose clients may wait for each other.
  ///
  /// @param pause what a client does while another one has the lock: lets others take their turn
  public ComputeNode(Runnable pause) {
    this.pause = pause;
  }

  /// A number for a new client, from 1 on.
  int register() {
    return ++clients;
  }

  /// Waits until it is one's turn.
  ///
  /// @return the virtual time at which the client before gave it up, ns; 0 if nobody had it
  double enter(int lock) {
    int ticket = nextTicket[lock]++;
    boolean waited = false;
    while (serving[lock] != ticket) {
      waited = true;
      pause.run();
    }
    return waited ? givenNs[lock] : 0;
  }

  /// Whether the memory node's lock was left to who has entered.
  boolean isHandedOver(int lock) {
    return handedOver[lock];
  }

  /// Whether who has entered is to leave the memory node's lock to the next. To be asked once.
  boolean handOver(int lock) {
    boolean next = nextTicket[lock] - serving[lock] > 1 && handOvers[lock] < HAND_OVERS_MAX;
    handOvers[lock] = (byte) (next ? handOvers[lock] + 1 : 0);
    handedOver[lock] = next;
    return next;
  }

  /// Lets the next one in.
  void leave(int lock, double nowNs) {
    givenNs[lock] = nowNs;
    serving[lock]++;
  }
}
