// SPDX-License-Identifier: Apache-2.0
package io.incipit.env;

import java.security.SecureRandom;

/// The randomness of this machine.
enum SystemRandom implements RandomSource {
  INSTANCE;

  private final SecureRandom random = new SecureRandom();

  @Override
  public long fresh() {
    return random.nextLong();
  }
}
