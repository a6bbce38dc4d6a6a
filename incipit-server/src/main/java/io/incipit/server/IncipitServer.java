// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import io.incipit.env.Clock;
import io.incipit.env.Disk;
import io.incipit.env.RandomSource;
import io.incipit.env.RawDisk;
import io.incipit.ingest.Engines;
import io.incipit.net.NetServer;
import io.incipit.net.access.Access;
import io.incipit.net.access.Users;
import io.incipit.net.audit.Audit;
import io.incipit.net.audit.AuditEvent;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Outcome;
import io.incipit.net.audit.AuditLog;
import io.incipit.quota.QuotaFile;
import io.incipit.quota.Quotas;
import io.incipit.router.RouterApi;
import io.incipit.service.Service;
import io.incipit.store.Store;
import io.incipit.store.block.OwnerStream.Feed;
import io.incipit.store.memory.HostMemory;
import io.incipit.store.share.SharedPool;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// A running server: what it consists of, in the order in which it starts; it stops in reverse.
public final class IncipitServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(IncipitServer.class.getName());

  /// What remains of the time for a stop when connections have had theirs.
  private static final int END_MILLIS = 1_000;

  /// For the lines of the audit log that wait when all else has ended.
  private static final Duration AUDIT_END = Duration.ofMillis(END_MILLIS);

  private static final String TCP = "tcp://";
  private static final String ANY_HOST = TCP + "*";

  private final ServerConfig config;
  private final Clock clock;
  private final Audit audit;
  private final Service service;
  private final Store store;
  private final Engines engines;
  private final RouterApi router;
  private final NetServer net;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean stopping;

  /// Whether the engines were once caught up with; written by any thread, and only ever set.
  private volatile boolean caughtUp;

  /// What keeps people from what they may not do, and writes it down.
  private record Guard(Access access, Audit audit, Optional<QuotaFile> quotas) {
    private void reload() {
      quotas.ifPresent(file -> file.reload().ifPresent(this::note));
    }

    private void note(QuotaFile.Change change) {
      boolean taken = change.fault().isEmpty();
      var event = AuditEvent.of(Kind.QUOTAS, taken ? Outcome.DONE : Outcome.FAILED);
      audit.note(taken ? event : event.since(change.fault()));
    }
  }

  private IncipitServer(ServerConfig config, Clock time, HostMemory pool, Guard guard)
      throws IOException {
    this.config = config;
    this.clock = Clock.system();
    this.audit = guard.audit();
    var access = guard.access();
    this.store =
        Store.open(config.store(), pool, RawDisk.system(), time, RandomSource.system().fresh());
    this.service = new Service(config.index(), RandomSource.system(), access.quotas());
    this.engines = new Engines(service, clock, RandomSource.system());
    service.engines(engines::rows);
    service.others(store::stats);
    service.keeper(store.blocks()::hint, store.blocks()::drop);
    store.quotas(access.quotas(), config.access().redisNamespace());
    store.blocks().feed(new Feed(service::offer, service::whenRoom), config.store().owner());
    this.router = new RouterApi(engines, service, clock, allowed(config));
    this.net =
        new NetServer(
            config.net(),
            service,
            store,
            clock,
            router.routes(),
            access,
            audit,
            guard::reload,
            this::isCaughtUp);
  }

  /// Makes a server, or says in the audit log why there is none.
  private static IncipitServer make(ServerConfig config, Clock time) throws IOException {
    var quotas = quotas(config);
    var limits = quotas.map(QuotaFile::quotas).orElseGet(Quotas::none);
    var access = Access.of(config.access(), Clock.system(), limits);
    var audit = audit(config, access);
    try {
      return make(config, time, new Guard(access, audit, quotas));
    } catch (IOException | RuntimeException | Error failure) {
      audit.note(notStarted(failure));
      audit.close(AUDIT_END);
      throw failure;
    }
  }

  private static AuditEvent notStarted(Throwable failure) {
    return AuditEvent.of(Kind.START, Outcome.FAILED).since(String.valueOf(failure.getMessage()));
  }

  /// Makes a server, or leaves none of its memory, which may be a file that outlives the process.
  private static IncipitServer make(ServerConfig config, Clock time, Guard guard)
      throws IOException {
    var pool = pool(config);
    try {
      return new IncipitServer(config, time, pool, guard);
    } catch (IOException | RuntimeException | Error failure) {
      pool.close();
      throw failure;
    }
  }

  private static Optional<QuotaFile> quotas(ServerConfig config) throws IOException {
    if (config.quotas().isEmpty()) {
      return Optional.empty();
    }
    var room = new QuotaFile.Room(config.index().memoryLimitBytes(), config.store().hostBytes());
    return Optional.of(QuotaFile.open(config.quotas().get(), room, Clock.system()));
  }

  private static Audit audit(ServerConfig config, Access access) throws IOException {
    if (config.audit().isEmpty()) {
      return Audit.NONE;
    }
    var log = AuditLog.open(config.audit().get(), Disk.system(), Clock.system(), access::isSecret);
    log.start();
    return log;
  }

  private static HostMemory pool(ServerConfig config) throws IOException {
    long bytes = config.store().hostBytes();
    return config.share().isPresent()
        ? SharedPool.open(config.share().get(), bytes, RandomSource.system())
        : new HostMemory(bytes, false);
  }

  /// Starts a server; it answers when this returns.
  ///
  /// @throws IOException if a port is not to be had; the message says which
  public static IncipitServer start(ServerConfig config) throws IOException {
    return start(config, Clock.system());
  }

  /// Starts a server whose store has a time of its own, such as that of a replay.
  ///
  /// @throws IOException if a port is not to be had; the message says which
  public static IncipitServer start(ServerConfig config, Clock time) throws IOException {
    var server = make(config, time);
    try {
      server.net.prepare();
      server.store.start();
      server.engines.start();
      config.engines().forEach(spec -> server.engines.follow(spec, server.router::admits));
      server.router.start();
      server.net.start();
    } catch (IOException | RuntimeException | Error failure) {
      server.audit.note(notStarted(failure));
      server.stop();
      throw failure;
    }
    server.audit.note(AuditEvent.of(Kind.START, Outcome.DONE));
    Budgets.tooLittleMemory(Runtime.getRuntime().maxMemory(), Budgets.machineBytes())
        .ifPresent(line -> LOG.log(Level.WARNING, line));
    LOG.log(
        Level.INFO,
        () ->
            ("start-server bind=%s resp_port=%d http_bind=%s http_port=%d event_loops=%d lanes=%d"
                    + " memory_limit=%d")
                .formatted(
                    config.net().bind(),
                    server.respPort(),
                    config.net().httpBind(),
                    server.httpPort(),
                    config.net().eventLoops(),
                    config.index().lanes(),
                    config.index().memoryLimitBytes()));
    return server;
  }

  /// Where engines may be registered: what the operator allows, and what the operator follows.
  private static List<String> allowed(ServerConfig config) {
    var followed =
        config.engines().stream()
            .flatMap(engine -> engine.addresses().stream())
            .filter(endpoint -> !endpoint.startsWith(ANY_HOST))
            .map(endpoint -> endpoint.substring(TCP.length()));
    return Stream.concat(config.enginesAllowed().stream(), followed).toList();
  }

  /// Engines that come later do not make a server that was ready any less so.
  private boolean isCaughtUp() {
    if (!caughtUp && engines.isSettled()) {
      caughtUp = true;
    }
    return caughtUp;
  }

  /// The line that a server's users file has of somebody.
  ///
  /// @param token that proves who he is; the line has its hash only
  /// @param rules what he may do, such as `read@*`
  /// @throws IllegalArgumentException `user: value (expected: ...)` if no server would take it
  public static String userLine(String name, String token, List<String> rules) {
    return Users.line(name, token, rules);
  }

  /// The same of somebody who is known by his certificate.
  ///
  /// @param subject the only URI in it, or if there are none the only DNS name
  /// @throws IllegalArgumentException `user: value (expected: ...)` if no server would take it
  public static String userLineOfCertificate(String name, String subject, List<String> rules) {
    return Users.lineOfCertificate(name, subject, rules);
  }

  /// Whether both ports speak TLS, and nothing else.
  public boolean isEncrypted() {
    return config.net().tls().isPresent();
  }

  /// Whether everybody has to say who he is.
  public boolean hasUsers() {
    return config.access().users().isPresent();
  }

  /// The address of RESP.
  public String bind() {
    return config.net().bind();
  }

  /// The address of HTTP.
  public String httpBind() {
    return config.net().httpBind();
  }

  /// The port of RESP.
  public int respPort() {
    return net.respPort();
  }

  /// The port of HTTP.
  public int httpPort() {
    return net.httpPort();
  }

  /// Waits until the server has stopped.
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  /// Takes no more requests, answers those that were taken, and ends, within the configured time.
  /// Done again it waits for the first.
  public synchronized void stop() {
    if (stopping) {
      return;
    }
    stopping = true;
    try {
      end(clock.nanoTime());
    } finally {
      stopped.countDown();
    }
  }

  private void end(long startedNs) {
    net.drain(Math.max(0, config.stopTimeout().toMillis() - END_MILLIS));
    try {
      router.stop();
      engines.stop();
      service.stop();
      long spentNs = clock.nanoTime() - startedNs;
      store.stop(config.stopTimeout().minusNanos(spentNs));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    net.close();
    try {
      store.close();
    } catch (IOException failure) {
      LOG.log(Level.ERROR, "fail-store-close", failure);
    }
    audit.note(AuditEvent.of(Kind.STOP, Outcome.DONE));
    audit.close(AUDIT_END);
    LOG.log(
        Level.INFO,
        () -> "stop-server duration_ms=%d".formatted((clock.nanoTime() - startedNs) / 1_000_000));
  }

  /// The same as [#stop].
  @Override
  public void close() {
    stop();
  }
}
