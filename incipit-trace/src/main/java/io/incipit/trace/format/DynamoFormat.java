// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptLinesReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// The JSON lines of Dynamo's request trace (`dynamo.request.trace.v1`), which its agent tracing
/// writes: of the events, those of a `request_end` whose `request` has `replay`, with
/// `trace_block_size`, `input_length` and `input_sequence_hashes`, each of which covers all before
/// it. Events are written as requests end; sorted by `request_received_ms`.
public final class DynamoFormat implements TraceFormat {
  private static final String SCHEMA = "dynamo.request.trace.v1";
  private static final double NANOS_PER_MILLI = 1e6;

  /// Makes the format.
  public DynamoFormat() {}

  @Override
  public String name() {
    return "dynamo";
  }

  @Override
  public boolean recognises(TraceHead head) {
    return head.text("schema").equals(SCHEMA);
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new Reader(file, Reader.blockTokens(file), false);
  }

  /// Keeps all prompts, since the request that came first may end last: 8 B a block of each.
  private static final class Reader extends PromptLinesReader {
    private final int blockTokens;
    private final boolean looking;
    private final Map<String, Long> sessions = new HashMap<>();
    private final Map<Long, Integer> turns = new HashMap<>();
    private long earliestNs = Long.MAX_VALUE;

    /// The block size seen last.
    private int size;

    /// @param looking whether only the block size is wanted
    Reader(TraceFile file, int blockTokens, boolean looking) throws IOException {
      super(looking ? new TraceFile(file.disk(), file.path(), true) : file, blockTokens);
      this.blockTokens = blockTokens;
      this.looking = looking;
    }

    /// The block size of the first request that says it.
    static int blockTokens(TraceFile file) throws IOException {
      try (var first = new Reader(file, 1, true)) {
        while (first.size == 0) {
          if (!first.readOn()) {
            throw new BadTraceException(
                file.path(), 0, "request_end: none with replay (expected: at least one)");
          }
        }
        return first.size;
      }
    }

    @Override
    protected void read(JsonMembers line) throws BadLineException {
      if (!line.text("event_type").equals("request_end")) {
        return;
      }
      var request = line.member("request");
      if (!request.has("replay")) {
        return;
      }
      var replay = request.member("replay");
      size = (int) replay.integer("trace_block_size", 1, TraceHead.BLOCK_TOKENS_MAX);
      if (looking) {
        return;
      }
      if (size != blockTokens) {
        throw new BadLineException(
            "trace_block_size: %d (expected: %d, as before)".formatted(size, blockTokens));
      }
      int input = replay.tokens("input_length", 1);
      var names = replay.ids("input_sequence_hashes");
      if (names.length != input / size && names.length != Math.ceilDiv(input, size)) {
        throw new BadLineException(
            "input_sequence_hashes: %d (expected: %d, for input_length %d and %d tokens a block)"
                .formatted(names.length, input / size, input, size));
      }
      long timeNs = timeNs(line, request);
      int output = request.has("output_tokens") ? request.tokens("output_tokens", 0) : 0;
      long session = session(line);
      int turn = session == TraceRequest.NO_SESSION ? 0 : turns.merge(session, 1, Integer::sum) - 1;
      earliestNs = Math.min(earliestNs, timeNs);
      var facts = new PromptFacts(timeNs, session, turn, input, output);
      add(facts, PrefixIds.SHARED_ROOT, names);
    }

    private static long timeNs(JsonMembers line, JsonMembers request) throws BadLineException {
      if (request.has("request_received_ms")) {
        return request.timeNs("request_received_ms", NANOS_PER_MILLI);
      }
      return line.timeNs("event_time_unix_ms", NANOS_PER_MILLI);
    }

    private long session(JsonMembers line) throws BadLineException {
      if (!line.has("agent_context") || !line.member("agent_context").has("session_id")) {
        return TraceRequest.NO_SESSION;
      }
      var name = line.member("agent_context").text("session_id");
      return sessions.computeIfAbsent(name, _ -> (long) sessions.size());
    }

    @Override
    protected long noneBeforeNs() {
      return Long.MIN_VALUE;
    }

    @Override
    protected long zeroNs() {
      return earliestNs;
    }
  }
}
