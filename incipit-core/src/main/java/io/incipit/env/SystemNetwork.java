// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;

/// The network of this machine.
enum SystemNetwork implements Network {
  INSTANCE;

  private static final long NANOS_PER_MILLI = 1_000_000;

  @Override
  public Connection connect(String host, int port, long timeoutNs) throws IOException {
    var socket = open(host, port, timeoutNs);
    return new SocketConnection(socket, socket.getInputStream(), socket.getOutputStream(), false);
  }

  /// A socket that is connected.
  static Socket open(String host, int port, long timeoutNs) throws IOException {
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException("unknown host: " + host);
    }
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(address, millis(timeoutNs));
      return socket;
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  /// A timeout as sockets take it: 0 ms would wait without end.
  static int millis(long timeoutNs) {
    return Math.clamp(timeoutNs / NANOS_PER_MILLI, 1, Integer.MAX_VALUE);
  }

  static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException _) {
      return false;
    }
  }
}
