// SPDX-License-Identifier: Apache-2.0

/// The Java client: one pipelined connection, deadlines, typed replies.
@NullMarked
package io.incipit.client;

import org.jspecify.annotations.NullMarked;
