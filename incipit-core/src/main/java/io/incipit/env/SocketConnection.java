// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import javax.net.ssl.SSLException;

/// A connection over a socket, encrypted or not.
final class SocketConnection implements Connection {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final boolean local;
  private final boolean encrypted;

  /// Whether anything has come; written by whoever reads.
  private volatile boolean heard;

  /// @param socket that ends both streams when it is closed; under TLS the one below, since an
  ///     encrypted one would wait for whoever writes
  SocketConnection(Socket socket, InputStream in, OutputStream out, boolean encrypted) {
    this.socket = socket;
    this.in = in;
    this.out = out;
    this.encrypted = encrypted;
    this.local = SystemNetwork.isOfThisMachine(socket.getInetAddress());
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      int count = in.read(target, offset, length);
      if (count > 0 && !heard) {
        heard = true;
      }
      return count;
    } catch (IOException failure) {
      throw spoken(failure);
    }
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    try {
      out.write(source, offset, length);
    } catch (IOException failure) {
      throw spoken(failure);
    }
  }

  /// A server of TLS 1.3 looks at a client's certificate when the client is done, and what it then
  /// says may be lost with the connection.
  private IOException spoken(IOException failure) {
    if (failure instanceof SSLException tls) {
      return TlsNetwork.spoken(tls);
    }
    return encrypted && !heard
        ? new IOException(
            "%s, right after TLS was agreed on: the server may require a client certificate that"
                    .formatted(failure.getMessage())
                + " it trusts",
            failure)
        : failure;
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
