// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.report;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a report was made by, and when.
///
/// @param version of Incipit
/// @param date such as `2026-11-29`
/// @param command what was typed, without the folders of the machine
public record Origin(String version, String date, String command) {
  /// For the end of a page.
  String sentence() {
    return "Made %s by Incipit %s.".formatted(date, version);
  }

  /// For machines: a map that more can be put into.
  public Map<String, Object> fields() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("incipit", version);
    fields.put("date", date);
    return fields;
  }
}
