// SPDX-License-Identifier: Apache-2.0

/// The systems under measurement, all behind [io.incipit.bench.target.Target], and the chains they
/// are fed and asked.
@NullMarked
package io.incipit.bench.target;

import org.jspecify.annotations.NullMarked;
