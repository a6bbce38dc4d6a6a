// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.value;

/// Why a prefix of values ends where it does, as it is said on the wire.
enum Stop {
  /// All keys were delivered.
  END,
  /// The next key has no value, or memory no room for the one on disk.
  MISS,
  /// The value of the next key is not what was written.
  BAD,
  /// The next value would come too late.
  DEADLINE
}
