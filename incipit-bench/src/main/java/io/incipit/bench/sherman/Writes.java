// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.sherman;

import io.incipit.bench.pool.PoolClient;
import io.incipit.bench.pool.Retry;

/// Puts and deletes of a client: lock the leaf, read it, write one record and unlock; and what
/// follows when a page is full.
///
/// A full page moves its upper half to a new one. That is written first, then the page and its
/// unlocking, not waited for, then the parent, which is found anew by a walk if the cache led to
/// the leaf. Between the last two, who comes to the page goes right by its sibling.
final class Writes {
  private final PageStore store;
  private final Pages pages;
  private final Layout layout;
  private final PoolClient client;
  private final LevelOneCache cache;
  private final Descent descent;
  private final Lock lock;
  private final byte[] page;
  private final byte[] right;

  Writes(PageStore store, LevelOneCache cache, Descent descent, Lock lock) {
    this.store = store;
    this.cache = cache;
    this.descent = descent;
    this.lock = lock;
    pages = store.pages;
    layout = pages.layout;
    client = store.client;
    page = new byte[layout.pageBytes];
    right = new byte[layout.pageBytes];
  }

  /// Sets a key's value; to 0 only if it has one.
  ///
  /// @return whether it had one
  boolean store(long key, long value) {
    descent.begin();
    if (descent.cacheIsOn()) {
      long leaf = cache.leaf(key);
      if (leaf != 0) {
        if (enter(leaf, key, true)) {
          return storeEntered(leaf, key, value);
        }
        descent.misled(key);
      }
    }
    long leaf = descent.page(key, 0);
    while (!enter(leaf, key, false)) {
      client.retry(Retry.HALF_SPLIT);
      leaf = descent.right(0, leaf, pages.sibling(page, 0), key);
    }
    return storeEntered(leaf, key, value);
  }

  /// Locks a page and reads it; gives the lock back, not waited for, if the page is not the key's.
  ///
  /// @param cached whether the cache led there, else a walk did, and the page is not right of it
  private boolean enter(long address, long key, boolean cached) {
    lock.take(address);
    store.readOnce(address, page);
    if (store.fault == ShermanFault.TRUST_LEAF
        || (cached ? pages.covers(page, 0, key) : !pages.isBeyond(page, 0, key))) {
      return true;
    }
    lock.giveBack();
    client.postUnsignalled();
    lock.leave();
    return false;
  }

  private boolean storeEntered(long address, long key, long value) {
    int found = -1;
    int empty = -1;
    int count = 0;
    for (int i = 0; i < layout.entriesMax; i++) {
      int at = pages.entry(i);
      if (pages.entryValue(page, at) == 0) {
        empty = empty < 0 ? at : empty;
      } else {
        count++;
        if (pages.entryKey(page, at) == key) {
          found = at;
          break;
        }
      }
    }
    if (found < 0 && value != 0 && count + 1 == layout.entriesMax) {
      pages.setEntry(page, empty, key, value);
      split(address, 0);
    } else if (found >= 0 || value != 0) {
      writeEntry(address, found >= 0 ? found : empty, key, value);
    } else {
      unlocking(() -> {});
    }
    return found >= 0;
  }

  private void writeEntry(long address, int at, long key, long value) {
    pages.setEntry(page, at, key, value);
    unlocking(() -> client.write(address + at, page, at, layout.entryBytes));
  }

  /// Writes and gives the lock back, in one batch.
  private void unlocking(Runnable write) {
    switch (store.fault) {
      case UNLOCK_FIRST -> {
        lock.giveBack();
        write.run();
      }
      case HAND_OVER_FIRST -> {
        lock.giveBack();
        lock.leave();
        write.run();
      }
      default -> {
        write.run();
        lock.giveBack();
      }
    }
    client.ring();
    lock.leave();
  }

  private void split(long address, int level) {
    long rightAddress = store.allocate();
    long key = level == 0 ? pages.splitEntries(page, right) : pages.splitBranches(page, right);
    pages.setSibling(right, pages.sibling(page, 0));
    pages.setSibling(page, rightAddress);
    pages.setHighest(page, key);
    boolean leftFirst = store.fault == ShermanFault.LEFT_FIRST;
    if (leftFirst) {
      store.write(address, page);
    }
    store.writeNew(rightAddress, right);
    client.ring();
    if (!leftFirst) {
      store.write(address, page);
    }
    if (lock.giveBack()) {
      // Who has the lock next will read the page: it must be there.
      client.ring();
    } else {
      client.postUnsignalled();
    }
    lock.leave();
    addToParent(level + 1, key, address, rightAddress);
  }

  private void addToParent(int level, long key, long left, long child) {
    while (descent.rootLevel() < level) {
      if (left == PageStore.rootAddress(descent.root())) {
        if (newRoot(level, key, left, child)) {
          return;
        }
      } else {
        client.retry(Retry.HALF_SPLIT);
      }
      descent.rereadRoot();
    }
    long parent = descent.crossed(level);
    if (parent == 0) {
      parent = descent.page(key, level);
    }
    while (!enter(parent, key, false)) {
      client.retry(Retry.HALF_SPLIT);
      parent = descent.right(level, parent, pages.sibling(page, 0), key);
    }
    if (pages.addBranch(page, key, child) == layout.branchesMax) {
      split(parent, level);
    } else {
      long address = parent;
      unlocking(() -> store.write(address, page));
    }
  }

  private boolean newRoot(int level, long key, long left, long child) {
    pages.clear(page, level, 0, Layout.UNBOUNDED);
    pages.setLeftmost(page, left);
    pages.addBranch(page, key, child);
    long address = store.allocate();
    store.writeNew(address, page);
    client.ring();
    long word = PageStore.rootWord(address, level);
    if (!store.swapRoot(descent.root(), word)) {
      return false;
    }
    descent.rooted(word);
    return true;
  }
}
