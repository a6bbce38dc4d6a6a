// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.runpool;

import static io.incipit.bench.runpool.Layout.EXTENTS_MAX;

/// What the owner tells a client of the runs that its message changed, so that the client's
/// directory is right at once: a few of them, the last reached last.
final class Reply {
  private static final int RUNS = 3;
  private static final int STATUS_BYTES = 8;
  private static final int RUN_BYTES = 40;
  private static final int EXTENT_BYTES = 12;

  int runs;
  final int[] region = new int[RUNS];
  final int[] start = new int[RUNS];
  final int[] length = new int[RUNS];
  final int[] generation = new int[RUNS];
  final int[] columnLines = new int[RUNS];
  final long[] head = new long[RUNS];
  final long[] last = new long[RUNS];
  final int[] extents = new int[RUNS];
  final int[][] extentFirst = new int[RUNS][EXTENTS_MAX];
  final int[][] extentCapacity = new int[RUNS][EXTENTS_MAX];
  final int[][] extentRegion = new int[RUNS][EXTENTS_MAX];

  void clear() {
    runs = 0;
  }

  void add(WritableRun run) {
    if (runs == RUNS) {
      return;
    }
    int i = runs++;
    region[i] = run.region;
    start[i] = run.start();
    length[i] = run.length();
    generation[i] = Layout.generation(run.head);
    columnLines[i] = run.get(Layout.COLUMN_LINES);
    head[i] = Layout.headHash(run.head);
    last[i] = Layout.last(run.head);
    extents[i] = run.extents;
    for (int extent = 1; extent < run.extents; extent++) {
      extentFirst[i][extent] = run.extentFirst[extent];
      extentCapacity[i][extent] = run.extentCapacity[extent];
      extentRegion[i][extent] = run.extentRegion[extent];
    }
  }

  /// What it takes on the wire.
  int bytes() {
    int bytes = STATUS_BYTES + runs * RUN_BYTES;
    for (int i = 0; i < runs; i++) {
      bytes += (extents[i] - 1) * EXTENT_BYTES;
    }
    return bytes;
  }
}
