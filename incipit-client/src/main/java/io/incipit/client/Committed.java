// SPDX-License-Identifier: Apache-2.0
package io.incipit.client;

/// What came of a put that was committed.
///
/// @param made blocks that everybody sees now
/// @param had blocks that were there before, and stay as they are
/// @param declined blocks that the store would have given up at once
public record Committed(int made, int had, int declined) {}
