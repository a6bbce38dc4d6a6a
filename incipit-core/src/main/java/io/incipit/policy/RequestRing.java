// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// The last requests, and what the learning policies know of each. 40 B a request.
///
/// The blocks that a request used last are its own until a later one uses them; a later path that
/// shares a block shares all before it, so what is left to a request is a stretch
/// `[start, length)`. It is cut by how often its blocks had been used:
///
/// ```
/// 0        start     often        twice             length
/// |  lost  |   often   |   twice    |     once        |
/// ```
final class RequestRing {
  static final int ONCE = 0;
  static final int TWICE = 1;
  static final int OFTEN = 2;
  static final int USES = 3;

  private static final int REQUESTS_MIN = 1 << 16;
  private static final int TURNS_MAX = Byte.MAX_VALUE;
  private static final double GAP_SECONDS_MIN = 0.05;
  private static final double GAP_SECONDS_START = 30;
  private static final double GAP_WEIGHT = 0.01;
  private static final double GAP_NEAR = 0.7;

  private final int mask;
  private final double[] seconds;
  private final byte[] kinds;
  private final byte[] turns;
  private final float[] logGaps;
  private final int[] starts;
  private final int[] oftens;
  private final int[] twices;
  private final int[] lengths;

  /// Mean of the logarithm of gaps between the turns of a conversation, over all of them.
  private double meanLogGap = Math.log(GAP_SECONDS_START);

  private int next;
  private int held;

  RequestRing() {
    mask = REQUESTS_MIN - 1;
    seconds = new double[REQUESTS_MIN];
    kinds = new byte[REQUESTS_MIN];
    turns = new byte[REQUESTS_MIN];
    logGaps = new float[REQUESTS_MIN];
    starts = new int[REQUESTS_MIN];
    oftens = new int[REQUESTS_MIN];
    twices = new int[REQUESTS_MIN];
    lengths = new int[REQUESTS_MIN];
  }

  /// Requests that a ring holds.
  int slots() {
    return mask + 1;
  }

  /// Where a request stands in the ring, in `[0, slots)`.
  int place(int request) {
    return request & mask;
  }

  /// Number of the next request.
  int next() {
    return next;
  }

  /// Number of the oldest request that is remembered.
  int oldest() {
    return next - held;
  }

  /// Whether a request is remembered. Numbers wrap.
  boolean has(int request) {
    return Integer.compareUnsigned(next - 1 - request, held) < 0;
  }

  double seconds(int request) {
    return seconds[request & mask];
  }

  int kind(int request) {
    return kinds[request & mask];
  }

  int length(int request) {
    return lengths[request & mask];
  }

  /// Turns of its conversation before a request, at most 127.
  int turn(int request) {
    return turns[request & mask];
  }

  /// Adds a request that comes now, and begins a conversation unless [#follow] is called.
  void add(double now, int length) {
    int i = next & mask;
    seconds[i] = now;
    turns[i] = 0;
    logGaps[i] = 0;
    starts[i] = 0;
    lengths[i] = length;
    oftens[i] = 0;
    twices[i] = 0;
    next++;
    held = Math.min(held + 1, slots());
  }

  /// The request added last goes on where an earlier one ended.
  void follow(int before) {
    int last = (next - 1) & mask;
    int i = before & mask;
    double logGap = Math.log(Math.max(GAP_SECONDS_MIN, seconds[last] - seconds[i]));
    meanLogGap += GAP_WEIGHT * (logGap - meanLogGap);
    logGaps[last] = (float) (turns[i] > 0 ? (logGaps[i] + logGap) / 2 : logGap);
    turns[last] = (byte) Math.min(TURNS_MAX, turns[i] + 1);
  }

  /// How the gaps of the conversation of the request added last compare: 0 unknown, 1 shorter than
  /// the mean, 2 about the same, 3 longer.
  int gapBucket() {
    int last = (next - 1) & mask;
    double distance = logGaps[last] - meanLogGap;
    if (turns[last] == 0) {
      return 0;
    }
    return distance < -GAP_NEAR ? 1 : distance < GAP_NEAR ? 2 : 3;
  }

  /// Says what the request added last is.
  ///
  /// @param often leading blocks used four times or more
  /// @param twice leading blocks used twice or more
  void describe(int kind, int often, int twice) {
    int last = (next - 1) & mask;
    kinds[last] = (byte) kind;
    oftens[last] = often;
    twices[last] = twice;
  }

  /// Leaves to a request only what is behind a depth.
  void take(int request, int depth) {
    starts[request & mask] = depth;
  }

  /// What part of the blocks of a request that were used so often lies in `[from, to)` and is still
  /// its own, in `[0, 1]`.
  double share(int request, int uses, int from, int to) {
    int i = request & mask;
    int first = uses == OFTEN ? 0 : uses == TWICE ? oftens[i] : twices[i];
    int end = uses == OFTEN ? oftens[i] : uses == TWICE ? twices[i] : lengths[i];
    int owned = Math.min(end, to) - Math.max(Math.max(first, from), starts[i]);
    return owned <= 0 ? 0 : (double) owned / (end - first);
  }
}
