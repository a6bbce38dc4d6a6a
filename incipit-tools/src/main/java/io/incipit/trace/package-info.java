// SPDX-License-Identifier: Apache-2.0

/// Traces of requests: the record that every format is read into, and one reader per format.
@NullMarked
package io.incipit.trace;

import org.jspecify.annotations.NullMarked;
