// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

import io.incipit.trace.TraceRequest;
import io.incipit.trace.simulate.HitSink;

/// Counts what the hits of one cache with a disk are worth in time. For one thread at a time.
final class DiskMeter implements HitSink {
  private final PrefillTime time;
  private final double bandwidth;
  private final TtftSeconds.Meter local = new TtftSeconds.Meter();
  private double savedSeconds;
  private double computeSeconds;
  private double loadSeconds;
  private double gainSeconds;
  private long tokens;
  private long loadedTokens;

  /// @param bandwidth of the disk, in B/s; what it gives goes through memory
  DiskMeter(PrefillTime time, double bandwidth) {
    this.time = time;
    this.bandwidth = Math.min(bandwidth, time.machine().memoryBandwidth());
  }

  @Override
  public void found(TraceRequest request, long found) {
    found(request, found, found);
  }

  @Override
  public void found(TraceRequest request, long hostFound, long found) {
    long inHost = PrefillTime.usable(request, hostFound);
    long both = PrefillTime.usable(request, found);
    double compute = time.seconds(both, inHost);
    double load = time.loadSeconds(both, bandwidth) - time.loadSeconds(inHost, bandwidth);
    boolean loads = load < compute;
    tokens += both - inHost;
    computeSeconds += compute;
    loadSeconds += load;
    if (loads) {
      loadedTokens += both - inHost;
      gainSeconds += compute - load;
    }
    long used = loads ? both : inHost;
    savedSeconds += time.seconds(used, 0);
    local.add(
        time.seconds(request.inputTokens(), used)
            + time.loadSeconds(inHost, time.machine().memoryBandwidth())
            + (loads ? load : 0));
  }

  double savedSeconds() {
    return savedSeconds;
  }

  double computeSeconds() {
    return computeSeconds;
  }

  double loadSeconds() {
    return loadSeconds;
  }

  double gainSeconds() {
    return gainSeconds;
  }

  /// Of the tokens found on disk only, those whose loading is faster.
  double loadedShare() {
    return tokens == 0 ? 0 : (double) loadedTokens / tokens;
  }

  TtftSeconds local() {
    return local.percentiles();
  }
}
