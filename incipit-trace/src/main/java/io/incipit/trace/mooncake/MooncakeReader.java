// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.mooncake;

import io.incipit.block.Hint;
import io.incipit.trace.BadLineException;
import io.incipit.trace.BadTraceException;
import io.incipit.trace.JsonFaults;
import io.incipit.trace.JsonHints;
import io.incipit.trace.JsonNumbers;
import io.incipit.trace.LineSource;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// Reads [MooncakeFormat]; ids are numbered anew. Memory: one line, and that of [ChainNumbers].
final class MooncakeReader implements TraceReader {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int MISSING = -1;
  private static final int NANO_DIGITS_OF_MILLI = 6;

  private final TraceFile file;
  private final LineSource lines;
  private final int blockTokens;
  private final ChainNumbers chains = new ChainNumbers();
  private long[] ids = new long[256];
  private long lastNs;
  private long skipped;

  MooncakeReader(TraceFile file, LineSource lines, int blockTokens) {
    this.file = file;
    this.lines = lines;
    this.blockTokens = blockTokens;
  }

  @Override
  public Optional<TraceRequest> next() throws IOException {
    while (lines.advance()) {
      if (lines.isBlank()) {
        continue;
      }
      try {
        return Optional.of(request());
      } catch (BadLineException bad) {
        if (!file.skipBad()) {
          throw new BadTraceException(file.path(), lines.number(), bad.reason());
        }
        skipped++;
      }
    }
    return Optional.empty();
  }

  private TraceRequest request() throws BadLineException {
    if (lines.tooLong()) {
      throw new BadLineException(
          "line too long (expected: at most %d bytes)".formatted(LineSource.LINE_BYTES_MAX));
    }
    try (var json =
        JSON.createParser(
            ObjectReadContext.empty(), lines.bytes(), lines.offset(), lines.length())) {
      var members = members(json);
      if (json.nextToken() != null) {
        throw new BadLineException("more after the object (expected: one object a line)");
      }
      return checked(members);
    } catch (JacksonException broken) {
      throw new BadLineException(
          "not JSON, %s (expected: one object a line)".formatted(JsonFaults.reason(broken)));
    }
  }

  private TraceRequest checked(Members members) throws BadLineException {
    if (members.timeNs == MISSING) {
      throw new BadLineException("timestamp: missing (expected: a number)");
    }
    requireBlockTokens(members.blockTokens);
    long tokensMax = Math.min(Integer.MAX_VALUE - 8L, (long) ChainNumbers.BLOCKS_MAX * blockTokens);
    int input = (int) required("input_length", members.input, 1, tokensMax);
    int output = (int) required("output_length", members.output, 0, Integer.MAX_VALUE);
    if (members.ids == MISSING) {
      throw new BadLineException("hash_ids: missing (expected: an array of ids)");
    }
    requireLength(members.ids, input, members.blockTokens != MISSING);
    if (members.timeNs < lastNs) {
      throw new BadLineException(
          "timestamp: %s after %s (expected: sorted by time, as convert --from aiperf sorts it)"
              .formatted(millis(members.timeNs), millis(lastNs)));
    }
    lastNs = members.timeNs;
    var blocks = chains.of(ids, members.ids);
    return new TraceRequest(
            members.timeNs, TraceRequest.NO_SESSION, 0, input, output, blockTokens, blocks)
        .with(members.hint);
  }

  private static String millis(long timeNs) {
    return JsonNumbers.text(timeNs, NANO_DIGITS_OF_MILLI);
  }

  private void requireBlockTokens(long given) throws BadLineException {
    long tokens = given == MISSING ? MooncakeFormat.BLOCK_TOKENS : given;
    if (tokens != blockTokens) {
      throw new BadLineException(
          "block_size: %d (expected: %d, as in the first line)".formatted(tokens, blockTokens));
    }
  }

  /// A trace that says its block size may leave out the partial block at the end of a prompt.
  private void requireLength(int length, int input, boolean partialMayLack)
      throws BadLineException {
    int expected = Math.ceilDiv(input, blockTokens);
    boolean fits = length == expected || (partialMayLack && length == input / blockTokens);
    if (!fits) {
      throw new BadLineException(
          "hash_ids: %d ids (expected: %d, for input_length %d and %d tokens a block)"
              .formatted(length, expected, input, blockTokens));
    }
  }

  private static long required(String name, long value, long min, long max)
      throws BadLineException {
    if (value == MISSING) {
      throw new BadLineException("%s: missing (expected: an integer)".formatted(name));
    }
    if (value < min || value > max) {
      throw new BadLineException("%s: %d (expected: %d to %d)".formatted(name, value, min, max));
    }
    return value;
  }

  private Members members(JsonParser json) throws BadLineException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new BadLineException(
          "%s (expected: a JSON object)".formatted(JsonFaults.name(json.currentToken())));
    }
    var members = new Members();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = String.valueOf(json.currentName());
      json.nextToken();
      switch (name) {
        case "timestamp" -> members.timeNs = JsonNumbers.timeNs(json, name, NANOS_PER_MILLI);
        case "input_length" -> members.input = JsonNumbers.integer(json, name);
        case "output_length" -> members.output = JsonNumbers.integer(json, name);
        case "block_size" -> members.blockTokens = JsonNumbers.integer(json, name);
        case "hash_ids" -> members.ids = ids(json);
        case JsonHints.NAME -> members.hint = JsonHints.read(json);
        default -> json.skipChildren();
      }
    }
    return members;
  }

  private int ids(JsonParser json) throws BadLineException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new BadLineException(
          "hash_ids: %s (expected: an array of ids)".formatted(json.getString()));
    }
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == ChainNumbers.BLOCKS_MAX) {
        throw new BadLineException("hash_ids: more (expected: at most %d)".formatted(count));
      }
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
      }
      ids[count] = JsonNumbers.id(json, "hash_ids");
      count++;
    }
    return count;
  }

  @Override
  public int blockTokens() {
    return blockTokens;
  }

  @Override
  public double progress() {
    return lines.progress();
  }

  @Override
  public TraceNotes notes() {
    return TraceNotes.ofIdsBelowTwoParents(chains.doubled());
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /// What a line said, before it is checked.
  private static final class Members {
    long timeNs = MISSING;
    long input = MISSING;

    /// A recorder that saw prompts only says nothing of answers.
    long output;

    long blockTokens = MISSING;
    Hint hint = Hint.NONE;

    /// How many of [#ids] are the line's.
    int ids = MISSING;
  }
}
