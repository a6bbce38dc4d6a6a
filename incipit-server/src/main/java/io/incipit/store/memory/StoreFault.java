// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.memory;

/// Bugs that tests plant to see that they would be found. Production has [#NONE].
enum StoreFault {
  NONE,
  /// A slot that is used again has the generation that it had.
  KEEP_GENERATION,
  /// What is read is not compared with its checksum.
  TRUST_BYTES,
  /// The memory of a removed value is free although somebody reads it.
  FREE_PINNED,
  /// The memory of a removed value is given back twice.
  FREE_TWICE,
  /// A part may be written past its end.
  WRITE_PAST_END,
  /// The memory of a value that was given up unfinished is never free.
  LEAK_UNFINISHED,
  /// A value is moved while somebody reads it.
  MOVE_PINNED,
  /// A value is moved but its bytes are not.
  MOVE_NOTHING,
  /// A value is committed although bytes of it are missing.
  COMMIT_UNFINISHED,
  /// A lease keeps nothing.
  IGNORE_LEASES,
  /// Of a family of which one is pinned, those before it go.
  HALF_FAMILY
}
