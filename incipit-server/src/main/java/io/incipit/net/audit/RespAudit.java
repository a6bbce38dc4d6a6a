// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import io.incipit.block.ErrorCode;
import io.incipit.block.Reply;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Origin;
import io.incipit.net.audit.AuditEvent.Outcome;
import io.incipit.protocol.Command;
import io.incipit.protocol.Request;
import io.incipit.protocol.RespBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the audit log is told of one connection of RESP. For its event loop.
public final class RespAudit {
  private static final String LISTENER = "resp";
  private static final String NOAUTH = "NOAUTH";

  /// Bytes of the code that begins an error.
  private static final int CODE_MAX = 20;

  private final Audit audit;
  private final String address;
  private final Supplier<String> user;

  /// What an administrator asked for and was not answered yet.
  private @Nullable AuditEvent act;

  /// @param address of the client, with its port
  /// @param user who it is now, as the log shows him; may be empty
  public RespAudit(Audit audit, String address, Supplier<String> user) {
    this.audit = audit;
    this.address = address;
    this.user = user;
  }

  private AuditEvent event(Kind kind, Outcome outcome, String who, String action) {
    return AuditEvent.of(kind, outcome).from(Origin.of(LISTENER, who, address)).by(action);
  }

  /// A request was denied.
  ///
  /// @param namespace that it named; may be empty
  public void denied(Command command, Request request, String namespace, ErrorCode code) {
    if (audit.isOn()) {
      denied(command, request, namespace, code.name());
    }
  }

  private void denied(Command command, Request request, String namespace, String code) {
    var event = event(Kind.REQUEST, Outcome.DENIED, user.get(), Acts.shown(command, request));
    audit.note(event.about(namespace).since(code));
  }

  /// Somebody said who he is, and it was not so.
  ///
  /// @param name that he said; may be empty
  public void refused(Command command, String name) {
    if (audit.isOn()) {
      audit.note(event(Kind.LOGIN, Outcome.DENIED, name, command.wireName()).since("WRONGPASS"));
    }
  }

  /// A request that was let pass is to be answered now.
  public void begin(Command command, Request request) {
    act =
        audit.isOn() && Acts.isOne(command, request)
            ? event(Kind.ADMIN, Outcome.DONE, user.get(), Acts.shown(command, request))
                .about(Acts.namespace(command, request))
            : null;
  }

  /// The reply to a request about the connection or the server was written from `mark` on. It may
  /// be that its user has to say first who he is.
  public void end(Command command, Request request, RespBuffer out, int mark) {
    if (act == null && isError(out, mark) && audit.isOn() && code(out, mark).equals(NOAUTH)) {
      denied(command, request, "", NOAUTH);
    }
    end(out, mark);
  }

  /// The reply to a request was written from `mark` on.
  public void end(RespBuffer out, int mark) {
    if (act != null) {
      end(isError(out, mark) ? Optional.of(code(out, mark)) : Optional.empty());
    }
  }

  private static boolean isError(RespBuffer out, int mark) {
    return out.size() > mark && out.array()[mark] == '-';
  }

  /// A request was answered.
  public void end(Reply reply) {
    end(code(reply));
  }

  /// A request was refused, though its user may ask for it.
  public void end(ErrorCode code) {
    end(Optional.of(code.name()));
  }

  /// Who is to be told, by any thread, of the reply that comes later.
  public Consumer<Reply> later() {
    var waits = act;
    act = null;
    return reply -> note(waits, code(reply));
  }

  /// The connection ends. What is on its way is made all the same.
  public void close() {
    var waits = act;
    act = null;
    if (waits != null) {
      audit.note(waits.since("client-gone"));
    }
  }

  private void end(Optional<String> code) {
    var waits = act;
    act = null;
    note(waits, code);
  }

  private void note(@Nullable AuditEvent waits, Optional<String> code) {
    if (waits != null) {
      audit.note(code.map(waits::failed).orElse(waits));
    }
  }

  private static Optional<String> code(Reply reply) {
    return reply instanceof Reply.Refused(var code, _)
        ? Optional.of(code.name())
        : Optional.empty();
  }

  private static String code(RespBuffer out, int mark) {
    int end = mark + 1;
    while (end < out.size() && end - mark <= CODE_MAX && out.array()[end] > ' ') {
      end++;
    }
    return new String(out.array(), mark + 1, end - mark - 1, StandardCharsets.US_ASCII);
  }
}
