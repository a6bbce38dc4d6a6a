// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.Bytes;
import io.incipit.bench.pool.ChunkAllocator;
import io.incipit.bench.pool.MemoryPool;
import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;
import io.incipit.bench.pool.Transport;

/// A client's way to pages and to the word that names the root.
///
/// As published, a page is one WRITE. A READ that begins after the WRITE, overtakes it and ends
/// after it finds the new version at both ends and old lines between. So the repaired form writes
/// the rear version first, then the lines from the second on, then the first: who reads in
/// ascending order and finds the new version in front finds all that is behind it new.
final class PageStore {
  /// Where the word is that names the root: level in the 8 highest bits, address in the others.
  static final long ROOT = Transport.LINE;

  private static final int CHUNK_BYTES = MemoryPool.CHUNK;
  private static final int ADDRESS_BITS = 56;

  final Pages pages;
  final PoolClient client;
  final ShermanFault fault;
  private final Layout layout;
  private final boolean ordered;
  private final ChunkAllocator allocator;
  private final byte[] word = new byte[Long.BYTES];

  PageStore(PoolClient client, ShermanConfig config, ShermanFault fault) {
    this.client = client;
    this.fault = fault;
    layout = Layout.of(config.keyBytes());
    pages = new Pages(layout);
    ordered = config.repaired();
    allocator = new ChunkAllocator(client, CHUNK_BYTES);
  }

  static long rootWord(long address, int level) {
    return (long) level << ADDRESS_BITS | address;
  }

  static long rootAddress(long word) {
    return word & (1L << ADDRESS_BITS) - 1;
  }

  static int rootLevel(long word) {
    return (int) (word >>> ADDRESS_BITS);
  }

  long readRoot() {
    client.read(ROOT, word, 0, Long.BYTES);
    client.ring();
    return Bytes.longAt(word, 0);
  }

  /// Names another root.
  ///
  /// @return whether the expected one was named until now
  boolean swapRoot(long expected, long root) {
    int swap = client.compareAndSwap(ROOT, expected, root);
    client.ring();
    return client.answer(swap) == expected;
  }

  long allocate() {
    return allocator.allocate(layout.pageBytes, Transport.LINE);
  }

  /// Reads a page, again until it is whole.
  void read(long address, byte[] page) {
    readOnce(address, page);
    while (!isWhole(page, 0)) {
      client.retry(Retry.TORN);
      readOnce(address, page);
    }
  }

  /// Reads a page as it comes.
  void readOnce(long address, byte[] page) {
    client.read(address, page, 0, layout.pageBytes);
    client.ring();
  }

  boolean isWhole(byte[] page, int at) {
    return fault == ShermanFault.TRUST_PAGE || pages.isWhole(page, at);
  }

  boolean isEntryWhole(byte[] page, int at) {
    return fault == ShermanFault.TRUST_ENTRY || pages.isEntryWhole(page, at);
  }

  /// Adds to the batch that a page is written as it is, with its next version.
  void write(long address, byte[] page) {
    int rear = pages.change(page);
    if (ordered) {
      client.write(address + rear, page, rear, 1);
      client.write(
          address + Transport.LINE, page, Transport.LINE, layout.pageBytes - Transport.LINE);
      client.write(address, page, 0, Transport.LINE);
    } else {
      client.write(address, page, 0, layout.pageBytes);
    }
  }

  /// Adds to the batch that a page is written which nobody can read yet.
  void writeNew(long address, byte[] page) {
    client.write(address, page, 0, layout.pageBytes);
  }
}
