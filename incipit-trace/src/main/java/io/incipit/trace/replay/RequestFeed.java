// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.replay;

import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.BitSet;
import java.util.Optional;

/// Hands the requests of a trace to clients, each to one. Thread-safe.
final class RequestFeed {
  private final TraceReader reader;
  private final ReplayProgress progress;
  private final Pace pace;
  private final BitSet seen = new BitSet();
  private long requests;
  private boolean stopped;

  RequestFeed(TraceReader reader, ReplayProgress progress, Pace pace) {
    this.reader = reader;
    this.pace = pace;
    this.progress = progress;
  }

  /// The next request; empty at the end of the trace, or once stopped.
  synchronized Optional<TraceRequest> next() throws IOException {
    if (stopped) {
      return Optional.empty();
    }
    var request = reader.next();
    if (request.isPresent()) {
      if (requests == 0) {
        pace.begin(request.get().timeNs());
      }
      requests++;
      remember(request.get().ids());
      progress.reached(reader.progress(), requests);
    }
    return request;
  }

  private void remember(BlockIds ids) {
    for (int i = 0; i < ids.length(); i++) {
      seen.set(Math.toIntExact(ids.id(i)));
    }
  }

  /// Lets every client come to an end after the request it is at.
  synchronized void stop() {
    stopped = true;
  }

  synchronized long distinctBlocks() {
    return seen.cardinality();
  }
}
