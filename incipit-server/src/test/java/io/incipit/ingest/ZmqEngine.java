// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// Publishes what a [FakeEngine] says as engines do: PUB for events, ROUTER for what it repeats.
/// Guarded by itself.
final class ZmqEngine implements AutoCloseable {
  /// Before an address: to connect there, instead of listening.
  static final String CONNECT = "to ";

  private static final byte[] EMPTY = new byte[0];

  private final FakeEngine engine;
  private final boolean topicInReplay;
  private final ZContext context = new ZContext();
  private final ZMQ.Socket events;
  private final ZMQ.Socket repeats;
  private final String endpoint;
  private final String replay;
  private final Thread thread;
  private volatile boolean stopped;

  /// @param topicInReplay whether replies have a frame for the topic, as those of vLLM do
  /// @param replayQueue messages of a replay that wait at most; vLLM before 0.33 drops those beyond
  ///     a thousand
  ZmqEngine(
      FakeEngine engine, boolean topicInReplay, int replayQueue, String events, String repeats) {
    this.engine = engine;
    this.topicInReplay = topicInReplay;
    this.events = context.createSocket(SocketType.PUB);
    this.repeats = context.createSocket(SocketType.ROUTER);
    this.events.setLinger(0);
    this.repeats.setLinger(0);
    this.repeats.setSndHWM(replayQueue);
    if (events.startsWith(CONNECT)) {
      this.events.connect(events.substring(CONNECT.length()));
    } else {
      this.events.bind(events);
    }
    this.repeats.bind(repeats);
    this.endpoint = String.valueOf(this.events.getLastEndpoint());
    this.replay = String.valueOf(this.repeats.getLastEndpoint());
    this.thread = Thread.ofPlatform().name("zmq-engine").daemon().start(this::answer);
  }

  String endpoint() {
    return endpoint;
  }

  String replay() {
    return replay;
  }

  /// Does something and says so, unless it is to be lost.
  synchronized void step(boolean lost) {
    long seq = engine.step();
    if (!lost) {
      events.send("kv@pod@model", ZMQ.SNDMORE);
      events.send(ByteBuffer.allocate(8).putLong(seq).array(), ZMQ.SNDMORE);
      events.send(engine.message(seq), 0);
    }
  }

  private void answer() {
    try (var poller = context.createPoller(1)) {
      poller.register(repeats, ZMQ.Poller.POLLIN);
      while (!stopped) {
        if (poller.poll(10) > 0) {
          var client = repeats.recv();
          repeats.recv();
          repeat(client, ByteBuffer.wrap(repeats.recv()).getLong());
        }
      }
    }
  }

  private synchronized void repeat(byte[] client, long from) {
    for (var message : engine.messages(from).entrySet()) {
      send(client, message.getKey(), message.getValue());
    }
    send(client, -1, EMPTY);
  }

  private void send(byte[] client, long seq, byte[] payload) {
    var frames = new ArrayList<>(List.of(client, EMPTY));
    if (topicInReplay) {
      frames.add(EMPTY);
    }
    frames.add(ByteBuffer.allocate(8).putLong(seq).array());
    for (var frame : frames) {
      repeats.send(frame, ZMQ.SNDMORE);
    }
    repeats.send(payload, 0);
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    context.close();
  }
}
