// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.block.Hint;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BlockIds;
import io.incipit.trace.TraceRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/// Requests of random sessions: prompts that go on, branch, shrink and repeat. A session begins
/// every 20 s.
///
/// @param blockTokens tokens a block
/// @param partial whether the partial block at the end of a prompt is listed
/// @param sharing whether sessions begin like others, and where they need not be deltas, go on from
///     their prompts
/// @param deltas whether every prompt is the one before, its answer, and more
record RandomTrace(int blockTokens, boolean partial, boolean sharing, boolean deltas) {
  private static final long SECOND = 1_000_000_000;
  private static final int SESSIONS = 12;
  private static final List<Ending> ENDINGS = List.of(Ending.values());
  private static final List<Hint> HINTS =
      List.of(Hint.NONE, Hint.DONE, new Hint.Back(12_500_000_000L), new Hint.Back(0));

  List<TraceRequest> requests(RandomGenerator random) {
    var ids = new Ids();
    var shared = new Prompt(List.of(), 0).then(ids, 3 * blockTokens, this);
    var requests = new ArrayList<TraceRequest>();
    var forks = new ArrayList<>(List.of(shared));
    for (int session = 0; session < SESSIONS; session++) {
      var opening = sharing ? forks.get(random.nextInt(forks.size())) : new Prompt(List.of(), 0);
      var prompt = opening.then(ids, 1 + random.nextInt(5 * blockTokens), this);
      long timeNs = session * 20L * SECOND;
      int turns = 1 + random.nextInt(8);
      for (int turn = 0; turn < turns; turn++) {
        int output = random.nextInt(2 * blockTokens);
        var ending = ENDINGS.get(random.nextInt(ENDINGS.size()));
        requests.add(
            new TraceRequest(
                timeNs,
                session,
                turn,
                prompt.tokens,
                output,
                blockTokens,
                BlockIds.of(prompt.ids.stream().mapToLong(id -> id).toArray()),
                ending,
                HINTS.get((session + turn) % HINTS.size())));
        timeNs += SECOND + random.nextInt(Integer.MAX_VALUE);
        if (!deltas) {
          forks.add(prompt);
        }
        prompt = next(random, ids, prompt, output);
      }
    }
    requests.sort(Comparator.comparingLong(TraceRequest::timeNs));
    return requests;
  }

  private Prompt next(RandomGenerator random, Ids ids, Prompt prompt, int output) {
    int more = 1 + random.nextInt(3 * blockTokens);
    if (deltas || random.nextInt(4) > 0) {
      return prompt.then(ids, output + more, this);
    }
    if (random.nextInt(3) == 0) {
      return prompt;
    }
    int kept = random.nextInt(prompt.tokens / blockTokens + 1);
    var cut = new Prompt(prompt.ids.subList(0, kept), kept * blockTokens);
    return cut.then(ids, more, this);
  }

  private static final class Ids {
    private long next = 1L << 40;

    long fresh() {
      next += 3;
      return next;
    }
  }

  private record Prompt(List<Long> ids, int tokens) {
    /// This prompt and more tokens that no other has.
    Prompt then(Ids fresh, int more, RandomTrace trace) {
      int longer = tokens + more;
      var grown = new ArrayList<>(ids.subList(0, tokens / trace.blockTokens));
      int blocks =
          trace.partial ? Math.ceilDiv(longer, trace.blockTokens) : longer / trace.blockTokens;
      while (grown.size() < blocks) {
        grown.add(fresh.fresh());
      }
      return new Prompt(grown, longer);
    }
  }
}
