// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.audit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Something that was done, denied, or failed. Texts that are not known are empty.
///
/// @param action the command, with its subcommand, or method and path; never a word that a client
///     chose
/// @param namespace that it is about, as the client said it, cut
/// @param reason why it was denied or failed: a code, or one line of text
public record AuditEvent(
    Kind kind, Outcome outcome, Origin origin, String action, String namespace, String reason) {
  private static final int TEXT_MAX = 64;
  private static final int REASON_MAX = 512;

  /// What kind of thing it is.
  public enum Kind {
    /// The server started.
    START,
    /// It stopped.
    STOP,
    /// Somebody said who he is.
    LOGIN,
    /// A request.
    REQUEST,
    /// A handshake of TLS.
    HANDSHAKE,
    /// A request of administrators that changes something.
    ADMIN,
    /// The users file was read again.
    USERS,
    /// The file of quotas was read again.
    QUOTAS,
    /// The files of TLS were.
    CERTIFICATE,
    /// Lines that were not written.
    LOST
  }

  /// What came of it.
  public enum Outcome {
    DONE,
    DENIED,
    FAILED
  }

  /// Where a request came from.
  ///
  /// @param listener `resp` or `http`
  /// @param user as he said it, or as the server knows him
  /// @param host his address
  /// @param port its port; 0 if it is not known
  public record Origin(String listener, String user, String host, int port) {
    /// The server itself.
    public static final Origin NONE = new Origin("", "", "", 0);

    public Origin {
      user = cut(user, TEXT_MAX);
    }

    /// Somebody at the other end of a socket.
    public static Origin of(String listener, String user, @Nullable SocketAddress address) {
      return address instanceof InetSocketAddress inet && inet.getAddress() != null
          ? new Origin(listener, user, inet.getAddress().getHostAddress(), inet.getPort())
          : new Origin(listener, user, String.valueOf(address), 0);
    }

    /// Somebody at an address.
    ///
    /// @param address host and port
    public static Origin of(String listener, String user, String address) {
      int colon = address.lastIndexOf(':');
      try {
        return new Origin(
            listener,
            user,
            address.substring(0, Math.max(0, colon)),
            Integer.parseInt(address, colon + 1, address.length(), 10));
      } catch (NumberFormatException noPort) {
        return new Origin(listener, user, address, 0);
      }
    }
  }

  public AuditEvent {
    namespace = cut(namespace, TEXT_MAX);
    reason = cut(reason, REASON_MAX);
  }

  /// An event of the server itself.
  public static AuditEvent of(Kind kind, Outcome outcome) {
    return new AuditEvent(kind, outcome, Origin.NONE, "", "", "");
  }

  /// The same, from somewhere.
  public AuditEvent from(Origin its) {
    return new AuditEvent(kind, outcome, its, action, namespace, reason);
  }

  /// The same, by a command, or by method and path.
  public AuditEvent by(String its) {
    return new AuditEvent(kind, outcome, origin, its, namespace, reason);
  }

  /// The same, about a namespace.
  public AuditEvent about(String its) {
    return new AuditEvent(kind, outcome, origin, action, its, reason);
  }

  /// The same, for a reason.
  public AuditEvent since(String its) {
    return new AuditEvent(kind, outcome, origin, action, namespace, its);
  }

  /// The same, failed.
  public AuditEvent failed(String why) {
    return new AuditEvent(kind, Outcome.FAILED, origin, action, namespace, why);
  }

  /// Characters of its texts.
  int characters() {
    return origin.user.length()
        + origin.host.length()
        + action.length()
        + namespace.length()
        + reason.length();
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
