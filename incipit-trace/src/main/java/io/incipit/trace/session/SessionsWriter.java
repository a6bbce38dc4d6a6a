// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.block.Hint;
import io.incipit.policy.Answer.Ending;
import io.incipit.trace.BlockIds;
import io.incipit.trace.JsonNumbers;
import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.prompt.PromptTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes formats that hold one session after the other: keeps all requests until the trace ends,
/// about 60 B each and 45 B a block. Sessions are in the order in which they begin, and time counts
/// from their first request.
abstract class SessionsWriter implements TraceWriter {
  private static final int NANO_DIGITS = 9;
  private static final int NOBODY = -1;
  private static final int SEVERAL = -2;

  private final String format;
  private final PackedLines lines;
  private final PromptTree tree = new PromptTree();
  private final Map<Long, Session> sessions = new LinkedHashMap<>();

  /// By block, the session that has it.
  private int[] owners = new int[0];

  /// By block, its number in its session.
  private int[] local = new int[0];

  private boolean sharing;

  SessionsWriter(String format, PackedLines lines) {
    this.format = format;
    this.lines = lines;
  }

  /// A request that waits.
  ///
  /// @param last its last block
  /// @param length how many full blocks it has
  record Turn(long timeNs, int input, int output, Ending ending, Hint hint, int last, int length) {}

  /// A session that waits.
  static final class Session {
    private final int number;
    private final List<Turn> turns = new ArrayList<>();
    private int blocks;

    private Session(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    List<Turn> turns() {
      return turns;
    }
  }

  /// Takes a request.
  ///
  /// @param ids its blocks
  /// @param blockTokens tokens of each of them
  final void keep(TraceRequest request, BlockIds ids, int blockTokens) throws IOException {
    if (request.session() == TraceRequest.NO_SESSION) {
      throw refused(
          "session: none of the request at %s s (expected: a trace with sessions, as %s has)"
              .formatted(seconds(request.timeNs()), format));
    }
    int length = request.inputTokens() / blockTokens;
    int last = tree.add(ids, length);
    var session = sessions.computeIfAbsent(request.session(), _ -> new Session(sessions.size()));
    own(session, tree.path(last, length));
    session.turns.add(
        new Turn(
            request.timeNs(),
            request.inputTokens(),
            request.outputTokens(),
            request.ending(),
            request.hint(),
            last,
            length));
  }

  /// Forgets all requests, since what is there of them must not pass for a trace.
  final IOException refused(String reason) {
    sessions.clear();
    return new IOException(reason);
  }

  private void own(Session session, int[] path) {
    int known = owners.length;
    if (tree.count() > known) {
      owners = Arrays.copyOf(owners, Math.max(tree.count(), 2 * known));
      local = Arrays.copyOf(local, owners.length);
      Arrays.fill(owners, known, owners.length, NOBODY);
    }
    for (int block : path) {
      if (owners[block] == NOBODY) {
        owners[block] = session.number;
        local[block] = session.blocks;
        session.blocks++;
      } else if (owners[block] != session.number) {
        owners[block] = SEVERAL;
        sharing = true;
      }
    }
  }

  /// Whether two sessions have a block in common.
  final boolean sharing() {
    return sharing;
  }

  /// The blocks of a prompt, as numbers of the whole trace.
  final int[] path(Turn turn) {
    return tree.path(turn.last, turn.length);
  }

  /// The blocks of a prompt, as numbers of its session; makes no sense if [#sharing].
  final int[] localPath(Turn turn) {
    var path = path(turn);
    for (int i = 0; i < path.length; i++) {
      path[i] = local[path[i]];
    }
    return path;
  }

  abstract void write(Session session, PackedLines out) throws IOException;

  /// Seconds as JSON has them.
  static String seconds(long timeNs) {
    return JsonNumbers.text(timeNs, NANO_DIGITS);
  }

  @Override
  public final void close() throws IOException {
    try (lines) {
      for (var session : sessions.values()) {
        write(session, lines);
      }
    }
  }
}
