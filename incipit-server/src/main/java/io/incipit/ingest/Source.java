// SPDX-License-Identifier: Apache-2.0
package io.incipit.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZEvent;
import org.zeromq.ZMQ;

/// An engine that is followed: its sockets, and the stream they feed. For the thread that follows
/// it; [#counts] and what is said of the state may be read by any.
///
/// Messages have three frames: a topic, the number in eight bytes, big-endian, and the payload. A
/// request for a replay is an empty frame and the first number wanted; the replies have an empty
/// frame, perhaps a topic, number and payload, so they are read from the end; the last has the
/// number -1 and no payload. Source: vLLM, `kv_events.py`.
final class Source implements EngineStream.Recovery, AutoCloseable {
  /// How many patiences a replay that was given up is left alone.
  private static final int RETRY_PATIENCES = 6;

  /// After how many patiences without a word an engine may have become another one.
  private static final int SILENT_PATIENCES = 12;

  /// It looks for a last message that was lost after a fifth of a patience without one, then twice
  /// as long each time, up to so many patiences.
  private static final int LOOK_PATIENCES_MAX = 12;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final int QUEUE_MAX = 10_000;
  private static final int RECONNECT_MILLIS = 100;
  private static final int RECONNECT_MILLIS_MAX = 5_000;

  /// How long two ends may take to greet each other. JeroMQ 0.6.0 sometimes never says its own
  /// greeting, some connections in a hundred on two busy cores, and would give up after 30 s.
  private static final int HANDSHAKE_MILLIS = 2_000;

  private static final int HEARTBEAT_MILLIS = 10_000;
  private static final int HEARTBEAT_PATIENCE_MILLIS = 60_000;
  private static final int TURN_MESSAGES = 256;
  private static final byte[] EMPTY = new byte[0];

  private final SourceConfig config;
  private final SourceOwner owner;
  private final SourceCounts counts;
  private final EngineBlocks blocks;
  private final EngineStream stream;
  private final long retryAfterMillis;
  private final long silentAfterMillis;
  private final long lookFirstMillis;
  private final long lookMostMillis;
  private final ZContext context;
  private final ZMQ.Socket events;
  private final ZMQ.Socket monitor;
  private ZMQ.@Nullable Socket replay;

  /// Whether it opened or closed a socket since they were registered.
  private boolean otherSockets;

  private final ReplayPatience patience;

  /// From where a replay is to be asked for; -1 if none is.
  private long wanted = -1;

  private long retryMillis;
  private volatile boolean connected;
  private volatile boolean whole;
  private volatile boolean replaying;
  private volatile long next = -1;
  private volatile int held;
  private volatile int waiting;
  private volatile long bytes;
  private volatile long drift;
  private final EventRate rate = new EventRate();

  /// When the last message came; -1 if none has.
  private volatile long heardMillis = -1;

  /// The connections that stand.
  private final Set<Object> peers = Collections.newSetFromMap(new IdentityHashMap<>());

  /// Whether there are several.
  private boolean crowded;

  /// How often there was a reason to think that the engine is another one.
  private final AtomicLong doubts = new AtomicLong();

  /// Whether it has said nothing for long.
  private boolean silent;

  /// Restarts of which that was told.
  private long restarts;

  /// When the last live message came or was looked for, and how long after that it looks again.
  private long lookedMillis;

  private long lookAfterMillis;

  private byte[] seqFrame = EMPTY;
  private byte[] payload = EMPTY;
  private int frames;

  /// Opens the sockets; nothing has come yet.
  ///
  /// @param patienceMillis after which a silent replay has broken off, for the first time
  Source(
      SourceConfig config,
      SourceOwner owner,
      SourceCounts counts,
      long seed,
      long patienceMillis,
      ZContext context) {
    this.config = config;
    this.retryAfterMillis = RETRY_PATIENCES * patienceMillis;
    this.silentAfterMillis = SILENT_PATIENCES * patienceMillis;
    this.lookFirstMillis = patienceMillis / 5;
    this.lookMostMillis = LOOK_PATIENCES_MAX * patienceMillis;
    this.lookAfterMillis = lookFirstMillis;
    this.patience = new ReplayPatience(patienceMillis);
    this.owner = owner;
    this.counts = counts;
    this.blocks = EngineBlocks.of(config, seed, counts, owner);
    this.drift = blocks.drift();
    this.stream = new EngineStream(blocks, owner, this, counts);
    this.context = context;
    this.events = context.createSocket(SocketType.SUB);
    this.monitor = context.createSocket(SocketType.PAIR);
    try {
      open();
    } catch (RuntimeException failure) {
      close();
      throw new IllegalArgumentException(
          "endpoint: %s: %s (expected: an address that can be used)"
              .formatted(config.endpoint(), failure.getMessage()),
          failure);
    }
  }

