// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.protocol.Command;
import io.incipit.protocol.OpDecoder;
import io.incipit.protocol.RefusedException;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import org.jspecify.annotations.Nullable;

/// Runs the requests of one connection: finds the command, checks how many words it has, and asks
/// whoever answers it. For the connection's event loop.
final class RequestRunner {
  private final Peers peers;
  private final OpDecoder decoder;
  private final PendingReplies replies;
  private final ConnectionCommands commands;

  /// The command of the request before.
  private Command last = Command.PING;

  RequestRunner(Peers peers, Client client, OpDecoder decoder, PendingReplies replies) {
    this.peers = peers;
    this.decoder = decoder;
    this.replies = replies;
    this.commands = new ConnectionCommands(peers, client);
  }

  /// Runs a request. Its reply is in `out`, or on the way, or there is none: that of an empty line.
  ///
  /// @return whether the connection goes on
  boolean run(Request request, RespBuffer out) {
    if (request.count() == 0) {
      return true;
    }
    var command = command(request);
    if (command == null) {
      peers.metrics().misunderstood("command");
      out.error("ERR " + Texts.unknownCommand(request));
    } else if (!command.accepts(request.count())) {
      peers.metrics().misunderstood("arity");
      out.error("ERR " + Texts.wrongArity(command.wireName()));
    } else {
      return run(command, request, out);
    }
    return true;
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

  private boolean run(Command command, Request request, RespBuffer out) {
    long startedNs = peers.clock().nanoTime();
    boolean goesOn = true;
    switch (command.kind()) {
      case CONNECTION, SERVER -> goesOn = commands.run(command, request, out);
      case QUESTION, ADMIN, CHANGE -> {
        if (execute(command, request, startedNs, out)) {
          return true;
        }
      }
    }
    peers.metrics().answered(command, peers.clock().nanoTime() - startedNs);
    return goesOn;
  }

  /// Runs an operation of the index.
  ///
  /// @return whether its reply comes later
  private boolean execute(Command command, Request request, long startedNs, RespBuffer out) {
    try {
      if (command == Command.PUBLISH) {
        request.detach();
      }
      var op = decoder.decode(command, request);
      if (op instanceof Op.Publish publish) {
        peers.service().execute(publish, replies.add(command, startedNs));
        return true;
      }
      ReplyEncoder.encode(peers.service().answer(op), decoder.hex(), out);
    } catch (RefusedException refused) {
      peers.service().refused(refused.code());
      var reply = new Reply.Refused(refused.code(), refused.detail());
      if (!replies.isEmpty()) {
        replies.add(command, startedNs, reply);
        return true;
      }
      ReplyEncoder.encode(reply, false, out);
    }
    return false;
  }
}
