// SPDX-License-Identifier: Apache-2.0

/// The format that Mooncake publishes its traces in.
@NullMarked
package io.incipit.trace.mooncake;

import org.jspecify.annotations.NullMarked;
