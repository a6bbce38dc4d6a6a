// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.net.block.HintAction.Kind;
import io.incipit.net.task.LongChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Answers an envelope of hints, a row for each action, after it has pinned what is to be pinned.
final class HintTask extends LongChangeTask {
  private static final long NS_PER_MS = 1_000_000;

  /// What came of an action.
  ///
  /// @param blocks that it is about and that are here
  record Result(String text, int blocks) {
    static final Result OK = new Result("OK", 0);
    static final Result IGNORED = new Result("IGNORED", 0);
  }

  private final String namespace;
  private final List<HintAction> actions;
  private final List<Result> results;

  /// @param results of the actions, in their order; those of pins that are [Result#OK] are made
  HintTask(
      Store store,
      String namespace,
      List<HintAction> actions,
      List<Result> results,
      Runnable wake) {
    super(store, wake);
    this.namespace = namespace;
    this.actions = actions;
    this.results = new ArrayList<>(results);
  }

  @Override
  protected void change() {
    for (int i = 0; i < actions.size(); i++) {
      var action = actions.get(i);
      if (action.kind() == Kind.PIN && results.get(i).equals(Result.OK)) {
        long forNs = action.millis() * NS_PER_MS;
        var done = store.blocks().pins().pin(namespace, action.hashes(), action.hard(), forNs);
        results.set(i, new Result(done.refusal().isEmpty() ? "OK" : done.refusal(), done.blocks()));
      }
    }
  }

  /// Whether there is anything to be pinned.
  boolean isChange() {
    return actions.stream()
        .anyMatch(action -> action.kind() == Kind.PIN && action.hashes().length() > 0);
  }

  @Override
  protected Progress answer(RespBuffer out) {
    write(out);
    return Progress.DONE;
  }

  /// Writes the reply.
  void write(RespBuffer out) {
    var rows = new ArrayList<Map<String, Value>>();
    for (int i = 0; i < actions.size(); i++) {
      var row = new LinkedHashMap<String, Value>();
      row.put("action_id", Value.of(actions.get(i).id()));
      row.put("result", Value.of(results.get(i).text()));
      row.put("blocks", Value.of(results.get(i).blocks()));
      rows.add(row);
    }
    ReplyEncoder.encode(new Reply.Rows(rows), false, out);
  }
}
