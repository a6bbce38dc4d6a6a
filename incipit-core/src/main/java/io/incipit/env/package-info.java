// SPDX-License-Identifier: Apache-2.0

/// The world outside the process behind interfaces: clock and timer, randomness, disk and network.
/// Only this package calls the real ones, so a test can put its own in their place. And which build
/// this is.
@NullMarked
package io.incipit.env;

import org.jspecify.annotations.NullMarked;
