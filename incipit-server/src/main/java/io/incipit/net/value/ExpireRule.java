// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.redis.RedisErrors;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.Optional;

/// When an expiry may take the place of another.
///
/// @param absent only where there is none
/// @param present only where there is one
/// @param later only if it is later; never is later than all
/// @param earlier only if it is earlier
record ExpireRule(boolean absent, boolean present, boolean later, boolean earlier) {
  /// Reads the words from the fourth on; if they make no sense, says so as Redis does.
  static Optional<ExpireRule> parse(Request request, RespBuffer out) {
    boolean absent = false;
    boolean present = false;
    boolean later = false;
    boolean earlier = false;
    for (int i = 3; i < request.count(); i++) {
      absent |= request.is(i, "NX");
      present |= request.is(i, "XX");
      later |= request.is(i, "GT");
      earlier |= request.is(i, "LT");
      if (!request.is(i, "NX")
          && !request.is(i, "XX")
          && !request.is(i, "GT")
          && !request.is(i, "LT")) {
        out.error("ERR Unsupported option " + RedisErrors.shown(request, i, 64));
        return Optional.empty();
      }
    }
    if (absent && (present || later || earlier)) {
      out.error("ERR NX and XX, GT or LT options at the same time are not compatible");
      return Optional.empty();
    }
    if (later && earlier) {
      out.error("ERR GT and LT options at the same time are not compatible");
      return Optional.empty();
    }
    return Optional.of(new ExpireRule(absent, present, later, earlier));
  }

  /// Whether `at` may take the place of `now`.
  boolean admits(long now, long at) {
    boolean none = now == Store.NEVER;
    if ((absent && !none) || (present && none)) {
      return false;
    }
    if (later && (none || at - now <= 0)) {
      return false;
    }
    return !earlier || none || at - now < 0;
  }
}
