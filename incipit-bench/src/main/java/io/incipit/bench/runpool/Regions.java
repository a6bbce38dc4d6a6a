// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import io.incipit.bench.pool.MemoryPool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Gives out lines of memory, and takes them back: what was freed is not used again for a lease.
/// For one thread.
final class Regions {
  private static final int CHUNK_LINES = 1024;

  /// What is freed together and so large is cut up; of what is smaller, what fits is used again.
  private static final int SPAN_LINES = 64;
  private static final int ROOMY = 4;

  private record Freed(int region, int lines, double untilNs) {}

  private record Span(int region, int lines) {}

  private final MemoryPool pool;
  private final double leaseNs;
  private final Map<Integer, ArrayDeque<Integer>> free = new HashMap<>();
  private final ArrayDeque<Freed> quarantine = new ArrayDeque<>();
  private final List<Span> spans = new ArrayList<>();
  private int next;
  private int left;
  private long reservedBytes;
  private double nowNs;

  Regions(MemoryPool pool, double leaseNs) {
    this.pool = pool;
    this.leaseNs = leaseNs;
  }

  /// Tells it the time; later than it was told before, or it stands.
  void at(double timeNs) {
    nowNs = Math.max(nowNs, timeNs);
    while (!quarantine.isEmpty() && quarantine.peek().untilNs() <= nowNs) {
      var freed = quarantine.remove();
      reuse(freed.region(), freed.lines());
    }
  }

  private void reuse(int region, int lines) {
    if (lines >= SPAN_LINES) {
      spans.add(new Span(region, lines));
    } else if (lines > 0) {
      free.computeIfAbsent(lines, any -> new ArrayDeque<>()).push(region);
    }
  }

  double nowNs() {
    return nowNs;
  }

  /// Some lines; what stands in them is anything.
  int allocate(int lines) {
    for (int size = lines; size <= lines + ROOMY; size++) {
      var fitting = free.get(size);
      if (fitting != null && !fitting.isEmpty()) {
        int region = fitting.pop();
        if (size > lines) {
          reuse(region + lines, size - lines);
        }
        return region;
      }
    }
    if (lines > left) {
      refill(lines);
    }
    int region = next;
    next += lines;
    left -= lines;
    return region;
  }

  private void refill(int lines) {
    reuse(next, left);
    for (int i = 0; i < spans.size(); i++) {
      if (spans.get(i).lines() >= lines) {
        var span = spans.remove(i);
        next = span.region();
        left = span.lines();
        return;
      }
    }
    left = Math.max(CHUNK_LINES, lines);
    next = Layout.region(reserve(left));
  }

  private long reserve(int lines) {
    int bytes = lines * Layout.LINE;
    reservedBytes += bytes;
    return pool.reserve(bytes, Layout.LINE);
  }

  /// Takes lines back.
  void free(int region, int lines) {
    quarantine.add(new Freed(region, lines, nowNs + leaseNs));
    at(nowNs);
  }

  /// All that was ever reserved, in use or not.
  long reservedBytes() {
    return reservedBytes;
  }
}
