// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.block.Hash64;
import io.incipit.block.Hint;
import io.incipit.trace.TraceRequest;

/// Makes the hints of one trace as [HintSpec] says, for its requests in order, and counts them.
///
/// An oracle lies about so many paths that the share of wrong hints is the one that was asked for:
/// of those that return it says that they are done, and of those that end that they are back, after
/// as long as the last one that did return. One that says both says the other as often; one that
/// says either adds wrong hints to the right ones, fewer if there are too few to lie about. The
/// same seed, the same lies.
final class HintSource {
  private static final long FALSE_BACK_NS = 30_000_000_000L;

  private final HintSpec spec;
  private final PathReturns returns;
  private final long seed;
  private final boolean timed;

  /// How likely a path that returns, or one that ends, is lied about.
  private final double falseDone;

  private final double falseBack;
  private long waitNs = FALSE_BACK_NS;
  private int request;
  private long done;
  private long back;
  private long falseHints;

  /// @param timed whether requests say when they come; if not, nobody can say when one returns
  HintSource(HintSpec spec, PathReturns returns, long seed, boolean timed) {
    this.spec = spec;
    this.returns = returns;
    this.seed = seed;
    this.timed = timed;
    boolean both = spec.source() == HintSpec.Source.ORACLE;
    double odds = spec.falseShare() / (1 - spec.falseShare());
    falseDone =
        both ? spec.falseShare() : odds * returns.ending() / Math.max(1, returns.returning());
    falseBack =
        both ? spec.falseShare() : odds * returns.returning() / Math.max(1, returns.ending());
  }

  /// The hint about the path of the next request.
  ///
  /// @param completeNs when its answer is complete, and the hint comes
  Hint next(TraceRequest its, long completeNs) {
    int number = request;
    request++;
    var hint =
        switch (spec.source()) {
          case NONE -> Hint.NONE;
          case RECORDED -> its.hint();
          case ORACLE, ORACLE_DONE, ORACLE_BACK -> foretell(number, completeNs);
        };
    done += hint instanceof Hint.Done ? 1 : 0;
    back += hint instanceof Hint.Back ? 1 : 0;
    return hint;
  }

  private Hint foretell(int number, long completeNs) {
    long timeNs = returns.timeNs(number);
    boolean ends = timeNs == PathReturns.NEVER;
    if (!ends && timeNs >= completeNs) {
      waitNs = Math.min(timeNs - completeNs, Hint.Back.AFTER_NS_MAX);
    }
    boolean saysOther = ends ? spec.source().saysBack() : spec.source().saysDone();
    if (saysOther && chance(number) < (ends ? falseBack : falseDone)) {
      return lie(ends);
    }
    if (ends) {
      return spec.source().saysDone() ? Hint.DONE : Hint.NONE;
    }
    boolean inTime = timed && timeNs >= completeNs;
    return spec.source().saysBack() && inTime ? new Hint.Back(waitNs) : Hint.NONE;
  }

  private Hint lie(boolean ends) {
    if (ends && !timed) {
      return Hint.NONE;
    }
    falseHints++;
    return ends ? new Hint.Back(waitNs) : Hint.DONE;
  }

  /// A number in `[0, 1)`.
  private double chance(int number) {
    return (Hash64.chain(seed, number) >>> 11) * 0x1p-53;
  }

  /// What was given so far.
  HintCounts counts() {
    return new HintCounts(spec.source().toString(), done, back, falseHints);
  }
}
