// SPDX-License-Identifier: Apache-2.0

/// The vocabulary that crosses every boundary: chains of block hashes, tiers, namespaces, changes,
/// operations and replies, and how hashes are mixed. Values only; nothing here decides anything.
@NullMarked
package io.incipit.block;

import org.jspecify.annotations.NullMarked;
