// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Transport;
import io.incipit.bench.runpool.PoolAnswer;
import io.incipit.bench.runpool.RunPool;
import io.incipit.bench.runpool.RunPoolClient;
import io.incipit.bench.runpool.RunPoolConfig;
import io.incipit.bench.runpool.Writing;
import java.util.ArrayList;

/// Our run index over one-sided memory: one question a prompt, and one put of what it adds.
final class RunPoolSubject implements Subject {
  private final Requests requests;
  private final Steps steps;
  private final Form form;
  private final RunPool index;
  private final Clients<RunPoolClient> clients;
  private final PoolAnswer answer = new PoolAnswer();
  private final long[] hashes;
  private final long[] locations;
  private int blocks;

  /// How it is used.
  ///
  /// @param locations whether each block has an 8-byte location, the paper's value
  /// @param clients among whom requests are dealt out by chance
  /// @param directory whether they keep one
  record Form(boolean locations, Writing writing, int clients, boolean directory) {}

  RunPoolSubject(Requests requests, Form form, Steps steps, Systems.Setting setting) {
    this.requests = requests;
    this.steps = steps;
    this.form = form;
    var pool = new MemoryPool(setting.model());
    var config =
        switch (form.writing()) {
          case OWNER -> new RunPoolConfig(form.locations(), Writing.OWNER);
          case CLIENTS ->
              RunPoolConfig.forClients(form.locations(), requests.distinct(), requests.count());
        };
    index = RunPool.create(pool, config);
    long cacheBytes = form.directory() ? setting.cacheBytes() : 0;
    var opened = new ArrayList<RunPoolClient>();
    for (int i = 0; i < form.clients(); i++) {
      opened.add(
          index.open(new PoolClient(pool, Transport.WHOLE, Systems.QUEUE_PAIRS), cacheBytes));
    }
    clients = new Clients<>(opened, opened.stream().map(RunPoolClient::client).toList());
    hashes = new long[requests.longest()];
    locations = new long[requests.longest()];
  }

  private RunPoolClient client(int request) {
    name(request);
    return clients.next((double) requests.timeNs(request));
  }

  /// Sets the hashes and locations of a request's blocks.
  private void name(int request) {
    for (int i = 0; i < requests.length(request); i++) {
      int id = requests.id(request, i);
      hashes[i] = Keys.HASHED.of(id);
      locations[i] = Keys.value(id);
    }
  }

  @Override
  public void lookup(int request) {
    var client = client(request);
    steps.begin(client.client());
    blocks = client.match(hashes, requests.length(request), answer);
    steps.end(Step.LOOKUP, client.client());
  }

  @Override
  public void warm(int request) {
    name(request);
    for (var client : clients.all()) {
      client.match(hashes, requests.length(request), answer);
    }
  }

  @Override
  public int wrong(int request, int known) {
    boolean right = blocks == known && answer.blocks() == known && answer.isOf(0, 0);
    for (int i = 0; form.locations() && i < known; i++) {
      right &= answer.location(i) == Keys.value(requests.id(request, i));
    }
    return right ? 0 : 1;
  }

  @Override
  public void put(int request, int known) {
    int length = requests.length(request);
    if (known < length) {
      var client = client(request);
      steps.begin(client.client());
      client.put(hashes, known, length, 0, 0, locations);
      steps.end(Step.PUT, client.client());
    }
  }

  @Override
  public long bytes() {
    return index.bytes();
  }

  @Override
  public long clientBytes() {
    return clients.all().stream().mapToLong(RunPoolClient::directoryBytes).max().orElse(0);
  }
}
