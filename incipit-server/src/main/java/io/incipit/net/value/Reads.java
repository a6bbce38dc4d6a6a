// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.block.BlockChain;
import io.incipit.net.redis.RedisErrors;
import io.incipit.net.task.Task;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Blocks;
import io.incipit.store.Store;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalLong;

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
    var deadline = deadline(request, 1);
    if (deadline.isEmpty()) {
      out.error(badDeadline(request, 1));
      return Optional.empty();
    }
    var fetch = new Fetch(store, output, deadline.getAsLong(), Optional.empty());
    var download = new Download(store, visitor, output, wake, fetch);
    out.array(1 + fetch.choose(Keys.of(request, 2, 1), visitor::read, download));
    return Optional.of(download);
  }

  /// Word `i` as milliseconds for a fetch; empty if it is no such thing.
  static OptionalLong deadline(Request request, int i) {
    var millis = Expiries.number(request, i);
    boolean valid =
        millis.isPresent()
            && millis.getAsLong() >= 0
            && millis.getAsLong() <= Limits.FETCH_DEADLINE_MS_MAX;
    return valid ? millis : OptionalLong.empty();
  }

  /// What to say of a word that is no [#deadline].
  static String badDeadline(Request request, int i) {
    return "SYNTAX deadline-ms: %s (expected: milliseconds, 1 to %d, or 0 for none)"
        .formatted(RedisErrors.shown(request, i, 64), Limits.FETCH_DEADLINE_MS_MAX);
  }

  /// Which part of which blocks is asked for.
  ///
  /// @param deadlineMs 0 if there is none
  /// @param shared how the client reads the bytes itself, if it does
  record Asked(
      BlockCommands.Attachment where,
      int part,
      BlockChain chain,
      long deadlineMs,
      Optional<Store.Shared> shared) {}

  /// Sends a part of each of the leading blocks of a prompt, or where it is.
  Task blocks(Asked asked, RespBuffer out) {
    var chain = asked.chain();
    int part = asked.part();
    var space = asked.where().space();
    var keys = new ArrayList<byte[]>();
    for (int i = 0; i < chain.length(); i++) {
      var block = store.blocks().find(space, chain.high(i), chain.low(i));
      if (block.isEmpty() || block.get().parts() <= part) {
        break;
      }
      keys.add(block.get().key().bytes(part));
    }
    store.asked(Blocks.ids(space, chain), asked.where().namespace().blockTokens());
    var fetch = new Fetch(store, output, asked.deadlineMs(), asked.shared());
    var download = new Download(store, visitor, output, wake, fetch);
    int chosen = fetch.choose(keys, visitor::readPart, download);
    if (chosen == keys.size() && chosen < chain.length()) {
      fetch.endsMissing(chosen);
      visitor.missed();
    }
    space.read(chosen > 0);
    out.array((asked.shared().isPresent() ? 2 : 1) + chosen);
    asked.shared().ifPresent(how -> out.array(2).bulk(how.path()).integer(how.leaseMs()));
    return download;
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
