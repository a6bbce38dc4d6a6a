// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.KeyTable.Spot;
import io.incipit.store.disk.record.KeyHash;

/// How many records of a key lie on disk that are not its value any more. As long as there are
/// some, what came after them, a removal included, must stay on disk too, or a crash would bring
/// them back. Guarded by the ledger.
final class Shadows {
  private final KeyTable counts = new KeyTable();
  private long total;

  long count(KeyHash hash) {
    var spot = counts.find(hash);
    return spot == null ? 0 : spot.birth();
  }

  void add(KeyHash hash) {
    total++;
    counts.put(hash, new Spot(count(hash) + 1, 1, 0));
  }

  void subtract(KeyHash hash) {
    long count = count(hash);
    if (count > 1) {
      counts.put(hash, new Spot(count - 1, 1, 0));
    } else {
      counts.remove(hash);
    }
    total -= Math.min(count, 1);
  }

  long total() {
    return total;
  }
}
