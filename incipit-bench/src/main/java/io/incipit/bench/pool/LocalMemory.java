// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

/// The memory of a node as a thread of that node sees it: no request, no adapter, nothing counted.
/// Its bytes go through a transport all the same, so that clients see them change line by line.
public final class LocalMemory {
  private final MemoryPool pool;
  private final Transport transport;

  /// A view of a node's memory.
  public LocalMemory(MemoryPool pool, Transport transport) {
    this.pool = pool;
    this.transport = transport;
  }

  /// Copies bytes `[address, address + length)` to `target[at..]`.
  public void read(long address, byte[] target, int at, int length) {
    int index = pool.indexOf(address, length);
    System.arraycopy(pool.arrayOf(address), index, target, at, length);
  }

  /// Copies `source[at..]` there.
  public void write(long address, byte[] source, int at, int length) {
    int index = pool.indexOf(address, length);
    transport.write(source, at, pool.arrayOf(address), index, length);
  }

  /// Lets others take their turn, where there are any.
  public void pause() {
    transport.beforeAtomic();
  }
}
