// SPDX-License-Identifier: Apache-2.0
package io.incipit.policy;

/// The last requests, and what the learning policies know of each. 36 B a request.
///
/// The blocks that a request used last are its own until a later one uses them; a later path that
/// shares a block shares all before it, so what is left to a request is a stretch
/// `[start, length)`. Its path is cut into segments, some of which may be empty: what other
/// conversations have as well, and the rest by how often its blocks had been used.
///
/// ```
/// 0         shared      often        twice        length
/// |  shared   |   often   |   twice    |    once    |
/// |  not its own any more ... | start ...
/// ```
public final class RequestRing {
  static final int SHARED = 0;
  static final int OFTEN = 1;
  static final int TWICE = 2;
  static final int ONCE = 3;
  static final int SEGMENTS = 4;

  private static final int REQUESTS_MIN = 1 << 16;
  private static final int TURNS_MAX = Byte.MAX_VALUE;
  private static final double GAP_SECONDS_MIN = 0.05;
  private static final double GAP_SECONDS_START = 30;
  private static final double GAP_WEIGHT = 0.01;
  private static final double GAP_NEAR = 0.7;

  private final int mask;
  private final double[] seconds;
  private final byte[] kinds;
  private final byte[] tokens;
  private final byte[] turns;
  private final float[] logGaps;
  private final int[] starts;
  private final byte[] ends;
  private final int[] shareds;
  private final int[] oftens;
  private final int[] twices;
  private final int[] lengths;

  /// Mean of the logarithm of gaps between the turns of a conversation, over all of them.
  private double meanLogGap = Math.log(GAP_SECONDS_START);

  private int next;
  private int held;

  /// A ring without requests.
  public RequestRing() {
    mask = REQUESTS_MIN - 1;
    seconds = new double[REQUESTS_MIN];
    kinds = new byte[REQUESTS_MIN];
    tokens = new byte[REQUESTS_MIN];
    turns = new byte[REQUESTS_MIN];
    logGaps = new float[REQUESTS_MIN];
    starts = new int[REQUESTS_MIN];
    ends = new byte[REQUESTS_MIN];
    shareds = new int[REQUESTS_MIN];
    oftens = new int[REQUESTS_MIN];
    twices = new int[REQUESTS_MIN];
    lengths = new int[REQUESTS_MIN];
  }

  /// Requests that a ring holds.
  public int slots() {
    return mask + 1;
  }

  /// Where a request stands in the ring, in `[0, slots)`.
  public int place(int request) {
    return request & mask;
  }

  /// Number of the next request.
  public int next() {
    return next;
  }

  /// Number of the oldest request that is remembered.
  public int oldest() {
    return next - held;
  }

  /// Whether a request is remembered. Numbers wrap.
  public boolean has(int request) {
    return Integer.compareUnsigned(next - 1 - request, held) < 0;
  }

  /// When a request came.
  public double seconds(int request) {
    return seconds[request & mask];
  }

  /// What a request is, as [#describe] said.
  public int kind(int request) {
    return kinds[request & mask];
  }

  /// How long its prompt is, as [#describe] said.
  int tokens(int request) {
    return tokens[request & mask];
  }

  int length(int request) {
    return lengths[request & mask];
  }

  /// How the answer ended, as [#end] said; 0 until then.
  int end(int request) {
    return ends[request & mask];
  }

  /// Leading blocks of a request that other conversations have as well.
  int shared(int request) {
    return shareds[request & mask];
  }

  /// Turns of its conversation before a request, at most 127.
  public int turn(int request) {
    return turns[request & mask];
  }

  /// Adds a request that comes now, and begins a conversation unless [#follow] is called.
  public void add(double now, int length) {
    int i = next & mask;
    seconds[i] = now;
    turns[i] = 0;
    logGaps[i] = 0;
    starts[i] = 0;
    lengths[i] = length;
    ends[i] = 0;
    shareds[i] = 0;
    oftens[i] = 0;
    twices[i] = 0;
    next++;
    held = Math.min(held + 1, slots());
  }

  /// The request added last goes on where an earlier one ended.
  public void follow(int before) {
    int last = (next - 1) & mask;
    int i = before & mask;
    double logGap = Math.log(Math.max(GAP_SECONDS_MIN, seconds[last] - seconds[i]));
    meanLogGap += GAP_WEIGHT * (logGap - meanLogGap);
    logGaps[last] = (float) (turns[i] > 0 ? (logGaps[i] + logGap) / 2 : logGap);
    turns[last] = (byte) Math.min(TURNS_MAX, turns[i] + 1);
  }

  /// How the gaps of the conversation of the request added last compare: 0 unknown, 1 shorter than
  /// the mean, 2 about the same, 3 longer.
  public int gapBucket() {
    int last = (next - 1) & mask;
    double distance = logGaps[last] - meanLogGap;
    if (turns[last] == 0) {
      return 0;
    }
    return distance < -GAP_NEAR ? 1 : distance < GAP_NEAR ? 2 : 3;
  }

  /// Says what the request added last is.
  public void describe(int kind) {
    describe(kind, 0);
  }

  /// Says what the request added last is.
  ///
  /// @param lengthBucket how long its prompt is
  void describe(int kind, int lengthBucket) {
    kinds[(next - 1) & mask] = (byte) kind;
    tokens[(next - 1) & mask] = (byte) lengthBucket;
  }

  /// Cuts the request added last into segments: each bound counts where it lies behind those before
  /// it.
  ///
  /// @param shared leading blocks that other conversations have as well
  /// @param often leading blocks used four times or more
  /// @param twice leading blocks used twice or more
  void cut(int shared, int often, int twice) {
    int last = (next - 1) & mask;
    shareds[last] = shared;
    oftens[last] = Math.max(shared, often);
    twices[last] = Math.max(oftens[last], twice);
  }

  /// Says how the answer to a request ended.
  void end(int request, int end) {
    ends[request & mask] = (byte) end;
  }

  /// Leaves to a request only what is behind a depth.
  void take(int request, int depth) {
    starts[request & mask] = depth;
  }

  /// The segment of a request that the block at a depth is in.
  int segment(int request, int depth) {
    int i = request & mask;
    if (depth >= twices[i]) {
      return ONCE;
    }
    return depth >= oftens[i] ? TWICE : depth >= shareds[i] ? OFTEN : SHARED;
  }

  /// What part of a segment of a request lies in `[from, to)` and is still its own, in `[0, 1]`.
  double share(int request, int segment, int from, int to) {
    int i = request & mask;
    int first = segment == SHARED ? 0 : bound(i, segment - 1);
    int end = bound(i, segment);
    int owned = Math.min(end, to) - Math.max(Math.max(first, from), starts[i]);
    return owned <= 0 ? 0 : (double) owned / (end - first);
  }

  private int bound(int i, int segment) {
    return switch (segment) {
      case SHARED -> shareds[i];
      case OFTEN -> oftens[i];
      case TWICE -> twices[i];
      default -> lengths[i];
    };
  }
}
