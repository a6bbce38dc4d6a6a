// SPDX-License-Identifier: Apache-2.0

/// Asks engines over HTTP where they publish their events, and what those are about.
@NullMarked
package io.incipit.ingest.discover;

import org.jspecify.annotations.NullMarked;
