// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
    var address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException("unknown host: " + host);
    }
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      // A timeout of 0 ms would wait without end.
      long millis = Math.clamp(timeoutNs / NANOS_PER_MILLI, 1, Integer.MAX_VALUE);
      socket.connect(address, (int) millis);
      return new SocketConnection(socket);
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException _) {
      return false;
    }
  }

  /// A connection over a socket.
  private static final class SocketConnection implements Connection {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final boolean local;

    SocketConnection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
      this.local = isOfThisMachine(socket.getInetAddress());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return in.read(target, offset, length);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
    }

    @Override
    public boolean isLocal() {
      return local;
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException _) {
        // There is nothing to lose any more.
      }
    }
  }
}
