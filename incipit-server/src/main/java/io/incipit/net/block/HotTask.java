// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.Namespace;
import io.incipit.block.Reply;
import io.incipit.block.Value;
import io.incipit.net.task.LongChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import io.incipit.store.block.HotRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Says which runs of a namespace's blocks are read most. Sorting takes a while, so the store's
/// thread does it.
final class HotTask extends LongChangeTask {
  private static final long NS_PER_MS = 1_000_000;

  private final Namespace namespace;
  private final int count;
  private final boolean hex;
  private List<HotRun> runs = List.of();

  HotTask(Store store, Namespace namespace, int count, boolean hex, Runnable wake) {
    super(store, wake);
    this.namespace = namespace;
    this.count = count;
    this.hex = hex;
  }

  @Override
  protected void change() {
    runs = store.blocks().hot(namespace.name(), count);
  }

  @Override
  protected Progress answer(RespBuffer out) {
    ReplyEncoder.encode(new Reply.Rows(runs.stream().map(this::row).toList()), hex, out);
    return Progress.DONE;
  }

  private Map<String, Value> row(HotRun run) {
    var count = run.count();
    long idleNs = store.clock().nanoTime() - count.usedNs();
    var row = new LinkedHashMap<String, Value>();
    row.put("hash", Value.of(run.first().key().hash()));
    row.put("heat", Value.of(decimal(count.heat())));
    row.put("error", Value.of(decimal(count.error())));
    row.put("hits", Value.of(count.hits()));
    row.put("before", Value.of(count.depth()));
    row.put("blocks", Value.of(count.blocks()));
    row.put("tokens", Value.of((long) count.blocks() * namespace.blockTokens()));
    row.put("idle-ms", Value.of(Math.max(0, idleNs / NS_PER_MS)));
    return row;
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }
}
