// SPDX-License-Identifier: Apache-2.0

/// What was found in traces, as text and as pages that a browser shows without a network.
@NullMarked
package io.incipit.trace.report;

import org.jspecify.annotations.NullMarked;
