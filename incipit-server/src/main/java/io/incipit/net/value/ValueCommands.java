// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.block.BlockIndex;
import io.incipit.net.block.BlockQuestions;
import io.incipit.net.redis.RedisErrors;
import io.incipit.net.task.Progress;
import io.incipit.net.task.Task;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import io.incipit.store.block.BlockKey;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The commands on values, for one connection. For its event loop.
public final class ValueCommands {
  private final Store store;
  private final Store.Visitor visitor;
  private final ValueOutput output;
  private final Runnable wake;
  private final Reads reads;
  private final KeyCommands keys;
  private final BlockCommands blocks;
  private final BlockQuestions questions;
  private final WatchedKeys watched;

  private boolean left;

  /// The request that is being answered.
  private @Nullable Task task;

  /// @param index what blocks are asked for beside the store
  /// @param wake called, by any thread, after [Progress#LATER] or when an upload is settled
  public ValueCommands(Store store, BlockIndex index, ValueOutput output, Runnable wake) {
    this.store = store;
    this.visitor = store.visitor();
    this.output = output;
    this.wake = wake;
    this.reads = new Reads(store, visitor, output, wake);
    this.blocks = new BlockCommands(store, index::namespace, reads, wake);
    this.questions = new BlockQuestions(store, index, visitor, wake);
    this.keys = new KeyCommands(store, visitor, wake);
    this.watched = new WatchedKeys(store);
  }

  /// Takes a large value of a request that is not complete.
  ///
  /// @param request with the words before it
  public Upload upload(Request request, int length) {
    if (request.is(0, Command.PUT.wireName())) {
      return blocks.upload(request, length);
    }
    var upload = new Upload(store, request.copy(1), length, wake);
    upload.begin();
    return upload;
  }

  /// Takes a large value of a request that is refused, to nowhere.
  ///
  /// @param refusal what the request is told if it is run all the same
  public Upload refused(int length, String refusal) {
    var upload = Upload.refused(store, length, refusal, wake);
    upload.begin();
    return upload;
  }

  /// Answers a request that its command [Command#accepts].
  ///
  /// @param upload the value that was taken apart from it, if one was; it is closed here
  public Progress run(Command command, Request request, @Nullable Upload upload, RespBuffer out) {
    var next =
        switch (command) {
          case GET, MGET, FETCH, STRLEN, GETRANGE, EXISTS, TOUCH, TYPE, TTL, PTTL ->
              reads.task(command, request, out);
          case SET -> set(request, upload, out);
          case SETNX -> setIfAbsent(request, upload, out);
          case SETEX -> setFor(request, upload, Expiries.Form.SECONDS, out);
          case PSETEX -> setFor(request, upload, Expiries.Form.MILLIS, out);
          case ATTACH, PUT, COMMIT, ABORT, READ, WHERE ->
              blocks.task(command, request, upload, out);
          case EXPLAIN, HOT, TOUCH_BLOCKS, PIN, UNPIN, SALTS, HINTS ->
              questions.task(command, request, out);
          case MSET -> multiSet(request, out);
          default -> keys.task(command, request, out);
        };
    task = next.orElse(null);
    var outcome = task == null ? Progress.DONE : step(out);
    if (upload != null && outcome != Progress.LATER) {
      upload.close();
    }
    return outcome;
  }

  /// Watches the keys of a request.
  public void watch(Request request) {
    watched.add(Keys.of(request, 1, 1));
  }

  /// Watches no key any more.
  ///
  /// @return whether one of those that were watched has changed
  public boolean endWatch() {
    return watched.end();
  }

  /// Whether a request is being answered.
  public boolean isBusy() {
    return task != null;
  }

  /// Whether [#resume] can go on.
  public boolean isReady() {
    return task != null && task.isReady();
  }

  /// Goes on with the request that [#isReady].
  public Progress resume(RespBuffer out) {
    return step(out);
  }

  private Progress step(RespBuffer out) {
    var now = Objects.requireNonNull(task);
    var outcome = now.step(out);
    if (outcome == Progress.DONE) {
      now.close();
      task = null;
    }
    return outcome;
  }

  /// Lets go of everything.
  public void close() {
    if (!left) {
      left = true;
      questions.close();
      visitor.leave();
    }
    if (task != null) {
      task.close();
      task = null;
    }
  }

  private Optional<Task> set(Request request, @Nullable Upload upload, RespBuffer out) {
    var options = SetOptions.parse(request, store.clock(), out);
    return options.flatMap(rule -> set(request, 2, upload, rule, out));
  }

  private Optional<Task> setIfAbsent(Request request, @Nullable Upload upload, RespBuffer out) {
    var rule = new SetTask.Rule(SetTask.Condition.ABSENT, Store.NEVER, false, true);
    return set(request, 2, upload, rule, out);
  }

  private Optional<Task> setFor(
      Request request, @Nullable Upload upload, Expiries.Form form, RespBuffer out) {
    var name = form == Expiries.Form.SECONDS ? "setex" : "psetex";
    var millis = Expiries.millis(request, 2, form, store.clock());
    if (millis.isEmpty()) {
      out.error(RedisErrors.NOT_A_NUMBER);
      return Optional.empty();
    }
    if (millis.getAsLong() <= 0) {
      Expiries.invalid(name, out);
      return Optional.empty();
    }
    long expiry = Expiries.at(millis.getAsLong(), store.clock());
    var rule = new SetTask.Rule(SetTask.Condition.NONE, expiry, false, false);
    return set(request, 3, upload, rule, out);
  }

  private Optional<Task> set(
      Request request, int word, @Nullable Upload upload, SetTask.Rule rule, RespBuffer out) {
    if (isBad(request, 1, out)) {
      return Optional.empty();
    }
    var value = ByteBuffer.wrap(request.bytes(), request.offset(word), request.length(word));
    return Optional.of(
        new SetTask(store, visitor, output, wake, request.copy(1), value, upload, rule));
  }

  private Optional<Task> multiSet(Request request, RespBuffer out) {
    if (request.count() % 2 == 0) {
      out.error("ERR " + RedisErrors.wrongArity("mset"));
      return Optional.empty();
    }
    for (int i = 1; i < request.count(); i += 2) {
      if (isBad(request, i, out)) {
        return Optional.empty();
      }
    }
    return Optional.of(new MultiSetTask(store, visitor, wake, request));
  }

  /// Whether nobody may write a key; if so, says why.
  private static boolean isBad(Request request, int i, RespBuffer out) {
    if (request.length(i) > Limits.KEY_BYTES_MAX) {
      out.error(Keys.tooLong(request.length(i)));
      return true;
    }
    boolean reserved = BlockKey.isReserved(request.bytes(), request.offset(i), request.length(i));
    if (reserved) {
      out.error(Keys.RESERVED);
    }
    return reserved;
  }
}
