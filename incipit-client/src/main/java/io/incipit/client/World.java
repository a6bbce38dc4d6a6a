// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.Clock;
import io.incipit.env.Network;
import io.incipit.env.Timer;

/// What a client needs of the world outside.
record World(Network network, Clock clock, Timer timer) {
  static World system() {
    return new World(Network.system(), Clock.system(), Timer.system());
  }
}
