// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.env.Clock;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Times out of requests, by the clock of the store: times of day are turned into durations from
/// now on when they come, so no later change of the day's clock moves them.
final class Expiries {
  private static final long NS_PER_MS = 1_000_000;

  /// A hundred years: beyond that a value is kept as long as the process lives in any case.
  private static final long MS_MAX = 3_155_760_000_000L;

  private Expiries() {}

  /// The unit and the origin of a time in a request.
  enum Form {
    SECONDS(1_000, false),
    MILLIS(1, false),
    UNIX_SECONDS(1_000, true),
    UNIX_MILLIS(1, true);

    private final long millis;
    private final boolean absolute;

    Form(long millis, boolean absolute) {
      this.millis = millis;
      this.absolute = absolute;
    }
  }

  /// Word `i` of a request as milliseconds from now on; may be in the past.
  static OptionalLong millis(Request request, int i, Form form, Clock clock) {
    var number = number(request, i);
    if (number.isEmpty() || Math.abs(number.getAsLong()) > Long.MAX_VALUE / 2 / form.millis) {
      return OptionalLong.empty();
    }
    long millis = number.getAsLong() * form.millis;
    return OptionalLong.of(form.absolute ? millis - clock.wallMillis() : millis);
  }

  /// A moment by the clock, so many milliseconds from now on.
  static long at(long millis, Clock clock) {
    long at = clock.nanoTime() + Math.clamp(millis, -1, MS_MAX) * NS_PER_MS;
    return at == Store.NEVER || at == Store.KEEP ? at - 2 : at;
  }

  /// Milliseconds until a moment, of which the last is not over; -1 if it is never.
  static long millisLeft(long atNs, Clock clock) {
    if (atNs == Store.NEVER) {
      return -1;
    }
    long left = atNs - clock.nanoTime();
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(left + NS_PER_MS - 1));
  }

  /// Word `i` of a request as a number; empty if it is none.
  static OptionalLong number(Request request, int i) {
    if (request.length(i) > 20) {
      return OptionalLong.empty();
    }
    var text = request.text(i);
    try {
      boolean plain = !text.startsWith("+") && (text.equals("0") || !text.matches("-?0.*"));
      return plain ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    } catch (NumberFormatException notANumber) {
      return OptionalLong.empty();
    }
  }

  /// Says that a time makes no sense for a command.
  static void invalid(String command, RespBuffer out) {
    out.error("ERR invalid expire time in '%s' command".formatted(command));
  }
}
