// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.task;

import io.incipit.store.Patience;
import io.incipit.store.Store;

/// A request that may look at much of the store, so that the event loop never does that itself.
public abstract class LongChangeTask extends ChangeTask {
  /// @param wake called, by any thread, when a step can be done again
  protected LongChangeTask(Store store, Runnable wake) {
    super(store, wake);
  }

  @Override
  protected final boolean change(Patience patience) {
    if (patience == Patience.NONE) {
      return false;
    }
    change();
    return true;
  }

  /// Makes the change, on the store's thread.
  protected abstract void change();
}
