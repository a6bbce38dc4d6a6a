// SPDX-License-Identifier: Apache-2.0
package io.incipit.service;

/// What the service may use.
///
/// @param lanes threads that write indexes; each namespace belongs to one
/// @param laneQueue publishes that may wait for one lane; more are not taken, see [Service#offer]
/// @param laneQueueBytes bytes of publishes that may wait for one lane; a single larger one still
///     finds its place in an empty queue
/// @param namespacesMax namespaces that may exist at once
/// @param memoryLimitBytes memory of all indexes and [MemoryShare]s together, at which the coldest
///     leaves of whoever grows go
/// @param replyBytesMax memory of all questions that are not answered on the spot, and of replies
///     being made, together
public record ServiceConfig(
    int lanes,
    int laneQueue,
    long laneQueueBytes,
    int namespacesMax,
    long memoryLimitBytes,
    long replyBytesMax) {
  private static final int LANES_MAX = 256;
  private static final int QUEUE_MAX = 1 << 20;
  private static final int NAMESPACES_MAX = 1 << 20;
  private static final long MEMORY_MIN = 16L << 20;
  private static final long REPLIES_MIN = 1L << 20;

  public ServiceConfig {
    require("index.lanes", lanes, 1, LANES_MAX);
    require("index.lane-queue", laneQueue, 1, QUEUE_MAX);
    require("index.lane-queue-limit", laneQueueBytes, 1, Long.MAX_VALUE);
    require("index.namespaces-max", namespacesMax, 1, NAMESPACES_MAX);
    require("index.memory-limit", memoryLimitBytes, MEMORY_MIN, Long.MAX_VALUE);
    require("service.reply-limit", replyBytesMax, REPLIES_MIN, Long.MAX_VALUE);
  }

  private static void require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, value, min, max));
    }
  }
}
