// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

/// What a cache of one size is worth. Rates are in `[0, 1]`, over the whole trace.
///
/// @param size as it was asked for
/// @param leafLruBlockHitRate the same for plain leaf-LRU, from its curve
/// @param savedSeconds prefill that need not be computed; loading is not taken off
/// @param gainPerDoubling seconds saved beyond those of the size before, for each doubling,
///     as a share of all that it saves; 0 in the first row
/// @param loadSeconds to load what was found from the machine's own memory
/// @param local with the cache in the machine's own memory
/// @param remote with the cache in another machine's memory
public record PlanRow(
    String size,
    int blocks,
    double blockHitRate,
    double leafLruBlockHitRate,
    double tokenHitRate,
    double savedSeconds,
    double gainPerDoubling,
    double loadSeconds,
    TtftSeconds local,
    TtftSeconds remote) {}