  private void open() {
    limit(events, config.endpoint());
    events.setHeartbeatIvl(HEARTBEAT_MILLIS);
    events.setHeartbeatTimeout(HEARTBEAT_PATIENCE_MILLIS);
    var address = "inproc://monitor-" + System.identityHashCode(this) + "-" + config.owner();
    events.monitor(address, ZMQ.EVENT_ALL);
    monitor.connect(address);
    events.subscribe(EMPTY);
    if (config.binds()) {
      events.bind(config.endpoint());
    } else {
      events.connect(config.endpoint());
    }
  }

  private static void limit(ZMQ.Socket socket, String endpoint) {
    socket.setIPv6(endpoint.contains("["));
    socket.setLinger(0);
    socket.setRcvHWM(QUEUE_MAX);
    socket.setMaxMsgSize(MESSAGE_BYTES_MAX);
    socket.setHandshakeIvl(HANDSHAKE_MILLIS);
    socket.setReconnectIVL(RECONNECT_MILLIS);
    socket.setReconnectIVLMax(RECONNECT_MILLIS_MAX);
  }

  SourceConfig config() {
    return config;
  }

  SourceCounts counts() {
    return counts;
  }

  boolean isConnected() {
    return connected;
  }

  /// Whether all that the engine holds is known.
  boolean isWhole() {
    return whole;
  }

  boolean isReplaying() {
    return replaying;
  }

  /// Whether the engine is out of reach, or being caught up with.
  boolean isBehind() {
    return !connected || replaying;
  }

  /// How often the connection broke, the engine began another life, or said nothing for long.
  long doubts() {
    return doubts.get();
  }

  /// Number of the message that is expected next; -1 if nothing is known.
  long next() {
    return next;
  }

  /// Blocks that the engine holds, as far as it is known.
  int held() {
    return held;
  }

  /// Blocks that wait for a parent.
  int waiting() {
    return waiting;
  }

  /// What the blocks that are held and that wait take of memory.
  long bytes() {
    return bytes;
  }

  /// Copies in the engine's GPU beyond its capacity; -1 if that is not known.
  long drift() {
    return drift;
  }

  /// Events of the last minute.
  long lastMinute() {
    return rate.lastMinute();
  }

  /// How long nothing has come, in milliseconds; -1 if nothing ever has.
  long silentMillis(long nowMillis) {
    long heard = heardMillis;
    return heard < 0 ? -1 : Math.max(0, nowMillis - heard);
  }

  /// Some of what the engine holds. For the thread that follows it.
  HeldPage held(int from, int limit) {
    return blocks.held(from, limit);
  }

  /// Our name of a block by the engine's, put behind others. For the thread that follows it.
  ///
  /// @return whether the block is held
  boolean name(long hash, long[] halves, int block) {
    return blocks.name(hash, halves, block);
  }

  /// Whether it has other sockets than when they were registered.
  boolean hasOtherSockets() {
    return otherSockets;
  }

  /// The sockets to wait for.
  void register(ZMQ.Poller poller) {
    otherSockets = false;
    poller.register(monitor, ZMQ.Poller.POLLIN);
    poller.register(events, ZMQ.Poller.POLLIN);
    if (replay != null) {
      poller.register(replay, ZMQ.Poller.POLLIN);
    }
  }

  /// Takes what has come, and publishes it.
  ///
  /// @param nowMillis of a clock that never goes back
  /// @return whether there may be more
  boolean turn(long nowMillis) throws InterruptedException {
    takeConnections();
    boolean more = takeReplay(nowMillis);
    more |= takeEvents(nowMillis);
    long limitMillis = patience.limitMillis();
    if (replaying && replay != null && patience.isOver(nowMillis)) {
      counts.refuse(
          "replay: %s said nothing for %d ms".formatted(config.replay().orElse(""), limitMillis));
      closeReplay();
      stream.replayFailed();
    }
    if (nowMillis - retryMillis > retryAfterMillis) {
      retryMillis = nowMillis;
      stream.retry();
    }
    look(nowMillis);
    startReplay(nowMillis);
    owner.flush();
    show(nowMillis);
    return more;
  }

  private void look(long nowMillis) throws InterruptedException {
    if (connected && nowMillis - lookedMillis > lookAfterMillis) {
      lookedMillis = nowMillis;
      lookAfterMillis = Math.min(2 * lookAfterMillis, lookMostMillis);
      stream.look();
    }
  }

  /// Told once each time; what has never said anything has never been another one either.
  private void doubtSilence(long nowMillis) {
    boolean wasSilent = silent;
    silent = heardMillis >= 0 && nowMillis - heardMillis > silentAfterMillis;
    if (silent && !wasSilent) {
      doubt();
    }
  }

  private void doubt() {
    doubts.incrementAndGet();
  }

  private void show(long nowMillis) {
    doubtSilence(nowMillis);
    if (counts.get(SourceCounts.Count.RESTARTS) > restarts) {
      restarts = counts.get(SourceCounts.Count.RESTARTS);
      doubt();
    }
    rate.note(nowMillis, counts.get(SourceCounts.Count.EVENTS));
    waiting = blocks.waiting();
    bytes = blocks.bytes();
    drift = blocks.drift();
    whole = stream.isWhole();
    replaying = stream.isReplaying();
    next = stream.next();
    held = blocks.size();
  }

