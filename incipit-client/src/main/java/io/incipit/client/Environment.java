// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

import io.incipit.env.Clock;
import io.incipit.env.Network;
import io.incipit.env.Timer;

/// What a client needs of the world outside.
record Environment(Network network, Clock clock, Timer timer) {}
