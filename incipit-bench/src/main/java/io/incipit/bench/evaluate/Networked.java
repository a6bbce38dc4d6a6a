// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.load.RespClient;
import io.incipit.bench.target.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A server of its own process that is asked over one connection, and ends with it. Questions may
/// be sent before the answers of earlier ones were taken. For one thread.
abstract class Networked implements Subject {
  /// Bytes of a hash, as a key and in a chain.
  static final int HASH_BYTES = 16;

  protected final Requests requests;
  protected final RespClient client;
  private final ServerProcess server;

  /// Leading blocks that the answer taken last gave, and whether what it said of them was right.
  protected int blocks;

  protected boolean right;

  Networked(Requests requests, ServerProcess server) throws IOException {
    this.requests = requests;
    this.server = server;
    try {
      this.client = new RespClient(server.port());
    } catch (IOException failure) {
      server.close();
      throw failure;
    }
  }

  /// Sends the question.
  abstract void ask(int request) throws IOException;

  /// Takes the answer of the question sent first of those whose answers were not taken.
  ///
  /// @param request that it was about
  abstract void take(int request) throws IOException;

  @Override
  public void lookup(int request) throws IOException {
    ask(request);
    take(request);
  }

  @Override
  public int wrong(int request, int known) {
    return right && blocks == known ? 0 : 1;
  }

  @Override
  public final long serverCpuNs() throws IOException {
    return server.cpuNs();
  }

  protected final long residentBytes() {
    return server.residentKib() << 10;
  }

  @Override
  public long clientBytes() {
    return 0;
  }

  @Override
  public final void close() {
    client.close();
    server.close();
  }

  /// Sends a command.
  protected final void send(List<byte[]> words) throws IOException {
    var bytes = RespClient.encode(words.toArray(byte[][]::new));
    client.send(bytes, bytes.length);
  }

  /// A command's first words.
  protected static List<byte[]> command(String... words) {
    var all = new ArrayList<byte[]>();
    for (var word : words) {
      all.add(RespClient.word(word));
    }
    return all;
  }

  /// Hashes of blocks `[from, to)` of a request, one after the other.
  protected final byte[] hashes(int request, int from, int to) {
    var hashes = new byte[(to - from) * HASH_BYTES];
    for (int i = from; i < to; i++) {
      Keys.wide(requests.id(request, i), hashes, (i - from) * HASH_BYTES);
    }
    return hashes;
  }
}
