// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.load;

import java.io.Closeable;
import java.nio.ByteBuffer;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// Engines' publishers, each on a free port of the loopback interface; what is not taken yet waits
/// here. For one thread.
final class Publisher implements Closeable {
  private static final byte[] TOPIC = new byte[0];

  private final ZContext context = new ZContext();
  private final ZMQ.Socket[] sockets;
  private final long[] seqs;

  Publisher(int engines) {
    sockets = new ZMQ.Socket[engines];
    seqs = new long[engines];
    for (int i = 0; i < engines; i++) {
      sockets[i] = context.createSocket(SocketType.PUB);
      sockets[i].setSndHWM(0);
      sockets[i].setLinger(0);
      sockets[i].bind("tcp://127.0.0.1:*");
    }
  }

  String endpoint(int engine) {
    return sockets[engine].getLastEndpoint();
  }

  void send(int engine, byte[] payload) {
    var socket = sockets[engine];
    socket.send(TOPIC, ZMQ.SNDMORE);
    socket.send(ByteBuffer.allocate(Long.BYTES).putLong(seqs[engine]).array(), ZMQ.SNDMORE);
    socket.send(payload, 0);
    seqs[engine]++;
  }

  /// Number of the message that an engine sends next.
  long next(int engine) {
    return seqs[engine];
  }

  @Override
  public void close() {
    context.close();
  }
}
