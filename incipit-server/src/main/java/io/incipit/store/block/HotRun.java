// SPDX-License-Identifier: Apache-2.0
package io.incipit.store.block;

/// A run of blocks that is read much, and is in the store.
///
/// @param first its first block
/// @param count how much it is read
public record HotRun(Block first, HotRuns.Run count) {}
