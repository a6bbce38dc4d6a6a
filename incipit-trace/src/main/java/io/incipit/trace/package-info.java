// SPDX-License-Identifier: Apache-2.0

/// Traces of requests: the record that every format is read into, what a format is, and the
/// first two of them.
@NullMarked
package io.incipit.trace;

import org.jspecify.annotations.NullMarked;
