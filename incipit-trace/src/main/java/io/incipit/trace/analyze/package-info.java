// SPDX-License-Identifier: Apache-2.0

/// What a trace says about reuse: how much, of what, when, and how it is spread over prompts.
@NullMarked
package io.incipit.trace.analyze;

import org.jspecify.annotations.NullMarked;
