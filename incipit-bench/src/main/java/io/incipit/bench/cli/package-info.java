// SPDX-License-Identifier: Apache-2.0

/// The command line of the measurements: `bench`.
@NullMarked
package io.incipit.bench.cli;

import org.jspecify.annotations.NullMarked;
