// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.incipit.block.Hash64;
import io.incipit.trace.BadLineException;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.prompt.JsonMembers;
import io.incipit.trace.prompt.PrefixIds;
import io.incipit.trace.prompt.PromptFacts;
import io.incipit.trace.prompt.PromptLinesReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The JSON lines of the agent traces of LMCache: one request a line, with `timestamp` in
/// microseconds since 1970, the texts `input` and `output`, and `session_id`. Lines may stand in
/// any order.
///
/// There are no tokens, so four bytes of UTF-8 are taken for one, rounded up, and 64 bytes for a
/// block of 16, the last of which may be partial. Blocks are named by a 64-bit hash of ours over
/// their bytes and all bytes before. Times count from the earliest request.
public final class LmcacheFormat implements TraceFormat {
  /// Tokens a block.
  public static final int BLOCK_TOKENS = 16;

  /// Bytes that stand for a token.
  static final int TOKEN_BYTES = 4;

  private static final int BLOCK_BYTES = BLOCK_TOKENS * TOKEN_BYTES;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final List<String> MEMBERS = List.of("timestamp", "input", "output", "session_id");

  /// Makes the format.
  public LmcacheFormat() {}

  @Override
  public String name() {
    return "lmcache";
  }

  @Override
  public boolean recognises(TraceHead head) {
    // A long prompt may fill the head, and hide what follows it.
    var names = head.names();
    return names.contains("input") && (names.containsAll(MEMBERS) || !head.isWhole());
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    return new Reader(file);
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    return new LmcacheWriter(target);
  }

  /// Names of the blocks of a text.
  static long[] names(byte[] text) {
    var names = new long[Math.ceilDiv(text.length, BLOCK_BYTES)];
    long hash = 0;
    for (int i = 0; i < names.length; i++) {
      int from = i * BLOCK_BYTES;
      hash = Hash64.chain(hash, text, from, Math.min(text.length, from + BLOCK_BYTES));
      names[i] = hash;
    }
    return names;
  }

  /// Tokens that a text is taken for, at least 1.
  static int tokens(byte[] text) {
    return Math.max(1, Math.ceilDiv(text.length, TOKEN_BYTES));
  }

  /// Keeps the names of all blocks, since the first request may stand in the last line.
  private static final class Reader extends PromptLinesReader {
    private final Map<String, Long> sessions = new HashMap<>();
    private final Map<Long, Integer> turns = new HashMap<>();
    private long earliestNs = Long.MAX_VALUE;

    Reader(TraceFile file) throws IOException {
      super(file, BLOCK_TOKENS);
    }

    @Override
    protected void read(JsonMembers line) throws BadLineException {
      long timeNs =
          line.integer("timestamp", 0, Long.MAX_VALUE / NANOS_PER_MICRO) * NANOS_PER_MICRO;
      var input = line.text("input").getBytes(UTF_8);
      var output = line.text("output").getBytes(UTF_8);
      long session = sessions.computeIfAbsent(line.text("session_id"), _ -> (long) sessions.size());
      int turn = turns.merge(session, 1, Integer::sum) - 1;
      earliestNs = Math.min(earliestNs, timeNs);
      int answer = Math.ceilDiv(output.length, TOKEN_BYTES);
      add(
          new PromptFacts(timeNs, session, turn, tokens(input), answer),
          PrefixIds.SHARED_ROOT,
          names(input));
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
