// SPDX-License-Identifier: Apache-2.0

/// Replay of a trace: each request is looked up, then what was missing is published, in this
/// process or against a server.
@NullMarked
package io.incipit.trace.replay;

import org.jspecify.annotations.NullMarked;
