// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.generate;

import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.util.Optional;

/// A synthetic trace of people talking to a model: the preset `conversation`.
public final class ConversationTrace implements TraceReader {
  private final SyntheticTrace trace;

  /// A trace of so many requests.
  public ConversationTrace(long requests, long seed) {
    this.trace = new SyntheticTrace(Workload.preset("conversation"), requests, seed);
  }

  @Override
  public Optional<TraceRequest> next() {
    return trace.next();
  }

  @Override
  public int blockTokens() {
    return trace.blockTokens();
  }

  @Override
  public double progress() {
    return trace.progress();
  }

  @Override
  public long skipped() {
    return trace.skipped();
  }

  @Override
  public void close() {
    trace.close();
  }
}
