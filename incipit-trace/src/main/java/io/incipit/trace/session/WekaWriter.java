// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.trace.PackedLines;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.TraceTarget;
import java.io.IOException;

/// Writes [WekaFormat], a session a line: without subagents, of an unknown model, and of scope
/// `global` if sessions share blocks.
final class WekaWriter extends SessionsWriter {
  private final int blockTokens;

  WekaWriter(TraceTarget target) throws IOException {
    super("weka", PackedLines.create(target));
    this.blockTokens = target.blockTokens();
  }

  @Override
  public void write(TraceRequest request) throws IOException {
    keep(request, request.ids(), blockTokens);
  }

  @Override
  void write(Session session, PackedLines out) throws IOException {
    long startNs = session.turns().getFirst().timeNs();
    var line = out.line();
    line.append("{\"id\": \"session-").append(session.number());
    line.append("\", \"models\": [\"unknown\"], \"block_size\": ").append(blockTokens);
    line.append(", \"hash_id_scope\": \"").append(sharing() ? "global" : "local");
    line.append("\", \"requests\": [");
    var comma = "";
    for (var turn : session.turns()) {
      line.append(comma).append("{\"t\": ").append(seconds(turn.timeNs() - startNs));
      line.append(", \"type\": \"n\", \"model\": \"unknown\", \"in\": ").append(turn.input());
      line.append(", \"out\": ").append(turn.output()).append(", \"hash_ids\": [");
      var path = sharing() ? path(turn) : localPath(turn);
      for (int i = 0; i < path.length; i++) {
        line.append(i == 0 ? "" : ", ").append(path[i]);
      }
      line.append("], \"stop\": \"").append(WekaFormat.stop(turn.ending())).append("\"}");
      out.write();
      comma = ", ";
    }
    line.append("]}\n");
    out.write();
  }
}
