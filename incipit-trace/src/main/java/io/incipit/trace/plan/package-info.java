// SPDX-License-Identifier: Apache-2.0

/// What a cache is worth on a machine: seconds of prefill and time to the first token, by size.
@NullMarked
package io.incipit.trace.plan;

import org.jspecify.annotations.NullMarked;
