// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import java.util.List;
import java.util.stream.IntStream;

/// How much of a trace the curve of `leaf-lru` is made from.
///
/// @param groups into how many groups blocks are cut by their hash; 0 for no curve, 1 for all
///     blocks, from 4 on for four samples of one group each
public record CurveSampling(int groups) {
  /// No curve.
  public static final CurveSampling NONE = new CurveSampling(0);

  /// All blocks: the curve is exact.
  public static final CurveSampling EXACT = new CurveSampling(1);

  static final int SAMPLES = 4;
  private static final int GROUPS_MAX = 1 << 20;

  public CurveSampling {
    if (groups < 0 || groups > GROUPS_MAX || (groups > 1 && groups < SAMPLES)) {
      throw new IllegalArgumentException(
          "groups: %d (expected: 0, 1, or %d to %d)".formatted(groups, SAMPLES, GROUPS_MAX));
    }
  }

  List<StackCurve> stacks() {
    return IntStream.range(0, Math.min(groups, SAMPLES))
        .mapToObj(group -> new StackCurve(group, groups))
        .toList();
  }
}
