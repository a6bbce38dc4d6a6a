// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

/// How bytes get from memory to a client and back. The memory of a node is for one thread at a
/// time; a transport that lets several take turns says when.
public interface Transport {
  /// Bytes of a line: at most so much, and aligned, is seen whole.
  int LINE = 64;

  /// Each request is done at once and as a whole: for one client.
  Transport WHOLE = System::arraycopy;

  /// Copies a READ's or a WRITE's bytes. Positions in the memory's array are aligned as addresses
  /// are.
  void copy(byte[] source, int from, byte[] target, int to, int length);

  /// The same for a WRITE.
  default void write(byte[] source, int from, byte[] memory, int to, int length) {
    copy(source, from, memory, to, length);
  }

  /// An atomic comes next; it is done without a break.
  default void beforeAtomic() {}
}
