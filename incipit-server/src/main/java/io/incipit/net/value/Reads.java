// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.redis.RedisErrors;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.Optional;

/// The commands that only read. For one connection's event loop.
final class Reads {
  private static final long MILLIS_PER_SECOND = 1_000;
  private static final int ABSENT = -2;

  private final Store store;
  private final Store.Visitor visitor;
  private final MeasuredOutput output;
  private final Runnable wake;

  /// @param wake called, by any thread, when a value that was waited for is there
  Reads(Store store, Store.Visitor visitor, ValueOutput output, Runnable wake) {
    this.wake = wake;
    this.store = store;
    this.visitor = visitor;
    this.output = new MeasuredOutput(output, store.clock());
  }

  /// Answers a request, or says who does.
  Optional<Task> task(Command command, Request request, RespBuffer out) {
    switch (command) {
      case GET -> {
        var download = download();
        download.read(request.copy(1));
        return Optional.of(download);
      }
      case MGET -> {
        return Optional.of(many(request, out));
      }
      case FETCH -> {
        return fetch(request, out);
      }
      case GETRANGE -> {
        return range(request, out);
      }
      case STRLEN -> out.integer(store.find(request.copy(1)).map(Store.Found::length).orElse(0));
      case EXISTS, TOUCH -> out.integer(count(request));
      case TYPE -> out.simple(store.find(request.copy(1)).isPresent() ? "string" : "none");
      case TTL -> out.integer(left(request, MILLIS_PER_SECOND));
      case PTTL -> out.integer(left(request, 1));
      default ->
          throw new IllegalArgumentException(
              "command: %s (expected: one that reads)".formatted(command.wireName()));
    }
    return Optional.empty();
  }

  private Download download() {
    return new Download(store, visitor, output, wake, Series.PLAIN);
  }

  private Optional<Task> fetch(Request request, RespBuffer out) {
    var millis = Expiries.number(request, 1);
    long most = Limits.FETCH_DEADLINE_MS_MAX;
    if (millis.isEmpty() || millis.getAsLong() < 0 || millis.getAsLong() > most) {
      out.error(
          "SYNTAX deadline-ms: %s (expected: milliseconds, 1 to %d, or 0 for none)"
              .formatted(RedisErrors.shown(request, 1, 64), most));
      return Optional.empty();
    }
    var fetch = new Fetch(store, visitor, output, millis.getAsLong());
    var download = new Download(store, visitor, output, wake, fetch);
    out.array(1 + fetch.choose(Keys.of(request, 2, 1), download));
    return Optional.of(download);
  }

  private Download many(Request request, RespBuffer out) {
    var download = download();
    out.array(request.count() - 1);
    for (int i = 1; i < request.count(); i++) {
      download.read(request.copy(i));
    }
    return download;
  }

  private Optional<Task> range(Request request, RespBuffer out) {
    var start = Expiries.number(request, 2);
    var end = Expiries.number(request, 3);
    if (start.isEmpty() || end.isEmpty()) {
      out.error(RedisErrors.NOT_A_NUMBER);
      return Optional.empty();
    }
    var key = request.copy(1);
    int length = store.find(key).map(Store.Found::length).orElse(0);
    long from = position(start.getAsLong(), length);
    long to = Math.min(length, position(end.getAsLong(), length) + 1);
    if (from >= to
        || (start.getAsLong() < 0 && end.getAsLong() < 0 && start.getAsLong() > end.getAsLong())) {
      try (var _ = visitor.read(key).orElse(null)) {
        out.bulk(new byte[0]);
        return Optional.empty();
      }
    }
    var download = download();
    download.read(key, (int) from, (int) to);
    return Optional.of(download);
  }

  /// A position that may count from the end, as one from the start.
  private static long position(long given, int length) {
    return given < 0 ? Math.max(0, length + given) : Math.min(given, length);
  }

  private int count(Request request) {
    int found = 0;
    for (int i = 1; i < request.count(); i++) {
      found += visitor.exists(request.copy(i)) ? 1 : 0;
    }
    return found;
  }

  /// How long a value has, rounded up as Redis does.
  private long left(Request request, long unitMillis) {
    var found = store.find(request.copy(1));
    if (found.isEmpty()) {
      return ABSENT;
    }
    long millis = Expiries.millisLeft(found.get().expiryNs(), store.clock());
    return millis < 0 ? millis : (millis + unitMillis / 2) / unitMillis;
  }
}
