// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.TraceRequest;
import io.incipit.trace.simulate.HitSink;

/// Counts what the hits of one cache are worth in time. For one thread at a time.
final class HitMeter implements HitSink {
  private final PrefillTime time;
  private final TtftSeconds.Meter local = new TtftSeconds.Meter();
  private final TtftSeconds.Meter remote = new TtftSeconds.Meter();
  private double savedSeconds;
  private double loadSeconds;

  HitMeter(PrefillTime time) {
    this.time = time;
  }

  @Override
  public void found(TraceRequest request, long tokens) {
    long used = PrefillTime.usable(request, tokens);
    var machine = time.machine();
    double rest = time.seconds(request.inputTokens(), used);
    double load = time.loadSeconds(used, machine.memoryBandwidth());
    savedSeconds += time.seconds(used, 0);
    loadSeconds += load;
    local.add(rest + load);
    remote.add(rest + time.loadSeconds(used, machine.remoteBandwidth()));
  }

  double savedSeconds() {
    return savedSeconds;
  }

  double loadSeconds() {
    return loadSeconds;
  }

  TtftSeconds local() {
    return local.percentiles();
  }

  TtftSeconds remote() {
    return remote.percentiles();
  }
}
