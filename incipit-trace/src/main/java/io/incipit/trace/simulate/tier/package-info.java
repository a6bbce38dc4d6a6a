// SPDX-License-Identifier: Apache-2.0

/// The tiers of a store as a model: a pool of blocks in memory, and below it a log on disk.
@NullMarked
package io.incipit.trace.simulate.tier;

import org.jspecify.annotations.NullMarked;
