// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.policy.PoolConfig.Timing;
import io.incipit.trace.LeftOut;
import io.incipit.trace.TraceReader;
import io.incipit.trace.simulate.policy.Foresight;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/// What has to be known of a trace before caches can be simulated on it.
///
/// @param distinct different blocks, partial ones included
/// @param curve of `leaf-lru`, if it was asked for
record Survey(
    int blockTokens,
    long distinct,
    Timing timing,
    Foresight foresight,
    PathReturns returns,
    Optional<LruCurve> curve,
    LeftOut leftOut) {
  private static final int REQUESTS_PER_SIGN = 1024;

  /// Reads a trace to its end.
  ///
  /// @param sign is run now and then, while it reads
  static Survey of(TraceReader reader, SimSpec spec, Runnable sign) throws IOException {
    var seen = new BitSet();
    var recorder = new FutureUses.Recorder();
    var returns = new PathReturns.Recorder();
    var stacks = spec.curve().stacks();
    var ids = new long[64];
    long requests = 0;
    long firstNs = -1;
    var timing = Timing.TOUCHES;
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      var request = next.get();
      int all = request.ids().length();
      int length = spec.admission().length(request);
      ids = ids.length < all ? new long[2 * all] : ids;
      request.ids().copyTo(ids);
      for (int i = 0; i < all; i++) {
        seen.set(Math.toIntExact(ids[i]));
      }
      if (spec.needsForesight()) {
        recorder.add(ids, length);
      }
      if (spec.hints().source().knowsFuture()) {
        returns.add(request.timeNs(), ids, length);
      }
      for (var stack : stacks) {
        stack.add(ids, length, all);
      }
      firstNs = firstNs < 0 ? request.timeNs() : firstNs;
      timing = request.timeNs() == firstNs ? timing : Timing.CLOCK;
      requests++;
      if (requests % REQUESTS_PER_SIGN == 0) {
        sign.run();
      }
    }
    return new Survey(
        reader.blockTokens(),
        seen.cardinality(),
        timing,
        spec.needsForesight() ? recorder.finish() : Foresight.NONE,
        returns.finish(),
        LruCurve.of(stacks),
        LeftOut.of(reader));
  }
}
