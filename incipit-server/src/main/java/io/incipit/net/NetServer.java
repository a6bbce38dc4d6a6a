// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.env.Build;
import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.net.access.Access;
import io.incipit.net.access.Users;
import io.incipit.net.audit.Audit;
import io.incipit.net.http.FrontRoutes;
import io.incipit.net.http.Hosts;
import io.incipit.net.http.HttpContext;
import io.incipit.net.http.HttpHandler;
import io.incipit.net.http.Route;
import io.incipit.net.limits.BindGuard;
import io.incipit.net.limits.ConnectionLimiter;
import io.incipit.net.redis.ConnectionCommands;
import io.incipit.net.tls.Tls;
import io.incipit.net.tls.TlsConfig;
import io.incipit.net.tls.TlsPort;
import io.incipit.service.Service;
import io.incipit.store.Store;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The two ports of the server, on shared event loops. Started once, closed once.
public final class NetServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(NetServer.class.getName());
  private static final int RELOAD_MILLIS = 500;
  private static final int BACKLOG = 1_024;
  private static final int TICK_MILLIS = 250;
  private static final int WORK_THREADS_MIN = 2;
  private static final int SHUTDOWN_MILLIS = 1_000;

  /// What a connection is told that is one too many, if that were to be encrypted first.
  private static final byte[] UNSAID = new byte[0];

  private final NetConfig config;
  private final ServerContext context;
  private final ConnectionLimiter callers;
  private final ConnectionLimiter visitors;
  private final BooleanSupplier caughtUp;
  private final ExecutorService work;
  private final HttpContext http;
  private final Transport transport;
  private final EventLoopGroup group;
  private final Map<EventLoop, EventLoopContext> loops = new HashMap<>();
  private final List<Channel> listeners = new ArrayList<>();
  private final ChannelGroup requests = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ChannelGroup pages = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private Optional<Tls> tls = Optional.empty();
  private int respPort;
  private int httpPort;
  private volatile boolean ready;
  private final AtomicBoolean warned = new AtomicBoolean();

  /// Whether connections whose handshake ends now come too late.
  private volatile boolean draining;

  /// A server that does not listen yet.
  ///
  /// @param routes by path; they take precedence over the built-in ones
  /// @param access who may do what
  /// @param audit told what is done and denied
  /// @param reload looks at files of the configuration that may have changed; blocks
  /// @param caughtUp whether the index has what is to be known before the server is ready
  public NetServer(
      NetConfig config,
      Service service,
      Store store,
      Clock clock,
      Map<String, Route> routes,
      Access access,
      Audit audit,
      Runnable reload,
      BooleanSupplier caughtUp) {
    this.config = config;
    this.caughtUp = caughtUp;
    ConnectionCommands.prepare();
    this.context = new ServerContext(config.connections(), service, store, clock, access, audit);
    var limits = config.connections();
    this.callers =
        new ConnectionLimiter(
            limits.connectionsMax(),
            limits.perAddressMax(),
            config.tls().isPresent() ? _ -> UNSAID : NetServer::tooMany,
            context.metrics()::refused);
    int visitorsMax = limits.httpConnectionsMax();
    this.visitors =
        new ConnectionLimiter(
            visitorsMax,
            visitorsMax,
            config.tls().isPresent() ? _ -> UNSAID : _ -> HttpHandler.tooMany(),
            _ -> context.metrics().refused("http-connections-max"));
    this.transport = config.transport().resolve();
    this.group = transport.eventLoops(config.eventLoops());
    this.work =
        Executors.newFixedThreadPool(
            Math.max(WORK_THREADS_MIN, config.eventLoops()),
            Thread.ofPlatform().name("http-work-", 0).daemon().factory());
    var all =
        new TreeMap<>(
            new FrontRoutes(context::facts, this::obstacle, context.metrics()::exposition)
                .routes());
    all.putAll(routes);
    this.http =
        new HttpContext(
            context,
            limits,
            new Hosts(config.httpHosts()),
            all,
            context.budget(),
            work,
            config.httpBodyBytesMax(),
            access);
    context.metrics().addProcess(Build.ours());
    context.metrics().gauge("connections", "Connections of RESP now.", callers::count);
    context.metrics().gauge("http_connections", "Connections of HTTP now.", visitors::count);
    every(Pulse.EVERY_MILLIS, context::sample);
    if (access.isGuarded()) {
      every(RELOAD_MILLIS, () -> work.execute(this::reloadUsers));
    }
    every(RELOAD_MILLIS, () -> work.execute(reload));
    group.forEach(
        executor -> {
          var loop = new EventLoopContext(service);
          loops.put((EventLoop) executor, loop);
          var _ =
              executor.scheduleAtFixedRate(
                  () -> loop.tick(clock.nanoTime()),
                  TICK_MILLIS,
                  TICK_MILLIS,
                  TimeUnit.MILLISECONDS);
        });
  }

  private void reloadUsers() {
    context.reloadUsers();
    warn(context.access());
  }

  /// Says once if users are known by certificates for which nobody is asked.
  private void warn(Access access) {
    boolean asks = config.tls().filter(TlsConfig::asksForCertificates).isPresent();
    if (!asks
        && access.users().filter(Users::haveCertificates).isPresent()
        && warned.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "users have certificates that nobody is asked for (expected: tls.client-certificates or"
              + " tls.http-client-certificates: optional or required)");
    }
  }

  /// Does something again and again, on an event loop.
  private void every(int millis, Runnable task) {
    var _ = group.next().scheduleAtFixedRate(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  /// Why the server is not ready; empty if it is.
  private String obstacle() {
    if (!ready) {
      return "stopping";
    }
    return caughtUp.getAsBoolean() ? "" : "catching up with engines";
  }

  /// Reads what TLS needs, if it is wanted. Once, before [#start].
  ///
  /// @throws IOException if something is wrong with a file; its message names the setting
  public void prepare() throws IOException {
    if (config.tls().isPresent()) {
      var around =
          new Tls.Surroundings(
              Disk.system(),
              context.clock(),
              context.metrics().registry(),
              config.connections().handshakeTimeout(),
              Math.max(1, config.eventLoops() / 2),
              context::cut,
              context.audit());
      tls = Optional.of(Tls.open(config.tls().get(), around));
    }
  }

  /// Listens on both ports.
  ///
  /// @throws IOException if one of them is not to be had; its message names the setting
  public void start() throws IOException {
    respPort =
        listen(
            config.bind(),
            config.respPort(),
            "--port or net.resp-port",
            channel -> callers.admit(channel, open -> let(open, TlsPort.RESP, this::resp)));
    context.respPort(respPort);
    httpPort =
        listen(
            config.httpBind(),
            config.httpPort(),
            "--http-port or net.http-port",
            channel -> visitors.admit(channel, open -> let(open, TlsPort.HTTP, this::http)));
    tls.ifPresent(Tls::start);
    warn(context.access());
    ready = true;
  }

  private int listen(String bind, int port, String option, Consumer<Channel> initializer)
      throws IOException {
    var address = new InetSocketAddress(BindGuard.address("net.bind", bind), port);
    int watermark = config.connections().outputBytesMax();
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(transport.listener())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(watermark / 2, watermark))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    initializer.accept(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "port %d on %s: %s (expected: a free port of this machine; choose another with %s)"
              .formatted(port, bind, reason(bound.cause()), option),
          bound.cause());
    }
    listeners.add(bound.channel());
    return ((InetSocketAddress) bound.channel().localAddress()).getPort();
  }

  private static byte[] tooMany(ConnectionLimiter.Verdict verdict) {
    var error =
        verdict == ConnectionLimiter.Verdict.TOO_MANY
            ? "-ERR max number of clients reached\r\n"
            : "-ERR max number of clients from one address reached\r\n";
    return error.getBytes(StandardCharsets.US_ASCII);
  }

  private static String reason(Throwable cause) {
    var message = String.valueOf(cause.getMessage());
    return message.contains("in use") ? "in use" : message;
  }

  /// Lets a connection in, with TLS after its handshake.
  private void let(Channel channel, TlsPort port, Consumer<Channel> served) {
    if (tls.isEmpty()) {
      served.accept(channel);
      return;
    }
    tls.get()
        .shield(
            channel,
            port,
            () -> {
              if (draining) {
                var _ = channel.close();
              } else {
                served.accept(channel);
              }
            });
  }

  private void resp(Channel channel) {
    context.metrics().opened("resp");
    requests.add(channel);
    var loop = loops.get(channel.eventLoop());
    if (loop == null) {
      throw new IllegalStateException("event loop: unknown (expected: one of this server's)");
    }
    channel.pipeline().addLast(new RespHandler(context, loop, channel));
  }

  private void http(Channel channel) {
    context.metrics().opened("http");
    pages.add(channel);
    boolean exposed =
        !config.open()
            && channel.localAddress() instanceof InetSocketAddress here
            && !here.getAddress().isLoopbackAddress();
    HttpHandler.install(channel, http, exposed, context.subject(channel));
  }

  /// The port of RESP, known once started.
  public int respPort() {
    return respPort;
  }

  /// The port of HTTP, known once started.
  public int httpPort() {
    return httpPort;
  }

  /// Takes no more connections and no more requests, and answers those that were taken.
  ///
  /// @param graceMillis how long to wait for that, and for clients to take the replies
  public void drain(long graceMillis) {
    ready = false;
    draining = true;
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    pages.close().awaitUninterruptibly();
    loops.forEach((executor, loop) -> executor.execute(loop::drain));
    requests.newCloseFuture().awaitUninterruptibly(graceMillis);
  }

  /// Ends whatever connections there are, and the event loops.
  @Override
  public void close() {
    drain(0);
    work.shutdownNow();
    tls.ifPresent(Tls::close);
    group.shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
