// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import io.incipit.env.Disk;
import io.incipit.env.PipeDisk;
import io.incipit.trace.TraceFile;
import io.incipit.trace.TraceReader;
import io.incipit.trace.TraceRequest;
import io.incipit.trace.format.TraceFormats;
import io.incipit.trace.generate.ConversationTrace;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The requests of a trace in their order: when each came, and its blocks as ids. An id stands for
/// a block and all blocks before it, and ids count from 0 in the order of their first use, so that
/// what was new at once is contiguous. Immutable.
final class Requests {
  private final String source;
  private final int blockTokens;
  private final int split;
  private final List<Long> timesNs;
  private final List<int[]> ids;
  private final int[] known;
  private final int distinct;

  private Requests(String source, int blockTokens, int split, List<Long> timesNs, List<int[]> ids) {
    this.source = source;
    this.blockTokens = blockTokens;
    this.split = split;
    this.timesNs = timesNs;
    this.ids = ids;
    this.known = new int[ids.size()];
    int next = 0;
    for (int i = 0; i < known.length; i++) {
      var request = ids.get(i);
      while (known[i] < request.length && request[known[i]] < next) {
        known[i]++;
      }
      next = Math.max(next, request.length == 0 ? 0 : request[request.length - 1] + 1);
    }
    distinct = next;
  }

  /// The requests of a trace, from a file or a pipe in any format of traces.
  ///
  /// @throws IOException if it cannot be read, or no request of it has a block
  static Requests read(Path trace) throws IOException {
    var system = Disk.system();
    var disk = system.isReadOnce(trace) ? new PipeDisk(system, trace, false) : system;
    var file = new TraceFile(disk, trace, false);
    if (system.isDirectory(trace)) {
      throw new IOException("--trace: %s: a directory (expected: a file)".formatted(trace));
    }
    try (var reader = TraceFormats.all().of(file).open(file)) {
      return of(String.valueOf(trace.getFileName()), reader);
    } catch (NoSuchFileException missing) {
      throw new IOException("--trace: %s: no such file".formatted(trace), missing);
    }
  }

  /// Made-up requests of about the shape of the conversation trace, for where that is not at hand.
  static Requests standIn(int requests, long seed) throws IOException {
    try (var generator = new ConversationTrace(requests, seed)) {
      return of("made-up stand-in for the conversation trace", generator);
    }
  }

  private static Requests of(String source, TraceReader reader) throws IOException {
    var times = new ArrayList<Long>();
    var all = new ArrayList<int[]>();
    Map<Long, Integer> numbers = new HashMap<>();
    int blockTokens = 0;
    long first = 0;
    for (Optional<TraceRequest> next = reader.next(); next.isPresent(); next = reader.next()) {
      var request = next.get();
      var blocks = request.ids();
      var ids = new int[blocks.length()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = numbers.computeIfAbsent(blocks.id(i), _ -> numbers.size());
      }
      first = times.isEmpty() ? request.timeNs() : first;
      times.add(request.timeNs() - first);
      all.add(ids);
      blockTokens = request.blockTokens();
    }
    if (numbers.isEmpty()) {
      throw new IOException(source + ": no request with a block (expected: at least one)");
    }
    return new Requests(source, blockTokens, 1, times, all);
  }

  /// The same with each block cut into smaller ones.
  Requests split(int pieces) {
    return new Requests(source, blockTokens / pieces, pieces, timesNs, ids);
  }

  /// The first ones.
  Requests first(int count) {
    int end = Math.min(count, ids.size());
    return new Requests(source, blockTokens, split, timesNs.subList(0, end), ids.subList(0, end));
  }

  /// Where they come from, in words.
  String source() {
    return source;
  }

  /// Tokens of a block.
  int blockTokens() {
    return blockTokens;
  }

  int count() {
    return ids.size();
  }

  /// When a request came, ns after the first of the trace.
  long timeNs(int request) {
    return timesNs.get(request);
  }

  /// Blocks of a request.
  int length(int request) {
    return ids.get(request).length * split;
  }

  /// Blocks of the longest.
  int longest() {
    return ids.stream().mapToInt(request -> request.length).max().orElse(0) * split;
  }

  /// Blocks of all of them.
  long blocks() {
    return ids.stream().mapToLong(request -> request.length).sum() * split;
  }

  int id(int request, int block) {
    return ids.get(request)[block / split] * split + block % split;
  }

  /// Leading blocks that earlier requests had.
  int known(int request) {
    return known[request] * split;
  }

  /// Different ids.
  int distinct() {
    return distinct * split;
  }
}
