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
          entry("index-reserved-bytes", "Kept free for indexes below their floors, in bytes."),
          entry("lanes", "Threads that write."),
          entry("queued-publishes", "Publishes that wait for their lane."),
          entry("questions-later", "Questions too long for the event loop, answered aside."),
          entry("hints-done", "KVC.HINT requests that said that a path is done."),
          entry("hints-back", "KVC.HINT requests that said when a path is back."),
          entry("quota-publishes-delayed", "Publishes that waited for a quota, each time."),
          entry("quota-lookups-refused", "Look-ups beyond a quota."),
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
          entry("store-quota-evicted", "Families of values beyond a quota that left memory."),
          entry("store-floor-passed", "How often a floor kept a family of values."),
          entry("store-expired", "Values whose time had come."),
          entry("store-abandoned", "Values that were not complete in time."),
          entry("store-moved", "Values moved to make room in one piece."),
          entry("store-corrupt", "Values that were found wrong by their checksum."),
          entry("store-refusals", "Values for which there was no room."),
          entry("store-visits-dropped", "Requests for keys that the policy was not told of."),
          entry("store-changes-failed", "Changes of the store that failed."),
          entry(
              "store-missed-after-exists",
              "Keys that EXISTS found, and that were not there after."),
          entry("store-removals-owed", "Removals that the disk did not take when they were asked."),
          entry("store-hour-blocks", "Blocks of prompts asked for in the last hour."),
          entry(
              "store-hour-hits-permille",
              "Of them, leading blocks that were in memory, in parts of 1000."),
          entry("store-hour-leaf-lru-permille", "What leaf-LRU would have had of them."),
          entry(
              "store-hour-clairvoyant-permille",
              "What a policy that knows the future would have had of them."),
          entry("store-hour-sampled-requests", "Requests that these two are computed from."),
          entry("store-hour-sampled-blocks", "Uses of blocks that these two are computed from."),
          entry("store-hour-sampled-one-in", "Of so many blocks one is sampled for them."),
          entry("store-samples-dropped", "Requests left out of the sample, too many at once."),
          entry("store-samples-failed", "Failures of the meter of the last hour."),
          entry("store-scrubbed-bytes", "Bytes in memory that were verified unread."),
          entry("store-scrubs-failed", "Rounds of verifying that failed."),
          entry("store-demoted", "Values that left memory and are on disk."),
          entry("store-dropped", "Values that left memory without a copy on disk."),
          entry("store-recalled", "Families that were asked for while they left memory."),
          entry("store-leaving-bytes", "Memory of families on their way to disk, in bytes."),
          entry("store-promoted", "Values brought from disk to memory."),
          entry("store-promoted-bytes", "Bytes of values brought from disk to memory."),
          entry("store-promotions-refused", "Values on disk for which memory had no room."),
          entry("disk-keys", "Keys that have a value on disk."),
          entry("disk-bytes", "Bytes of all extent files."),
          entry("disk-limit-bytes", "What they may take (store.disk-limit)."),
          entry("store-blocks", "Blocks of which all parts are there."),
          entry("store-blocks-table-bytes", "Heap for what is known of blocks, in bytes."),
          entry("store-blocks-finding", "Whether blocks on disk are still being found."),
          entry("store-salts", "Cache salts whose bytes are counted by name."),
          entry("store-salted-keys", "Keys with a value in memory that have a cache salt."),
          entry("store-salted-bytes", "Bytes of their values."),
          entry("store-salted-other-bytes", "Of those, bytes of salts beyond the 1024 named ones."),
          entry("store-salted-uncounted", "Values that heap was missing to count by salt."),
          entry("store-pins", "Blocks that are pinned, some of which may have ended."),
          entry("store-pinned-hard-bytes", "Memory for blocks that are pinned hard."),
          entry("store-block-puts-open", "Puts of blocks that are not committed yet."),
          entry(
              "store-namespaces-futile",
              "Namespaces in which many blocks were put and none of many reads found any."),
          entry("store-blocks-made", "Blocks that were committed."),
          entry("store-blocks-kept", "Blocks that were there already when they were committed."),
          entry("store-blocks-declined", "Blocks that the policy would have given up at once."),
          entry("store-blocks-halved", "Blocks that were removed since a part of them was gone."),
          entry("store-block-puts-abandoned", "Puts that were not committed in time."),
          entry("disk-pressure", "How full the disk's share is, 0 to 100."),
          entry("disk-extents", "Extent files there are."),
          entry("disk-metadata-bytes", "Heap for what is known of values on disk, in bytes."),
          entry("disk-queue-bytes", "Bytes of values that wait to be written."),
          entry("disk-writable", "Whether the disk takes values; 0 if it is full or has failed."),
          entry("disk-recovering", "Whether extents are still being scanned."),
          entry("disk-read-bytes-per-second", "Bytes a second while reading, of late."),
          entry("disk-write-bytes-per-second", "Bytes a second while writing, of late."),
          entry("disk-bytes-read", "Bytes read."),
          entry("disk-bytes-written", "Bytes written."),
          entry("disk-syncs", "Syncs of files."),
          entry("disk-torn", "Records that a crash left unfinished."),
          entry("disk-foreign", "Records of another store or place."),
          entry("disk-unknown-versions", "Records of another version."),
          entry("disk-corrupt", "Records that are not what was written."),
          entry("disk-unreadable", "Reads that failed."),
          entry("disk-quarantined", "Values that are not found any more since they are wrong."),
          entry("disk-reclaimed", "Extents that were given up."),
          entry("disk-given-up", "Values that went with them."),
          entry("disk-reinserted", "Values that were written again to keep them."),
          entry("disk-refused", "Values that were not taken."),
          entry("disk-failed", "Writes and syncs that failed."),
          entry("disk-scrubbed-bytes", "Bytes on disk that were verified unread."));

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
