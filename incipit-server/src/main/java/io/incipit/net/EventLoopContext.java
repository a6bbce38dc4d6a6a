// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.protocol.OpDecoder;
import io.incipit.protocol.RespBuffer;
import io.incipit.service.Service;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/// What the RESP connections of one event loop share: buffers that each uses during its turn, and
/// a tick that looks at their deadlines. For that loop's thread.
final class EventLoopContext {
  /// Bytes of one read: room for a chain of some 4,000 blocks, or for a value of 64 KiB with the
  /// words around it.
  static final int READ_BYTES = 65 << 10;

  private static final int OUTPUT_KEPT = 1 << 20;

  private final byte[] input = new byte[2 * READ_BYTES];
  private final RespBuffer output = new RespBuffer();
  private final OpDecoder decoder;
  private boolean hides;
  private final Set<RespHandler> connections = Collections.newSetFromMap(new IdentityHashMap<>());

  EventLoopContext(Service service) {
    this.decoder = new OpDecoder(name -> hides ? 0 : service.hashBytes(name));
  }

  /// Whether the request that is decoded next is about what its user may not know of: then no
  /// namespace exists for it.
  void hides(boolean hidden) {
    hides = hidden;
  }

  byte[] input() {
    return input;
  }

  RespBuffer output() {
    return output;
  }

  OpDecoder decoder() {
    return decoder;
  }

  /// Empties the output, and gives back what an unusually large reply has left.
  void clearOutput() {
    output.clear();
    output.shrink(OUTPUT_KEPT);
  }

  void add(RespHandler connection) {
    connections.add(connection);
  }

  void remove(RespHandler connection) {
    connections.remove(connection);
  }

  /// Lets every connection look at its deadlines.
  void tick(long nowNs) {
    for (var connection : new ArrayList<>(connections)) {
      connection.tick(nowNs);
    }
  }

  /// Lets every connection end when it has answered what it took.
  void drain() {
    for (var connection : new ArrayList<>(connections)) {
      connection.drain();
    }
  }
}
