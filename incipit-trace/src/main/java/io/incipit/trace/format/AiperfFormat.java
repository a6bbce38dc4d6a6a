// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.block.Hash64;
import io.incipit.trace.BadLineException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptLinesReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// The JSON lines that AIPerf calls `mooncake_trace`: one turn a line, with `input_length` or
/// `text_input`, and where they matter `output_length`, `hash_ids` (with `input_length`),
/// `timestamp` or `delay` in ms, and `session_id`.
///
/// - Blocks have 512 tokens, as AIPerf takes them to have if nobody tells it otherwise, or as the
///   first line says in `block_size`, which is ours: AIPerf needs `--isl-block-size` then.
/// - Turns of one `session_id` are deltas: a prompt is all inputs and answers of the session before
///   it, and its own input. A turn without `session_id` stands alone.
/// - Input without `hash_ids` or text, and every answer, is taken to be like no other.
/// - A turn without `timestamp` comes its `delay` after the turn before it, or at once: how long
///   answers took is not recorded.
/// - `text_input` is taken for a token every four bytes, and compared by 64 bytes.
public final class AiperfFormat implements TraceFormat {
  static final int BLOCK_TOKENS = 512;

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
    return new Reader(file, TraceHead.blockTokens(file, BLOCK_TOKENS));
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    return new AiperfWriter(target);
  }

  /// Keeps all prompts, since a session's turns may be anywhere in time.
  private static final class Reader extends PromptLinesReader {
    private final int blockTokens;
    private final Map<String, Session> sessions = new HashMap<>();
    private long rows;

    /// Rows without blocks or text, whether any row says what it shares, and whether any says when.
    private long unlisted;

    private boolean sharing;
    private boolean timed;

    Reader(TraceFile file, int blockTokens) throws IOException {
      super(file, blockTokens);
      this.blockTokens = blockTokens;
    }

    @Override
    protected void read(JsonMembers line) throws BadLineException {
      rows++;
      long size =
          line.has("block_size") ? line.integer("block_size", 1, TraceHead.BLOCK_TOKENS_MAX) : 0;
      if (size > 0 && size != blockTokens) {
        throw new BadLineException(
            "block_size: %d (expected: %d, as in the first line)".formatted(size, blockTokens));
      }
      var turn = new Transcript();
      appendInput(line, turn);
      int output = line.has("output_length") ? line.tokens("output_length", 0) : 0;
      boolean alone = !line.has("session_id") || line.text("session_id").isEmpty();
      var session =
          alone
              ? new Session(TraceRequest.NO_SESSION)
              : sessions.computeIfAbsent(
                  line.text("session_id"), _ -> new Session(sessions.size()));
      sharing |= session.turns > 0;
      timed |= line.has("timestamp") || line.has("delay");
      session.timeNs = timeNs(line, session.timeNs);
      session.transcript.append(turn);
      var transcript = session.transcript;
      var facts =
          new PromptFacts(
              session.timeNs, session.number, session.turns, transcript.tokens(), output);
      add(facts, PrefixIds.SHARED_ROOT, transcript.names(blockTokens));
      transcript.append(Hash64.chain(PRIVATE, -rows), output);
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
        sharing = true;
        var text = line.text("text_input").getBytes(UTF_8);
        int left = LmcacheFormat.tokens(text);
        for (long name : LmcacheFormat.names(text)) {
          turn.append(name, Math.min(left, LmcacheFormat.BLOCK_TOKENS));
          left -= LmcacheFormat.BLOCK_TOKENS;
        }
        return;
      }
      if (line.has("messages")) {
        throw new BadLineException("messages: there (expected: input_length or text_input)");
      }
      int input = line.tokens("input_length", 1);
      var ids = line.has("hash_ids") ? line.ids("hash_ids") : new long[0];
      if (ids.length > 0) {
        sharing = true;
        appendBlocks(ids, input, turn);
      } else {
        unlisted++;
        turn.append(Hash64.chain(PRIVATE, rows), input);
      }
    }

    private void appendBlocks(long[] ids, int input, Transcript turn) throws BadLineException {
      if (ids.length != Math.ceilDiv(input, blockTokens)) {
        throw new BadLineException(
            "hash_ids: %d ids (expected: %d, for input_length %d and %d tokens a block)"
                .formatted(ids.length, Math.ceilDiv(input, blockTokens), input, blockTokens));
      }
      int left = input;
      for (long id : ids) {
        turn.append(id, Math.min(left, blockTokens));
        left -= blockTokens;
      }
    }

    @Override
    public TraceNotes notes() {
      return TraceNotes.ofRequests(unlisted, rows > 0 && !sharing, rows > 0 && !timed);
    }

    @Override
    protected long noneBeforeNs() {
      return Long.MIN_VALUE;
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
