// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import io.incipit.policy.Foresight;
import io.incipit.policy.PoolConfig.Timing;
import io.incipit.trace.TraceReader;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/// What has to be known of a trace before caches can be simulated on it.
///
/// @param distinct different blocks, partial ones included
record Survey(long requests, long distinct, Timing timing, Foresight foresight) {
  /// Reads a trace to its end.
  ///
  /// @param foresight whether offline policies will ask
  static Survey of(TraceReader reader, Admission admission, boolean foresight) throws IOException {
    var seen = new BitSet();
    var future =
        foresight ? Optional.of(new FutureUses.Recorder()) : Optional.<FutureUses.Recorder>empty();
    var ids = new long[64];
    long requests = 0;
    long firstNs = 0;
    var timing = Timing.TOUCHES;
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      var request = next.get();
      int length = request.ids().length();
      ids = ids.length < length ? new long[2 * length] : ids;
      request.ids().copyTo(ids);
      for (int i = 0; i < length; i++) {
        seen.set(Math.toIntExact(ids[i]));
      }
      if (future.isPresent()) {
        future.get().add(ids, admission.length(request));
      }
      firstNs = requests == 0 ? request.timeNs() : firstNs;
      timing = request.timeNs() == firstNs ? timing : Timing.CLOCK;
      requests++;
    }
    Foresight known = future.isPresent() ? future.get().finish() : Foresight.NONE;
    return new Survey(requests, seen.cardinality(), timing, known);
  }
}
