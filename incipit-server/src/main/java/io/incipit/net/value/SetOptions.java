// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.env.Clock;
import io.incipit.net.redis.RedisErrors;
import io.incipit.net.value.SetTask.Condition;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.Optional;

/// What may follow the value in `SET`.
final class SetOptions {
  private Condition condition = Condition.NONE;
  private boolean get;
  private boolean timed;
  private long expiryNs = Store.NEVER;

  private SetOptions() {}

  /// Reads the words from the fourth on; if they make no sense, says so as Redis does.
  static Optional<SetTask.Rule> parse(Request request, Clock clock, RespBuffer out) {
    var options = new SetOptions();
    for (int i = 3; i < request.count(); ) {
      int taken = options.take(request, i, clock, out);
      if (taken == 0) {
        return Optional.empty();
      }
      i += taken;
    }
    return Optional.of(new SetTask.Rule(options.condition, options.expiryNs, options.get, false));
  }

  /// Takes the option at word `i`.
  ///
  /// @return its words; 0 if it is refused, and an error is written
  private int take(Request request, int i, Clock clock, RespBuffer out) {
    if (request.is(i, "NX") && condition != Condition.PRESENT) {
      condition = Condition.ABSENT;
      return 1;
    }
    if (request.is(i, "XX") && condition != Condition.ABSENT) {
      condition = Condition.PRESENT;
      return 1;
    }
    if (request.is(i, "GET")) {
      get = true;
      return 1;
    }
    if (request.is(i, "KEEPTTL") && !timed) {
      timed = true;
      expiryNs = Store.KEEP;
      return 1;
    }
    var form =
        timed || i + 1 == request.count() ? Optional.<Expiries.Form>empty() : form(request, i);
    if (form.isEmpty()) {
      out.error(RedisErrors.SYNTAX);
      return 0;
    }
    timed = true;
    return expiry(request, i + 1, form.get(), clock, out) ? 2 : 0;
  }

  private static Optional<Expiries.Form> form(Request request, int i) {
    if (request.is(i, "EX")) {
      return Optional.of(Expiries.Form.SECONDS);
    }
    if (request.is(i, "PX")) {
      return Optional.of(Expiries.Form.MILLIS);
    }
    if (request.is(i, "EXAT")) {
      return Optional.of(Expiries.Form.UNIX_SECONDS);
    }
    return request.is(i, "PXAT") ? Optional.of(Expiries.Form.UNIX_MILLIS) : Optional.empty();
  }

  private boolean expiry(Request request, int i, Expiries.Form form, Clock clock, RespBuffer out) {
    var number = Expiries.number(request, i);
    var millis = Expiries.millis(request, i, form, clock);
    if (number.isEmpty()) {
      out.error(RedisErrors.NOT_A_NUMBER);
      return false;
    }
    if (number.getAsLong() <= 0 || millis.isEmpty()) {
      Expiries.invalid("set", out);
      return false;
    }
    expiryNs = Expiries.at(millis.getAsLong(), clock);
    return true;
  }
}
