// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.trace.BadLineException;
import io.incipit.trace.LineSource;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// The JSON lines that AIPerf calls `mooncake_trace`: one turn a line, with `input_length` or
/// `text_input`, and where they matter `output_length`, `hash_ids` (blocks of 512 tokens, with
/// `input_length`), `timestamp` or `delay` in ms, and `session_id`.
///
/// - Turns of one `session_id` are deltas: a prompt is all inputs and answers of the session before
///   it, and its own input. A turn without `session_id` stands alone.
/// - Input without `hash_ids` or text, and every answer, is taken to be like no other.
/// - A turn without `timestamp` comes its `delay` after the turn before it, or at once: how long
///   answers took is not recorded.
/// - `text_input` is taken for a token every four bytes, and compared by 64 bytes.
public final class AiperfFormat implements TraceFormat {
  private static final int BLOCK_TOKENS = 512;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long PRIVATE = 0x5A17;

  /// Makes the format.
  public AiperfFormat() {}

  @Override
  public String name() {
    return "aiperf";
  }

  @Override
  public boolean recognises(TraceHead head) {
    var names = head.names();
    return names.contains("input_length") || names.contains("text_input");
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new Reader(file, LineSource.open(file));
  }

  /// Keeps all prompts, since a session's turns may be anywhere in time.
  private static final class Reader extends PromptReader {
    private final LineSource lines;
    private final Map<String, Session> sessions = new HashMap<>();
    private long rows;

    Reader(TraceFile file, LineSource lines) {
      super(file, BLOCK_TOKENS);
      this.lines = lines;
    }

    @Override
    boolean readOn() throws IOException {
      return readLine(lines, this::read);
    }

    private void read(JsonMembers line) throws BadLineException {
      rows++;
      var turn = new Transcript();
      appendInput(line, turn);
      int output = line.has("output_length") ? line.tokens("output_length", 0) : 0;
      boolean alone = !line.has("session_id");
      var session =
          alone
              ? new Session(TraceRequest.NO_SESSION)
              : sessions.computeIfAbsent(
                  line.text("session_id"), _ -> new Session(sessions.size()));
      session.timeNs = timeNs(line, session.timeNs);
      session.transcript.append(turn);
      var transcript = session.transcript;
      var facts =
          new Prompt.Facts(
              session.timeNs, session.number, session.turns, transcript.tokens(), output);
      add(facts, PrefixIds.SHARED_ROOT, transcript.names(BLOCK_TOKENS));
      transcript.append(Mix.of(PRIVATE, -rows), output);
      session.turns++;
    }

    private static long timeNs(JsonMembers line, long beforeNs) throws BadLineException {
      if (line.has("timestamp")) {
        return line.timeNs("timestamp", NANOS_PER_MILLI);
      }
      return beforeNs + (line.has("delay") ? line.timeNs("delay", NANOS_PER_MILLI) : 0);
    }

    private void appendInput(JsonMembers line, Transcript turn) throws BadLineException {
      if (line.has("text_input")) {
        var text = line.text("text_input").getBytes(UTF_8);
        int left = LmcacheFormat.tokens(text);
        for (long name : LmcacheFormat.names(text)) {
          turn.append(name, Math.min(left, LmcacheFormat.BLOCK_TOKENS));
          left -= LmcacheFormat.BLOCK_TOKENS;
        }
        return;
      }
      int input = line.tokens("input_length", 1);
      if (line.has("hash_ids")) {
        appendBlocks(line.ids("hash_ids"), input, turn);
      } else {
        turn.append(Mix.of(PRIVATE, rows), input);
      }
    }

    private static void appendBlocks(long[] ids, int input, Transcript turn)
        throws BadLineException {
      if (ids.length != Math.ceilDiv(input, BLOCK_TOKENS)) {
        throw new BadLineException(
            "hash_ids: %d ids (expected: %d, for input_length %d and %d tokens a block)"
                .formatted(ids.length, Math.ceilDiv(input, BLOCK_TOKENS), input, BLOCK_TOKENS));
      }
      int left = input;
      for (long id : ids) {
        turn.append(id, Math.min(left, BLOCK_TOKENS));
        left -= BLOCK_TOKENS;
      }
    }

    @Override
    long noneBeforeNs() {
      return Long.MIN_VALUE;
    }

    @Override
    public double progress() {
      return lines.progress();
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }

    private static final class Session {
      private final long number;
      private final Transcript transcript = new Transcript();
      private int turns;
      private long timeNs;

      Session(long number) {
        this.number = number;
      }
    }
  }
}
