// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.session;

import io.incipit.policy.Answer.Ending;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceFormat;
import io.incipit.trace.TraceHead;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceTarget;
import io.incipit.trace.TraceWriter;
import io.incipit.trace.UnpackedInput;
import io.incipit.trace.prompt.JsonValues;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Sessions of coding agents as WEKA publishes them: one JSON object a session, of any layout, with
/// `id`, `block_size`, `hash_id_scope` and `requests`. A request has `t` in seconds, `in` and `out`
/// in tokens and `hash_ids`, full blocks only; a subagent is a marker of type `subagent` with `t`
/// and `requests` of its own.
///
/// - Ids of scope `local` belong to their session; those of scope `global` are shared by all.
/// - Times below a marker count from it, unless the first of them is not before the marker itself:
///   then they are taken to count from the session's start, as some producers write.
/// - When sessions began is not recorded: in a file of several they begin one after the other, at
///   equal distances ([TraceFile#startSeconds]).
/// - A session whose requests have the tokens and ids of an earlier session's, all of them, is a
///   copy: it is counted and left out.
/// - `stop` says how an answer ended: `tool_use`, `end_turn`, or nothing.
public final class WekaFormat implements TraceFormat {
  private static final int BLOCK_TOKENS = 64;

  private static final String CALL = "tool_use";
  private static final String TURN = "end_turn";

  /// Makes the format.
  public WekaFormat() {}

  @Override
  public String name() {
    return "weka";
  }

  @Override
  public boolean recognises(TraceHead head) {
    var names = head.names();
    return names.contains("requests")
        && (names.contains("block_size") || names.contains("hash_id_scope"));
  }

  @Override
  public TraceReader open(TraceFile file) throws IOException {
    int blockTokens = TraceHead.blockTokens(file, BLOCK_TOKENS);
    return new WekaReader(file, new JsonValues(UnpackedInput.open(file)), blockTokens);
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public TraceWriter create(TraceTarget target) throws IOException {
    return new WekaWriter(target);
  }

  /// What `stop` says; other reasons, such as that the tokens ran out, say nothing of what comes
  /// next.
  static Ending ending(@Nullable String stop) {
    if (CALL.equals(stop)) {
      return Ending.CALL;
    }
    return TURN.equals(stop) ? Ending.TURN : Ending.UNKNOWN;
  }

  /// What `stop` has to say; empty if nobody knows.
  static String stop(Ending ending) {
    return switch (ending) {
      case UNKNOWN -> "";
      case CALL -> CALL;
      case TURN -> TURN;
    };
  }
}
