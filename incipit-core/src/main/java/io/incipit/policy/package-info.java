// SPDX-License-Identifier: Apache-2.0

/// Pure decisions about cached blocks: which to admit and which to evict; metadata in, verdict out.
@NullMarked
package io.incipit.policy;

import org.jspecify.annotations.NullMarked;
