// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Who says which value to give up when there is no room: the store's one question to a policy.
/// Called by the store's writer, inside of its changes, so it must not make one; what it throws the
/// change throws, and leaves nothing half done.
public interface Victims {
  /// A value that may go, each time another one.
  ///
  /// @return its handle, or [Handle#NONE] if there is no more; of one that is gone already costs
  ///     the same as of one that is pinned or leased: the change gives up after some
  long next();

  /// A value that [#next] gave stays: it is pinned or leased.
  void kept(long handle);

  /// A committed value is no more, for whatever reason: nobody finds it, and its memory has not
  /// been used again yet. Called once for each.
  void gone(long handle);
}
