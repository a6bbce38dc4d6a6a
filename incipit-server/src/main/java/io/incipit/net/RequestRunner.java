// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.ErrorCode;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.net.access.Claim;
import io.incipit.net.access.Login;
import io.incipit.net.access.Session;
import io.incipit.net.audit.RespAudit;
import io.incipit.net.redis.Client;
import io.incipit.net.redis.ConnectionCommands;
import io.incipit.net.redis.RedisErrors;
import io.incipit.net.task.Progress;
import io.incipit.net.value.Upload;
import io.incipit.net.value.ValueCommands;
import io.incipit.protocol.Command;
import io.incipit.protocol.Limits;
import io.incipit.protocol.OpDecoder;
import io.incipit.protocol.RefusedException;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import io.incipit.service.Service;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs the requests of one connection: finds the command, checks how many words it has, and asks
/// whoever answers it. For the connection's event loop.
final class RequestRunner {
  /// What came of a request.
  enum Outcome {
    /// Its reply is written, or on the way.
    DONE,
    /// The same, and the connection ends.
    QUIT,
    /// It is a publish whose lane is full; whoever is to be told when there is room, will be.
    NO_ROOM,
    /// It needs more of this turn than is left, and goes on in the next.
    NO_UNITS,
    /// The store answers it later; whoever is to be told will be.
    LATER,
    /// Half a reply is sent, and the rest is not to be had.
    BROKEN
  }

  /// What is not kept between `MULTI` and `EXEC`, since it ends that, or the connection.
  private static final Set<Command> NOT_KEPT =
      EnumSet.of(
          Command.MULTI, Command.EXEC, Command.DISCARD, Command.WATCH, Command.RESET, Command.QUIT);

  /// Bytes of a name that the audit log may show.
  private static final int NAME_BYTES_MAX = 64;

  private final ServerContext context;
  private final EventLoopContext loop;
  private final OpDecoder decoder;
  private final Session session;
  private final PendingReplies replies;
  private final Client client;
  private final ConnectionCommands commands;
  private final Transaction transaction;
  private final Runnable room;
  private final ValueCommands values;
  private final RespAudit audit;
  private @Nullable Reply answered;
  private int units;

  /// The value that was taken apart from the next request.
  private Optional<Upload> upload = Optional.empty();

  /// What came of a user's words, as long as that must not be told.
  private @Nullable Login login;

  /// When the request that is being answered was taken.
  private long startedNs;

  /// Whether it waits for a quota to let it pass, and until when.
  private boolean paused;

  private long pausedUntilNs;

  /// Whether the request that is being answered counts for a quota already: it may be run again.
  private boolean counted;

  /// Where its reply begins, or the part of it that is written now.
  private int mark;

  /// The command of the request before.
  private Command last = Command.PING;

  /// @param room called, by any thread, when there may be room after [Outcome#NO_ROOM]
  RequestRunner(
      ServerContext context,
      Client client,
      EventLoopContext loop,
      PendingReplies replies,
      ValueCommands values,
      Runnable room) {
    this.context = context;
    this.loop = loop;
    this.decoder = loop.decoder();
    this.session = client.session();
    this.replies = replies;
    this.client = client;
    this.commands = new ConnectionCommands(context, client);
    this.transaction = new Transaction(context.budget());
    this.room = room;
    this.values = values;
    this.audit = context.audit(client);
  }

  /// Whether requests that `EXEC` runs are left. They come before what else has arrived.
  boolean isReplaying() {
    return transaction.isRunning();
  }

  /// Puts the next request that `EXEC` runs into `request`. Valid if [#isReplaying].
  void replay(Request request) {
    upload = transaction.next(request);
  }

  /// Takes a large value of a request that is not complete.
  Upload upload(Request request, int length) {
    var command = command(request);
    if (command == null) {
      return values.upload(request, length);
    }
    try {
      session.require(command, request);
      return values.upload(request, length);
    } catch (RefusedException refused) {
      // Said again when the request is complete.
      return values.refused(length, refused.code() + " " + refused.detail());
    }
  }

  /// The next request is that of which this was a part.
  void uploaded(Upload value) {
    upload = Optional.of(value);
  }

  /// Whether its client has to say who he is, and has not.
  boolean isUnknown() {
    return session.isUnknown();
  }

  /// Whether a request goes on that is answered later.
  boolean isReady() {
    if (paused) {
      return pausedUntilNs - context.clock().nanoTime() <= 0;
    }
    return login == null ? values.isReady() : login.isReady();
  }

  /// Forgets what the connection has kept. Idempotent.
  void close() {
    audit.close();
    transaction.discard();
    values.close();
    upload.ifPresent(Upload::close);
    upload = Optional.empty();
  }

  /// Runs a request.
  ///
  /// @param owned whether it owns its bytes
  /// @param unitsMax what is left of this turn, in [1, [Turn#UNITS]]
  Outcome run(Request request, boolean owned, int unitsMax, RespBuffer out) {
    units = 1;
    mark = out.size();
    if (login != null) {
      return enter(request, out);
    }
    if (values.isBusy()) {
      return outcome(values.resume(out), last, out);
    }
    if (request.count() == 0) {
      return Outcome.DONE;
    }
    paused = false;
    try {
      return runFresh(request, owned, unitsMax, out);
    } finally {
      if (!paused) {
        // If nobody took it there is nobody to whom it is of use.
        upload.ifPresent(Upload::close);
        upload = Optional.empty();
      }
    }
  }

