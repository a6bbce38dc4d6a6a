// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.block.ErrorCode;
import io.incipit.block.Namespace;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Stat;
import io.incipit.env.Clock;
import io.incipit.net.access.Access;
import io.incipit.net.access.Session;
import io.incipit.net.access.Subject;
import io.incipit.net.audit.Audit;
import io.incipit.net.audit.AuditEvent;
import io.incipit.net.audit.AuditEvent.Kind;
import io.incipit.net.audit.AuditEvent.Outcome;
import io.incipit.net.audit.RespAudit;
import io.incipit.net.block.BlockIndex;
import io.incipit.net.http.HttpEvents;
import io.incipit.net.limits.ConnectionConfig;
import io.incipit.net.limits.CutLog;
import io.incipit.net.limits.MemoryBudget;
import io.incipit.net.redis.Client;
import io.incipit.net.redis.ServerView;
import io.incipit.net.tls.Tls;
import io.incipit.protocol.Command;
import io.incipit.service.Service;
import io.incipit.store.Store;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What all connections of the server share. Thread-safe.
final class ServerContext implements HttpEvents, ServerView, BlockIndex {
  private static final Logger LOG = System.getLogger(ServerContext.class.getName());
  private static final int LOGGED_FIRST = 10;
  private static final int LOGGED_EVERY = 1_000;

  private final ConnectionConfig config;
  private final Access access;
  private final Service service;
  private final Store store;
  private final Clock clock;
  private final long startedNs;
  private final MemoryBudget budget;
  private final NetMetrics metrics;
  private final CutLog cuts;
  private final Pulse pulse;
  private final Audit audit;
  private final AtomicLong lastId = new AtomicLong();
  private final ConcurrentHashMap<Long, Client> clients = new ConcurrentHashMap<>();
  private volatile int respPort;

  ServerContext(
      ConnectionConfig config,
      Service service,
      Store store,
      Clock clock,
      Access access,
      Audit audit) {
    this.config = config;
    this.access = access;
    this.audit = audit;
    this.service = service;
    this.store = store;
    this.clock = clock;
    this.startedNs = clock.nanoTime();
    this.budget = new MemoryBudget(config.bufferBytesMax());
    this.metrics = new NetMetrics();
    this.pulse = new Pulse(startedNs);
    this.cuts = new CutLog(clock, line -> LOG.log(Level.WARNING, line));
    metrics.registry().register(new ServiceMetrics(service, metrics::failures));
    metrics.gauge(
        "buffered_bytes",
        "Bytes of requests that wait or are not complete, and of replies not taken yet.",
        budget::used);
    metrics.addLogins(access);
    metrics.addAudit(audit);
  }

  Access access() {
    return access;
  }

  ConnectionConfig config() {
    return config;
  }

  Service service() {
    return service;
  }

  @Override
  public Optional<Namespace> namespace(String name) {
    return service.namespace(name);
  }

  @Override
  public int ask(Op question, Consumer<Reply> replies) {
    int used = service.answerNow(question, UNITS_MAX, replies);
    if (used == Service.TOO_MUCH) {
      service.answerLater(question, replies);
      return LATER;
    }
    return used;
  }

  @Override
  public Store store() {
    return store;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public List<Stat> stats() {
    return service.stats();
  }

  @Override
  public Map<ErrorCode, Long> refusals() {
    return service.refusals();
  }

  @Override
  public int connectionsMax() {
    return config.connectionsMax();
  }

  @Override
  public long bufferedBytes() {
    return budget.used();
  }

  @Override
  public Totals totals() {
    return metrics.totals();
  }

  @Override
  public long uptimeSeconds() {
    return (clock.nanoTime() - startedNs) / 1_000_000_000L;
  }

  /// Notes what was counted so far, for rates.
  void sample() {
    pulse.sample(clock.nanoTime(), totals());
  }

  /// What the front page says of the server.
  Map<String, String> facts() {
    var facts = new FrontFacts(this, service, pulse.rates(clock.nanoTime(), totals())).all();
    if (access.isGuarded()) {
      facts.putAll(Map.of("rows", "", "engines", "", "remark", "Names are shown to users only."));
    }
    return facts;
  }

  /// Whether more than half of the connections that may be are.
  boolean isCrowded() {
    return clients.size() > config.connectionsMax() / 2;
  }

  MemoryBudget budget() {
    return budget;
  }

  NetMetrics metrics() {
    return metrics;
  }

  @Override
  public int respPort() {
    return respPort;
  }

  void respPort(int respPort) {
    this.respPort = respPort;
  }

  /// Gives a connection its number and puts it on the list.
  Client open(Channel channel) {
    var client =
        new Client(
            lastId.incrementAndGet(),
            shown(channel.remoteAddress()),
            shown(channel.localAddress()),
            clock.nanoTime(),
            new Session(access, subject(channel)),
            reason -> kill(reason, channel));
    clients.put(client.id(), client);
    return client;
  }

  /// The name in the certificate that a client has shown, if it is valid now; else empty.
  String subject(Channel channel) {
    return access.isGuarded() ? Tls.client(channel, clock).flatMap(Subject::of).orElse("") : "";
  }

  /// Ends a connection, for any thread.
  private void kill(String reason, Channel channel) {
    cut(reason, channel);
    var _ = channel.close();
  }

  /// Looks at the users file, and ends the connections of those who are no users any more. Blocks.
  void reloadUsers() {
    switch (access.reload()) {
      case SAME -> {
        // So is all else.
      }
      case TAKEN -> {
        audit.note(AuditEvent.of(Kind.USERS, Outcome.DONE));
        clients.values().forEach(Client::endIfRevoked);
      }
      case REFUSED -> audit.note(AuditEvent.of(Kind.USERS, Outcome.FAILED).since(access.fault()));
    }
  }

  @Override
  public Audit audit() {
    return audit;
  }

  /// What the audit log is told of a connection.
  RespAudit audit(Client client) {
    return new RespAudit(audit, client.address(), client.session()::knownName);
  }

  void close(Client client) {
    clients.remove(client.id());
  }

  @Override
  public Collection<Client> clients() {
    return clients.values();
  }

  private static String shown(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : String.valueOf(address);
  }

  /// Notes that the hashes of a request look like text without `HEX`.
  void suspectText(Command command, Client client) {
    long count = metrics.suspectedText();
    if (count <= LOGGED_FIRST || count % LOGGED_EVERY == 0) {
      LOG.log(
          Level.WARNING,
          () ->
              "suspect-forgotten-hex command=%s address=%s count=%d"
                  .formatted(command.wireName(), client.address(), count));
    }
  }

  /// Requests of which that was noted.
  long textSuspicions() {
    return metrics.textSuspicions();
  }

  /// Notes that the server ended a connection, and why.
  @Override
  public void cut(String reason, Channel channel) {
    metrics.closed(reason);
    cuts.cut(reason, shown(channel.remoteAddress()));
  }

  @Override
  public void closed(String reason) {
    metrics.closed(reason);
  }

  @Override
  public void sent(int bytes) {
    metrics.sentHttp(bytes);
  }

  /// Notes a failure that nobody foresaw; what the other end of a socket did is none.
  @Override
  public void failed(String what, Throwable failure) {
    if (failure instanceof IOException) {
      LOG.log(Level.DEBUG, () -> "lose-connection reason='%s'".formatted(failure.getMessage()));
      return;
    }
    long count = metrics.failed();
    if (count <= LOGGED_FIRST || count % LOGGED_EVERY == 0) {
      LOG.log(Level.ERROR, () -> "fail-%s count=%d".formatted(what, count), failure);
    }
  }
}
