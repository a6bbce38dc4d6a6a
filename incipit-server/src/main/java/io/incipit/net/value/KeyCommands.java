// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.redis.RedisErrors;
import io.incipit.net.task.ChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.net.task.Task;
import io.incipit.protocol.Command;
import io.incipit.protocol.Glob;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.block.BlockKey;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;

/// The commands on keys: removing, expiring, listing. For one connection's event loop.
final class KeyCommands {
  private static final int KEYS_MAX = 10_000;
  private static final int COUNT_DEFAULT = 10;
  private static final int COUNT_MAX = 10_000;

  /// Keys up to which a change does not take long.
  private static final int FEW = 64;

  private final Store store;
  private final Store.Visitor visitor;
  private final Runnable wake;

  KeyCommands(Store store, Store.Visitor visitor, Runnable wake) {
    this.store = store;
    this.visitor = visitor;
    this.wake = wake;
  }

  /// Answers a request, or says who does.
  Optional<Task> task(Command command, Request request, RespBuffer out) {
    switch (command) {
      case DEL, UNLINK -> {
        var keys = Keys.of(request, 1, 1);
        return Optional.of(
            counting(keys.size(), () -> keys.stream().filter(store::remove).count()));
      }
      case EXPIRE -> {
        return expire(request, Expiries.Form.SECONDS, out);
      }
      case PEXPIRE -> {
        return expire(request, Expiries.Form.MILLIS, out);
      }
      case EXPIREAT -> {
        return expire(request, Expiries.Form.UNIX_SECONDS, out);
      }
      case PEXPIREAT -> {
        return expire(request, Expiries.Form.UNIX_MILLIS, out);
      }
      case PERSIST -> {
        var key = request.copy(1);
        return Optional.of(counting(1, () -> persist(key) ? 1 : 0));
      }
      case FLUSHDB, FLUSHALL -> {
        return flush(request, out);
      }
      case DBSIZE -> out.integer(store.keys());
      case SCAN -> {
        return scan(request, out);
      }
      case KEYS -> {
        return keys(request, out);
      }
      default ->
          throw new IllegalArgumentException(
              "command: %s (expected: one on keys)".formatted(command.wireName()));
    }
    return Optional.empty();
  }

  /// A change of so many keys whose reply is a number.
  private ChangeTask counting(long keys, LongSupplier change) {
    return changing(keys, change, RespBuffer::integer);
  }

  /// A change of so many keys.
  ///
  /// @param reply writes the reply, with what the change has said
  private ChangeTask changing(long keys, LongSupplier change, ObjLongConsumer<RespBuffer> reply) {
    return new ChangeTask(store, wake) {
      private long said;

      @Override
      protected boolean change(Patience patience) {
        if (patience == Patience.NONE && keys > FEW) {
          return false;
        }
        said = change.getAsLong();
        return true;
      }

      @Override
      protected Progress answer(RespBuffer out) {
        reply.accept(out, said);
        return Progress.DONE;
      }
    };
  }

  private boolean persist(byte[] key) {
    return store.find(key).filter(found -> found.expiryNs() != Store.NEVER).isPresent()
        && store.expire(key, Store.NEVER);
  }

  private Optional<Task> expire(Request request, Expiries.Form form, RespBuffer out) {
    var millis = Expiries.millis(request, 2, form, store.clock());
    if (millis.isEmpty()) {
      if (Expiries.number(request, 2).isEmpty()) {
        out.error(RedisErrors.NOT_A_NUMBER);
      } else {
        Expiries.invalid(request.text(0).toLowerCase(Locale.ROOT), out);
      }
      return Optional.empty();
    }
    var rule = ExpireRule.parse(request, out);
    if (rule.isEmpty()) {
      return Optional.empty();
    }
    var key = request.copy(1);
    if (BlockKey.isReserved(key)) {
      out.error(Keys.RESERVED);
      return Optional.empty();
    }
    long at = Expiries.at(millis.getAsLong(), store.clock());
    BooleanSupplier change =
        () -> {
          var now = store.find(key);
          if (now.isEmpty() || !rule.get().admits(now.get().expiryNs(), at)) {
            return false;
          }
          return millis.getAsLong() <= 0 ? store.remove(key) : store.expire(key, at);
        };
    var task = counting(1, () -> change.getAsBoolean() ? 1 : 0);
    task.bring(visitor, key);
    return Optional.of(task);
  }

  private Optional<Task> flush(Request request, RespBuffer out) {
    boolean plain = request.count() == 1;
    if (!plain && (request.count() > 2 || !(request.is(1, "ASYNC") || request.is(1, "SYNC")))) {
      out.error(RedisErrors.SYNTAX);
      return Optional.empty();
    }
    return Optional.of(changing(store.keys(), this::clear, (reply, _) -> reply.simple("OK")));
  }

  private long clear() {
    store.clear();
    return 0;
  }

  private Optional<Task> scan(Request request, RespBuffer out) {
    long cursor;
    try {
      cursor = Long.parseUnsignedLong(request.text(1));
    } catch (NumberFormatException notANumber) {
      out.error("ERR invalid cursor");
      return Optional.empty();
    }
    Predicate<byte[]> glob = _ -> true;
    long count = COUNT_DEFAULT;
    boolean strings = true;
    for (int i = 2; i < request.count(); i += 2) {
      boolean known = request.is(i, "MATCH") || request.is(i, "COUNT") || request.is(i, "TYPE");
      if (!known || i + 1 == request.count()) {
        out.error(RedisErrors.SYNTAX);
        return Optional.empty();
      }
      if (request.is(i, "MATCH")) {
        glob = new Glob(request.copy(i + 1))::matches;
      } else if (request.is(i, "TYPE")) {
        strings = request.is(i + 1, "STRING");
      } else {
        var number = Expiries.number(request, i + 1);
        if (number.isEmpty()) {
          out.error(RedisErrors.NOT_A_NUMBER);
          return Optional.empty();
        }
        count = number.getAsLong();
        if (count < 1) {
          out.error(RedisErrors.SYNTAX);
          return Optional.empty();
        }
      }
    }
    int most = (int) Math.min(count, COUNT_MAX);
    return Optional.of(ListTask.some(store, wake, strings ? glob : _ -> false, cursor, most));
  }

  private Optional<Task> keys(Request request, RespBuffer out) {
    if (store.keys() > KEYS_MAX) {
      out.error(
          "LIMIT KEYS: %d keys (expected: at most %d; SCAN has no limit)"
              .formatted(store.keys(), KEYS_MAX));
      return Optional.empty();
    }
    return Optional.of(ListTask.all(store, wake, new Glob(request.copy(1))::matches));
  }
}
