// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate;

/// Which hints the caches of a trace were given.
///
/// @param source as people write it
/// @param done how many said that a path is done
/// @param back how many said when it is back
/// @param falseHints how many of both were known to be wrong
public record HintCounts(String source, long done, long back, long falseHints) {}
