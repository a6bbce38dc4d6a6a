// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.disk.record;

import io.incipit.block.Hash64;

/// What stands for a key where its text would be too long: 99 bits of hashes. Not to be guessed by
/// who does not know the seed.
///
/// Keys that live and die together have the same [#high], and so are found together; the rest tells
/// them apart. Of 10^8 keys without relatives two have the same 99 bits by a chance of 10^-14; of
/// as many in families of 32, by one of 0.05, and one of the two is a miss then, since the text of
/// a key is in its record.
///
/// @param high 64 bits, of the family
/// @param low 35 bits, of the key
public record KeyHash(long high, long low) {
  /// Bits of [#low].
  public static final int LOW_BITS = 35;

  private static final long LOW_SEED = 0x6C6F_775F_7061_7274L;

  /// Says what stands for a key: always the same for the same seed and key, since files hold it.
  public interface Names {
    KeyHash of(long seed, byte[] key);
  }

  /// A key without relatives.
  public static KeyHash of(long seed, byte[] key) {
    return of(Hash64.chain(seed, key, 0, key.length), seed, key);
  }

  /// A key of a family.
  public static KeyHash of(long family, long seed, byte[] key) {
    long low = Hash64.chain(Hash64.chain(seed, LOW_SEED), key, 0, key.length);
    return new KeyHash(family, low >>> (Long.SIZE - LOW_BITS));
  }
}
