// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.incipit.env.ManualClock;
import io.incipit.env.RawDisk;
import io.incipit.net.access.Access;
import io.incipit.net.access.AccessConfig;
import io.incipit.net.audit.Audit;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.quota.Quotas;
import io.incipit.service.Service;
import io.incipit.service.ServiceConfig;
import io.incipit.store.Change;
import io.incipit.store.Durability;
import io.incipit.store.Patience;
import io.incipit.store.Store;
import io.incipit.store.StoreOptions;
import io.incipit.store.block.OwnerStream;
import io.incipit.store.disk.DiskConfig;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.memory.Memory;
import io.incipit.store.retain.KeepPolicy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A test bed: a service and one RESP connection to it, without sockets. Bytes are Latin-1 here.
final class Bed {
  static final ConnectionConfig CONFIG =
      new ConnectionConfig(
          100,
          100,
          10,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          64 << 10,
          8,
          32 << 20);

  private static final int POOL_BYTES = 8 << 20;
  private static final int TICKS_MAX = 5_000;

  /// The memory of values.
  private final Memory pool;

  final ManualClock clock;
  final Service service;
  final ServerContext context;
  final Access access;
  final EventLoopContext loop;
  final RespHandler handler;
  final DeafChannel channel;

  /// A channel whose client may stop to take what is sent.
  static final class DeafChannel extends EmbeddedChannel {
    private boolean deaf;

    DeafChannel(ChannelInitializer<Channel> initializer) {
      super(initializer);
    }

    void deaf(boolean deaf) {
      this.deaf = deaf;
      flush();
    }

    /// Takes bytes as a socket does: what is written may be used for others then.
    @Override
    protected void handleOutboundMessage(Object message) {
      var taken = Unpooled.copiedBuffer((ByteBuf) message);
      ReferenceCountUtil.release(message);
      super.handleOutboundMessage(taken);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
      if (!deaf) {
        super.doWrite(out);
      }
    }
  }

  Bed() {
    this(CONFIG);
  }

  Bed(ConnectionConfig config) {
    this(config, service());
  }

  private static Service service() {
    return service(Quotas.none());
  }

  private static Service service(Quotas quotas) {
    return new Service(
        new ServiceConfig(2, 1_024, 64 << 20, 100, 256L << 20, 16L << 20),
        new AtomicLong(1)::getAndIncrement,
        quotas);
  }

  Bed(ConnectionConfig config, Service service) {
    this(service, new ManualClock(), config, Optional.empty(), Optional.empty());
  }

  /// With users.
  Bed(AccessConfig users) throws IOException {
    this(new ManualClock(), users);
  }

  /// With quotas, by the same clock.
  Bed(ManualClock clock, Quotas quotas, Optional<DiskConfig> disk) throws IOException {
    this(
        service(quotas),
        clock,
        CONFIG,
        Optional.empty(),
        disk,
        Optional.empty(),
        Access.of(AccessConfig.NONE, clock, quotas),
        Audit.NONE);
  }

  private Bed(ManualClock clock, AccessConfig users) throws IOException {
    this(clock, Access.of(users, clock), Audit.NONE);
  }

  /// With users, and somebody who is told what is done and denied.
  Bed(ManualClock clock, Access access, Audit audit) {
    this(
        service(),
        clock,
        CONFIG,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        access,
        audit);
  }

  /// With values on disk too, durable before they are acknowledged.
  Bed(DiskConfig disk) {
    this(service(), new ManualClock(), CONFIG, Optional.empty(), Optional.of(disk));
  }

  /// With values in a memory that is given, and on disk too if that is.
  Bed(Memory memory, Optional<DiskConfig> disk) {
    this(new ManualClock(), memory, disk);
  }

  private Bed(ManualClock clock, Memory memory, Optional<DiskConfig> disk) {
    this(
        service(),
        clock,
        CONFIG,
        Optional.empty(),
        disk,
        Optional.of(memory),
        Access.open(clock),
        Audit.NONE);
  }

  /// Another connection of the same server.
  Bed(Bed beside) {
    this(
        beside.service,
        beside.clock,
        beside.context.config(),
        Optional.of(beside),
        Optional.empty());
  }

  private Bed(
      Service service,
      ManualClock clock,
      ConnectionConfig config,
      Optional<Bed> beside,
      Optional<DiskConfig> disk) {
    this(
        service,
        clock,
        config,
        beside,
        disk,
        Optional.empty(),
        beside.map(bed -> bed.access).orElseGet(() -> Access.open(clock)),
        Audit.NONE);
  }

