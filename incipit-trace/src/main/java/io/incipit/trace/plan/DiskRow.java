// SPDX-License-Identifier: Apache-2.0
package io.incipit.trace.plan;

/// What the disk of a plan is worth below a memory of one size. Rates are in `[0, 1]`, over the
/// whole trace. What is found on disk is loaded for a request only if that is faster than computing
/// it.
///
/// @param size of the memory, as it was asked for
/// @param hostBlockHitRate blocks found in memory, a sixteenth of which is kept free
/// @param diskBlockHitRate blocks found on disk only
/// @param savedSeconds prefill that need not be computed, by both; loading is not taken off
/// @param addedSeconds how much more that is than the same memory saves without the disk
/// @param computeSeconds to compute all that is found on disk only
/// @param loadSeconds to load it from there
/// @param loadedShare of the tokens found on disk only, those whose loading is faster
/// @param gainSeconds by which loading those is faster than computing them
/// @param writeAmplification bytes written for each that left memory
/// @param local time to the first token with both
public record DiskRow(
    String size,
    double hostBlockHitRate,
    double diskBlockHitRate,
    double savedSeconds,
    double addedSeconds,
    double computeSeconds,
    double loadSeconds,
    double loadedShare,
    double gainSeconds,
    double writeAmplification,
    TtftSeconds local) {}
