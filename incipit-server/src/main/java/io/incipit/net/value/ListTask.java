// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.net.task.Progress;
import io.incipit.net.task.Task;
import io.incipit.protocol.RespBuffer;
import io.incipit.store.Store;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/// Lists keys: the next ones of a cursor, or all. What is on disk is read by a thread that may
/// block.
final class ListTask implements Task {
  private static final int COUNT_ALL = 10_000;

  private final Store store;
  private final Runnable wake;
  private final Predicate<byte[]> filter;
  private final boolean all;
  private final int count;

  /// What was found, each key once.
  private final Map<ByteBuffer, byte[]> keys = new LinkedHashMap<>();

  private long cursor;

  /// Keys that were met, those that do not match included.
  private int passed;

  private boolean begun;
  private boolean failed;

  /// Set last by whoever lists.
  private volatile boolean done;

  private ListTask(
      Store store, Runnable wake, Predicate<byte[]> filter, long cursor, int count, boolean all) {
    this.store = store;
    this.wake = wake;
    this.filter = filter;
    this.cursor = cursor;
    this.count = count;
    this.all = all;
  }

  /// Lists about `count` keys from a cursor on, of those that match, if there are.
  static ListTask some(
      Store store, Runnable wake, Predicate<byte[]> filter, long cursor, int count) {
    return new ListTask(store, wake, filter, cursor, count, false);
  }

  /// Lists all keys that match.
  static ListTask all(Store store, Runnable wake, Predicate<byte[]> filter) {
    return new ListTask(store, wake, filter, 0, COUNT_ALL, true);
  }

  @Override
  public Progress step(RespBuffer out) {
    if (!begun) {
      begun = true;
      list();
      if (!done) {
        offload();
        return Progress.LATER;
      }
    }
    if (failed) {
      out.error("BUSY the server stops, or its files could not be read; its log says why");
      return Progress.DONE;
    }
    if (!all) {
      out.array(2).bulk(Long.toUnsignedString(cursor));
    }
    out.array(keys.size());
    keys.values().forEach(out::bulk);
    return Progress.DONE;
  }

  /// Lists as far as that does not block.
  private void list() {
    boolean more = true;
    while (more && !store.blocks(cursor)) {
      more = next();
    }
    done = !more;
  }

  private void offload() {
    Runnable rest =
        () -> {
          failed = true;
          try {
            while (next()) {
              // Until all is listed.
            }
            failed = false;
          } finally {
            done = true;
            wake.run();
          }
        };
    try {
      store.offload(rest);
    } catch (RejectedExecutionException stopped) {
      failed = true;
      done = true;
      wake.run();
    }
  }

  /// @return whether there is more to list
  private boolean next() {
    cursor = store.scan(cursor, all ? count : count - passed, this::add);
    return cursor != 0 && (all || (passed < count && store.blocks(cursor)));
  }

  private void add(byte[] key) {
    passed++;
    if (filter.test(key)) {
      keys.put(ByteBuffer.wrap(key), key);
    }
  }

  @Override
  public boolean isReady() {
    return !begun || done;
  }

  @Override
  public void close() {
    // What is being read is read all the same.
  }
}
