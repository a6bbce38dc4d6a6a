// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.BadLineException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptLinesReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The JSON lines of `dynamo.agentic_mooncake`, version 2: a header with `block_size`, then a
/// request a line with `play_id`, `session_id`, `input_length`, `output_length`, `hash_ids`,
/// `not_before_ms`, and `dependencies` on earlier requests. Ids are local to their play.
///
/// How long answers take is not recorded: a request comes its `delay_ms` after what it depends on
/// came, and not before `not_before_ms`.
public final class AgenticMooncakeFormat implements TraceFormat {
  private static final String SCHEMA = "dynamo.agentic_mooncake";
  /// A header that says no block size is refused as it is read.
  private static final int MISSING = TraceHead.BLOCK_TOKENS_MAX;

  private static final double NANOS_PER_MILLI = 1e6;

  /// Makes the format.
  public AgenticMooncakeFormat() {}

  @Override
  public String name() {
    return "agentic-mooncake";
  }

  @Override
  public boolean recognises(TraceHead head) {
    return head.text("schema").equals(SCHEMA);
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new Reader(file, TraceHead.blockTokens(file, MISSING));
  }

  /// Keeps all prompts, since times are known only then: 8 B a block of each, and 100 B a request.
  private static final class Reader extends PromptLinesReader {
    private final int blockTokens;
    private final Map<String, Long> plays = new HashMap<>();
    private final Map<List<String>, Long> sessions = new HashMap<>();
    private final Map<Long, Integer> turns = new HashMap<>();
    private final Map<List<String>, Long> times = new HashMap<>();
    private boolean answersTakeNoTime;

    Reader(TraceFile file, int blockTokens) throws IOException {
      super(file, blockTokens);
      this.blockTokens = blockTokens;
    }

    @Override
    protected void read(JsonMembers line) throws BadLineException {
      if (line.has("schema")) {
        line.integer("version", 2, 2);
        line.integer("block_size", blockTokens, blockTokens);
        return;
      }
      var play = line.text("play_id");
      int input = line.tokens("input_length", 1);
      int output = line.tokens("output_length", 0);
      var names = line.ids("hash_ids");
      if (names.length != input / blockTokens && names.length != Math.ceilDiv(input, blockTokens)) {
        throw new BadLineException(
            "hash_ids: %d ids (expected: %d, for input_length %d and %d tokens a block)"
                .formatted(names.length, Math.ceilDiv(input, blockTokens), input, blockTokens));
      }
      long timeNs = timeNs(line, play);
      times.put(List.of(play, line.text("request_id")), timeNs);
      long scope = plays.computeIfAbsent(play, _ -> (long) plays.size());
      var name = List.of(play, line.text("session_id"));
      long session = sessions.computeIfAbsent(name, _ -> (long) sessions.size());
      int turn = turns.merge(session, 1, Integer::sum) - 1;
      var facts = new PromptFacts(timeNs, session, turn, input, output);
      add(facts, PrefixIds.root(scope), names);
    }

    private long timeNs(JsonMembers line, String play) throws BadLineException {
      long timeNs = line.has("not_before_ms") ? line.timeNs("not_before_ms", NANOS_PER_MILLI) : 0;
      for (JsonNode node : line.object().path("dependencies")) {
        var dependency = JsonMembers.of(node, "dependencies: ");
        var id = dependency.text("request_id");
        var cameNs = times.get(List.of(play, id));
        if (cameNs == null) {
          throw new BadLineException(
              "dependencies: %s unknown (expected: a request before, of the play)".formatted(id));
        }
        answersTakeNoTime = true;
        long delayNs =
            dependency.has("delay_ms") ? dependency.timeNs("delay_ms", NANOS_PER_MILLI) : 0;
        timeNs = Math.max(timeNs, cameNs + delayNs);
      }
      return timeNs;
    }

    @Override
    protected long noneBeforeNs() {
      return Long.MIN_VALUE;
    }

    @Override
    public TraceNotes notes() {
      return answersTakeNoTime
          ? TraceNotes.ofAssumed(
              false,
              List.of("Times: answers are taken to need none where a request waits for one."))
          : TraceNotes.NONE;
    }
  }
}
