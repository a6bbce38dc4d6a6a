// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.analyze;

import io.incipit.trace.BlockNumbers;
import io.incipit.trace.TraceNotes;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// A whole trace in memory, to be walked as often as a statistic needs.
///
/// Blocks are numbered from 0 in the order in which they were first seen, as Incipit numbers the
/// blocks that it is given. A prompt is then a few stretches of consecutive numbers, and is kept as
/// those: 8 B each, beside 28 B for each request and 28 B for each distinct block. Immutable once
/// read.
final class TraceTable {
  /// The parent of blocks that begin a prompt.
  static final int ROOT = -1;

  private final int blockTokens;
  private long[] times = new long[1 << 10];
  private final IntList inputs = new IntList();
  private final IntList outputs = new IntList();
  private final IntList hits = new IntList();
  private final IntList lengths = new IntList();
  private final IntList runStarts = new IntList();
  private final IntList runFirsts = new IntList();
  private final IntList runCounts = new IntList();
  private final IntList parents = new IntList();
  private final IntList depths = new IntList();
  private final IntList uses = new IntList();
  private final IntList firstRequests = new IntList();
  private long accesses;
  private long skipped;
  private long repeats;
  private TraceNotes notes = TraceNotes.NONE;

  private TraceTable(int blockTokens) {
    this.blockTokens = blockTokens;
    runStarts.add(0);
  }

  /// Reads a trace to its end.
  ///
  /// @param progress hears the number of requests read so far, after each of them
  static TraceTable read(TraceReader reader, IntConsumer progress) throws IOException {
    var numbers = new BlockNumbers();
    var table = new TraceTable(reader.blockTokens());
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      table.add(next.get(), numbers);
      progress.accept(table.requests());
    }
    table.skipped = reader.skipped();
    table.repeats = reader.repeats();
    table.notes = reader.notes();
    return table;
  }

  private void add(TraceRequest request, BlockNumbers numbers) {
    int index = requests();
    if (index == times.length) {
      times = Arrays.copyOf(times, 2 * index);
    }
    times[index] = request.timeNs();
    inputs.add(request.inputTokens());
    outputs.add(request.outputTokens());
    addBlocks(request, numbers, index);
  }

  private void addBlocks(TraceRequest request, BlockNumbers numbers, int index) {
    var ids = request.ids();
    int parent = ROOT;
    int known = 0;
    for (int i = 0; i < ids.length(); i++) {
      int before = numbers.count();
      int block = numbers.number(ids.id(i));
      if (block == before) {
        parents.add(parent);
        depths.add(i);
        uses.add(0);
        firstRequests.add(index);
      } else if (known == i) {
        known++;
      }
      uses.increment(block);
      boolean follows = i > 0 && block == parent + 1;
      if (follows) {
        runCounts.increment(runCounts.length() - 1);
      } else {
        runFirsts.add(block);
        runCounts.add(1);
      }
      parent = block;
    }
    hits.add(known);
    lengths.add(ids.length());
    runStarts.add(runFirsts.length());
    accesses += ids.length();
  }

  int requests() {
    return inputs.length();
  }

  int blockTokens() {
    return blockTokens;
  }

  /// Blocks over all prompts.
  long accesses() {
    return accesses;
  }

  /// Different blocks.
  int distinct() {
    return parents.length();
  }

  /// Lines that the reader left out as bad.
  long skipped() {
    return skipped;
  }

  /// Sessions that were left out as repeats.
  long repeats() {
    return repeats;
  }

  TraceNotes notes() {
    return notes;
  }

  long timeNs(int request) {
    return times[request];
  }

  /// Time from the first arrival to the last.
  long spanNs() {
    return requests() == 0 ? 0 : times[requests() - 1] - times[0];
  }

  int inputTokens(int request) {
    return inputs.at(request);
  }

  int outputTokens(int request) {
    return outputs.at(request);
  }

  /// Blocks of a prompt, a partial one at the end included.
  int length(int request) {
    return lengths.at(request);
  }

  /// Blocks of a prompt that are full.
  int fullBlocks(int request) {
    return Math.min(length(request), inputTokens(request) / blockTokens);
  }

  /// Leading blocks of a prompt that an earlier request had as well.
  int hits(int request) {
    return hits.at(request);
  }

  /// Tokens of a prompt in its hit blocks.
  long hitTokens(int request, int blocks) {
    return Math.min((long) blocks * blockTokens, inputTokens(request));
  }

  /// Stretches of consecutive numbers in a prompt.
  int runs(int request) {
    return runStarts.at(request + 1) - runStarts.at(request);
  }

  /// First block of the prompt's run `i`.
  int runFirst(int request, int i) {
    return runFirsts.at(runStarts.at(request) + i);
  }

  /// Blocks of the prompt's run `i`.
  int runCount(int request, int i) {
    return runCounts.at(runStarts.at(request) + i);
  }

  /// The prompt's blocks from head to tail, in an array that is at least as long.
  ///
  /// @param room reused if it is long enough
  int[] path(int request, int[] room) {
    var path = room.length < length(request) ? new int[2 * length(request)] : room;
    int next = 0;
    for (int i = 0; i < runs(request); i++) {
      int first = runFirst(request, i);
      for (int k = 0; k < runCount(request, i); k++) {
        path[next] = first + k;
        next++;
      }
    }
    return path;
  }

  /// The block before this one, [#ROOT] if it begins prompts. Always the smaller number.
  int parent(int block) {
    return parents.at(block);
  }

  /// Blocks before this one in its prompts.
  int depth(int block) {
    return depths.at(block);
  }

  /// Requests whose prompt has this block.
  int uses(int block) {
    return uses.at(block);
  }

  /// The request that brought this block.
  int firstRequest(int block) {
    return firstRequests.at(block);
  }

  /// Whether more than half of all requests have this block: the head of a prompt that they share.
  boolean isCommon(int block) {
    return 2L * uses(block) > requests();
  }

  /// How many blocks follow each block directly.
  int[] children() {
    var children = new int[distinct()];
    for (int block = 0; block < children.length; block++) {
      if (parent(block) != ROOT) {
        children[parent(block)]++;
      }
    }
    return children;
  }
}
