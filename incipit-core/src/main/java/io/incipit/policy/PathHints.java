// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

import io.incipit.block.Hint;

/// What was said about the paths of the requests in a [RequestRing], by their places there; a
/// request that takes the place of an older one takes its hint away. 22 B a place.
///
/// A hint concerns what is left to a request of its own path: not what later requests have used,
/// and nothing above the depth from which on the path is its conversation's alone.
///
/// A path that is said to be back at a time is worth, for each of its blocks and second,
///
/// ```
/// 1 / max(due - now, slack / 2)  / 2^(hints before)    until  due + slack
/// slack = max(1 s, a quarter of the time that was said)
/// ```
///
/// which is what [HazardTable] calls the worth of a certain return then. After that the hint is
/// void. Each further hint about a path that was not asked for meanwhile is worth half of the last
/// one, so whoever keeps promising keeps nothing for long.
final class PathHints {
  private static final int NONE = BlockTree.NONE;
  private static final byte NOTHING = 0;
  private static final byte DONE = 1;
  private static final byte BACK = 2;

  private static final double SLACK_SHARE = 0.25;
  private static final double SLACK_SECONDS_MIN = 1;
  private static final double NANOS_PER_SECOND = 1e9;

  private final RequestRing ring;

  /// By place: the depth from which on a path is its conversation's alone.
  private final int[] owns;

  /// By place: the slot of the deepest cached block of a path, if no later request has used it.
  private final int[] tips;

  private final byte[] said;

  /// By place: how often the path was said to be back.
  private final byte[] promises;

  /// By place: when it is to be back, and how long that was from when it was said, in seconds.
  private final double[] dues;

  private final float[] waits;

  PathHints(RequestRing ring) {
    this.ring = ring;
    owns = new int[ring.slots()];
    tips = new int[ring.slots()];
    said = new byte[ring.slots()];
    promises = new byte[ring.slots()];
    dues = new double[ring.slots()];
    waits = new float[ring.slots()];
  }

  /// A request was added to the ring; nothing has been said about it.
  ///
  /// @param ownsFrom depth from which on its path is its conversation's alone
  void begin(int request, int ownsFrom) {
    int i = ring.place(request);
    owns[i] = ownsFrom;
    tips[i] = NONE;
    said[i] = NOTHING;
    promises[i] = 0;
  }

  /// The depth from which on the path of a request is its conversation's alone.
  int owns(int request) {
    return owns[ring.place(request)];
  }

  /// The slot of the deepest cached block of a request; of no meaning once a later request has used
  /// it.
  int tip(int request) {
    return tips[ring.place(request)];
  }

  /// Says which block of a request is the deepest that is cached.
  void tip(int request, int slot) {
    tips[ring.place(request)] = slot;
  }

  /// Takes a hint about a request that the ring has.
  ///
  /// @param seconds when it was said
  void say(int request, double seconds, Hint hint) {
    int i = ring.place(request);
    switch (hint) {
      case Hint.None() -> said[i] = NOTHING;
      case Hint.Done() -> said[i] = DONE;
      case Hint.Back(var afterNs) -> {
        said[i] = BACK;
        promises[i] = (byte) Math.min(Byte.MAX_VALUE, promises[i] + 1);
        waits[i] = (float) (afterNs / NANOS_PER_SECOND);
        dues[i] = seconds + waits[i];
      }
    }
  }

  /// A later request has used the path of one down to a depth: what was promised of it has come
  /// true, and says nothing about the rest.
  void taken(int request, int to) {
    int i = ring.place(request);
    if (said[i] == BACK && to > owns[i]) {
      said[i] = NOTHING;
    }
  }

  /// Whether something was said about a request that is not void yet.
  boolean concerns(int request, double now) {
    int i = ring.place(request);
    return said[i] == DONE || (said[i] == BACK && now <= dues[i] + slack(i));
  }

  /// Whether the path of a request was said to be done.
  boolean isDone(int request) {
    return said[ring.place(request)] == DONE;
  }

  /// Whether it was, and the block at a depth belongs to it alone.
  boolean isDone(int request, int depth) {
    int i = ring.place(request);
    return said[i] == DONE && depth >= owns[i];
  }

  /// Whether the block of a request at a depth was promised to be back, and may still be.
  boolean promises(int request, int depth, double now) {
    int i = ring.place(request);
    return said[i] == BACK && depth >= owns[i] && now <= dues[i] + slack(i);
  }

  /// What such a block is worth.
  double worth(int request, double now) {
    int i = ring.place(request);
    double seconds = Math.max(dues[i] - now, slack(i) / 2);
    return Math.scalb(1 / seconds, 1 - promises[i]);
  }

  private double slack(int i) {
    return Math.max(SLACK_SECONDS_MIN, SLACK_SHARE * waits[i]);
  }
}
