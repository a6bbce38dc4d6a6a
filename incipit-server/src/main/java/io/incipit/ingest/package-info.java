// SPDX-License-Identifier: Apache-2.0

/// Follows engines: their events become the stream of an owner, and stay true through gaps,
/// restarts and replays.
@NullMarked
package io.incipit.ingest;

import org.jspecify.annotations.NullMarked;
