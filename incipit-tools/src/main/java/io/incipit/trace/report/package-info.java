// SPDX-License-Identifier: Apache-2.0

/// Reports of traces as pages that a browser shows without a network.
@NullMarked
package io.incipit.trace.report;

import org.jspecify.annotations.NullMarked;
