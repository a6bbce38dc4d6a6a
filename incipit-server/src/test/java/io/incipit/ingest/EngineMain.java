// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import io.incipit.ingest.chain.OwnChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// A [FakeEngine] as a program of its own, to be stopped and killed. It publishes and repeats as
/// vLLM does, in one thread, and repeats slowly.
///
/// Before a message is sent, a line of it is on standard output: its number, then `+HASH:PATH` and
/// `-HASH:PATH` for each block that is held from now on, or no longer. A line of one character
/// answers an order of one character on standard input: `g`, to go on by itself; `q`, to be quiet;
/// `s`, to send one message. It ends with its standard input.
public final class EngineMain {
  private static final byte[] EMPTY = new byte[0];
  private static final int SEQ_LAST = -1;
  private static final int CLEARS = 2;

  /// Turns of a millisecond or so from one message to the next.
  private static final int TURNS_EACH = 4;

  private static final int SEND_MARK = 1_000_000;

  private final Settings settings;
  private final FakeEngine engine;
  private final ZContext context = new ZContext();
  private final ZMQ.Socket events = context.createSocket(SocketType.PUB);
  private final ZMQ.Socket repeats = context.createSocket(SocketType.ROUTER);
  private final ConcurrentLinkedQueue<Character> orders = new ConcurrentLinkedQueue<>();
  private Map<Long, String> held = Map.of();
  private boolean goesOn;
  private long turns;

  /// Who asked for a replay, and what is still to be repeated.
  private byte @Nullable [] client;

  private final TreeMap<Long, byte[]> left = new TreeMap<>();

  /// How an engine is.
  ///
  /// @param seed of what it does
  /// @param events where it publishes
  /// @param connects whether it connects there, instead of listening
  /// @param repeats where it repeats messages
  /// @param topicInReplay whether these have a frame for the topic
  /// @param ring messages that it can repeat
  /// @param before messages that it has sent before anybody could hear it
  /// @param slice messages that it repeats at a time
  /// @param publishesMeanwhile whether it goes on while it repeats; vLLM does not
  public record Settings(
      long seed,
      String events,
      boolean connects,
      String repeats,
      boolean topicInReplay,
      int ring,
      int before,
      int slice,
      boolean publishesMeanwhile) {
    /// As arguments of [#main].
    public List<String> arguments() {
      return List.of(
          Long.toString(seed),
          events,
          Boolean.toString(connects),
          repeats,
          Boolean.toString(topicInReplay),
          Integer.toString(ring),
          Integer.toString(before),
          Integer.toString(slice),
          Boolean.toString(publishesMeanwhile));
    }

    static Settings of(String... arguments) {
      return new Settings(
          Long.parseLong(arguments[0]),
          arguments[1],
          Boolean.parseBoolean(arguments[2]),
          arguments[3],
          Boolean.parseBoolean(arguments[4]),
          Integer.parseInt(arguments[5]),
          Integer.parseInt(arguments[6]),
          Integer.parseInt(arguments[7]),
          Boolean.parseBoolean(arguments[8]));
    }
  }

  private EngineMain(Settings settings) {
    this.settings = settings;
    this.engine =
        new FakeEngine(
            new SplittableRandom(settings.seed()),
            new OwnChain(0, "m"),
            settings.ring(),
            /* inCopies= */ true,
            CLEARS);
  }

  /// Runs until its standard input ends, or it is killed.
  ///
  /// @param arguments those of [Settings#arguments]
  public static void main(String... arguments) throws InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(
        (_, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    var its = new EngineMain(Settings.of(arguments));
    Thread.ofPlatform().daemon().start(its::hear);
    its.run();
  }

  private void hear() {
    try {
      for (int order = System.in.read(); order >= 0; order = System.in.read()) {
        orders.add((char) order);
      }
    } catch (IOException _) {
      // As at the end.
    }
    Runtime.getRuntime().halt(0);
  }

  private void run() throws InterruptedException {
    for (int i = 0; i < settings.before(); i++) {
      step();
    }
    events.setLinger(0);
    events.setSndHWM(SEND_MARK);
    repeats.setLinger(0);
    repeats.setSndHWM(SEND_MARK);
    repeats.bind(settings.repeats());
    if (settings.connects()) {
      events.connect(settings.events());
    } else {
      events.bind(settings.events());
    }
    say("r");
    try (var poller = context.createPoller(1)) {
      poller.register(repeats, ZMQ.Poller.POLLIN);
      while (true) {
        obey();
        boolean speaks = goesOn && (client == null || settings.publishesMeanwhile());
        if (speaks && ++turns % TURNS_EACH == 0) {
          publish();
        }
        repeatSome();
        if (client != null) {
          Thread.sleep(1);
        } else if (poller.poll(1) > 0) {
          client = repeats.recv();
          repeats.recv();
          left.putAll(engine.messages(ByteBuffer.wrap(repeats.recv()).getLong()));
        }
      }
    }
  }

  private void obey() {
    for (var order = orders.poll(); order != null; order = orders.poll()) {
      goesOn = order == 'g';
      if (order == 's') {
        publish();
      }
      say(order.toString());
    }
  }

  private void publish() {
    long seq = step();
    events.send("kv@pod@model", ZMQ.SNDMORE);
    events.send(number(seq), ZMQ.SNDMORE);
    events.send(engine.message(seq), 0);
  }

  private static byte[] number(long seq) {
    return ByteBuffer.allocate(Long.BYTES).putLong(seq).array();
  }

  private long step() {
    long seq = engine.step();
    var contents = engine.contents();
    var line = new StringBuilder().append(seq);
    contents.forEach((hash, path) -> tell(line, '+', hash, path, held));
    held.forEach((hash, path) -> tell(line, '-', hash, path, contents));
    held = new HashMap<>(contents);
    say(line.toString());
    return seq;
  }

  private static void tell(
      StringBuilder line, char sign, long hash, String path, Map<Long, String> unless) {
    if (!unless.containsKey(hash)) {
      line.append(' ').append(sign).append(hash).append(':').append(path);
    }
  }

  private static void say(String line) {
    System.out.writeBytes((line + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private void repeatSome() {
    for (int i = 0; i < settings.slice() && client != null; i++) {
      var message = left.pollFirstEntry();
      if (message == null) {
        repeat(client, SEQ_LAST, EMPTY);
        client = null;
      } else {
        repeat(client, message.getKey(), message.getValue());
      }
    }
  }

  private void repeat(byte[] to, long seq, byte[] payload) {
    var frames = new ArrayList<>(List.of(to, EMPTY));
    if (settings.topicInReplay()) {
      frames.add(EMPTY);
    }
    frames.add(number(seq));
    for (var frame : frames) {
      repeats.send(frame, ZMQ.SNDMORE);
    }
    repeats.send(payload, 0);
  }
}
