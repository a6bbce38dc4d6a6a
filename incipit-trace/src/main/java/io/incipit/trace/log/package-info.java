// SPDX-License-Identifier: Apache-2.0

/// Logs of prompts as people have them: request bodies, and sets of conversations.
@NullMarked
package io.incipit.trace.log;

import org.jspecify.annotations.NullMarked;
