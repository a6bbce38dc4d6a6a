// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import io.incipit.env.Clock;
import io.incipit.service.Service;
import io.netty.channel.Channel;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections of the server share. Thread-safe.
final class Peers {
  private static final Logger LOG = System.getLogger(Peers.class.getName());
  private static final int LOGGED_FIRST = 10;
  private static final int LOGGED_EVERY = 1_000;

  private final ConnectionConfig config;
  private final Service service;
  private final Clock clock;
  private final long startedNs;
  private final Budget budget;
  private final NetMetrics metrics;
  private final AtomicLong lastId = new AtomicLong();
  private final ConcurrentHashMap<Long, Client> clients = new ConcurrentHashMap<>();
  private volatile int respPort;

  Peers(ConnectionConfig config, Service service, Clock clock) {
    this.config = config;
    this.service = service;
    this.clock = clock;
    this.startedNs = clock.nanoTime();
    this.budget = new Budget(config.bufferBytesMax());
    this.metrics = new NetMetrics();
    metrics.registry().register(new ServiceMetrics(service));
    metrics.gauge("buffered_bytes", "Bytes held for slow clients.", budget::used);
  }

  ConnectionConfig config() {
    return config;
  }

  Service service() {
    return service;
  }

  Clock clock() {
    return clock;
  }

  long uptimeSeconds() {
    return (clock.nanoTime() - startedNs) / 1_000_000_000L;
  }

  Budget budget() {
    return budget;
  }

  NetMetrics metrics() {
    return metrics;
  }

  int respPort() {
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
            clock.nanoTime());
    clients.put(client.id(), client);
    return client;
  }

  void close(Client client) {
    clients.remove(client.id());
  }

  Collection<Client> clients() {
    return clients.values();
  }

  private static String shown(SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
        : String.valueOf(address);
  }

  /// Notes a failure that nobody foresaw; what the other end of a socket did is none.
  void failed(String what, Throwable failure) {
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
