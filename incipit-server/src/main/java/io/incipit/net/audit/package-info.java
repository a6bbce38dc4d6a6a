// SPDX-License-Identifier: Apache-2.0

/// What administrators did and what was denied to whom, as lines of JSON in a file.
@NullMarked
package io.incipit.net.audit;

import org.jspecify.annotations.NullMarked;
