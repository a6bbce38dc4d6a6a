// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.analyze.TraceStats;
import java.util.LinkedHashMap;
import java.util.Map;

/// The statistics of a trace, for machines.
public final class StatsFields {
  private StatsFields() {}

  /// All of them; where nothing follows about reuse, the same fields but for what would.
  public static Object of(TraceStats stats) {
    if (stats.tellsSharing()) {
      return stats;
    }
    var fields = new LinkedHashMap<String, Object>();
    fields.put("size", size(stats));
    fields.put("rates", stats.rates());
    return fields;
  }

  private static Map<String, Object> size(TraceStats stats) {
    var size = stats.size();
    var fields = new LinkedHashMap<String, Object>();
    fields.put("requests", size.requests());
    fields.put("spanSeconds", size.spanSeconds());
    fields.put("arrivals", size.arrivals());
    fields.put("blockTokens", size.blockTokens());
    fields.put("blocks", size.blocks());
    fields.put("inputTokens", size.inputTokens());
    fields.put("outputTokens", size.outputTokens());
    fields.put("skippedLines", size.skippedLines());
    fields.put("repeatedSessions", size.repeatedSessions());
    fields.put("notes", size.notes());
    return fields;
  }
}
