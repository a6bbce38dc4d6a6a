// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.simulate.tier;

/// What one cache of two tiers did on one trace. Rates are in `[0, 1]`, over the whole trace.
///
/// @param policy as it was asked for
/// @param capacity of memory, as it was asked for
/// @param hostBlocks that memory keeps: with a disk fifteen sixteenths
/// @param disk its capacity, as it was asked for
/// @param diskBytes the same in bytes
/// @param hostBlockHitRate blocks found in memory, of all blocks of all prompts
/// @param diskBlockHitRate blocks found on disk only
/// @param blockHitRate both
/// @param tokenHitRate tokens in blocks found, of all tokens of all prompts
/// @param savedComputeRate their prefill cost, of that of all prompts
/// @param writeAmplification bytes written for each that was demoted
public record TierRow(
    String trace,
    String policy,
    String admit,
    String capacity,
    int hostBlocks,
    String disk,
    long diskBytes,
    double hostBlockHitRate,
    double diskBlockHitRate,
    double blockHitRate,
    double tokenHitRate,
    double savedComputeRate,
    double writeAmplification,
    TierMoves moves) {}
