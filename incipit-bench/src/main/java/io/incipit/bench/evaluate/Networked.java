// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.load.RespClient;
import io.incipit.bench.target.ServerProcess;
import io.incipit.env.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A server of its own process that is asked over one connection, and ends with it. Questions may
/// be sent before the answers of earlier ones were taken. For one thread.
abstract class Networked implements Subject {
  /// Bytes of a hash, as a key and in a chain.
  static final int HASH_BYTES = 16;

  private static final ByteArrayOutputStream NOTHING = new ByteArrayOutputStream(0);

  protected final Requests requests;
  protected final RespClient client;
  private final Steps steps;
  private final ServerProcess server;
  private final Clock clock = Clock.system();
  private ByteArrayOutputStream held = NOTHING;
  private long sent;

  /// Leading blocks that the answer taken last gave, and whether what it said of them was right.
  protected int blocks;

  protected boolean right;

  Networked(Requests requests, ServerProcess server, Steps steps) throws IOException {
    this.requests = requests;
    this.steps = steps;
    this.server = server;
    try {
      this.client = new RespClient(server.port());
    } catch (IOException failure) {
      server.close();
      throw failure;
    }
  }

  /// Whether questions may be sent before the answers of earlier ones are there.
  boolean pipelines() {
    return true;
  }

  /// Sends the question.
  abstract void ask(int request) throws IOException;

  /// Takes the answer of the question sent first of those whose answers were not taken.
  ///
  /// @param request that it was about
  abstract void take(int request) throws IOException;

  @Override
  public void lookup(int request) throws IOException {
    timed(
        Step.LOOKUP,
        () -> {
          ask(request);
          take(request);
        });
  }

  /// Something that is sent and answered.
  protected interface Exchange {
    void run() throws IOException;
  }

  /// Does something as an operation of its own.
  protected final void timed(Step kind, Exchange exchange) throws IOException {
    long sentBefore = sent;
    long movedBefore = client.movedBytes();
    long start = clock.nanoTime();
    exchange.run();
    double took = clock.nanoTime() - start;
    steps.add(kind, sent - sentBefore, 0, client.movedBytes() - movedBefore, took);
  }

  @Override
  public int wrong(int request, int known) {
    return right && blocks == known ? 0 : 1;
  }

  @Override
  public final long serverCpuNs() throws IOException {
    return server.compiledCpuNs();
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

  /// Keeps what is sent until [#flush].
  final void hold() {
    held = new ByteArrayOutputStream();
  }

  /// Sends what was kept, at once.
  final void flush() throws IOException {
    var bytes = held.toByteArray();
    held = NOTHING;
    client.send(bytes, bytes.length);
  }

  /// Sends a command.
  protected final void send(List<byte[]> words) throws IOException {
    var bytes = RespClient.encode(words.toArray(byte[][]::new));
    sent++;
    if (held == NOTHING) {
      client.send(bytes, bytes.length);
    } else {
      held.writeBytes(bytes);
    }
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
