// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

import io.incipit.block.Hash64;

/// What stands for a key where its text would be too long: 99 bits of a hash, so that of 10^8 keys
/// two have the same by a chance of 10^-14. Not to be guessed by who does not know the seed.
///
/// @param high 64 bits
/// @param low 35 bits
public record KeyHash(long high, long low) {
  /// Bits of [#low].
  public static final int LOW_BITS = 35;

  private static final long LOW_SEED = 0x6C6F_775F_7061_7274L;

  public static KeyHash of(long seed, byte[] key) {
    long high = Hash64.chain(seed, key, 0, key.length);
    long low = Hash64.chain(Hash64.chain(seed, LOW_SEED), key, 0, key.length);
    return new KeyHash(high, low >>> (Long.SIZE - LOW_BITS));
  }
}
