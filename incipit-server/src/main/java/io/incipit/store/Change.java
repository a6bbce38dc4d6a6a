// SPDX-License-Identifier: Apache-2.0
package io.incipit.store;

/// One change of a store: what [Store#now] and [Store#later] run, alone.
public interface Change {
  /// Makes the change.
  ///
  /// @param patient whether it may take long, as making room may; if not, it must not
  /// @return whether it is made; if not patient, one that would take long says no and has done
  ///     nothing, and is run again, patiently
  boolean run(boolean patient);

  /// Called once after [Store#later], by the store's thread, when the change was made or has
  /// failed.
  ///
  /// @param failed whether it threw, and has changed nothing
  void made(boolean failed);
}