  private Outcome runFresh(Request request, boolean owned, int unitsMax, RespBuffer out) {
    var command = command(request);
    if (command == null) {
      context.metrics().misunderstood("command");
      transaction.spoil();
      out.error("ERR " + RedisErrors.unknownCommand(request));
    } else if (!command.accepts(request.count())) {
      context.metrics().misunderstood("arity");
      transaction.spoil();
      out.error("ERR " + RedisErrors.wrongArity(command.wireName()));
    } else {
      return run(command, request, owned, unitsMax, out);
    }
    return Outcome.DONE;
  }

  /// Units of work that the last request took, at least 1.
  int units() {
    return units;
  }

  /// The command of a request. Most are the same as the one before, which costs a comparison.
  private @Nullable Command command(Request request) {
    if (!request.is(0, last.wireName())) {
      var found = Command.find(request.text(0)).orElse(null);
      if (found == null) {
        return null;
      }
      last = found;
    }
    return last;
  }

  private Outcome run(
      Command command, Request request, boolean owned, int unitsMax, RespBuffer out) {
    startedNs = context.clock().nanoTime();
    client.runs(command, startedNs);
    try {
      session.require(command, request);
      loop.hides(session.hides());
    } catch (RefusedException refused) {
      transaction.spoil();
      audit.denied(command, request, Session.about(command, request), refused.code());
      refuse(command, refused, startedNs, out);
      return Outcome.DONE;
    }
    var claim = session.isGuarded() ? Claim.of(command, request) : Optional.<Claim>empty();
    if (transaction.isOpen() && !NOT_KEPT.contains(command)) {
      if (claim.isPresent()) {
        // Nothing keeps a secret longer than it takes to look at it.
        transaction.spoil();
        out.error("ERR %s inside MULTI is not allowed".formatted(command.wireName()));
      } else {
        keep(request, out);
      }
      return Outcome.DONE;
    }
    try {
      if (!counted && pauses(command)) {
        return Outcome.LATER;
      }
    } catch (RefusedException refused) {
      refuse(command, refused, startedNs, out);
      return Outcome.DONE;
    }
    if (claim.isPresent()) {
      var attempt = claim.get().login(session.access(), client.host());
      login = attempt;
      if (attempt.user().isEmpty()) {
        audit.refused(command, claim.get().name(NAME_BYTES_MAX));
      }
      return enter(request, out);
    }
    return answer(command, request, owned, unitsMax, out);
  }

  /// Whether a request has to wait until its namespace may have one more; if not, it is counted.
  private boolean pauses(Command command) throws RefusedException {
    long waitNs = session.count(command);
    paused = waitNs > 0;
    pausedUntilNs = startedNs + waitNs;
    counted = !paused;
    return paused;
  }

  /// The request is answered, or given up: the next that is run is another.
  void ended() {
    counted = false;
  }

  /// Answers a request that was let pass.
  private Outcome answer(
      Command command, Request request, boolean owned, int unitsMax, RespBuffer out) {
    if (commands.helps(command, request, out)) {
      return Outcome.DONE;
    }
    if (session.hides()) {
      var namespace = Session.about(command, request);
      audit.denied(command, request, namespace, ErrorCode.NONAMESPACE);
    } else {
      audit.begin(command, request);
    }
    switch (command.kind()) {
      case CONNECTION, SERVER -> {
        boolean goesOn = runHere(command, request, out);
        audit.end(command, request, out, mark);
        context.metrics().answered(command, context.clock().nanoTime() - startedNs);
        return goesOn ? Outcome.DONE : Outcome.QUIT;
      }
      case VALUE -> {
        out.resp3(client.resp3());
        var value = upload.orElse(null);
        upload = Optional.empty();
        return outcome(values.run(command, request, value, out), command, out);
      }
      case QUESTION, ADMIN, CHANGE -> {
        try {
          return command == Command.PUBLISH
              ? publish(request, owned, startedNs)
              : ask(command, request, owned, unitsMax, out, startedNs);
        } catch (RefusedException refused) {
          audit.end(refused.code());
          refuse(command, refused, startedNs, out);
          return Outcome.DONE;
        }
      }
    }
    throw new IllegalStateException(command.wireName());
  }

  /// Tells what came of a user's words, if that may be told by now.
  private Outcome enter(Request request, RespBuffer out) {
    var attempt = Objects.requireNonNull(login);
    if (!attempt.isReady()) {
      return Outcome.LATER;
    }
    login = null;
    if (attempt.user().isPresent()) {
      session.enter(attempt.user().get());
      commands.run(last, request, out);
    } else {
      out.error(RedisErrors.WRONG_PASSWORD);
    }
    context.metrics().answered(last, context.clock().nanoTime() - startedNs);
    return Outcome.DONE;
  }

