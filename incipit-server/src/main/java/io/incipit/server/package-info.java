// SPDX-License-Identifier: Apache-2.0

/// The process: its configuration, its wiring and its order of start and stop.
@NullMarked
package io.incipit.server;

import org.jspecify.annotations.NullMarked;
