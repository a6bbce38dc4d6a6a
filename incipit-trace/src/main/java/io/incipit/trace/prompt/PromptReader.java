// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.prompt;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.PriorityQueue;

/// Gives prompts in order of time, as requests with ids that stand for whole prefixes.
///
/// A subclass reads [Prompt]s in the order of the file, and says from when on no earlier one can
/// come; until then they wait. For one thread.
public abstract class PromptReader implements TraceReader {
  private final TraceFile file;
  private final int blockTokens;
  private final PriorityQueue<Prompt> waiting = new PriorityQueue<>();
  private final PrefixIds ids = new PrefixIds();
  private boolean ended;
  private long order;
  private long skipped;

  /// A reader that stands before the first prompt.
  protected PromptReader(TraceFile file, int blockTokens) {
    this.file = file;
    this.blockTokens = blockTokens;
  }

  /// Reads on, and gives prompts to [#add].
  ///
  /// @return whether there may be more
  protected abstract boolean readOn() throws IOException;

  /// The time that counts as 0 once the first request is given.
  protected long zeroNs() {
    return 0;
  }

  /// No prompt that is still to be read comes before this time.
  protected abstract long noneBeforeNs();

  @Override
  public final Optional<TraceRequest> next() throws IOException {
    while (!ended && (waiting.isEmpty() || waiting.element().timeNs() >= noneBeforeNs())) {
      ended = !readOn();
    }
    var prompt = waiting.poll();
    if (prompt == null) {
      return Optional.empty();
    }
    return Optional.of(
        new TraceRequest(
            prompt.timeNs() - zeroNs(),
            prompt.session(),
            prompt.turn(),
            prompt.inputTokens(),
            prompt.outputTokens(),
            blockTokens,
            ids.chain(prompt.root(), prompt.names()),
            prompt.ending()));
  }

  /// Takes a prompt that was read.
  ///
  /// @param root what stands before its first block, see [PrefixIds]
  /// @param names of its blocks
  protected final void add(PromptFacts facts, long root, long[] names) {
    waiting.add(new Prompt(facts, order, root, names));
    order++;
  }

  /// Refuses what was read last, or counts it if bad input is to be left out.
  protected final void refuse(long line, BadLineException bad) throws BadTraceException {
    if (!file.skipBad()) {
      throw new BadTraceException(file.path(), line, bad.reason());
    }
    skipped++;
  }

  @Override
  public final int blockTokens() {
    return blockTokens;
  }

  @Override
  public final long skipped() {
    return skipped;
  }
}
