// SPDX-License-Identifier: Apache-2.0
package io.incipit.net;

import static java.util.Map.entry;

import java.util.Map;

/// What the fields of `KVC.STATS` mean, for those who read them as metrics.
final class StatHelp {
  private static final Map<String, String> OF_SERVER =
      Map.ofEntries(
          entry("namespaces", "Namespaces there are."),
          entry("blocks", "Blocks in all indexes together."),
          entry("index-bytes", "Memory of all indexes together, in bytes."),
          entry("engine-bytes", "Memory of engines' maps and what routers sent, in bytes."),
          entry("index-limit-bytes", "What both may take (index.memory-limit), in bytes."),
          entry("lanes", "Threads that write."),
          entry("queued-publishes", "Publishes that wait for their lane."),
          entry("questions-later", "Questions too long for the event loop, answered aside."),
          entry("hints-done", "KVC.HINT requests that said that a path is done."),
          entry("hints-back", "KVC.HINT requests that said when a path is back."),
          entry("queued-questions", "Questions to be answered aside that wait now."),
          entry("reply-bytes", "Memory of replies being made, in bytes."),
          entry("store-keys", "Keys that have a value."),
          entry("store-bytes", "Memory of the pool that is taken, in bytes."),
          entry("store-limit-bytes", "Memory of the pool (store.host-limit), in bytes."),
          entry("store-value-bytes", "Bytes of all values; the rest of what is taken is waste."),
          entry("store-quarantined-bytes", "Memory kept apart after a wrong checksum, in bytes."),
          entry("store-metadata-bytes", "Heap for what is known of values, in bytes."),
          entry("store-metadata-limit-bytes", "What it may take (store.metadata-limit)."),
          entry("store-puts-open", "Values that are being written."),
          entry("store-pressure", "How full the pool is, 0 to 100."),
          entry("store-hits", "Keys asked for that had a value."),
          entry("store-misses", "Keys asked for that had none."),
          entry("store-puts-kept", "Values that came again and whose first one stayed."),
          entry("store-evicted", "Values evicted because there was no room."),
          entry("store-expired", "Values whose time had come."),
          entry("store-abandoned", "Values that were not complete in time."),
          entry("store-moved", "Values moved to make room in one piece."),
          entry("store-corrupt", "Values that were found wrong by their checksum."),
          entry("store-refusals", "Values for which there was no room."),
          entry("store-visits-dropped", "Requests for keys that the policy was not told of."),
          entry("store-changes-failed", "Changes of the store that failed."));

  private static final Map<String, String> OF_NAMESPACE =
      Map.ofEntries(
          entry("owners", "Owners that have published and not gone."),
          entry("partial-owners", "Owners whose blocks are not all known until they re-base."),
          entry("blocks", "Different blocks that somebody holds."),
          entry("runs", "Unbranched stretches of blocks, the nodes of the tree."),
          entry("holdings", "Pairs of a holder and an interval of a run."),
          entry("tree-bytes", "Memory of the tree, in bytes."),
          entry("by-hash-bytes", "Memory of the table by hash, in bytes."),
          entry("matches", "KVC.MATCH requests answered."),
          entry("asked-blocks", "Blocks that matches asked for."),
          entry(
              "matched-blocks",
              "Blocks of matches that somebody held; over those asked for, the hit rate."),
          entry("scores", "KVC.SCORE requests answered."),
          entry("questions-in-vain", "Questions since the last one that found a block."),
          entry("stale-cursors", "Questions whose cursor named a place that is no more."),
          entry("publishes", "Publishes applied."),
          entry("repeats", "Publishes that had been applied before, acknowledged again."),
          entry("gaps", "Publishes refused because one before them is missing."),
          entry("fenced", "Publishes refused as of a life that is over."),
          entry("refused-owners", "Owners beyond the most that a namespace takes."),
          entry("index-restarts", "Indexes replaced by an empty one after a failure."),
          entry("parked-blocks", "Blocks that wait for their parents."),
          entry("dropped-orphans", "Blocks that waited for a parent and went without one."),
          entry("not-held-removals", "Removals of blocks that their owner did not hold."),
          entry("conflicts", "Stores that put a known block below another parent."),
          entry("shed-blocks", "Blocks that went because of index.memory-limit."));

  private StatHelp() {}

  /// Of a field of the server.
  static String ofServer(String field) {
    return help(OF_SERVER, field);
  }

  /// Of a field of a namespace.
  static String ofNamespace(String field) {
    return help(OF_NAMESPACE, field);
  }

  private static String help(Map<String, String> texts, String field) {
    return texts.getOrDefault(field, "The field " + field + " of KVC.STATS.");
  }
}
