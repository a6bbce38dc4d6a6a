// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.Retry;

/// Reads one leaf for one key.
final class LeafReads {
  private final PageStore store;
  private final Pages pages;
  private final byte[] page;
  private long value;

  LeafReads(PageStore store) {
    this.store = store;
    pages = store.pages;
    page = new byte[pages.layout.pageBytes];
  }

  /// The value found last, 0 if the key had none.
  long value() {
    return value;
  }

  /// The sibling of the leaf read last.
  long sibling() {
    return pages.sibling(page, 0);
  }

  /// Reads a leaf, again while what it needs of it is torn: a record that is not whole may be the
  /// key's. (As published it counts as absent.)
  ///
  /// @param cached whether the cache led there, else a walk did, and the leaf is not right of it
  /// @return whether the leaf is the key's
  boolean find(long leaf, long key, boolean cached) {
    while (true) {
      store.read(leaf, page);
      if (store.fault != ShermanFault.TRUST_LEAF
          && !(cached ? pages.covers(page, 0, key) : !pages.isBeyond(page, 0, key))) {
        return false;
      }
      if (scan(key)) {
        return true;
      }
      store.client.retry(Retry.TORN);
    }
  }

  private boolean scan(long key) {
    boolean whole = true;
    int end = pages.layout.leafRear;
    for (int at = pages.layout.records; at < end; at += pages.layout.entryBytes) {
      if (!store.isEntryWhole(page, at)) {
        whole = false;
      } else if (pages.entryKey(page, at) == key && pages.entryValue(page, at) != 0) {
        value = pages.entryValue(page, at);
        return true;
      }
    }
    value = 0;
    return whole;
  }
}
