// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk;

import io.incipit.store.disk.record.KeyHash;
import java.util.Optional;

/// Who knows what the values are worth, and wants to know which are gone. Called by the writing
/// thread, or by who found a value wrong, which must not wait for the store in it.
public interface Tenants {
  /// Whether a value is to outlive the extent that it is in, which is about to be given up.
  ///
  /// @param read whether it was read since it was written there
  boolean keep(KeyHash hash, int length, boolean read);

  /// A value was given up or found to be wrong: nobody finds it, and its bytes have not been freed.
  /// Not called for what was removed or replaced.
  ///
  /// @param key none if it cannot be read any more
  /// @param wrong whether it was not what was written, or could not be read
  void gone(KeyHash hash, Optional<byte[]> key, boolean wrong);
}
