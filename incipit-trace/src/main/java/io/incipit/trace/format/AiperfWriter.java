// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.format;

import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.prompt.PromptTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes [AiperfFormat]. A session is written as turns that are deltas if that loses nothing: each
/// of its prompts begins with the prompt before, goes on by more than the answer to that, and has
/// no block in common with other prompts but those of its first turn. The requests of other
/// sessions, and those without one, stand alone, with all their blocks.
///
/// Which it is can be told at the end only, so all requests are kept, about 80 B each and 45 B a
/// block.
final class AiperfWriter implements TraceWriter {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int NOBODY = -1;

  private final PackedLines lines;
  private final int blockTokens;
  private final String blockSize;
  private final PromptTree tree = new PromptTree();
  private final List<Row> rows = new ArrayList<>();
  private final Map<Long, Session> byNumber = new HashMap<>();
  private final List<Session> sessions = new ArrayList<>();
  private final Session alone = new Session(NOBODY);

  /// By block, the session that adds it in a turn after the first.
  private int[] owners = new int[0];

  AiperfWriter(TraceTarget target) throws IOException {
    this.lines = PackedLines.create(target);
    this.blockTokens = target.blockTokens();
    this.blockSize =
        blockTokens == AiperfFormat.BLOCK_TOKENS
            ? ""
            : "\"block_size\": %d, ".formatted(blockTokens);
  }

  /// A request that waits.
  ///
  /// @param before tokens of its session before its own input; 0 in a first turn
  /// @param last its last block
  private record Row(long timeNs, int input, int output, Session session, long before, int last) {}

  /// What is known of a session, and of its last prompt.
  private static final class Session {
    private final int index;
    private boolean deltas;
    private int turns;
    private long tokens;
    private int fullBlocks;
    private int length;
    private int last = PromptTree.ROOT;

    Session(int index) {
      this.index = index;
      this.deltas = index != NOBODY;
    }
  }

  @Override
  public void write(TraceRequest request) throws IOException {
    int input = request.inputTokens();
    if (input < 1) {
      throw new IOException(
          "input: 0 tokens at %d ms (expected: at least 1)"
              .formatted(request.timeNs() / NANOS_PER_MILLI));
    }
    int known = tree.count();
    int length = Math.ceilDiv(input, blockTokens);
    int last = tree.add(request.ids(), length);
    var session = session(request);
    boolean first = session.turns == 0;
    session.deltas &= request.turn() == session.turns && (first || input > session.tokens);
    claim(session, tree.path(last, length), known);
    rows.add(
        new Row(
            request.timeNs(),
            input,
            request.outputTokens(),
            session,
            first ? 0 : session.tokens,
            last));
    session.turns++;
    session.tokens = (long) input + request.outputTokens();
    session.fullBlocks = input / blockTokens;
    session.length = length;
    session.last = last;
  }

  private Session session(TraceRequest request) {
    if (request.session() == TraceRequest.NO_SESSION) {
      return alone;
    }
    return byNumber.computeIfAbsent(
        request.session(),
        _ -> {
          var session = new Session(sessions.size());
          sessions.add(session);
          return session;
        });
  }

  /// Notes whose deltas the blocks of a prompt are, and whose can no longer be deltas.
  ///
  /// @param known how many blocks there were before
  private void claim(Session session, int[] path, int known) {
    boolean first = session.turns == 0;
    var before = tree.path(session.last, session.length);
    int kept = 0;
    while (session.deltas
        && kept < Math.min(session.fullBlocks, path.length)
        && path[kept] == before[kept]) {
      kept++;
    }
    for (int i = kept; i < path.length && path[i] < known; i++) {
      if (owners[path[i]] != NOBODY) {
        sessions.get(owners[path[i]]).deltas = false;
      }
    }
    boolean fresh = kept == path.length || path[kept] >= known;
    session.deltas &= first || (kept == session.fullBlocks && fresh);
    if (tree.count() > owners.length) {
      owners = Arrays.copyOf(owners, Math.max(tree.count(), 2 * owners.length));
    }
    Arrays.fill(owners, known, tree.count(), first ? NOBODY : session.index);
  }

  @Override
  public String remark() {
    long apart = sessions.stream().filter(session -> !session.deltas).count();
    return apart == 0
        ? ""
        : "Request by request: %d of %d sessions, whose prompts are more than deltas."
            .formatted(apart, sessions.size());
  }

  @Override
  public void close() throws IOException {
    try (lines) {
      for (var row : rows) {
        write(row);
      }
    }
  }

  private void write(Row row) throws IOException {
    boolean deltas = row.session.deltas;
    var line = lines.line();
    line.append("{\"session_id\": ");
    if (deltas) {
      line.append("\"session-").append(row.session.index).append('"');
    } else {
      // Tells the first line from one of Mooncake's own format.
      line.append("null");
    }
    line.append(", \"timestamp\": ").append(row.timeNs / NANOS_PER_MILLI);
    line.append(", ").append(blockSize);
    line.append("\"input_length\": ").append(deltas ? row.input - row.before : row.input);
    line.append(", \"output_length\": ").append(row.output);
    if (!deltas || row.before == 0) {
      line.append(", \"hash_ids\": [");
      appendIds(line, tree.path(row.last, Math.ceilDiv(row.input, blockTokens)));
      line.append(']');
    }
    line.append("}\n");
    lines.write();
  }

  private static void appendIds(StringBuilder line, int[] path) {
    for (int i = 0; i < path.length; i++) {
      line.append(i == 0 ? "" : ", ").append(path[i]);
    }
  }
}
