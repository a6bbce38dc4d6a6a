// SPDX-License-Identifier: Apache-2.0

/// What a trace tells: how caches of any size would do on it under any policy.
@NullMarked
package io.incipit.trace.analyze;

import org.jspecify.annotations.NullMarked;
