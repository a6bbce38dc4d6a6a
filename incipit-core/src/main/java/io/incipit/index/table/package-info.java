// SPDX-License-Identifier: Apache-2.0

/// What a prefix index stands on: words that grow without moving, regions of them, and the tables
/// of runs, blocks and holders. Each is written by one thread and read by any, without locks.
/// Inside the module only.
@NullMarked
package io.incipit.index.table;

import org.jspecify.annotations.NullMarked;
