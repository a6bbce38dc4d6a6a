// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.tls;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.net.audit.Audit;
import io.incipit.net.audit.AuditEvent;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Origin;
import io.incipit.net.audit.AuditEvent.Outcome;
import io.incipit.tls.PemFile;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLPeerUnverifiedException;

/// TLS of both ports: who the server is, and who may come in. Thread-safe.
///
/// The files are looked at every 2 s. Once they are the same at two looks, and not as they were
/// read last, they are read again: what is good is for the connections that come from then on, and
/// what is not is logged and counted, once, and changes nothing. Connections keep what they began
/// with.
///
/// What handshakes compute is done by threads of their own, so that many of them do not keep the
/// event loops from those who are in.
public final class Tls implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Tls.class.getName());
  private static final long LOOK_EVERY_NS = TimeUnit.SECONDS.toNanos(2);

  /// How long an end may take that the client is told of.
  private static final int CLOSE_MILLIS = 1_000;

  static {
    // Read by the JDK before its first handshake as a server. TLS 1.3 has no renegotiation, and in
    // 1.2 nobody needs it: it costs a server more than whoever asks for it.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  /// What TLS is given by its server.
  ///
  /// @param registry where it counts
  /// @param handshakeTimeout within which a handshake is over
  /// @param threads that compute handshakes
  /// @param cut told the reason when a connection is ended
  /// @param audit told of refused handshakes and renewals
  public record Surroundings(
      Disk disk,
      Clock clock,
      PrometheusRegistry registry,
      Duration handshakeTimeout,
      int threads,
      BiConsumer<String, Channel> cut,
      Audit audit) {}

  private final TlsConfig config;
  private final Surroundings around;
  private final TlsMetrics metrics;
  private final ExecutorService work;
  private final Thread watch;
  private volatile TlsContexts contexts;

  /// What was known of the files at the last look, and when they were read last. Of whoever looks.
  private List<Optional<Disk.Facts>> seen;

  private List<Optional<Disk.Facts>> read;

  private Tls(
      TlsConfig config,
      Surroundings around,
      TlsContexts contexts,
      List<Optional<Disk.Facts>> read) {
    this.config = config;
    this.around = around;
    this.contexts = contexts;
    this.seen = read;
    this.read = read;
    this.metrics = new TlsMetrics(around.registry(), this::secondsLeft);
    this.work =
        Executors.newFixedThreadPool(
            around.threads(), Thread.ofPlatform().name("tls-handshake-", 0).daemon().factory());
    this.watch = Thread.ofPlatform().name("tls-files").daemon().unstarted(this::watch);
  }

  /// Reads the files, and does not watch them yet.
  ///
  /// @throws IOException if something is wrong with one; the message says what, in one line
  public static Tls open(TlsConfig config, Surroundings around) throws IOException {
    var read = facts(config, around.disk());
    return new Tls(config, around, TlsContexts.load(config, around.disk(), around.clock()), read);
  }

  /// Watches the files until [#close].
  public void start() {
    watch.start();
  }

  /// Lets a connection speak TLS and nothing else.
  ///
  /// @param opens called on its event loop when the handshake has succeeded: what it then adds to
  ///     the pipeline sees and writes what is not encrypted
  public void shield(Channel channel, TlsPort port, Runnable opens) {
    var now = contexts;
    var context = port == TlsPort.RESP ? now.resp() : now.http();
    var handler = context.newHandler(channel.alloc(), work);
    handler.setHandshakeTimeoutMillis(around.handshakeTimeout().toMillis());
    handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
    channel
        .pipeline()
        .addLast(
            handler, new Gate(() -> open(channel, port, opens), why -> fail(channel, port, why)));
  }

  private void open(Channel channel, TlsPort port, Runnable opens) {
    metrics.succeeded(port);
    channel.pipeline().addLast(new Pacing(channel));
    opens.run();
  }

  private void fail(Channel channel, TlsPort port, HandshakeFailure why) {
    metrics.failed(port, why);
    if (why != HandshakeFailure.GONE) {
      around.cut().accept("tls-" + why.label(), channel);
      var origin = Origin.of(port.label(), "", channel.remoteAddress());
      around
          .audit()
          .note(AuditEvent.of(Kind.HANDSHAKE, Outcome.DENIED).from(origin).since(why.label()));
    }
  }

  /// Whether what comes over a channel's socket is encrypted.
  public static boolean covers(Channel channel) {
    return channel.pipeline().get(SslHandler.class) != null;
  }

  /// The certificate that a client has shown in its handshake, if that was asked for and is valid
  /// now. [TlsConfig#clientCa] vouches for it: others end the handshake.
  public static Optional<X509Certificate> client(Channel channel, Clock clock) {
    var handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      return Optional.empty();
    }
    try {
      var shown = handler.engine().getSession().getPeerCertificates();
      if (shown.length > 0 && shown[0] instanceof X509Certificate its) {
        // A session that is resumed was verified when it began.
        its.checkValidity(Date.from(Instant.ofEpochMilli(clock.wallMillis())));
        return Optional.of(its);
      }
      return Optional.empty();
    } catch (SSLPeerUnverifiedException | CertificateException nobody) {
      return Optional.empty();
    }
  }

  /// What the next connection gets, for tests.
  TlsContexts contexts() {
    return contexts;
  }

  private double secondsLeft() {
    return (contexts.expiresMillis() - around.clock().wallMillis()) / 1e3;
  }

  private static List<Optional<Disk.Facts>> facts(TlsConfig config, Disk disk) {
    return config.files().map(file -> facts(file, disk)).toList();
  }

  private static Optional<Disk.Facts> facts(PemFile file, Disk disk) {
    try {
      return Optional.of(disk.facts(file.path()));
    } catch (IOException _) {
      // What is wrong is said by who reads it.
      return Optional.empty();
    }
  }

  private void watch() {
    try {
      while (true) {
        around.clock().sleepNs(LOOK_EVERY_NS);
        look();
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /// Looks at the files once.
  void look() {
    var now = facts(config, around.disk());
    boolean settled = now.equals(seen);
    seen = now;
    if (!settled || now.equals(read)) {
      return;
    }
    read = now;
    try {
      var fresh = TlsContexts.load(config, around.disk(), around.clock());
      contexts = fresh;
      metrics.reloaded(true);
      around.audit().note(AuditEvent.of(Kind.CERTIFICATE, Outcome.DONE));
      LOG.log(
          Level.INFO,
          () -> "renew-certificate expires=" + Instant.ofEpochMilli(fresh.expiresMillis()));
    } catch (IOException | RuntimeException bad) {
      metrics.reloaded(false);
      around
          .audit()
          .note(
              AuditEvent.of(Kind.CERTIFICATE, Outcome.FAILED)
                  .since(String.valueOf(bad.getMessage())));
      LOG.log(Level.ERROR, () -> "keep-old-certificate reason='%s'".formatted(bad.getMessage()));
    }
  }

  /// Watches no more, and takes no more handshakes.
  @Override
  public void close() {
    watch.interrupt();
    work.shutdownNow();
  }
}
