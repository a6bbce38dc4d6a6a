// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A port before another: the first connection gets no word, the others are passed on.
final class MuteDoor implements AutoCloseable {
  private final ServerSocket door;
  private final int behind;
  private final List<Socket> sockets = new ArrayList<>();

  MuteDoor(String endpoint) throws IOException {
    this.door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    this.behind = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    Thread.ofVirtual().start(this::open);
  }

  String endpoint() {
    return "tcp://127.0.0.1:" + door.getLocalPort();
  }

  private void open() {
    try {
      keep(door.accept());
      while (true) {
        var outside = keep(door.accept());
        var inside = keep(new Socket(InetAddress.getLoopbackAddress(), behind));
        Thread.ofVirtual().start(() -> pass(outside, inside));
        Thread.ofVirtual().start(() -> pass(inside, outside));
      }
    } catch (IOException _) {
      // It is closed.
    }
  }

  private synchronized Socket keep(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // One of them is closed.
    }
  }

  @Override
  public synchronized void close() throws IOException {
    door.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
