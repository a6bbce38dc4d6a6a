// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import io.incipit.trace.replay.BlockTraffic;
import io.incipit.trace.replay.ReplayReport;
import java.util.LinkedHashMap;
import java.util.Map;

/// The fields of a replay report, for machines.
public final class ReplayFields {
  private ReplayFields() {}

  /// The fields of one JSON object; rates are in `[0, 1]`.
  ///
  /// @param facts what was asked for
  public static Map<String, Object> of(ReplayReport report, Map<String, Object> facts) {
    var fields = new LinkedHashMap<>(facts);
    fields.put("requests", report.requests());
    fields.put("skippedLines", report.leftOut().lines());
    fields.put("repeatedSessions", report.leftOut().sessions());
    fields.put("notes", report.leftOut().notes());
    fields.put("blocks", report.blocks());
    fields.put("blockHits", report.blockHits());
    fields.put("blockHitRate", report.blockHitRate());
    fields.put("tokens", report.tokens());
    fields.put("tokenHits", report.tokenHits());
    fields.put("tokenHitRate", report.tokenHitRate());
    fields.put("distinctBlocks", report.distinctBlocks());
    fields.put("hitRatePerRequest", report.hitRates());
    fields.put("elapsedSeconds", report.elapsedSeconds());
    fields.put("lookupsPerSecond", report.lookupsPerSecond());
    fields.put("latencyMicros", report.latencyMicros());
    fields.put("heldBlocks", report.footprint().blocks());
    fields.put("bytesPerBlock", report.footprint().bytesPerBlock());
    fields.put("treeBytesPerBlock", report.footprint().treeBytesPerBlock());
    fields.put("byHashBytesPerBlock", report.footprint().byHashBytesPerBlock());
    report.traffic().ifPresent(traffic -> put(fields, traffic));
    return fields;
  }

  private static void put(Map<String, Object> fields, BlockTraffic traffic) {
    fields.put("blockBytes", traffic.blockBytes());
    fields.put("storedBlocks", traffic.asked());
    fields.put("readBlocks", traffic.read());
    fields.put("readBytes", traffic.readBytes());
    fields.put("wrongBlocks", traffic.wrong());
    fields.put("madeBlocks", traffic.made());
    fields.put("putBytes", traffic.putBytes());
    fields.put("hadBlocks", traffic.had());
    fields.put("declinedBlocks", traffic.declined());
    fields.put("moves", traffic.moves());
  }
}
