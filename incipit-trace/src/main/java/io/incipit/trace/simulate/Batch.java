// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Some requests in a row, their ids in arrays that many caches read.
///
/// @param ids by request
/// @param complete by request, the answers that are complete when it comes
record Batch(List<TraceRequest> requests, List<long[]> ids, List<List<Answers.Complete>> complete) {
  private static final int BLOCKS = 1 << 17;
  private static final int REQUESTS = 4096;

  /// The next requests of a trace, about 131,072 blocks; none at the end.
  static Batch read(TraceReader reader, Answers answers) throws IOException {
    var requests = new ArrayList<TraceRequest>();
    var ids = new ArrayList<long[]>();
    var complete = new ArrayList<List<Answers.Complete>>();
    for (int blocks = 0; blocks < BLOCKS && requests.size() < REQUESTS; ) {
      var next = reader.next();
      if (next.isEmpty()) {
        break;
      }
      var its = new long[next.get().ids().length()];
      next.get().ids().copyTo(its);
      requests.add(next.get());
      ids.add(its);
      complete.add(answers.complete(next.get().timeNs()));
      answers.begin(next.get());
      blocks += its.length;
    }
    return new Batch(requests, ids, complete);
  }
}
