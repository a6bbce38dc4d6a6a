// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Replies that are arrays of rows, as they are in RESP2.
final class Rows {
  private Rows() {}

  /// The rows of a reply; the text of each is without line ends.
  static List<Map<String, String>> of(String reply) {
    var lines = reply.split("\r\n", -1);
    var rows = new ArrayList<Map<String, String>>();
    if (!reply.startsWith("*")) {
      throw new AssertionError(reply);
    }
    int at = 1;
    int count = Integer.parseInt(lines[0].substring(1));
    for (int i = 0; i < count; i++) {
      int texts = Integer.parseInt(lines[at++].substring(1));
      var row = new LinkedHashMap<String, String>();
      for (int k = 0; k < texts; k += 2) {
        row.put(lines[at + 1], lines[at + 3]);
        at += 4;
      }
      rows.add(row);
    }
    return rows;
  }
}
