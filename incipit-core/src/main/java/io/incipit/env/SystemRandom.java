// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.security.SecureRandom;

/// The randomness of this machine.
final class SystemRandom implements RandomSource {
  static final SystemRandom INSTANCE = new SystemRandom();

  private final SecureRandom random = new SecureRandom();

  private SystemRandom() {}

  @Override
  public long fresh() {
    return random.nextLong();
  }
}
