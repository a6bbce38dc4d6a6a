// SPDX-License-Identifier: Apache-2.0
package io.incipit.bench.pool;

/// An index of values by key in one-sided memory, as one of its clients sees it. Keys are compared
/// as unsigned numbers and are not 0; a value is not 0, which stands for none. For one thread.
public interface PoolIndex {
  /// The value of a key; 0 if it has none.
  long search(long key);

  /// Values of consecutive keys, those from `from` on.
  ///
  /// @param count of keys, at least 1
  /// @param values where they go, from `at` on; 0 where a key has none
  void range(long from, int count, long[] values, int at);

  /// Sets a key's value, whether it had one or not.
  void put(long key, long value);

  /// Sets values of several keys: one after the other, or together where it was made so. Of a key
  /// that is there twice the later value counts.
  ///
  /// @param keys shape `[count]`
  /// @param values shape `[count]`
  default void putAll(long[] keys, long[] values, int count) {
    for (int i = 0; i < count; i++) {
      put(keys[i], values[i]);
    }
  }

  /// Takes a key's value away.
  ///
  /// @return whether it had one
  boolean delete(long key);

  /// All that one request asks for: stretches of consecutive keys. Each stretch is an operation of
  /// its own, one after the other; an index that can asks for all of them at once where it was
  /// made so.
  ///
  /// @param from first key of each stretch, shape `[stretches]`
  /// @param counts keys of each, shape `[stretches]`
  /// @param values where they go, in order; 0 where a key has none
  default void lookup(long[] from, int[] counts, int stretches, long[] values) {
    int at = 0;
    for (int i = 0; i < stretches; i++) {
      if (counts[i] == 1) {
        values[at] = search(from[i]);
      } else {
        range(from[i], counts[i], values, at);
      }
      at += counts[i];
    }
  }

  /// The client through which it asks.
  PoolClient client();

  /// Bytes of what this client keeps of the index on its own side, all of its tables counted.
  long cacheBytes();
}
