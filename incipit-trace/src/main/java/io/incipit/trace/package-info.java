// SPDX-License-Identifier: Apache-2.0

/// Traces of requests: the record that every format is read into, and what a format is.
@NullMarked
package io.incipit.trace;

import org.jspecify.annotations.NullMarked;
