// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.block.Hint;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BadLineException;
import io.incipit.trace.JsonFaults;
import io.incipit.trace.JsonHints;
import io.incipit.trace.JsonNumbers;
import io.incipit.trace.LineSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// One line of [AgentSessionsFormat].
final class AgentTurn {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();
  private static final long MISSING = -1;
  private static final double SECONDS_MAX = 1e9;
  private static final int BLOCKS_MAX = 1 << 20;

  private @Nullable String session;
  private double seconds = MISSING;
  private long turn = MISSING;
  private long input = MISSING;
  private long output;
  private long keep = MISSING;
  private Ending ending = Ending.UNKNOWN;
  private Hint hint = Hint.NONE;

  /// Pairs of first id and count.
  private long @Nullable [] runs;

  private AgentTurn() {}

  String session() {
    return String.valueOf(session);
  }

  /// Seconds since its session began.
  double seconds() {
    return seconds;
  }

  int turn() {
    return (int) turn;
  }

  /// Tokens of the prompt.
  int input() {
    return (int) input;
  }

  /// Tokens of the answer.
  int output() {
    return (int) output;
  }

  /// Leading blocks shared with the request before.
  int keep() {
    return (int) keep;
  }

  Ending ending() {
    return ending;
  }

  /// What was said when the answer was complete.
  Hint hint() {
    return hint;
  }

  /// Blocks of the prompt.
  int blocks() {
    return (int) input / AgentSessionsFormat.BLOCK_TOKENS;
  }

  /// A number above all ids that it adds.
  long idsEnd() {
    long end = 0;
    for (int i = 0; runs != null && i < runs.length; i += 2) {
      end = Math.max(end, runs[i] + runs[i + 1]);
    }
    return end;
  }

  /// Writes the ids that follow what is kept, in place of what followed before.
  void write(long[] chain, long firstId) {
    int length = keep();
    for (int i = 0; runs != null && i < runs.length; i += 2) {
      for (int j = 0; j < runs[i + 1]; j++) {
        chain[length] = firstId + runs[i] + j;
        length++;
      }
    }
  }

  static AgentTurn of(LineSource lines) throws BadLineException {
    if (lines.tooLong()) {
      throw new BadLineException(
          "line too long (expected: at most %d bytes)".formatted(LineSource.LINE_BYTES_MAX));
    }
    var turn = new AgentTurn();
    try (var json =
        JSON.createParser(
            ObjectReadContext.empty(), lines.bytes(), lines.offset(), lines.length())) {
      turn.read(json);
    } catch (JacksonException broken) {
      throw new BadLineException(
          "not JSON, %s (expected: one object a line)".formatted(JsonFaults.reason(broken)));
    }
    turn.check();
    return turn;
  }

  private void read(JsonParser json) throws BadLineException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new BadLineException(
          "%s (expected: a JSON object)".formatted(JsonFaults.name(json.currentToken())));
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = String.valueOf(json.currentName());
      json.nextToken();
      switch (name) {
        case "session" -> session = json.getString();
        case "t" -> seconds = seconds(json);
        case "turn" -> turn = JsonNumbers.integer(json, name);
        case "in" -> input = JsonNumbers.integer(json, name);
        case "out" -> output = JsonNumbers.integer(json, name);
        case "keep" -> keep = JsonNumbers.integer(json, name);
        case "stop" -> ending = WekaFormat.ending(json.getString());
        case JsonHints.NAME -> hint = JsonHints.read(json);
        case "add_runs" -> runs = runs(json);
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw new BadLineException("more after the object (expected: one object a line)");
    }
  }

  private void check() throws BadLineException {
    if (session == null) {
      throw new BadLineException("session: missing (expected: a name)");
    }
    if (seconds < 0) {
      throw new BadLineException("t: missing (expected: seconds)");
    }
    require("turn", turn, 0);
    require("in", input, 1);
    require("out", output, 0);
    require("keep", keep, 0);
    if (runs == null) {
      throw new BadLineException("add_runs: missing (expected: an array of [first, count])");
    }
    long blocks = keep;
    for (int i = 1; i < runs.length; i += 2) {
      blocks += runs[i];
    }
    if (blocks != input / AgentSessionsFormat.BLOCK_TOKENS || blocks > BLOCKS_MAX) {
      throw new BadLineException(
          "add_runs: %d blocks with those kept (expected: %d, for %d tokens)"
              .formatted(blocks, input / AgentSessionsFormat.BLOCK_TOKENS, input));
    }
  }

  private static void require(String name, long value, long min) throws BadLineException {
    if (value == MISSING) {
      throw new BadLineException("%s: missing (expected: an integer)".formatted(name));
    }
    if (value < min || value > Integer.MAX_VALUE) {
      throw new BadLineException(
          "%s: %d (expected: %d to %d)".formatted(name, value, min, Integer.MAX_VALUE));
    }
  }

  private static double seconds(JsonParser json) throws BadLineException {
    if (json.currentToken() == null
        || !json.currentToken().isNumeric()
        || !(json.getDoubleValue() >= 0)
        || json.getDoubleValue() > SECONDS_MAX) {
      throw new BadLineException("t: %s (expected: seconds)".formatted(json.getString()));
    }
    return json.getDoubleValue();
  }

  private static long[] runs(JsonParser json) throws BadLineException {
    requireToken(json.currentToken(), JsonToken.START_ARRAY);
    var runs = new long[8];
    int length = 0;
    while (json.nextToken() == JsonToken.START_ARRAY) {
      if (length == runs.length) {
        runs = Arrays.copyOf(runs, 2 * length);
      }
      for (int i = 0; i < 2; i++) {
        json.nextToken();
        runs[length + i] = JsonNumbers.integer(json, "add_runs");
        if (runs[length + i] > Integer.MAX_VALUE) {
          throw new BadLineException("add_runs: %d (expected: less)".formatted(runs[length + i]));
        }
      }
      requireToken(json.nextToken(), JsonToken.END_ARRAY);
      length += 2;
    }
    requireToken(json.currentToken(), JsonToken.END_ARRAY);
    return Arrays.copyOf(runs, length);
  }

  private static void requireToken(@Nullable JsonToken token, JsonToken expected)
      throws BadLineException {
    if (token != expected) {
      throw new BadLineException("add_runs: broken (expected: an array of [first, count])");
    }
  }
}
