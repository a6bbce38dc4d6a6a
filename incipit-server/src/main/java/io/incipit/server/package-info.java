// SPDX-License-Identifier: Apache-2.0

/// The process: its configuration, its wiring, and the order in which it starts and stops.
@NullMarked
package io.incipit.server;

import org.jspecify.annotations.NullMarked;
