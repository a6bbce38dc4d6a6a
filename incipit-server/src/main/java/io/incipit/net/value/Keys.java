// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import java.util.ArrayList;
import java.util.List;

/// What the commands on values share: keys out of requests, and how they are refused.
final class Keys {
  /// What to say of a key that is written or expires, and is a block's.
  static final String RESERVED =
      "ERR keys that begin with kvc: are parts of blocks (expected: KVC.PUT, and no expiry)";

  private Keys() {}

  /// What to say of a key that is too long.
  static String tooLong(int length) {
    return "LIMIT key: %d bytes (expected: at most %d)".formatted(length, Limits.KEY_BYTES_MAX);
  }

  /// Words `from`, `from + step`, ... of a request.
  static List<byte[]> of(Request request, int from, int step) {
    var keys = new ArrayList<byte[]>();
    for (int i = from; i < request.count(); i += step) {
      keys.add(request.copy(i));
    }
    return keys;
  }
}
