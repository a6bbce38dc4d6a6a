// SPDX-License-Identifier: Apache-2.0

/// What it costs servers to keep values: ours and others, filled and asked by the same client.
@NullMarked
package io.incipit.bench.value;

import org.jspecify.annotations.NullMarked;
