// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Which hints simulated caches are given about the paths of requests; each comes when the answer
/// to its request is complete.
///
/// @param all whether they are told of answers too, and how many tokens of a prompt are in no block
///     that may be cached; a store that is given blocks is not
/// @param falseShare of all hints of a kind, how many are wrong, in `[0, 1)`; only oracles lie
public record HintSpec(Source source, double falseShare, boolean all) {
  /// What a store is told by clients that give it blocks, and no hints.
  public static final HintSpec BLOCKS = new HintSpec(Source.NONE, 0, false);

  /// No hints.
  public static final HintSpec NONE = new HintSpec(Source.NONE, 0);

  /// Where hints come from.
  public enum Source {
    /// There are none.
    NONE,

    /// From the trace, if it has any.
    RECORDED,

    /// From the future: `done` for each path that nobody goes on from, see [PathReturns].
    ORACLE_DONE,

    /// From the future: `back` for each path that somebody does, and when.
    ORACLE_BACK,

    /// From the future: both.
    ORACLE;

    /// Reads a name as people write it.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public static Source parse(String text) {
      return Arrays.stream(values())
          .filter(source -> source.toString().equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "hints: %s (expected: %s)".formatted(text, names())));
    }

    private static String names() {
      return Arrays.stream(values()).map(Source::toString).collect(Collectors.joining(", "));
    }

    /// Whether it looks into the future of the trace.
    public boolean knowsFuture() {
      return saysDone() || saysBack();
    }

    boolean saysDone() {
      return this == ORACLE || this == ORACLE_DONE;
    }

    boolean saysBack() {
      return this == ORACLE || this == ORACLE_BACK;
    }

    /// As people write it.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public HintSpec {
    if (!(falseShare >= 0 && falseShare < 1) || (falseShare > 0 && !source.knowsFuture())) {
      throw new IllegalArgumentException(
          "false share: %s with hints %s (expected: from 0 on and below 1, and 0 unless hints are"
                  .formatted(falseShare, source)
              + " oracle, oracle-done or oracle-back)");
    }
  }

  /// Hints beside all that a trace tells.
  public HintSpec(Source source, double falseShare) {
    this(source, falseShare, true);
  }
}
