// SPDX-License-Identifier: Apache-2.0
package io.incipit.server;

import java.lang.management.ManagementFactory;
import java.util.Optional;

/// The parts of the heap that are given away by configuration: together at most three quarters,
/// since the rest is needed for what nobody counts, and for the collector.
///
/// @param indexBytes for all indexes, by default 3/8 of the heap
/// @param storeBytes for what is known of values, by default 1/8
/// @param bufferBytes for what connections hold, by default 1/8
/// @param laneQueueBytes for publishes that wait for all lanes together, by default 1/16
/// @param replyBytes for questions that wait and replies being made, by default 1/16
record Budgets(
    long indexBytes, long storeBytes, long bufferBytes, long laneQueueBytes, long replyBytes) {
  private static final long MEBIBYTE = 1L << 20;
  private static final long POOL_BYTES_MIN = 64L << 20;

  /// What places can be told apart in.
  private static final long POOL_BYTES_MAX = 1L << 41;

  /// More than any machine has, and few enough to add some.
  private static final long BYTES_MAX = 1L << 60;

  /// The budgets that are given, and the defaults for those that are 0.
  ///
  /// @throws IllegalArgumentException if they are too much for the heap; the message names them all
  static Budgets of(Settings settings, long heapBytes) {
    var budgets =
        new Budgets(
            given(settings, Setting.INDEX_MEMORY_LIMIT, heapBytes / 8 * 3),
            given(settings, Setting.STORE_METADATA_LIMIT, heapBytes / 8),
            given(settings, Setting.NET_BUFFER_LIMIT, heapBytes / 8),
            given(settings, Setting.INDEX_LANE_QUEUE_LIMIT, heapBytes / 16),
            given(settings, Setting.SERVICE_REPLY_LIMIT, heapBytes / 16));
    budgets.requireFit(heapBytes);
    return budgets;
  }

  private static long given(Settings settings, Setting setting, long byDefault) {
    long bytes = settings.bytes(setting);
    return bytes == 0 ? byDefault : Math.min(bytes, BYTES_MAX);
  }

  private void requireFit(long heapBytes) {
    long sum = indexBytes + storeBytes + bufferBytes + laneQueueBytes + replyBytes;
    long most = heapBytes / 4 * 3;
    if (sum > most) {
      throw new IllegalArgumentException(
          ("%s %s, %s %s, %s %s, %s %s and %s %s: together %s (expected: at most %s, three"
                  + " quarters of the"
                  + " heap of %s; give the JVM more, say INCIPIT_JAVA_OPTS=-Xmx%dm, or one of them"
                  + " less)")
              .formatted(
                  Setting.INDEX_MEMORY_LIMIT.key(),
                  mebibytes(indexBytes),
                  Setting.STORE_METADATA_LIMIT.key(),
                  mebibytes(storeBytes),
                  Setting.NET_BUFFER_LIMIT.key(),
                  mebibytes(bufferBytes),
                  Setting.INDEX_LANE_QUEUE_LIMIT.key(),
                  mebibytes(laneQueueBytes),
                  Setting.SERVICE_REPLY_LIMIT.key(),
                  mebibytes(replyBytes),
                  mebibytes(sum),
                  mebibytes(most),
                  mebibytes(heapBytes),
                  sum / 3 * 4 / MEBIBYTE + 1));
    }
  }

  /// Memory for values by default: a quarter of the machine's, and some where it does not say. It
  /// is taken as values come.
  static long poolBytes(long machineBytes) {
    return Math.clamp(machineBytes / 4, POOL_BYTES_MIN, POOL_BYTES_MAX);
  }

  /// What to log if a machine, or the container, has less memory than the heap may take: then the
  /// system ends the process before the heap is full.
  static Optional<String> tooLittleMemory(long heapBytes, long machineBytes) {
    return machineBytes == 0 || heapBytes <= machineBytes
        ? Optional.empty()
        : Optional.of(
            "heap exceeds memory heap_bytes=%d memory_bytes=%d".formatted(heapBytes, machineBytes));
  }

  /// The memory of this machine or container; 0 if it does not say.
  static long machineBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  private static String mebibytes(long bytes) {
    long tenths = bytes % MEBIBYTE * 10 / MEBIBYTE;
    return bytes / MEBIBYTE + (tenths == 0 ? "" : "." + tenths) + " MiB";
  }
}
