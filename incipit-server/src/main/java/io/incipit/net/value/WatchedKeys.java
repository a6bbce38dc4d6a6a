// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

import io.incipit.store.Store;
import io.incipit.store.memory.Handle;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keys of which a client wants to know whether they change, by the name of the value that each
/// had: no two values have the same. For one connection's event loop.
final class WatchedKeys {
  private final Store store;
  private final Map<ByteBuffer, Long> handles = new HashMap<>();

  WatchedKeys(Store store) {
    this.store = store;
  }

  void add(List<byte[]> keys) {
    keys.forEach(key -> handles.putIfAbsent(ByteBuffer.wrap(key), handle(key)));
  }

  private long handle(byte[] key) {
    return store.find(key).map(Store.Found::name).orElse(Handle.NONE);
  }

  /// Forgets all.
  ///
  /// @return whether one of them has changed
  boolean end() {
    boolean changed =
        handles.entrySet().stream()
            .anyMatch(entry -> handle(entry.getKey().array()) != entry.getValue());
    handles.clear();
    return changed;
  }
}
