// SPDX-License-Identifier: Apache-2.0
package io.incipit.cli.option;

import io.incipit.trace.simulate.HintSpec;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// Which hints simulated caches are given. A mixin.
public final class HintOptions {
  private static final Pattern SHARE = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,6})?)%");

  @Option(
      names = "--hints",
      paramLabel = "HINTS",
      defaultValue = "none",
      description =
          "What policies that listen are told when an answer is complete: none, recorded (what the"
              + " trace has), oracle-done (from the future: that nobody goes on from more than half"
              + " of a path), oracle-back (when somebody does), or oracle (both) (default:"
              + " ${DEFAULT-VALUE}).")
  private String source = "none";

  @Option(
      names = "--false-hints",
      paramLabel = "SHARE",
      defaultValue = "0%",
      description = "How many of an oracle's hints are wrong, such as 10%% (default: 0%%).")
  private String falseShare = "0%";

  @Option(
      names = "--told",
      paramLabel = "all|blocks",
      defaultValue = "all",
      description =
          "What policies know of a request. blocks: as in a store that is given blocks, neither how"
              + " long answers were nor the partial block at the end of a prompt (default:"
              + " ${DEFAULT-VALUE}).")
  private Told told = Told.ALL;

  /// What policies know of a request.
  enum Told {
    ALL,
    BLOCKS
  }

  /// What was asked for.
  ///
  /// @throws IllegalArgumentException `option: value (expected: ...)`
  public HintSpec spec() {
    var from = Blame.on("--hints", () -> HintSpec.Source.parse(source));
    var share = SHARE.matcher(falseShare);
    if (!share.matches()) {
      throw new IllegalArgumentException(
          "--false-hints: %s (expected: a share below 100%%, such as 10%%)".formatted(falseShare));
    }
    double wrong = Double.parseDouble(share.group(1)) / 100;
    if (wrong > 0 && !from.knowsFuture()) {
      throw new IllegalArgumentException(
          "--false-hints: %s with --hints %s (expected: with oracle, oracle-done or oracle-back)"
              .formatted(falseShare, from));
    }
    return new HintSpec(from, wrong, told == Told.ALL);
  }
}
