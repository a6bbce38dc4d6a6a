// SPDX-License-Identifier: Apache-2.0

/// Formats of traces, and which of them a file has.
@NullMarked
package io.incipit.trace.format;

import org.jspecify.annotations.NullMarked;
