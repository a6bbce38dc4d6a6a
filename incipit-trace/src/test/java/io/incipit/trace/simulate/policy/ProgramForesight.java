// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.policy;

import io.incipit.policy.PoolProgram;
import java.util.List;

/// The future of a random program.
final class ProgramForesight {
  private ProgramForesight() {}

  /// Which request uses each block of each request next.
  static Foresight of(PoolProgram program) {
    var requests = program.requests();
    return (request, nextUses, length) -> {
      for (int i = 0; i < length; i++) {
        nextUses[i] = nextUse(requests, request, requests.get(request).path().get(i));
      }
    };
  }

  private static int nextUse(List<PoolProgram.Request> requests, int request, long block) {
    for (int later = request + 1; later < requests.size(); later++) {
      if (requests.get(later).path().contains(block)) {
        return later;
      }
    }
    return Foresight.NEVER;
  }
}
