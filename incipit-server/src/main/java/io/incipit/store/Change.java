// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

/// One change of a store: what [Store#now] and [Store#later] run, alone.
public interface Change {
  /// Makes the change.
  ///
  /// @return whether it is made; if not it has done nothing, and is run again with more patience
  boolean run(Patience patience);

  /// Called once after [Store#later], by the store's thread, when the change was made or has
  /// failed.
  ///
  /// @param failed whether it threw, and has changed nothing
  void made(boolean failed);

  /// A change that nobody waits for, and that does not take long.
  ///
  /// @param task what it does; the store logs what it throws
  static Change quietly(Runnable task) {
    return new Change() {
      @Override
      public boolean run(Patience patience) {
        task.run();
        return true;
      }

      @Override
      public void made(boolean failed) {
        // Nobody waits for it.
      }
    };
  }
}
