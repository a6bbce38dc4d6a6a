// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.Value;
import io.incipit.store.Blocks;
import io.incipit.store.salt.SaltRow;
import java.util.LinkedHashMap;
import java.util.Map;

/// What salts and namespaces have, as rows of a reply.
final class SaltRows {
  private SaltRows() {}

  static Map<String, Value> of(SaltRow salt) {
    var row = new LinkedHashMap<String, Value>();
    row.put("salt", Value.of(escaped(salt.salt())));
    row.put("keys", Value.of(salt.keys()));
    row.put("bytes", Value.of(salt.bytes()));
    row.put("exact", Value.of(salt.exact() ? 1 : 0));
    return row;
  }

  static Map<String, Value> of(Blocks.Held held) {
    var row = new LinkedHashMap<String, Value>();
    row.put("namespace", Value.of(held.namespace()));
    row.put("blocks", Value.of(held.blocks()));
    row.put("keys", Value.of(held.keys()));
    row.put("bytes", Value.of(held.bytes()));
    return row;
  }

  /// Bytes, each a character, as printable ASCII: any other, and the backslash, is `\xNN`.
  private static String escaped(String bytes) {
    var text = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char one = bytes.charAt(i);
      boolean plain = one >= ' ' && one < 127 && one != '\\';
      text.append(plain ? "" + one : "\\x%02x".formatted((int) one));
    }
    return text.toString();
  }
}