  /// Connections come first: a message of another connection may be of another life.
  private void takeConnections() throws InterruptedException {
    for (var event = event(); event != null; event = event()) {
      switch (event.getEvent()) {
        case CONNECTED, ACCEPTED -> {
          peers.add(event.getValue());
          connect();
        }
        case DISCONNECTED, CLOSED -> {
          if (peers.remove(event.getValue())) {
            connect();
          }
        }
        default -> {}
      }
    }
  }

  /// There is one connection or none; where engines connect to us there may be more. Those of
  /// several engines cannot be told apart, so nobody is heard meanwhile. It may also be an engine
  /// that was started anew, before it is known that the last one has gone.
  private void connect() throws InterruptedException {
    if (connected) {
      connected = false;
      doubt();
      dropEvents();
      stream.disconnected();
    }
    if (crowded) {
      dropEvents();
    }
    crowded = peers.size() > 1;
    if (peers.size() == 1) {
      connected = true;
      stream.connected();
    } else if (crowded) {
      counts.refuse(
          "endpoint: %s: %d engines are connected (expected: one, and for each an address)"
              .formatted(config.endpoint(), peers.size()));
    }
  }

  /// What has come by a connection that is gone is of no use: it may be of another life than what
  /// comes next.
  private void dropEvents() {
    boolean more = true;
    while (more) {
      more = receive(events);
    }
  }

  private @Nullable ZEvent event() {
    return ZEvent.recv(monitor, ZMQ.DONTWAIT);
  }

  private boolean takeEvents(long nowMillis) throws InterruptedException {
    if (crowded) {
      dropEvents();
      return false;
    }
    for (int i = 0; i < TURN_MESSAGES; i++) {
      if (!receive(events)) {
        return false;
      }
      heardMillis = nowMillis;
      lookedMillis = nowMillis;
      lookAfterMillis = lookFirstMillis;
      if (frames != 3 || seqFrame.length != Long.BYTES) {
        counts.refuse(
            "message: %d frames, number of %d bytes (expected: topic, number of 8, payload)"
                .formatted(frames, seqFrame.length));
        continue;
      }
      stream.live((long) LONGS.get(seqFrame, 0), payload);
    }
    return true;
  }

  private boolean takeReplay(long nowMillis) throws InterruptedException {
    for (int i = 0; i < TURN_MESSAGES; i++) {
      var socket = replay;
      if (socket == null || !receive(socket)) {
        return false;
      }
      patience.heard(nowMillis);
      if (replaying) {
        heardMillis = nowMillis;
      }
      if (frames < 3 || seqFrame.length != Long.BYTES) {
        counts.refuse("replay: a message of %d frames (expected: 3 or 4)".formatted(frames));
        continue;
      }
      long seq = (long) LONGS.get(seqFrame, 0);
      if (seq == -1 && payload.length == 0) {
        closeReplay();
        stream.replayEnded();
      } else {
        stream.replayed(seq, payload);
      }
    }
    return true;
  }

  /// Takes a message, and keeps its last two frames.
  ///
  /// @return whether there was one
  private boolean receive(ZMQ.Socket socket) {
    var frame = socket.recv(ZMQ.DONTWAIT);
    if (frame == null) {
      return false;
    }
    frames = 1;
    seqFrame = EMPTY;
    payload = frame;
    while (socket.hasReceiveMore()) {
      seqFrame = payload;
      payload = socket.recv();
      frames++;
    }
    return true;
  }

  @Override
  public boolean isThere() {
    return config.replay().isPresent();
  }

  /// A socket of its own for each request, so that nothing of an earlier one comes by it.
  @Override
  public void ask(long from) {
    closeReplay();
    wanted = from;
    replaying = stream.isReplaying();
  }

  private void startReplay(long nowMillis) {
    if (wanted < 0) {
      return;
    }
    var socket = context.createSocket(SocketType.DEALER);
    var address = config.replay().orElseThrow();
    limit(socket, address);
    socket.connect(address);
    var from = new byte[Long.BYTES];
    LONGS.set(from, 0, wanted);
    socket.send(EMPTY, ZMQ.SNDMORE);
    socket.send(from, 0);
    replay = socket;
    otherSockets = true;
    patience.asked(nowMillis);
    wanted = -1;
  }

  private void closeReplay() {
    wanted = -1;
    if (replay != null) {
      replay.close();
      replay = null;
      otherSockets = true;
    }
  }

  /// The engine is followed no longer: its owner holds nothing any more.
  void end() throws InterruptedException {
    close();
    owner.end();
  }

  @Override
  public void close() {
    closeReplay();
    events.close();
    monitor.close();
    owner.memory().clear();
  }
}
