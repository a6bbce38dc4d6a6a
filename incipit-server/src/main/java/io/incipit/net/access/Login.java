// SPDX-License-Identifier: Apache-2.0
package io.incipit.net.access;

import io.incipit.env.Clock;
import java.util.Optional;

/// What came of an attempt to say who one is, and when that may be told. Immutable.
public final class Login {
  private final Optional<User> user;
  private final Clock clock;
  private final long dueNs;

  Login(Optional<User> user, Clock clock, long dueNs) {
    this.user = user;
    this.clock = clock;
    this.dueNs = dueNs;
  }

  /// Whether it may be told.
  public boolean isReady() {
    return waitNs() <= 0;
  }

  /// How long until it may be told; not positive if it may.
  public long waitNs() {
    return dueNs - clock.nanoTime();
  }

  /// Who it was; empty if the name or the token was wrong.
  public Optional<User> user() {
    return user;
  }
}