  private Outcome outcome(Progress outcome, Command command, RespBuffer out) {
    return switch (outcome) {
      case DONE -> {
        audit.end(out, mark);
        context.metrics().answered(command, context.clock().nanoTime() - startedNs);
        yield Outcome.DONE;
      }
      case LATER -> Outcome.LATER;
      case MORE -> Outcome.NO_UNITS;
      case BROKEN -> Outcome.BROKEN;
    };
  }

  private boolean runHere(Command command, Request request, RespBuffer out) {
    switch (command) {
      case MULTI, EXEC, DISCARD, WATCH, UNWATCH -> {
        transact(command, request, out);
        return true;
      }
      case RESET -> {
        transaction.discard();
        values.endWatch();
        client.multi(transaction.count());
      }
      default -> {
        // The others do not know of transactions.
      }
    }
    return commands.run(command, request, out);
  }

  private void keep(Request request, RespBuffer out) {
    var value = upload;
    upload = Optional.empty();
    if (transaction.keep(request, value)) {
      out.simple("QUEUED");
    } else {
      out.error(
          "ERR MULTI: more than %d requests or %d bytes, or no room (expected: EXEC before that)"
              .formatted(Limits.ARGUMENTS_MAX, Limits.FRAME_BYTES_MAX));
    }
    client.multi(transaction.count());
  }

  private void transact(Command command, Request request, RespBuffer out) {
    boolean open = transaction.isOpen();
    if (command == Command.MULTI && open) {
      out.error("ERR MULTI calls can not be nested");
    } else if (command == Command.WATCH && open) {
      out.error("ERR WATCH inside MULTI is not allowed");
    } else if ((command == Command.EXEC || command == Command.DISCARD) && !open) {
      out.error("ERR %s without MULTI".formatted(command.wireName()));
    } else if (command == Command.EXEC) {
      boolean changed = values.endWatch();
      int requests = transaction.execute();
      if (requests >= 0 && changed) {
        transaction.discard();
        out.nullArray();
      } else if (requests < 0) {
        out.error("EXECABORT Transaction discarded because of previous errors.");
      } else {
        out.array(requests);
      }
    } else {
      if (command == Command.MULTI) {
        transaction.open();
      } else if (command == Command.WATCH) {
        values.watch(request);
      } else {
        values.endWatch();
        if (command == Command.DISCARD) {
          transaction.discard();
        }
      }
      out.simple("OK");
    }
    client.multi(transaction.count());
  }

  private Outcome publish(Request request, boolean owned, long startedNs) throws RefusedException {
    if (!owned) {
      request.detach();
    }
    var publish = (Op.Publish) decoder.decode(Command.PUBLISH, request);
    hint(publish, Command.PUBLISH);
    if (context.store().blocks().tells(publish.namespace(), publish.owner())) {
      throw new RefusedException(
          ErrorCode.CONFLICT,
          publish.owner() + " (expected: another name than that of this server's store)");
    }
    var pending = replies.add(Command.PUBLISH, decoder.hex(), startedNs);
    if (context.service().offer(publish, pending)) {
      return Outcome.DONE;
    }
    replies.cancel();
    context.service().whenRoom(publish.namespace(), room);
    return Outcome.NO_ROOM;
  }

  private Outcome ask(
      Command command, Request request, boolean owned, int unitsMax, RespBuffer out, long startedNs)
      throws RefusedException {
    var question = session.seen(decoder.decode(command, request));
    if (session.hides()) {
      throw new RefusedException(
          ErrorCode.NONAMESPACE, request.text(2) + " (expected: one that exists)");
    }
    boolean hex = decoder.hex();
    hint(question, command);
    int used = context.service().answerNow(question, unitsMax, this::keep);
    if (used != Service.TOO_MUCH) {
      units = Math.max(1, used);
      var reply = Objects.requireNonNull(answered);
      audit.end(reply);
      ReplyEncoder.encode(reply, hex, out);
      answered = null;
      context.metrics().answered(command, context.clock().nanoTime() - startedNs);
      return Outcome.DONE;
    }
    units = unitsMax;
    if (unitsMax < Turn.UNITS) {
      return Outcome.NO_UNITS;
    }
    if (!owned) {
      request.detach();
      question = session.seen(decoder.decode(command, request));
    }
    replies.ask(command, hex, startedNs, question, request.frameBytes(), audit.later());
    return Outcome.DONE;
  }

  private void hint(Op op, Command command) {
    if (!decoder.hex() && HashText.looksForgotten(op)) {
      context.suspectText(command, client);
    }
  }

  private void keep(Reply reply) {
    answered = reply;
  }

  private void refuse(Command command, RefusedException refused, long startedNs, RespBuffer out) {
    context.service().refused(refused.code());
    var reply = new Reply.Refused(refused.code(), refused.detail());
    if (replies.isEmpty()) {
      ReplyEncoder.encode(reply, decoder.hex(), out);
      context.metrics().answered(command, context.clock().nanoTime() - startedNs);
    } else {
      replies.add(command, decoder.hex(), startedNs).accept(reply);
    }
  }
}
