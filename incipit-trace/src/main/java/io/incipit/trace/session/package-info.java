// SPDX-License-Identifier: Apache-2.0

/// Formats of recorded sessions of agents, a session a record.
@NullMarked
package io.incipit.trace.session;

import org.jspecify.annotations.NullMarked;
