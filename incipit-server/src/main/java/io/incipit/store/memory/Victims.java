// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Who says which values to give up when there is no room: the store's one question to a policy.
/// Called by the store's writer, inside of its changes, so it must not make one; what it throws the
/// change throws, and leaves nothing half done.
public interface Victims {
  /// Why a value is no more.
  enum Cause {
    /// There was no room.
    EVICTED,
    /// Somebody removed it, or its time was over.
    REMOVED,
    /// Its key has another value.
    REPLACED,
    /// It was not what its checksum says.
    CORRUPT
  }

  /// Fills in values that may go: all of them, or, if one is pinned or leased, none.
  ///
  /// Each time others: either all are said to be [#gone], or the family is [#kept].
  ///
  /// @param family empty; left so if there are no more
  void next(Family family);

  /// Fills in what has to go with a value for which no place is left, the value itself included.
  ///
  /// @param family empty; left so if the value has to stay
  void with(long handle, Family family);

  /// What was filled in stays: one of it is pinned or leased, or is gone already.
  void kept(Family family);

  /// A key has a value that it did not have: called once for each that will be [#gone], and before
  /// that of the one before it. Must not throw.
  ///
  /// @param length its bytes
  default void came(long handle, int length) {
    // Most learn of it elsewhere.
  }

  /// A committed value is no more: nobody finds it, and its memory has not been used again yet.
  /// Called once for each.
  ///
  /// @param length its bytes
  void gone(long handle, int length, Cause cause);
}
