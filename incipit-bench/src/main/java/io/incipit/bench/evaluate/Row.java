// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.CostModel;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What one system did in one phase.
///
/// @param system its name
/// @param published whether it answers as its authors' programs do, wrongly where those do
/// @param phase in which
/// @param requests looked up
/// @param wrongAnswers operations that were answered wrongly
/// @param lookups what look-ups took
/// @param puts what puts took; empty if all was there before
/// @param bytesPerBlock memory of the system for each block, at the end
/// @param clientBytes what a client keeps on its side, at the end
/// @param serverCpuUs CPU time of its server a request; 0 where it has none
/// @param putCpuUs the same for the puts of a prompt; 0 where they were not made alone
/// @param inFlight with [#IN_FLIGHT] requests at a time; all 0 where that was not asked
record Row(
    String system,
    boolean published,
    Phase phase,
    int requests,
    long wrongAnswers,
    Meter lookups,
    Meter puts,
    double bytesPerBlock,
    long clientBytes,
    double serverCpuUs,
    double putCpuUs,
    InFlight inFlight) {
  /// Requests under way, where several are.
  static final int IN_FLIGHT = 16;

  /// What the replay finds.
  enum Phase {
    /// Nothing at first; what is missing is put after each look-up.
    COLD,
    /// All blocks of the trace.
    PRELOADED
  }

  /// Requests with several under way.
  ///
  /// @param perSecond requests
  /// @param serverCpuUs of each
  record InFlight(double perSecond, double serverCpuUs) {
    static final InFlight NONE = new InFlight(0, 0);
  }

  /// Look-ups a second that the adapter of one memory node serves, whatever number of clients; 0
  /// where they were not counted.
  double nodeBoundPerSecond(CostModel model) {
    double asked = lookups.nicRequests().mean();
    if (!lookups.counted() || asked == 0) {
      return 0;
    }
    return model.requestsPerSecond(lookups.bytes().mean() / asked) / asked;
  }

  /// For machines.
  Map<String, Object> fields(CostModel model) {
    var all = new LinkedHashMap<String, Object>();
    all.put("system", system);
    all.put("phase", phase.name().toLowerCase(Locale.ROOT));
    all.put("requests", requests);
    all.put("wrongAnswers", wrongAnswers);
    all.putAll(lookups.fields());
    all.put("bytesPerBlock", Distribution.rounded(bytesPerBlock));
    all.put("clientBytes", clientBytes);
    if (lookups.counted()) {
      all.put("nodeBoundLookupsPerSecond", Math.round(nodeBoundPerSecond(model)));
    }
    if (!lookups.kinds().isEmpty()) {
      all.put("operations", lookups.operations());
    }
    if (serverCpuUs > 0) {
      all.put("serverCpuMicrosPerRequest", Distribution.rounded(serverCpuUs));
    }
    if (putCpuUs > 0) {
      all.put("putServerCpuMicrosPerRequest", Distribution.rounded(putCpuUs));
    }
    if (inFlight.perSecond() > 0) {
      all.put("inFlight16RequestsPerSecond", Distribution.rounded(inFlight.perSecond()));
      all.put("inFlight16ServerCpuMicrosPerRequest", Distribution.rounded(inFlight.serverCpuUs()));
    }
    all.put("windows", Meter.summaries(lookups.windows()));
    if (puts.measuredUs().count() > 0) {
      all.put("puts", puts.fields());
      all.put("putOperations", puts.operations());
    }
    return all;
  }
}
