// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.redis;

import io.incipit.net.access.Session;
import io.incipit.protocol.Command;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.function.Consumer;

/// What the server knows of one RESP connection, and tells by `CLIENT`. Written by the connection's
/// event loop, read by any.
public final class Client {
  private static final VarHandle ACTIVE_NS;
  private static final VarHandle COMMAND;

  static {
    try {
      var lookup = MethodHandles.lookup();
      ACTIVE_NS = lookup.findVarHandle(Client.class, "activeNs", long.class);
      COMMAND = lookup.findVarHandle(Client.class, "command", Command.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final long id;
  private final String address;
  private final String localAddress;
  private final long connectedNs;
  private final Session session;
  private final Consumer<String> closer;
  private volatile String name = "";
  private volatile String libraryName = "";
  private volatile String libraryVersion = "";
  private volatile String subcommand = "";
  private volatile boolean resp3;

  /// Requests kept since `MULTI`; -1 outside of it.
  private volatile int multi = -1;

  /// When the last request came, by the clock. Opaque: each request writes it.
  @SuppressWarnings("unused")
  private long activeNs;

  /// The command of the last request. Opaque: each request writes it.
  @SuppressWarnings("unused")
  private Command command = Command.PING;

  /// @param session who it is
  /// @param closer ends the connection for a reason; for any thread
  public Client(
      long id,
      String address,
      String localAddress,
      long connectedNs,
      Session session,
      Consumer<String> closer) {
    this.id = id;
    this.address = address;
    this.localAddress = localAddress;
    this.connectedNs = connectedNs;
    this.activeNs = connectedNs;
    this.session = session;
    this.closer = closer;
  }

  /// The address of this server that the client has dialled, without the port.
  String localHost() {
    int colon = localAddress.lastIndexOf(':');
    return colon < 0 ? localAddress : localAddress.substring(0, colon);
  }

  /// The address of the client, without the port.
  public String host() {
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  /// Who it is, and what he may do.
  public Session session() {
    return session;
  }

  public long id() {
    return id;
  }

  public String address() {
    return address;
  }

  String localAddress() {
    return localAddress;
  }

  String name() {
    return name;
  }

  void name(String name) {
    this.name = name;
  }

  void libraryName(String libraryName) {
    this.libraryName = libraryName;
  }

  void libraryVersion(String libraryVersion) {
    this.libraryVersion = libraryVersion;
  }

  public boolean resp3() {
    return resp3;
  }

  void resp3(boolean resp3) {
    this.resp3 = resp3;
  }

  /// Notes a request.
  public void runs(Command command, long nowNs) {
    ACTIVE_NS.setOpaque(this, nowNs);
    COMMAND.setOpaque(this, command);
  }

  void subcommand(String subcommand) {
    this.subcommand = subcommand;
  }

  /// Notes how many requests are kept since `MULTI`; -1 outside of it.
  public void multi(int requests) {
    multi = requests;
  }

  /// Ends the connection, since another asked for it.
  void close() {
    closer.accept("killed");
  }

  /// Ends the connection if its user is none any more.
  public void endIfRevoked() {
    if (session.isRevoked()) {
      closer.accept("revoked");
    }
  }

  /// Forgets who it is and what it said of itself but its library, as Redis does.
  void reset() {
    session.leave();
    name = "";
    resp3 = false;
  }

  /// One line, in the form of Redis' `CLIENT LIST`. What is not counted here is 0, or -1 for a
  /// number of a file.
  String line(long nowNs) {
    long idleNs = nowNs - (long) ACTIVE_NS.getOpaque(this);
    return ("id=%d addr=%s laddr=%s fd=-1 name=%s age=%d idle=%d flags=%s db=0 sub=0 psub=0 ssub=0"
            + " multi=%d watch=0 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0"
            + " oll=0 omem=0 tot-mem=0 events=r cmd=%s user=%s redir=-1 resp=%d lib-name=%s"
            + " lib-ver=%s")
        .formatted(
            id,
            address,
            localAddress,
            name,
            seconds(nowNs - connectedNs),
            seconds(idleNs),
            multi < 0 ? "N" : "x",
            multi,
            shownCommand(),
            session.name(),
            resp3 ? 3 : 2,
            libraryName,
            libraryVersion);
  }

  private static long seconds(long ns) {
    return Math.max(0, ns / 1_000_000_000L);
  }

  private String shownCommand() {
    var last = (Command) COMMAND.getOpaque(this);
    var shown = last.wireName().toLowerCase(Locale.ROOT);
    return last == Command.CLIENT && !subcommand.isEmpty() ? shown + "|" + subcommand : shown;
  }
}
