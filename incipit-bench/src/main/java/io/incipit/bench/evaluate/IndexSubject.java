// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.bench.pool.PoolIndex;
import java.util.List;

/// An index by key over one-sided memory: a range query for each stretch of contiguous blocks, a
/// point query for each other block, and a put for each block; or all keys of a prompt at once.
final class IndexSubject implements Subject {
  private final Requests requests;
  private final Keys keys;
  private final boolean atOnce;
  private final Clients<PoolIndex> clients;
  private final Steps steps;
  private final long[] values;
  private final long[] from;
  private final int[] counts;
  private int stretches;

  /// @param atOnce whether a request is one operation
  /// @param clients of the same index; each request is one's, by chance
  IndexSubject(Requests requests, Keys keys, boolean atOnce, List<PoolIndex> clients, Steps steps) {
    this.requests = requests;
    this.keys = keys;
    this.atOnce = atOnce;
    this.clients = new Clients<>(clients, clients.stream().map(PoolIndex::client).toList());
    this.steps = steps;
    int longest = requests.longest();
    this.values = new long[longest];
    this.from = new long[longest];
    this.counts = new int[longest];
  }

  private PoolIndex client(int request) {
    return clients.next((double) requests.timeNs(request));
  }

  @Override
  public void lookup(int request) {
    var index = client(request);
    stretch(request);
    if (atOnce) {
      steps.begin(index.client());
      index.lookup(from, counts, stretches, values);
      steps.end(Step.LOOKUP, index.client());
      return;
    }
    int at = 0;
    for (int i = 0; i < stretches; i++) {
      steps.begin(index.client());
      if (counts[i] == 1) {
        values[at] = index.search(from[i]);
      } else {
        index.range(from[i], counts[i], values, at);
      }
      steps.end(counts[i] == 1 ? Step.SEARCH : Step.RANGE, index.client());
      at += counts[i];
    }
  }

  private void stretch(int request) {
    stretches = 0;
    int last = 0;
    for (int i = 0; i < requests.length(request); i++) {
      int id = requests.id(request, i);
      if (i > 0 && keys.ordered() && id == last + 1) {
        counts[stretches - 1]++;
      } else {
        from[stretches] = keys.of(id);
        counts[stretches++] = 1;
      }
      last = id;
    }
  }

  @Override
  public int wrong(int request, int known) {
    int wrong = 0;
    int at = 0;
    for (int i = 0; i < stretches; i++) {
      boolean right = true;
      for (int end = at + counts[i]; at < end; at++) {
        long truth = at < known ? Keys.value(requests.id(request, at)) : 0;
        right &= values[at] == truth;
      }
      wrong += right ? 0 : 1;
    }
    return atOnce ? Math.min(1, wrong) : wrong;
  }

  @Override
  public void put(int request, int known) {
    var index = client(request);
    if (atOnce) {
      putAll(index, request, known);
      return;
    }
    for (int i = known; i < requests.length(request); i++) {
      int id = requests.id(request, i);
      steps.begin(index.client());
      index.put(keys.of(id), Keys.value(id));
      steps.end(Step.PUT, index.client());
    }
  }

  private void putAll(PoolIndex index, int request, int known) {
    int count = requests.length(request) - known;
    for (int i = 0; i < count; i++) {
      int id = requests.id(request, known + i);
      from[i] = keys.of(id);
      values[i] = Keys.value(id);
    }
    if (count > 0) {
      steps.begin(index.client());
      index.putAll(from, values, count);
      steps.end(Step.PUT, index.client());
    }
  }

  @Override
  public long bytes() {
    return clients.all().getFirst().client().pool().usedBytes();
  }

  @Override
  public long clientBytes() {
    return clients.all().stream().mapToLong(PoolIndex::cacheBytes).max().orElse(0);
  }
}
