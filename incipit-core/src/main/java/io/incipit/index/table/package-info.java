// SPDX-License-Identifier: Apache-2.0

/// What a prefix index stands on: words that grow without moving, regions of them, the tables of
/// runs, blocks and holders, and the change of one record. Each is written by one thread and read
/// by any, without locks. Beside them what an answer is built in, each for one thread. Inside
/// the module only.
@NullMarked
package io.incipit.index.table;

import org.jspecify.annotations.NullMarked;
