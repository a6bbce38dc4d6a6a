// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.evaluate;

import java.io.Closeable;
import java.io.IOException;

/// A system that is asked which blocks of a prompt it has, and is told the rest. It answers about
/// the requests of one trace, by their numbers. For one thread.
///
/// What it did over one-sided memory goes to the steps that it was made with; what it answered is
/// kept until the next look-up, so that checking is not timed.
interface Subject extends Closeable {
  /// Looks up all blocks of a request.
  void lookup(int request) throws IOException;

  /// Looks a request up through every client, so that each has in its cache what it may keep.
  default void warm(int request) throws IOException {
    lookup(request);
  }

  /// How many operations of the last look-up gave a wrong answer.
  ///
  /// @param known leading blocks that were put before
  int wrong(int request, int known);

  /// Puts the blocks of a request from one on.
  ///
  /// @param known leading blocks that are not put again
  void put(int request, int known) throws IOException;

  /// Memory that it takes for all it was told, bytes.
  long bytes() throws IOException;

  /// What each client keeps on its side, bytes.
  long clientBytes();

  /// CPU time of its server so far but for compilers, ns; 0 where it has none.
  default long serverCpuNs() throws IOException {
    return 0;
  }

  @Override
  default void close() {}

  /// Begins a replay of all requests anew: clients forget what they learned in the last one.
  default void again() {
    // Most learn nothing.
  }
}
