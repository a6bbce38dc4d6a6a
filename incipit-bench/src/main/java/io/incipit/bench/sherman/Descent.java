// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.Retry;
import java.util.Arrays;

/// A client's walks from the root, and what it keeps of them: the word that names the root, read
/// again when the page it names proves to be only part of its level; the pages crossed, until the
/// next operation; and in the cache each page above the leaves that it reads.
final class Descent {
  private static final int LEVELS_MAX = 16;

  private final PageStore store;
  private final Pages pages;
  private final LevelOneCache cache;
  private final int cacheFromLevel;
  private final boolean dropsStale;
  private final byte[] page;
  private final long[] path = new long[LEVELS_MAX];
  private long root;

  Descent(PageStore store, LevelOneCache cache, ShermanConfig config) {
    this.store = store;
    this.pages = store.pages;
    this.cache = cache;
    cacheFromLevel = config.cacheFromLevel();
    dropsStale = !config.repaired();
    page = new byte[pages.layout.pageBytes];
    root = store.readRoot();
  }

  /// The word that names the root, as it was known last.
  long root() {
    return root;
  }

  int rootLevel() {
    return PageStore.rootLevel(root);
  }

  void rereadRoot() {
    root = store.readRoot();
  }

  /// It has named another root.
  void rooted(long word) {
    root = word;
  }

  boolean cacheIsOn() {
    return rootLevel() >= cacheFromLevel;
  }

  /// The cache led to a leaf that is not the key's; a walk follows. As published, the copy that led
  /// there is dropped. Else it is kept: the page that the walk reads takes its place, or cuts it
  /// where the page has split.
  void misled(long key) {
    store.client.retry(Retry.STALE);
    if (dropsStale) {
      cache.drop(key);
    }
  }

  /// Forgets the pages crossed.
  void begin() {
    Arrays.fill(path, 0);
  }

  /// The page crossed last at a level, 0 if there is none.
  long crossed(int level) {
    return path[level];
  }

  /// The page of a level that its parent names for a key: the root, or one round trip for each
  /// level above it.
  long page(long key, int level) {
    if (rootLevel() == level) {
      return PageStore.rootAddress(root);
    }
    walk(key, level + 1);
    return pages.child(page, pages.childIndex(page, key));
  }

  /// The page above the leaf of a key, valid until the next walk. The root is no leaf.
  byte[] parentOfLeaf(long key) {
    walk(key, 1);
    return page;
  }

  /// Reads down to the page of a level that holds a key: one round trip for each level. The root is
  /// at this level or above it.
  private void walk(long key, int level) {
    long address = PageStore.rootAddress(root);
    while (true) {
      store.read(address, page);
      if (pages.isBeyond(page, 0, key)) {
        store.client.retry(Retry.HALF_SPLIT);
        address = isFormerRoot(address) ? PageStore.rootAddress(root) : pages.sibling(page, 0);
        continue;
      }
      int at = pages.level(page, 0);
      path[at] = address;
      if (at == 1 && cacheIsOn()) {
        cache.add(page);
      }
      if (at == level) {
        return;
      }
      address = pages.child(page, pages.childIndex(page, key));
    }
  }

  /// Where to go on if a page ends before the key: from the root if that is another one now.
  ///
  /// @param level of the page
  /// @param sibling of the page
  long right(int level, long address, long sibling, long key) {
    return isFormerRoot(address) ? page(key, level) : sibling;
  }

  /// Whether a page, which was found to have split, is no longer the root that it was.
  private boolean isFormerRoot(long address) {
    if (address != PageStore.rootAddress(root)) {
      return false;
    }
    rereadRoot();
    return address != PageStore.rootAddress(root);
  }
}