  private Bed(
      Service service,
      ManualClock clock,
      ConnectionConfig config,
      Optional<Bed> beside,
      Optional<DiskConfig> disk,
      Optional<Memory> memory,
      Access access,
      Audit audit) {
    this.service = service;
    this.access = access;
    this.clock = clock;
    this.pool =
        beside
            .map(bed -> bed.pool)
            .or(() -> memory)
            .orElseGet(() -> new HostMemory(POOL_BYTES, false));
    this.context =
        beside
            .map(bed -> bed.context)
            .orElseGet(
                () ->
                    new ServerContext(
                        config, service, store(pool, disk, clock, access), clock, access, audit));
    service.others(context.store()::stats);
    var blocks = context.store().blocks();
    service.keeper(blocks::hint, blocks::drop);
    blocks.feed(new OwnerStream.Feed(service::offer, service::whenRoom), "store");
    this.context.respPort(7379);
    this.loop = beside.map(bed -> bed.loop).orElseGet(() -> new EventLoopContext(service));
    var made = new AtomicReference<RespHandler>();
    this.channel =
        new DeafChannel(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                made.set(new RespHandler(context, loop, channel));
                channel.pipeline().addLast(made.get());
              }
            });
    this.handler = made.get();
    channel
        .config()
        .setWriteBufferWaterMark(
            new WriteBufferWaterMark(config.outputBytesMax() / 2, config.outputBytesMax()));
  }

  private static Store store(
      Memory memory, Optional<DiskConfig> disk, ManualClock clock, Access access) {
    var options =
        new StoreOptions(
            memory.bytes(),
            4 << 20,
            KeepPolicy.LEAF_LRU,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            0,
            disk,
            disk.isPresent() ? Durability.DISK : Durability.MEMORY,
            "store");
    try {
      var store = Store.open(options, memory, RawDisk.system(), clock, 1);
      store.quotas(access.quotas(), "redis");
      store.start();
      return store;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Waits until the store has done its upkeep; the clock was moved before.
  void awaitSweep() {
    for (int i = 0; i < 2; i++) {
      var done = new CountDownLatch(1);
      context.store().later(new Done(done));
      try {
        done.await();
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
  }

  /// Lets time pass, and the store do its upkeep, until something is so.
  void awaitTick(BooleanSupplier condition) {
    for (int i = 0; i < TICKS_MAX && !condition.getAsBoolean(); i++) {
      clock.advance(Duration.ofMillis(60));
      awaitSweep();
      // What the index is told it applies on a thread of its own.
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  /// A change of nothing.
  private record Done(CountDownLatch done) implements Change {
    @Override
    public boolean run(Patience patience) {
      return true;
    }

    @Override
    public void made(boolean failed) {
      done.countDown();
    }
  }

  /// Changes a bit of a value in memory: of the byte at `at` behind where `text` is found.
  void flip(String text, int at) {
    byte[] wanted = bytes(text);
    var all = pool.view(0, POOL_BYTES);
    for (int from = 0; from <= POOL_BYTES - wanted.length; from++) {
      if (all.get(from) == wanted[0]
          && all.slice(from, wanted.length).equals(ByteBuffer.wrap(wanted))) {
        all.put(from + at, (byte) (all.get(from + at) ^ 1));
        return;
      }
    }
    throw new AssertionError("not in memory");
  }

  /// A request as an array of bulk strings.
  static String request(String... words) {
    var text = new StringBuilder("*").append(words.length).append("\r\n");
    for (var word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Sends bytes and returns what is answered once nothing is pending.
  String send(String text) {
    return send(bytes(text));
  }

  String send(byte[] bytes) {
    write(bytes);
    return settle();
  }

  /// Sends one request and returns its reply.
  String ask(String... words) {
    return send(request(words));
  }

  void write(byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  /// Waits until every request has its reply, and returns all that was written.
  String settle() {
    var out = new StringBuilder();
    do {
      handler.resume();
      channel.runPendingTasks();
      out.append(read());
    } while (channel.isOpen() && handler.connection().isBusy());
    return out.append(read()).toString();
  }

  /// What was written so far.
  String read() {
    var out = new ByteArrayOutputStream();
    for (ByteBuf buf = channel.readOutbound(); buf != null; buf = channel.readOutbound()) {
      byte[] bytes = new byte[buf.readableBytes()];
      buf.readBytes(bytes);
      buf.release();
      out.writeBytes(bytes);
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  /// Whether the connection ends, now or when its client had a moment to read why.
  boolean ends() {
    for (int second = 0; channel.isOpen() && second < 60; second++) {
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
    return !channel.isOpen();
  }

  void tick(Duration passed) {
    clock.advance(passed);
    loop.tick(clock.nanoTime());
  }

  /// The value of a metric line that starts with `name`; 0 if there is none.
  double metric(String name) {
    return new String(context.metrics().exposition("").body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  void close() throws InterruptedException {
    channel.finishAndReleaseAll();
    service.stop();
    context.store().stop(Duration.ofSeconds(10));
    try {
      context.store().close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    assertThat(context.budget().used()).isZero();
  }
}
