// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.block;

import io.incipit.block.BlockChain;
import io.incipit.block.Op;
import io.incipit.block.Reply;
import io.incipit.block.Tier;
import io.incipit.block.Value;
import io.incipit.net.task.LongChangeTask;
import io.incipit.net.task.Progress;
import io.incipit.net.task.Task;
import io.incipit.protocol.ReplyEncoder;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import io.incipit.store.block.Explanation;
import io.incipit.store.block.Explanation.Why;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Says of blocks why a look-up of them hits or misses: first the index is asked, block by block,
/// then the store, once.
final class ExplainTask implements Task {
  /// Units of the index's work for one step.
  private static final int UNITS_A_STEP = BlockIndex.UNITS_MAX;

  /// Characters of the holders of one block.
  private static final int HOLDERS_SHOWN = 512;

  private static final long NS_PER_MS = 1_000_000;

  private final BlockIndex index;
  private final String namespace;
  private final BlockChain hashes;
  private final boolean hex;
  private final Runnable wake;
  private final Reasons reasons;

  /// Of each block that was asked for, who holds it; null if the index knows nothing of it.
  private final List<@Nullable String> holders = new ArrayList<>();

  /// The same by block: one that is asked for twice is looked up once.
  private final Map<BlockChain, @Nullable String> known = new HashMap<>();

  private String refusal = "";

  /// The answer that is waited for: set by any thread, taken by the event loop.
  private volatile @Nullable Reply answer;

  private boolean waits;

  ExplainTask(
      Store store,
      BlockIndex index,
      String namespace,
      BlockChain hashes,
      boolean hex,
      Runnable wake) {
    this.index = index;
    this.namespace = namespace;
    this.hashes = hashes;
    this.hex = hex;
    this.wake = wake;
    this.reasons = new Reasons(store, wake);
  }

  @Override
  public Progress step(RespBuffer out) {
    int units = 0;
    while (refusal.isEmpty() && holders.size() < hashes.length()) {
      if (!waits && known.containsKey(hash(holders.size()))) {
        holders.add(known.get(hash(holders.size())));
        continue;
      }
      if (!waits) {
        if (units >= UNITS_A_STEP) {
          return Progress.MORE;
        }
        waits = true;
        int used = index.ask(new Op.Inspect(namespace, hash(holders.size()), 1), this::answered);
        units += used == BlockIndex.LATER ? UNITS_A_STEP : used;
      }
      if (answer == null) {
        return Progress.LATER;
      }
      take();
    }
    if (!refusal.isEmpty()) {
      out.error(refusal);
      return Progress.DONE;
    }
    return reasons.step(out);
  }

  private BlockChain hash(int i) {
    return hashes.slice(i, i + 1);
  }

  private void answered(Reply reply) {
    answer = reply;
    wake.run();
  }

  private void take() {
    switch (answer) {
      case Reply.Rows(var rows) -> {
        var held = rows.isEmpty() ? null : holders(rows.getFirst());
        known.put(hash(holders.size()), held);
        holders.add(held);
      }
      case Reply.Refused(var code, var detail) -> refusal = code + " " + detail;
      case null, default -> throw new IllegalStateException("answer: " + answer);
    }
    answer = null;
    waits = false;
  }

  private static String holders(Map<String, Value> row) {
    var all = row.getOrDefault("holders", Value.of("")).text();
    return all.length() <= HOLDERS_SHOWN ? all : all.substring(0, HOLDERS_SHOWN) + " ...";
  }

  @Override
  public boolean isReady() {
    return waits ? answer != null : reasons.isReady();
  }

  @Override
  public void close() {
    reasons.close();
  }

  /// The store's part of it.
  private final class Reasons extends LongChangeTask {
    private List<Explanation> answers = List.of();

    Reasons(Store store, Runnable wake) {
      super(store, wake);
    }

    @Override
    protected void change() {
      answers = store.blocks().explain(namespace, hashes);
    }

    @Override
    protected Progress answer(RespBuffer out) {
      var rows = new ArrayList<Map<String, Value>>();
      for (int i = 0; i < answers.size(); i++) {
        rows.add(row(i, answers.get(i)));
      }
      ReplyEncoder.encode(new Reply.Rows(rows), hex, out);
      return Progress.DONE;
    }

    private Map<String, Value> row(int i, Explanation one) {
      var held = holders.get(i);
      var why = one.why();
      if (why == Why.UNKNOWN && held != null) {
        why = held.isEmpty() ? Why.UNHELD : Why.ELSEWHERE;
      }
      var row = new LinkedHashMap<String, Value>();
      row.put("hash", Value.of(HexFormat.of().formatHex(hash(i).toBytes())));
      row.put("why", Value.of(why.name()));
      row.put("tiers", Value.of(tiers(one.tiers())));
      row.put("ago-ms", Value.of(one.agoNs() < 0 ? -1 : one.agoNs() / NS_PER_MS));
      boolean byPolicy = why == Why.EVICTED || why == Why.DECLINED;
      row.put("policy", Value.of(byPolicy ? store.policy() : ""));
      row.put("parts", Value.of(one.parts() == 0 ? "" : one.here() + "/" + one.parts()));
      row.put("hits", Value.of(one.hits()));
      row.put("detail", Value.of(one.detail()));
      row.put("holders", Value.of(held == null ? "" : held));
      return row;
    }

    private static String tiers(int mask) {
      return Stream.of(Tier.values())
          .filter(tier -> (mask & tier.mask()) != 0)
          .map(Tier::name)
          .collect(Collectors.joining(" "));
    }
  }
}
