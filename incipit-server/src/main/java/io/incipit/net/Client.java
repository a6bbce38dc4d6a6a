// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

/// What the server knows of one RESP connection, and tells by `CLIENT`. Written by the connection's
/// event loop, read by any.
final class Client {
  private final long id;
  private final String address;
  private final String localAddress;
  private final long connectedNs;
  private volatile String name = "";
  private volatile String libraryName = "";
  private volatile String libraryVersion = "";
  private volatile boolean resp3;

  Client(long id, String address, String localAddress, long connectedNs) {
    this.id = id;
    this.address = address;
    this.localAddress = localAddress;
    this.connectedNs = connectedNs;
  }

  long id() {
    return id;
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

  boolean resp3() {
    return resp3;
  }

  void resp3(boolean resp3) {
    this.resp3 = resp3;
  }

  /// Forgets what the client said of itself but its library, as Redis does.
  void reset() {
    name = "";
    resp3 = false;
  }

  /// One line, in the form of Redis' `CLIENT LIST`.
  String line(long nowNs) {
    return "id=%d addr=%s laddr=%s name=%s age=%d db=0 resp=%d lib-name=%s lib-ver=%s user=default"
        .formatted(
            id,
            address,
            localAddress,
            name,
            (nowNs - connectedNs) / 1_000_000_000L,
            resp3 ? 3 : 2,
            libraryName,
            libraryVersion);
  }
}
