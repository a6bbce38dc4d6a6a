// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptLinesReader;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// The JSON lines that the optimizer of Tair KVCache replays: an event a line, with `type`,
/// `instance_id`, `timestamp_ns` (`timestamp_us` before), `keys` of whole blocks, each of which
/// covers all before it, and `input_len`. A `get` or a `request` is a request; of a `write` nothing
/// is taken, since what was looked up is what is written. Lines may stand in any order.
///
/// The size of a block is in the optimizer's configuration, so `--block-size` must say it.
public final class TairFormat implements TraceFormat {
  private static final double NANOS_PER_MICRO = 1e3;

  /// Makes the format.
  public TairFormat() {}

  @Override
  public String name() {
    return "tair";
  }

  @Override
  public boolean recognises(TraceHead head) {
    return head.names().containsAll(List.of("type", "instance_id", "keys"));
  }

  @Override
  public boolean takesBlocks() {
    return true;
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    if (!file.text().blockTokensAsked()) {
      throw new BadTraceException(
          file.path(),
          0,
          "block size: not in the trace (expected: --block-size, as the optimizer was configured)");
    }
    return new Reader(file, file.text().blockTokens());
  }

  /// Keeps all prompts until the end: 8 B a block of each.
  private static final class Reader extends PromptLinesReader {
    private final int blockTokens;
    private long earliestNs = Long.MAX_VALUE;
    private long writes;

    Reader(TraceFile file, int blockTokens) throws IOException {
      super(file, blockTokens);
      this.blockTokens = blockTokens;
    }

    @Override
    protected void read(JsonMembers line) throws BadLineException {
      var type = line.text("type");
      if (type.equals("write")) {
        writes++;
        return;
      }
      if (!type.equals("get") && !type.equals("request")) {
        throw new BadLineException("type: %s (expected: get, request or write)".formatted(type));
      }
      long timeNs =
          line.has("timestamp_ns")
              ? line.integer("timestamp_ns", 0, Long.MAX_VALUE)
              : line.timeNs("timestamp_us", NANOS_PER_MICRO);
      int input = line.tokens("input_len", 1);
      var names = line.ids("keys");
      if (names.length > input / blockTokens) {
        throw new BadLineException(
            "keys: %d (expected: at most %d, for input_len %d and %d tokens a block)"
                .formatted(names.length, input / blockTokens, input, blockTokens));
      }
      earliestNs = Math.min(earliestNs, timeNs);
      var facts = new PromptFacts(timeNs, TraceRequest.NO_SESSION, 0, input, 0);
      add(facts, PrefixIds.SHARED_ROOT, names);
    }

    @Override
    protected long noneBeforeNs() {
      return Long.MIN_VALUE;
    }

    @Override
    protected long zeroNs() {
      return earliestNs;
    }

    @Override
    public TraceNotes notes() {
      return TraceNotes.ofAssumed(
          false,
          List.of(
              "Answers: not recorded, and taken for empty.",
              String.format(
                  Locale.ROOT,
                  "Writes: %,d events, not used: what was looked up is taken to be written.",
                  writes)));
    }
  }
}
